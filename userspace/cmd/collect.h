/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run of 'dumpflt collect', and what it makes of each slot.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CMD_COLLECT_H
#define DUMPFLT_CMD_COLLECT_H

#include <json-c/json.h>

#include "deploy/lost.h"
#include "deploy/settings.h"
#include "deploy/tally.h"
#include "dumps/keep.h"

/*
 * What was asked for, and what came of it; @config: NULL if there is none; @announced: it
 * is this machine's own, and not some file that somebody tries; @crashed:
 * the last boot has, and that is to be looked at;
 * @done: what the next run does not find any more;
 * @failed: for a reason that is not in a dump; @spoilt: one was completed, and is not as it
 * was written; @unsure: of one nobody knows whether it was;
 * @salvage: parts are wanted of what is not COMPLETE and intact; @later: of these slots, once
 * all that is whole is kept;
 * @incomplete: so many crashes there are of which there is no complete dump
 */
struct collection {
	struct open_area	open;
	struct collect_folder	folder;
	const char		*path;
	const char		*folder_path;
	const char		*config;
	struct settings		settings;
	struct keep_run		run;
	struct lost		lost;
	bool			announced;
	bool			crashed;
	bool			release;
	bool			all;
	bool			salvage;
	bool			later[DUMPFLT_AREA_SLOTS_MAX];
	bool			json;
	struct json_object	*array;
	unsigned int		nr;
	bool			failed;
	bool			spoilt;
	bool			unsure;
	struct tally		done;
	unsigned int		incomplete;
};

/* collect_slots.c */
void collect_look_at(struct collection *collection, __u32 number);
void collect_parts(struct collection *collection);

#endif
