// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What to do if what was read is not what makedumpfile writes.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <fcntl.h>

#include "dumps/open.h"
#include "dumps/sink.h"
#include "lib/report.h"

/* Filters that are given another key do their work all the same */
static void hint_wrong_stack(const char *stack)
{
	report_hint("What comes through the filters is no dump: there is none, or they are not as they were when it was written.");
	report_hint("Another key, option, order or target is as good as none. 'dumpflt status %s' shows its target and filters.",
		    stack);
	report_hint("'dumpflt destroy %s', then 'dumpflt create' with what the capture had ([stack] and [filter] in its configuration).",
		    stack);
}

/* Is it another kind of dump, or no dump at all? */
static bool hint_other(const struct sink *sink)
{
	struct area_io io;
	int flags;

	if (!sink->io || sink->flat.position)
		return false;
	io = *sink->io;
	io.ctx = &io;
	/* as the dump was read, only whole blocks could be */
	flags = fcntl(io.fd, F_GETFL);
	if (flags >= 0)
		(void)fcntl(io.fd, F_SETFL, flags & ~O_DIRECT);
	return area_hint_known(&io, sink->from);
}

/* Nothing of a dump was seen: what to do then */
void sink_hint_no_dump(const struct sink *sink)
{
	if (hint_other(sink))
		return;
	if (sink->stack)
		hint_wrong_stack(sink->stack);
	else
		report_hint("There is no dump, or filters have changed it: make a stack of the same filters and key with 'dumpflt create', and use --stack.");
}

/* It is no stream any more, from where it was read to */
void sink_hint_bad_stream(const struct sink *sink)
{
	if (sink->verified)
		report_hint("The dump was written like that. Use --raw to have it as it is.");
	else if (sink->flat.position)
		report_hint("The dump is damaged, or was cut and older data follow.%s",
			    !sink->io ? "" : " --salvage gives out what is before that.");
	else
		sink_hint_no_dump(sink);
}
