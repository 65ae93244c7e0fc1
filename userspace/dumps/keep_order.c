// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * In which order dumps were collected.
 *
 * The numbers of dumps are words of the disk: who puts an old image back, or writes
 * there what he likes, makes them small or large. What counts is a time that collect
 * itself gives the receipt of each folder: now, and later than that of every other,
 * also if the clock was set back. In whole seconds, two apart: there are file
 * systems that know no others.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumps/keep.h"
#include "lib/report.h"
#include "lib/text.h"

#define STEP	2	/* seconds */

/**
 * keep_begin() - begin a run
 * @run: filled
 * @open: loaded
 * @above: where the folders are, locked; @open and it outlive @run
 *
 * Return: 0, or a negative errno, which is reported
 */
int keep_begin(struct keep_run *run, struct open_area *open,
	       const struct collect_folder *above)
{
	int i;

	*run = (struct keep_run){ .open = open, .above = above, .unsure = above->contested };
	run->nr_old = keep_list(open, above, false, &run->old);
	if (run->nr_old < 0) {
		report_error("looking for the dumps that are kept", above->path, -run->nr_old);
		keep_end(run);
		return run->nr_old;
	}
	for (i = 0; i < run->nr_old; i++)
		if (run->old[i].when.tv_sec > run->before)
			run->before = run->old[i].when.tv_sec;
	run->last = run->before;
	return 0;
}

void keep_end(struct keep_run *run)
{
	free(run->old);
	run->old = NULL;
}

/* Of those that were there before, the one with the largest number; not @name. NULL: none */
static const struct kept *highest_but(const struct keep_run *run, const char *name)
{
	const struct kept *highest = NULL;
	int i;

	for (i = 0; i < run->nr_old; i++)
		if (strcmp(run->old[i].name, name) &&
		    (!highest || run->old[i].number > highest->number))
			highest = &run->old[i];
	return highest;
}

/* A machine numbers its dumps upwards: is this one behind what was kept before? */
static void check_number(struct keep_run *run, const struct collect_copy *copy)
{
	const struct kept *highest = highest_but(run, text_base(copy->folder->path));

	if (!highest || le64_to_cpu(copy->slot->entry->number) > highest->number)
		return;
	report_warning("'%s': its number is not larger than that of '%s', which was collected before: an older image of the area may have been put back",
		       copy->folder->path, highest->name);
	run->unsure = true;
}

/* Returns: 0 or a negative errno */
static int set_time(struct keep_run *run, const struct collect_copy *copy)
{
	time_t now = time(NULL);
	const struct timespec when = {
		.tv_sec = now > run->last + STEP ? now : run->last + STEP,
	};
	const struct timespec times[2] = { when, when };
	int fd = collect_open(copy->folder, copy->receipt);
	struct stat st;
	int ret = 0;

	if (fd < 0)
		return fd;
	if (futimens(fd, times) || fsync(fd) || fstat(fd, &st))
		ret = -errno;
	else if (st.st_mtime <= run->last)
		ret = -ERANGE;
	else
		run->last = st.st_mtime;
	close(fd);
	return ret;
}

/**
 * keep_stamp() - note that a dump is the one that was collected last
 * @run: begun
 * @copy: with its receipt
 *
 * What cannot be noted is no reason to keep no dump, but to remove none.
 */
void keep_stamp(struct keep_run *run, const struct collect_copy *copy)
{
	int ret = set_time(run, copy);

	check_number(run, copy);
	if (!ret)
		return;
	report_warning("'%s': it cannot be noted when it was collected: %s", copy->receipt,
		       strerror(-ret));
	run->unsure = true;
}
