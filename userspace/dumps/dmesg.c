// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel log that a capture has kept before the dump, and nothing else.
 *
 * Who had the machine had a hand in its log, and it goes to terminals. So what
 * is no printable ASCII, tab or newline is written as \x and two digits, as
 * makedumpfile does it, too, wherever the output goes.
 *
 * The functions print what went wrong and return a negative errno.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>

#include "dumps/dmesg.h"
#include "lib/finding.h"
#include "lib/report.h"

/* Of the text, at a time; each byte of it may become so many */
#define PIECE		1024
#define ESCAPED		4

static int report_none(const struct sink *sink, const char *why)
{
	bool dump = sink->verified || sink->flat.state != FLAT_AT_FAULT || sink->flat.position;

	if (!dump)
		finding_add(FINDING_NO_DUMP);
	report_failure("reading the kernel log", sink->from,
		       "this dump holds no kernel log: %s", why);
	if (!dump)
		sink_hint_no_dump(sink);
	else
		report_hint("Extract the dump: crash and 'makedumpfile --dump-dmesg' find the log in the memory that was dumped.");
	return -ENODATA;
}

static size_t escape(unsigned char byte, unsigned char *to)
{
	static const char digits[] = "0123456789abcdef";

	if ((byte >= ' ' && byte <= '~') || byte == '\n' || byte == '\t') {
		to[0] = byte;
		return 1;
	}
	to[0] = '\\';
	to[1] = 'x';
	to[2] = (unsigned char)digits[byte >> 4];
	to[3] = (unsigned char)digits[byte & 15];
	return ESCAPED;
}

static int put_text(struct sink *sink, const unsigned char *text, size_t len)
{
	unsigned char clean[PIECE * ESCAPED];
	size_t have = 0;
	int ret = 0;

	while (!ret && len) {
		have += escape(*text++, clean + have);
		if (--len && have <= sizeof(clean) - ESCAPED)
			continue;
		ret = sink_put_bytes(sink, sink->position, clean, have);
		sink->position += have;
		have = 0;
	}
	return ret;
}

/**
 * dmesg_put() - take some of a stream, and the log out of it
 * @sink: open
 * @data: the next bytes
 * @len: how many
 *
 * Return: 0 if there is more to come, DMESG_ENOUGH if there was all of it, or a
 * negative errno, which is reported
 */
int dmesg_put(struct sink *sink, const unsigned char *data, size_t len)
{
	const struct flat_log *log = &sink->flat.log;
	enum flat_event event;
	struct flat_span span;
	int ret = 0;

	do {
		event = flat_next(&sink->flat, &data, &len, &span);
		if (event == FLAT_LOG)
			ret = put_text(sink, span.data, span.len);
	} while (!ret && event == FLAT_LOG);
	if (ret)
		return ret;
	if (flat_log_whole(log))
		return DMESG_ENOUGH;
	if (log->problem)
		return report_none(sink, log->problem);
	if (event == FLAT_BAD)
		return report_none(sink, sink->flat.problem);
	return sink->flat.records ? report_none(sink, "none was kept before it") : 0;
}

static void warn_lacking(const struct sink *sink)
{
	const struct flat_log *log = &sink->flat.log;

	if (log->flags & FLAT_LOG_CUT)
		report_warning("the beginning of the kernel log was left out when it was kept: see log_kib in dumpflt-capture.conf(5)");
	if (log->flags & FLAT_LOG_TORN)
		report_warning("the end of the kernel log is missing: what read it failed");
	if (log->have < log->len)
		report_warning("the kernel log is cut: %llu of its %llu bytes are there",
			       log->have, log->len);
}

/**
 * dmesg_end() - the reader has stopped: what has come of it?
 * @sink: open
 * @ret: what the reader returned; what it returns without an error is durable
 *
 * Return: 0 if the output is there and durable, or a negative errno, which is
 * reported
 */
int dmesg_end(struct sink *sink, int ret)
{
	if (ret == DMESG_ENOUGH)
		ret = sink_sync(sink);
	else if (!ret && !sink->flat.log.have)
		ret = report_none(sink, "it ends before that");
	if (!ret)
		warn_lacking(sink);
	return ret;
}
