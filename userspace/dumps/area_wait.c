// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Patience with a dump area that is not there yet.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>

#include "dumps/area_wait.h"
#include "lib/clock.h"
#include "lib/report.h"
#include "lib/signals.h"

#define LOOK_AGAIN_MS	1000

/**
 * area_wait_begin() - from now on
 * @wait: filled
 * @name: of the area
 * @seconds: at most, and for the look that lasts longest; 0: not at all
 */
void area_wait_begin(struct area_wait *wait, const char *name, __u64 seconds)
{
	*wait = (struct area_wait){
		.name = name, .seconds = seconds, .end = now_ms() + seconds * 1000,
	};
}

/**
 * area_wait_more() - after a look in vain: a pause
 * @wait: begun
 *
 * Needs signals_catch(), if there are any seconds. Says once what is waited for.
 *
 * Return: whether to look again
 */
bool area_wait_more(struct area_wait *wait)
{
	if (now_ms() >= wait->end || signals_stop())
		return false;
	if (!wait->said)
		report_warning("waiting for the dump area '%s', %llu seconds at most",
			       wait->name, wait->seconds);
	wait->said = true;
	signals_poll(NULL, 0, LOOK_AGAIN_MS);
	return true;
}

/**
 * area_wait_end() - did somebody end it?
 * @wait: over
 * @op: what for, in words
 *
 * Return: 0, or -EINTR, which is reported
 */
int area_wait_end(const struct area_wait *wait, const char *op)
{
	if (!wait->seconds || !signals_stop())
		return 0;
	report_failure(op, wait->name, "stopped by %s", signals_stop_name());
	return -EINTR;
}
