// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump from a device that holds makedumpfile's flattened stream and, behind
 * its end marker, whatever was there before.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>

#include "dumps/from.h"
#include "dumps/rest.h"
#include "dumps/open.h"
#include "dumps/source.h"
#include "kernel/session.h"
#include "kernel/stack.h"
#include "lib/finding.h"
#include "lib/progress.h"
#include "lib/signals.h"
#include "lib/report.h"
#include "lib/text.h"

/**
 * struct stream - a stream under way
 * @sink: where it goes
 * @stack: the stack that it is read through, or NULL
 * @source: where it is read from
 * @progress: what was shown of it
 * @expected: bytes it should have, 0 if that is not known
 * @phase: what to call it
 * @salvage: what there is of it is wanted, even if it is not all
 */
struct stream {
	struct sink	*sink;
	const char	*stack;
	struct source	source;
	struct progress	progress;
	__u64		expected;
	const char	*phase;
	bool		salvage;
};

static int report_stream_read(const struct stream *s, int ret)
{
	char message[KERNEL_VALUE_MAX];

	if (ret == -EINTR && signals_stop())
		return sink_report_stop(s->sink);
	if (!ret) {
		finding_add(s->sink->flat.state == FLAT_IN_HEADER ? FINDING_NO_DUMP :
								    FINDING_INCOMPLETE);
		report_failure("reading the dump", s->sink->from,
			       "it ends at byte %llu without an end marker",
			       s->source.position);
		if (s->sink->flat.state == FLAT_IN_HEADER)
			sink_hint_no_dump(s->sink);
		else
			report_hint("The dump was cut: writing it was not finished.%s",
				    s->stack ? "" :
					       " --salvage gives out what there is.");
		return -EBADMSG;
	}
	report_failure("reading the dump", s->sink->from, "%s, at byte %llu",
		       strerror(-ret), s->source.position);
	if (s->stack && !kernel_stack_read(s->stack, KERNEL_LAST_ERROR, message) &&
	    message[0])
		report_hint("last_error: %s", message);
	return ret;
}

/* If nothing is left: what that says of the dump */
static enum finding rest_finding(const struct stream *s, int err)
{
	if (err)
		return FINDING_FAILED;
	if (!s->sink->flat.position)
		return FINDING_NO_DUMP;
	return s->sink->flat.state == FLAT_AT_FAULT ? FINDING_DAMAGED : FINDING_INCOMPLETE;
}

/* What has come is all that there is; nobody has verified it */
static int keep_rest(struct stream *s, int err)
{
	char why[128];

	if (s->sink->flat.state == FLAT_AT_FAULT)
		format_string(why, sizeof(why), "%s, at byte %llu", s->sink->flat.problem,
			      s->sink->flat.position);
	else
		format_string(why, sizeof(why), "%s, at byte %llu",
			      err ? strerror(-err) : "it ends without an end marker",
			      s->source.position);
	return rest_keep(s->sink, why, 0, rest_finding(s, err));
}

static void show_stream_progress(struct stream *s)
{
	int permille = -1;

	if (s->expected && s->source.position <= s->expected)
		permille = (int)(s->source.position * 1000 / s->expected);
	progress_show(&s->progress, s->phase, permille, s->source.position);
}

static int copy_stream(struct stream *s)
{
	ssize_t n;
	int ret = 0;

	progress_start(&s->progress);
	while (!ret && s->sink->flat.state != FLAT_AT_END) {
		n = source_read(&s->source);
		if (n <= 0) {
			ret = s->salvage && n != -EINTR ? keep_rest(s, (int)n) :
							  report_stream_read(s, (int)n);
			break;
		}
		ret = sink_put_stream(s->sink, s->source.buffer, (size_t)n);
		if (ret == -EBADMSG && s->sink->salvage) {
			ret = keep_rest(s, 0);
			break;
		}
		if (!ret && signals_stop())
			ret = sink_report_stop(s->sink);
		show_stream_progress(s);
	}
	progress_end(&s->progress);
	return ret;
}

static int copy_device(struct stream *s, const char *path,
		       const struct area_io *io)
{
	int ret = source_open(&s->source, io);

	if (ret) {
		report_error("opening the source", path, -ret);
		return ret;
	}
	if (!s->expected) {
		/* Of a device only a bound is known: the dump is no larger */
		s->expected = s->source.size;
		s->phase = "Extracting from the whole device";
	}
	if (s->sink->salvage)
		sink_limit(s->sink, s->source.size);
	ret = copy_stream(s);
	if (!ret && s->sink->flat.state == FLAT_AT_END)
		ret = sink_sync(s->sink);
	source_close(&s->source);
	return ret;
}

int from_device(const struct extract_options *options, struct sink *sink)
{
	struct stream s = { .sink = sink, .salvage = options->salvage };

	/* only in the dump itself, where the log is no reason to fail */
	sink->salvage = options->salvage && !sink->log;

	return copy_device(&s, options->device, &options->io);
}

/* Through the filters of a live stack: a read-back session of its own */
int from_stack(const struct extract_options *options, struct sink *sink)
{
	struct stream s = {
		.sink = sink, .stack = options->stack, .phase = "Extracting",
	};
	char device[KERNEL_DEVICE_MAX], path[KERNEL_PATH_MAX];
	char value[KERNEL_VALUE_MAX];
	struct area_io io;
	int finished, ret;

	ret = kernel_attach();
	if (!ret)
		ret = stack_node(s.stack, device, path);
	if (ret)
		return ret;
	/* Known if the dump was written since the stack went live */
	if (kernel_disk_read(device, KERNEL_DUMP_BYTES, value) ||
	    !parse_number(value, 1, ~0ULL, &s.expected))
		s.expected = 0;
	ret = session_read(s.stack);
	if (ret)
		return ret;
	ret = area_io_open(&io, path, false);
	if (ret) {
		area_report_open(path, ret);
	} else {
		ret = copy_device(&s, path, &io);
		area_io_close(&io);
	}
	signals_hold();
	finished = session_finish(s.stack, SESSION_ALL, value);
	return ret ? ret : finished;
}
