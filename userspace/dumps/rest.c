// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is left of a dump that was cut, in an age file or as a plain stream.
 *
 * Who asks for it by --salvage gets all that is before the cut; how much there was, nobody
 * knows any more.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>

#include "dumps/dmesg.h"
#include "dumps/rest.h"
#include "lib/report.h"

static int report_nothing(const struct sink *sink, const char *why)
{
	report_failure("salvaging", sink->from, "nothing is left: %s", why);
	if (sink->flat.log.have && !sink->log)
		report_hint("But the kernel log is, before it: --dmesg gives it out.");
	return -ENODATA;
}

/**
 * rest_keep() - let the output have what was taken so far, and say what is missing
 * @sink: has it
 * @why: nothing more comes
 *
 * Return: 0 if the output is durable; DMESG_ENOUGH if only the kernel log is wanted; or a
 * negative errno, which is reported
 */
int rest_keep(struct sink *sink, const char *why)
{
	if (sink->log ? !sink->flat.log.have : !sink_size(sink))
		return report_nothing(sink, why);
	sink->partial = true;
	report_warning("the dump is not whole: %s", why);
	if (sink->log)
		return DMESG_ENOUGH;
	report_hint("%llu bytes were salvaged; how long the dump was is not known.",
		    sink->position);
	if (!sink->raw && !sink->flattened && sink->flat.state != FLAT_AT_END)
		report_hint("makedumpfile's stream was cut: the rest of the file is missing, and holes in it may be, too.");
	return sink_sync(sink);
}
