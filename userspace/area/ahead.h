/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chunks of a dump in an area, one behind the other, read and checked by several
 * threads at once.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AREA_AHEAD_H
#define DUMPFLT_AREA_AHEAD_H

#include "area/reader.h"

struct ahead_lane;

/**
 * struct area_ahead - reads chunks before they are asked for
 * @lane: each reads every @lanes'th chunk
 * @lanes: how many; of one, whoever asks is the thread
 * @at: the chunk that was asked for last
 * @asked: there is one
 */
struct area_ahead {
	struct ahead_lane	*lane;
	unsigned int		lanes;
	__u64			at;
	bool			asked;
};

int area_ahead_open(struct area_ahead *ahead, unsigned int lanes, const struct area_reader *like,
		    struct area_reader **reader);
void area_ahead_close(struct area_ahead *ahead);
const char *area_ahead_next(struct area_ahead *ahead, struct area_reader **reader,
			    const unsigned char **record);
unsigned int area_ahead_lanes(void);

#endif
