// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The folders of an area that are kept already: which are they, and when was each
 * collected?
 *
 * One is known by its name, which keep_dump() gives it, and by the receipt in it:
 * that is made last, so where it is, the dump is.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dumps/keep.h"
#include "lib/folder.h"
#include "lib/text.h"

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

/* If so, it is known from then on when it was collected */
static bool is_whole(const struct collect_folder *above, struct kept *kept)
{
	char name[KEEP_FOLDER];
	int fd = keep_open(above, kept);
	struct stat st;
	bool whole;

	if (fd < 0)
		return false;
	whole = !fstat(fd, &st) && st.st_uid == geteuid() && keep_receipt_name(kept, name) &&
		!fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode);
	close(fd);
	if (whole)
		kept->when = st.st_mtim;
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
	DIR *dir = folder_list(above->fd);
	char area[2 * 4 + 1];
	struct kept kept, *more;
	struct dirent *entry;
	int nr = 0;

	*all = NULL;
	if (!dir)
		return -errno;
	text_hex(open->area.header->fixed.uuid, 4, area);
	while ((entry = readdir(dir))) {
		if (!parse_folder(entry->d_name, area, &kept))
			continue;
		if (!is_whole(above, &kept)) {
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
