// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump in a folder of its own: copy, receipt, and a summary for people; only
 * when all of them last is the slot let go.
 *
 * The folder is called by the time of the dump and by the dump itself, so that
 * a run that was cut is continued in it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dumps/keep.h"
#include "lib/outfile.h"
#include "lib/report.h"
#include "lib/text.h"

#define SUMMARY_MAX	2048

/* As 20261127T023000Z: the shell, and every file system, takes it as it is */
static void folder_time(const struct area_slot *slot, char text[TEXT_TIME_MAX])
{
	__u64 started = le64_to_cpu(slot->entry->started);
	char *to = text;
	const char *from;

	text_time(started, text);
	if (!started || !strcmp(text, "?")) {
		copy_string(text, TEXT_TIME_MAX, "no-time");
		return;
	}
	for (from = text; *from; from++)
		if (*from != '-' && *from != ':')
			*to++ = *from;
	*to = '\0';
}

static bool folder_path(const struct collect_copy *copy,
			const struct collect_folder *above, char path[OUTFILE_PATH_MAX])
{
	char time[TEXT_TIME_MAX], name[COLLECT_NAME];

	folder_time(copy->slot, time);
	collect_dump_name(copy->open, copy->slot, name);
	return format_string(path, OUTFILE_PATH_MAX, "%s/%s-%s", above->path, time, name);
}

/* The line to type; nothing that is typed needs this machine */
static bool how_to_open(const struct collect_copy *copy, char *text, size_t size)
{
	const char *file = text_base(copy->data);

	if (copy->sealed)
		return format_string(text, size,
				     "Where the key is, with the tool or without it:\n"
				     "  dumpflt extract --identity KEY --device %s vmcore\n"
				     "  age -d -i KEY %s >stream && makedumpfile -R vmcore <stream\n"
				     "What the kernel said before it crashed is sealed, too:\n"
				     "  dumpflt extract --dmesg --identity KEY --device %s dmesg\n"
				     "  makedumpfile --dump-dmesg vmcore dmesg\n",
				     file, file, file);
	return format_string(text, size,
			     "It is not sealed: whoever can read the file has the memory.\n"
			     "  makedumpfile -R vmcore <%s\n"
			     "What the kernel said before it crashed:\n"
			     "  dumpflt extract --dmesg --device %s dmesg\n", file, file);
}

/* Of a part, the lines that get out what there is */
static bool how_to_open_part(const struct collect_copy *copy, char *text, size_t size)
{
	const char *file = text_base(copy->data);

	if (copy->sealed)
		return format_string(text, size,
				     "Where the key is, with the tool or without it, which may end with an error:\n"
				     "  dumpflt extract --salvage --identity KEY --device %s vmcore\n"
				     "  age -d -i KEY %s >stream; makedumpfile -R vmcore <stream\n"
				     "What the kernel said before it crashed:\n"
				     "  dumpflt extract --salvage --dmesg --identity KEY --device %s dmesg\n",
				     file, file, file);
	return format_string(text, size,
			     "It is not sealed: whoever can read the file has the memory.\n"
			     "  dumpflt extract --salvage --device %s vmcore\n"
			     "What the kernel said before it crashed:\n"
			     "  dumpflt extract --salvage --dmesg --device %s dmesg\n", file, file);
}

static int put_summary(const struct collect_copy *copy, const char *name, const char *text)
{
	char path[OUTFILE_PATH_MAX];

	if (!format_string(path, sizeof(path), "%s/%s", copy->folder->path, name))
		return -ENAMETOOLONG;
	return outfile_put(copy->folder->fd, path, text, strlen(text), true);
}

static int write_part_summary(const struct collect_copy *copy)
{
	const struct area_verdict *verdict = &copy->part->verdict;
	char started[TEXT_TIME_MAX], open[1024], text[SUMMARY_MAX], problem[AREA_PROBLEM_MAX];
	int ret = -ENAMETOOLONG;

	text_time(le64_to_cpu(copy->slot->entry->started), started);
	text_clean(verdict->problem, sizeof(verdict->problem), problem);
	if (how_to_open_part(copy, open, sizeof(open)) &&
	    format_string(text, sizeof(text),
			  "A part of a crash dump, which is NOT complete.\n\n"
			  "started  %s (clock of the machine that crashed)\n"
			  "why      %s\n"
			  "file     %s, %llu bytes, %s\n"
			  "dump     its first %llu bytes\n"
			  "more     %s\n\n"
			  "The dump was still in its slot, not released, when this was written.\n\n%s",
			  started, problem, text_base(copy->data), copy->size,
			  copy->sealed ? "sealed" : "not sealed", verdict->good_bytes,
			  text_base(copy->receipt), open))
		ret = put_summary(copy, KEEP_SUMMARY_PART, text);
	if (ret)
		report_error("writing the summary", copy->folder->path, -ret);
	return ret;
}

static int write_summary(const struct collect_copy *copy)
{
	const struct dumpflt_disk_receipt *receipt = copy->slot->receipt;
	char started[TEXT_TIME_MAX], ended[TEXT_TIME_MAX], open[1024], text[SUMMARY_MAX];
	int ret = -ENAMETOOLONG;

	text_time(le64_to_cpu(copy->slot->entry->started), started);
	text_time(le64_to_cpu(receipt->ended), ended);
	if (how_to_open(copy, open, sizeof(open)) &&
	    format_string(text, sizeof(text),
			  "A crash dump, complete.\n\n"
			  "started  %s (clock of the machine that crashed)\n"
			  "ended    %s\n"
			  "file     %s, %llu bytes, %s\n"
			  "dump     %llu bytes\n"
			  "receipt  %s\n\n%s",
			  started, ended, text_base(copy->data), copy->size,
			  copy->sealed ? "sealed" : "not sealed",
			  (unsigned long long)le64_to_cpu(receipt->dump_size),
			  text_base(copy->receipt), open))
		ret = put_summary(copy, KEEP_SUMMARY, text);
	if (ret)
		report_error("writing the summary", copy->folder->path, -ret);
	return ret;
}

/* What follows a copy that lasts. Returns: 0 or a negative errno, which is reported */
static int end_copy(struct collect_copy *copy)
{
	int ret;

	if (copy->part)
		return write_part_summary(copy);
	ret = write_summary(copy);
	return ret ? ret : collect_release(copy);
}

/**
 * keep_dump() - have a dump in its folder, and let go of its slot
 * @copy: open and slot are set; the receipt says COMPLETE, or a part is wanted, whose slot
 *	is not let go
 * @run: begun; the folder is, or will be, where its others are
 *
 * Needs signals_catch().
 *
 * Return: what became of it
 */
enum collect_result keep_dump(struct collect_copy *copy, struct keep_run *run)
{
	/* What the copy is called refers to it */
	static char path[OUTFILE_PATH_MAX];
	enum collect_result result;
	struct collect_folder folder;

	if (!folder_path(copy, run->above, path)) {
		report_error("naming the folder", run->above->path, ENAMETOOLONG);
		return COLLECT_FAILED;
	}
	if (collect_folder_make(&folder, run->above, path, copy->open))
		return COLLECT_FAILED;
	copy->folder = &folder;
	result = collect_slot(copy, false);
	/* not one that was there, and was released before */
	if (!copy->part &&
	    (result == COLLECT_COPIED ||
	     (result == COLLECT_PRESENT &&
	      le32_to_cpu(copy->slot->entry->state) == DUMPFLT_SLOT_STARTED)))
		keep_stamp(run, copy);
	if ((result == COLLECT_COPIED || result == COLLECT_PRESENT) && end_copy(copy))
		result = COLLECT_FAILED;
	copy->folder = NULL;
	collect_folder_close(&folder);
	/* if it is empty: nothing of the dump is in it */
	if (result == COLLECT_REFUSED || result == COLLECT_FAILED)
		unlinkat(run->above->fd, text_base(path), AT_REMOVEDIR);
	return result;
}
