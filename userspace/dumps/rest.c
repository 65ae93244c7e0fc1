// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is left of a dump that was cut, in an age file or as a plain stream.
 *
 * Who asks for it by --salvage gets all that is before the cut; how much there was, nobody
 * knows any more. Over holes it is what is between them, too.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>

#include "dumps/dmesg.h"
#include "dumps/rest.h"
#include "lib/report.h"

static bool is_nothing(const struct sink *sink)
{
	if (sink->log)
		return !sink->flat.log.have;
	return !sink_size(sink) || (sink->holes && !sink->given);
}

static int report_nothing(const struct sink *sink, const char *why, enum finding finding)
{
	finding_add(finding);
	report_failure("salvaging", sink->from, "nothing is left: %s", why);
	if (sink->flat.log.have && !sink->log)
		report_hint("But the kernel log is, before it: --dmesg gives it out.");
	rest_hint_lost(sink);
	return -ENODATA;
}

/**
 * rest_hint_cut() - say what the file lacks that makedumpfile's stream describes
 * @sink: has taken what there is of the stream, and writes that file
 */
void rest_hint_cut(const struct sink *sink)
{
	if (sink->lost)
		report_hint("A hole has a header of makedumpfile's stream in it: of the file all behind that is missing. --raw gives out all of the dump that is left.");
	else if (sink->flat.state != FLAT_AT_END)
		report_hint("makedumpfile's stream was cut: the rest of the file is missing, and holes in it may be, too.");
}

/**
 * rest_hint_lost() - say that there is more, where nothing is left of a stream
 * @sink: has taken what there is
 */
void rest_hint_lost(const struct sink *sink)
{
	if (sink->lost)
		report_hint("Where makedumpfile's stream goes on behind the first hole cannot be told: --raw gives out all of the dump that is left.");
}

/**
 * rest_keep() - let the output have what was taken so far, and say what is missing
 * @sink: has it
 * @why: nothing more comes, or what was the first hole
 * @size: of the dump, over the holes in it; 0 if that is not known
 * @finding: if nothing was taken
 *
 * Return: 0 if the output is durable; DMESG_ENOUGH if only the kernel log is wanted; or a
 * negative errno, which is reported
 */
int rest_keep(struct sink *sink, const char *why, __u64 size, enum finding finding)
{
	if (is_nothing(sink))
		return report_nothing(sink, why, finding);
	sink->partial = true;
	report_warning("the dump is not whole: %s", why);
	if (sink->log)
		return DMESG_ENOUGH;
	if (size && sink->holes)
		report_hint("%llu of %llu bytes were salvaged.", sink->given, size);
	else
		report_hint("%llu bytes were salvaged; how long the dump was is not known.",
			    sink->holes ? sink->given : sink->position);
	if (sink->holes)
		holes_report(sink->holes);
	if (!sink->raw && !sink->flattened)
		rest_hint_cut(sink);
	return sink_sync(sink);
}
