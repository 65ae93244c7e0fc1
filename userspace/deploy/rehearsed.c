// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the last rehearsal has measured, kept for arm and status: whether a dump fits
 * into the memory of the capture kernel, into a slot, and into its time.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deploy/compress.h"
#include "deploy/put.h"
#include "deploy/rehearsed.h"
#include "deploy/root.h"
#include "lib/json.h"
#include "lib/report.h"
#include "module/version.h"

#define FASTER		"Raise max_seconds in [capture], leave more out by args, or use a faster disk."
#define LESS_BUSY	"Raise max_seconds in [capture], or rehearse when other programs rest."
#define AGAIN		"Run 'dumpflt rehearse' again."

/* Room for what is found */
struct judging {
	struct rehearsed_problem	*problem;
	size_t				nr;
};

/* Returns: for json_object_put(), or NULL if there is none that can be read */
struct json_object *rehearsed_read(void)
{
	struct json_object *record;
	char path[ROOT_PATH_MAX];

	if (!root_exists(REHEARSED_FILE) || !root_path(path, REHEARSED_FILE))
		return NULL;
	record = json_object_from_file(path);
	json_rename_text(record, "version", "tool_version");
	if (record && json_text(record, "release")[0])
		return record;
	json_object_put(record);
	report_warning("'%s' is no result of a rehearsal: run 'dumpflt rehearse' again", path);
	return NULL;
}

/* Whole or not at all. Returns: 0 or a negative errno, which is reported */
int rehearsed_write(struct json_object *record)
{
	char path[ROOT_PATH_MAX];
	int ret;

	root_path(path, REHEARSED_FILE);
	ret = put_json(path, record);
	if (ret)
		report_error("keeping the result", path, -ret);
	return ret;
}

static __printf(3, 4)
void add(struct judging *judging, const char *hint, const char *fmt, ...)
{
	struct rehearsed_problem *problem = &judging->problem[judging->nr];
	va_list args;

	if (judging->nr == REHEARSED_PROBLEMS_MAX)
		return;
	judging->nr++;
	va_start(args, fmt);
	vsnprintf(problem->words, sizeof(problem->words), fmt, args);
	va_end(args);
	copy_string(problem->hint, sizeof(problem->hint), hint);
}

/* Of another kernel, area or command line it says little */
/* Returns: false, with the problem, if it is not of this plan */
static bool is_of(struct judging *judging, const struct plan *plan, struct json_object *record)
{
	char id[AREA_ID_TEXT], args[ARGS_TEXT_MAX];
	const struct {
		const char *key, *what, *now;
	} same[] = {
		{ "release", "another kernel", plan->release },
		{ "tool_version", "another version of dumpflt", DUMPFLT_VERSION },
		{ "area", "another dump area", id },
		{ "args", "other args of makedumpfile", args },
	};
	size_t i;

	text_hex(plan->id, AREA_ID_SIZE, id);
	args_text(plan->config.args, plan->config.nr_args, args);
	for (i = 0; i < ARRAY_SIZE(same); i++) {
		if (!strcmp(json_text(record, same[i].key), same[i].now))
			continue;
		add(judging, AGAIN, "it was of %s ('%.60s', and now '%.60s')", same[i].what,
		    json_text(record, same[i].key), same[i].now);
		return false;
	}
	return true;
}

static void judge_memory(struct judging *judging, const struct plan *plan,
			 struct json_object *record)
{
	char hint[REHEARSED_WORDS_MAX];
	__u64 need = plan_need(plan, json_number(record, "work_bytes"));

	if (need <= plan->reserve)
		return;
	format_string(hint, sizeof(hint), "Reserve more: crashkernel=%lluM.",
		      plan_crashkernel_mib(need));
	add(judging, hint, "the capture kernel needs about %llu MiB, and %llu MiB are reserved",
	    need >> 20, plan->reserve >> 20);
}

/**
 * rehearsed_judge() - would a dump, as it was rehearsed, get to its end now?
 * @plan: made; gets other arguments for makedumpfile, if those were faster
 * @record: of the rehearsal
 * @problem: filled with what speaks against it
 *
 * Return: how many problems there are
 */
size_t rehearsed_judge(struct plan *plan, struct json_object *record,
		       struct rehearsed_problem problem[REHEARSED_PROBLEMS_MAX])
{
	struct judging judging = { .problem = problem };
	__u64 seconds, least, bytes, max = plan->config.max_seconds;
	__u64 room = json_number(record, "slot_bytes");
	struct json_object *dump;

	if (!is_of(&judging, plan, record))
		return judging.nr;
	dump = compress_choose(plan, record);
	seconds = json_number(dump, "ms") / 1000;
	least = json_number(dump, "ms_least") / 1000;
	bytes = json_number(dump, "bytes");
	judge_memory(&judging, plan, record);
	if (!json_flag(record, "makedumpfile_understands"))
		add(&judging, "Install a newer makedumpfile, and run 'dumpflt rehearse' again.",
		    "makedumpfile could not tell what this kernel's memory is used for");
	if (seconds > max)
		add(&judging, least && least <= max ? LESS_BUSY : FASTER,
		    "a dump takes about %llu s, and max_seconds is %llu", seconds, max);
	if (bytes > room)
		add(&judging, "Format the area with fewer slots, use a larger device, or leave more out by args.",
		    "a dump has about %llu MiB, and a slot holds %llu MiB", bytes >> 20,
		    room >> 20);
	return judging.nr;
}
