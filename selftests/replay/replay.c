// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * replay: what is left of a dump if the power fails, at any point of its log.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Takes a log of what was written to a disk (writelog.h), the disk as it was
 * before, and the dump that was written. Rebuilds the disk as it may stand
 * after a power cut, again and again (image.c, plan.c), lets the tool's reader
 * look at each, and holds what it says against the truth (judge.c).
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "plan.h"
#include "report.h"
#include "run.h"
#include "save.h"

static struct {
	unsigned long	images;
	__u64		seed;
	bool		at_end;
	bool		raw;
	bool		json;
	const char	*save;
	const char	*log;
	const char	*base;
	char		**references;
	size_t		nr_references;
} job = { .images = 10000, .seed = 1 };

static int usage(void)
{
	fprintf(stderr,
		"Usage: replay [options] LOG BASE REFERENCE...\n"
		"  LOG        of blklogwrites or dm-log-writes\n"
		"  BASE       the disk as it was before\n"
		"  REFERENCE  the dump, as its writer wrote it; one for each dump of the log\n"
		"  --images N     how many images to try (10000)\n"
		"  --seed N       of what is sampled (1)\n"
		"  --at-end       only images of the end of the log\n"
		"  --raw-dump     the dump was written to the start of the disk: says\n"
		"                 how many images of the end of the log have lost it\n"
		"  --save FILE    write the images one after the other, judge none\n"
		"  --json         totals for a machine\n"
		"Exit code 1 if any image is not as it should be.\n");
	return 2;
}

static bool to_number(const char *text, __u64 *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 0);
	return !errno && *text && *text != '-' && !*end;
}

static bool parse(int argc, char **argv)
{
	static const struct option options[] = {
		{ "images", required_argument, NULL, 'i' },
		{ "seed", required_argument, NULL, 's' },
		{ "at-end", no_argument, NULL, 'e' },
		{ "raw-dump", no_argument, NULL, 'r' },
		{ "save", required_argument, NULL, 'w' },
		{ "json", no_argument, NULL, 'j' },
		{ }
	};
	__u64 number = 1;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'i':
			if (!to_number(optarg, &number) || !number || number > 100000000)
				return false;
			job.images = number;
			break;
		case 's':
			if (!to_number(optarg, &job.seed))
				return false;
			break;
		case 'e':
			job.at_end = true;
			break;
		case 'r':
			job.raw = true;
			break;
		case 'w':
			job.save = optarg;
			break;
		case 'j':
			job.json = true;
			break;
		default:
			return false;
		}
	}
	if (argc - optind < 3 || argc - optind > 2 + DUMPFLT_AREA_SLOTS_MAX)
		return false;
	job.log = argv[optind];
	job.base = argv[optind + 1];
	job.references = argv + optind + 2;
	job.nr_references = (size_t)(argc - optind - 2);
	return true;
}

static int replay_raw(struct disk *disk, const struct plan *plan)
{
	struct counts counts = { 0 };
	const __u8 *reference;
	__u64 size;
	size_t i;

	reference = read_reference(job.references[0], &size);
	if (!reference)
		return 1;
	for (i = 0; i < plan->nr; i++)
		judge_raw(disk, &plan->images[i], reference, size, &counts);
	free((void *)reference);
	/* among them is the one that has lost nothing */
	if (!counts.complete) {
		fprintf(stderr, "ERROR: replay failed on '%s': the log does not write it\n",
			job.references[0]);
		return 1;
	}
	return !report_raw(&counts, job.seed, job.json);
}

static int replay_area(struct disk *disk, const struct log *log, const struct plan *plan)
{
	const struct image end = { .cut = log->nr, .kind = IMAGE_ALL };
	struct counts counts = { 0 };
	struct truth truth;
	struct disk after;
	int ret = -1;

	if (disk_open(&after, log, job.base))
		return 1;
	disk_show(&after, &end);
	if (!truth_find(&truth, disk, &after, job.references, job.nr_references))
		ret = run_plan(&truth, plan, &counts);
	truth_free(&truth);
	disk_close(&after);
	return ret || !report(&counts, job.seed, job.json);
}

static int replay(const struct log *log)
{
	struct plan plan;
	struct disk disk;
	int ret = 1;

	if (disk_open(&disk, log, job.base))
		return 1;
	if (!plan_make(&plan, &disk, job.images, job.seed, job.at_end || job.raw)) {
		if (!job.json)
			printf("# seed %llu, %zu images, %zu requests, %zu of them flushes\n",
			       job.seed, plan.nr, log->nr, log->nr_flushes);
		if (job.save)
			ret = save_plan(&disk, &plan, job.save);
		else if (job.raw)
			ret = replay_raw(&disk, &plan);
		else
			ret = replay_area(&disk, log, &plan);
		plan_free(&plan);
	}
	disk_close(&disk);
	return ret;
}

int main(int argc, char **argv)
{
	struct log log;
	int ret;

	if (!parse(argc, argv))
		return usage();
	if (log_read(&log, job.log))
		return 1;
	ret = replay(&log);
	log_free(&log);
	return ret;
}
