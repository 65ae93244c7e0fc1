// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Only the newest folders of an area are kept.
 *
 * What is removed is what keep_dump() makes, and nothing else: a folder with its
 * kind of name, of this area, whose dump is whole, and in which there is no file
 * that it did not make. The receipt goes last, so that a run that was cut is
 * continued by the next one.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumps/keep.h"
#include "lib/folder.h"
#include "lib/report.h"
#include "lib/text.h"

#define ID_CHARS	8	/* of area and session, in names */
#define HEX		"0123456789abcdef"
#define DIGITS		"0123456789"

/* A folder of ours */
struct kept {
	__u64	number;
	char	name[KEEP_FOLDER];
};

/* Where the name of the dump begins; NULL: that is none of ours */
static const char *after_time(const char *name)
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
	const char *dump = after_time(name), *at;
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

/* Is it a file that keep_dump() makes in that folder? */
static bool is_ours(const struct kept *kept, const char *entry)
{
	static const char * const ends[] = { ".age", ".dump", ".json" };
	const char *dump = after_time(kept->name);
	size_t len = strlen(dump), i;

	if (!strcmp(entry, KEEP_SUMMARY))
		return true;
	if (strncmp(entry, dump, len))
		return false;
	for (i = 0; i < ARRAY_SIZE(ends); i++)
		if (!strcmp(entry + len, ends[i]))
			return true;
	return false;
}

static int open_kept(const struct collect_folder *above, const struct kept *kept)
{
	return openat(above->fd, kept->name,
		      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool receipt_name(const struct kept *kept, char name[KEEP_FOLDER])
{
	return format_string(name, KEEP_FOLDER, "%s.json", after_time(kept->name));
}

/* The receipt is made last, so where it is, the dump is */
static bool is_whole(const struct collect_folder *above, const struct kept *kept)
{
	char name[KEEP_FOLDER];
	int fd = open_kept(above, kept);
	struct stat st;
	bool whole;

	if (fd < 0)
		return false;
	whole = !fstat(fd, &st) && st.st_uid == geteuid() && receipt_name(kept, name) &&
		!fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode);
	close(fd);
	return whole;
}

/* Returns: 0, -EEXIST if something else is in it, or another negative errno */
static int empty_folder(int fd, const struct kept *kept, bool removing)
{
	DIR *dir = folder_list(fd);
	struct dirent *entry;
	char last[KEEP_FOLDER];
	int ret = 0;

	if (!dir)
		return -errno;
	if (!receipt_name(kept, last))
		ret = -ENAMETOOLONG;
	while (!ret && (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (!is_ours(kept, entry->d_name))
			ret = -EEXIST;
		else if (removing && strcmp(entry->d_name, last) &&
			 unlinkat(fd, entry->d_name, 0))
			ret = -errno;
	}
	closedir(dir);
	if (ret || !removing)
		return ret;
	ret = folder_sync(fd, kept->name);
	if (!ret && unlinkat(fd, last, 0))
		ret = -errno;
	return ret;
}

static int remove_kept(const struct collect_folder *above, const struct kept *kept)
{
	int fd = open_kept(above, kept);
	int ret;

	if (fd < 0)
		return -errno;
	ret = empty_folder(fd, kept, false);
	if (ret == -EEXIST) {
		report_warning("'%s/%s' is kept, though it is too old: a file is in it that collect has not made",
			       above->path, kept->name);
		close(fd);
		return 0;
	}
	if (!ret)
		ret = empty_folder(fd, kept, true);
	close(fd);
	if (!ret && unlinkat(above->fd, kept->name, AT_REMOVEDIR))
		ret = -errno;
	return ret;
}

static int newest_first(const void *a, const void *b)
{
	__u64 left = ((const struct kept *)a)->number;
	__u64 right = ((const struct kept *)b)->number;

	return left < right ? 1 : left > right ? -1 : 0;
}

/* Returns: how many there are, or a negative errno */
static int list_kept(const struct open_area *open, const struct collect_folder *above,
		     struct kept **all)
{
	DIR *dir = folder_list(above->fd);
	char area[2 * 4 + 1];
	struct kept kept, *more;
	struct dirent *entry;
	int nr = 0;

	if (!dir)
		return -errno;
	text_hex(open->area.header->fixed.uuid, 4, area);
	while ((entry = readdir(dir))) {
		if (!parse_folder(entry->d_name, area, &kept))
			continue;
		if (!is_whole(above, &kept)) {
			/* of a run that was cut while it was removed, or it is not empty */
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

/**
 * keep_prune() - remove the folders of an area but the newest
 * @open: loaded; only folders with its id are looked at
 * @above: where the folders are, locked
 * @keep: so many stay; 0: all
 *
 * The number of a dump says which is newer: a clock may be wrong.
 *
 * Return: 0 or a negative errno, which is reported
 */
int keep_prune(const struct open_area *open, const struct collect_folder *above, __u64 keep)
{
	struct kept *all = NULL;
	int nr, i, ret = 0;

	if (!keep)
		return 0;
	nr = list_kept(open, above, &all);
	if (nr < 0)
		ret = nr;
	else if (all)
		qsort(all, (size_t)nr, sizeof(*all), newest_first);
	for (i = (int)keep; !ret && i < nr; i++)
		ret = remove_kept(above, &all[i]);
	free(all);
	if (ret)
		report_error("removing old dumps", above->path, -ret);
	return ret;
}
