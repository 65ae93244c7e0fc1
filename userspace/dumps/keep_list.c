// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The folders of an area that are kept already: which are they, and when was each
 * collected?
 *
 * One is known by its name, which keep_dump() gives it, and by the receipt in it:
 * that is made last, so where it is, the dump is. The name has a part of the area's
 * id, which somebody else's may share; the receipt has all of it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "area/find.h"
#include "dumps/keep.h"
#include "lib/folder.h"
#include "lib/read_all.h"
#include "lib/text.h"

#define RECEIPT_MAX	65536
#define ID_CHARS	8	/* of area and session, in names */
#define HEX		"0123456789abcdef"
#define DIGITS		"0123456789"

/**
 * keep_dump_part() - the part of a folder's name that is that of the dump
 * @name: of the folder
 *
 * Return: where in @name it begins, or NULL if keep_dump() makes no such name
 */
const char *keep_dump_part(const char *name)
{
	if (!strncmp(name, "no-time-", 8))
		return name + 8;
	/* 20261127T023000Z- */
	if (strspn(name, DIGITS) != 8 || name[8] != 'T' ||
	    strspn(name + 9, DIGITS) != 6 || strncmp(name + 15, "Z-", 2))
		return NULL;
	return name + 17;
}

static bool parse_folder(const char *name, const char *area, struct kept *kept)
{
	const char *dump = keep_dump_part(name), *at;
	char number[24];
	size_t len;

	if (!dump || strncmp(dump, area, ID_CHARS) || dump[ID_CHARS] != '-')
		return false;
	at = dump + ID_CHARS + 1;
	len = strspn(at, DIGITS);
	if (at[len] != '-' || !format_string(number, sizeof(number), "%.*s", (int)len, at) ||
	    !parse_number(number, 0, ~0ULL, &kept->number))
		return false;
	at += len + 1;
	return strspn(at, HEX) == ID_CHARS && !at[ID_CHARS] &&
	       copy_string(kept->name, sizeof(kept->name), name);
}

/**
 * keep_open() - open a folder that is kept
 * @above: where it is
 * @kept: which
 *
 * Return: a descriptor; or -1, with errno
 */
int keep_open(const struct collect_folder *above, const struct kept *kept)
{
	return openat(above->fd, kept->name,
		      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/**
 * keep_receipt_name() - what the receipt in a folder is called
 * @kept: the folder
 * @name: filled
 *
 * Return: false if it does not fit
 */
bool keep_receipt_name(const struct kept *kept, char name[KEEP_FOLDER])
{
	return format_string(name, KEEP_FOLDER, "%s.json", keep_dump_part(kept->name));
}

/*
 * As collect_receipt_write() writes it: a line of its own, at the outermost level.
 * No text of the disk can have one, as in a string a line does not end.
 */
static bool is_of_area(const char *receipt, const __u8 *uuid)
{
	char hex[AREA_ID_TEXT], line[AREA_ID_TEXT + 16];

	text_hex(uuid, AREA_ID_SIZE, hex);
	return format_string(line, sizeof(line), "\n  \"uuid\": \"%s\",\n", hex) &&
	       strstr(receipt, line);
}

/* Is it that of a dump of the area? If so, it is known when that was collected */
static bool check_receipt(int folder, const char *name, const __u8 *uuid, struct kept *kept)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char *text = fd < 0 ? NULL : calloc(1, RECEIPT_MAX + 1);
	struct stat st;
	bool ours;

	ours = text && !fstat(fd, &st) && S_ISREG(st.st_mode) &&
	       read_all(fd, text, RECEIPT_MAX) > 0 && is_of_area(text, uuid);
	if (ours)
		kept->when = st.st_mtim;
	free(text);
	if (fd >= 0)
		close(fd);
	return ours;
}

static bool is_whole(const struct collect_folder *above, const __u8 *uuid, struct kept *kept)
{
	char name[KEEP_FOLDER];
	int fd = keep_open(above, kept);
	struct stat st;
	bool whole;

	if (fd < 0)
		return false;
	whole = !fstat(fd, &st) && st.st_uid == geteuid() && keep_receipt_name(kept, name) &&
		check_receipt(fd, name, uuid, kept);
	close(fd);
	return whole;
}

/**
 * keep_list() - find the folders of an area
 * @open: loaded; only folders with its id are looked at
 * @above: where the folders are, locked
 * @tidy: remove those that are empty
 * @all: filled; to be freed whatever is returned
 *
 * Return: how many there are, or a negative errno
 */
int keep_list(const struct open_area *open, const struct collect_folder *above,
	      bool tidy, struct kept **all)
{
	const __u8 *uuid = open->area.header->fixed.uuid;
	DIR *dir = folder_list(above->fd);
	char area[2 * 4 + 1];
	struct kept kept, *more;
	struct dirent *entry;
	int nr = 0;

	*all = NULL;
	if (!dir)
		return -errno;
	text_hex(uuid, 4, area);
	while ((entry = readdir(dir))) {
		if (!parse_folder(entry->d_name, area, &kept))
			continue;
		if (!is_whole(above, uuid, &kept)) {
			/* of a run that was cut while it was removed, or it is not empty */
			if (tidy)
				unlinkat(above->fd, kept.name, AT_REMOVEDIR);
			continue;
		}
		more = realloc(*all, ((size_t)nr + 1) * sizeof(**all));
		if (!more) {
			closedir(dir);
			return -ENOMEM;
		}
		*all = more;
		more[nr++] = kept;
	}
	closedir(dir);
	return nr;
}
