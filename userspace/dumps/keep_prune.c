// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Only the folders of an area that were collected last are kept.
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

/* Is it a file that keep_dump() makes in that folder? */
static bool is_ours(const struct kept *kept, const char *entry)
{
	static const char * const ends[] = {
		".age", ".dump", ".json",
		COLLECT_PART ".age", COLLECT_PART, COLLECT_PART ".json",
	};
	const char *dump = keep_dump_part(kept->name);
	size_t len = strlen(dump), i;

	if (!strcmp(entry, KEEP_SUMMARY) || !strcmp(entry, KEEP_SUMMARY_PART))
		return true;
	if (strncmp(entry, dump, len))
		return false;
	for (i = 0; i < ARRAY_SIZE(ends); i++)
		if (!strcmp(entry + len, ends[i]))
			return true;
	return false;
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
	if (!keep_receipt_name(kept, last))
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
	int fd = keep_open(above, kept);
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

static int last_first(const void *a, const void *b)
{
	const struct timespec *left = &((const struct kept *)a)->when;
	const struct timespec *right = &((const struct kept *)b)->when;

	if (left->tv_sec != right->tv_sec)
		return left->tv_sec < right->tv_sec ? 1 : -1;
	return left->tv_nsec < right->tv_nsec ? 1 : left->tv_nsec > right->tv_nsec ? -1 : 0;
}

/**
 * keep_prune() - remove the folders of an area but those collected last
 * @run: begun
 * @keep: so many stay, and what this run has collected; 0: all
 *
 * Return: 0 or a negative errno, which is reported
 */
int keep_prune(const struct keep_run *run, __u64 keep)
{
	struct kept *all = NULL;
	int nr, i, ret = 0;

	if (!keep)
		return 0;
	if (run->unsure) {
		report_warning("'%s': nothing old is removed in this run", run->above->path);
		return 0;
	}
	nr = keep_list(run->open, run->above, true, &all);
	if (nr < 0)
		ret = nr;
	else if (nr)
		qsort(all, (size_t)nr, sizeof(*all), last_first);
	for (i = (int)keep; !ret && i < nr; i++)
		if (all[i].when.tv_sec <= run->before)
			ret = remove_kept(run->above, &all[i]);
	free(all);
	if (ret)
		report_error("removing old dumps", run->above->path, -ret);
	return ret;
}
