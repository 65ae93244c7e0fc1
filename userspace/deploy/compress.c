// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether the pages of the next dump are compressed: as the last rehearsal has
 * measured, where disk and filters are faster than the compressor they are not.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <string.h>

#include "deploy/compress.h"
#include "deploy/rehearsed.h"
#include "lib/json.h"

/* Sizes are right within a factor of two */
#define ROOM	2

/**
 * compress_slower() - would a dump take less time without the compressor?
 * @record: of the rehearsal
 *
 * Only if its longest time is below the shortest one with it, so that a busy machine
 * changes nothing; if a slot holds twice of what it is likely to be; and if the pages
 * were real ones.
 *
 * Return: what is known of it, part of @record; NULL if it is better compressed
 */
struct json_object *compress_slower(struct json_object *record)
{
	struct json_object *other;
	__u64 least = json_number(record, "ms_least");

	if (!json_object_object_get_ex(record, "uncompressed", &other) ||
	    json_flag(record, "made_up") || !json_text(other, "args")[0] ||
	    !json_number(other, "ms"))
		return NULL;
	if (!least)
		least = json_number(record, "ms");
	return json_number(other, "ms") < least &&
	       json_number(other, "bytes") <= json_number(record, "slot_bytes") / ROOM ?
	       other : NULL;
}

/**
 * compress_choose() - let the rehearsal say whether pages are compressed
 * @plan: made; gets other arguments for makedumpfile, if that takes less time
 * @record: of a rehearsal of this very plan
 *
 * Return: what is known of the dump that @plan then makes, @record or part of it
 */
struct json_object *compress_choose(struct plan *plan, struct json_object *record)
{
	struct json_object *other = compress_slower(record);

	if (!other || plan->settings.compress != SETTINGS_COMPRESS_MEASURED ||
	    !plan->config.facts.compressed)
		return record;
	if (!args_uncompressed(plan->config.args, plan->config.nr_args, plan->args)) {
		plan->args[0] = '\0';
		return record;
	}
	if (!format_string(plan->args_why, sizeof(plan->args_why),
			   "not compressed: by the rehearsal of %.24s that takes about %llu s, and compressed %llu s",
			   json_text(record, "rehearsed"), json_number(other, "ms") / 1000,
			   json_number(record, "ms") / 1000))
		plan->args_why[0] = '\0';
	return other;
}
