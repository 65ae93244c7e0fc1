/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Patience with a dump area that is not there yet.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AREA_WAIT_H
#define DUMPFLT_AREA_WAIT_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * struct area_wait - how long
 * @name: of the area, to name it
 * @seconds: at most; 0: it is not waited for
 * @end: when they are over
 * @said: that it is waited for
 */
struct area_wait {
	const char	*name;
	__u64		seconds;
	__u64		end;
	bool		said;
};

void area_wait_begin(struct area_wait *wait, const char *name, __u64 seconds);
bool area_wait_more(struct area_wait *wait);
int area_wait_end(const struct area_wait *wait, const char *op);

#endif
