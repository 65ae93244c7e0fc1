/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The slot of the dump area that a rehearsal uses: a free one, and free again after it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_REHEARSAL_SLOT_H
#define DUMPFLT_REHEARSAL_SLOT_H

#include "deploy/plan.h"

/**
 * struct slot_filter - what one filter did
 * @name: of it
 * @bytes: that went through it
 * @us: that it took for them
 */
struct slot_filter {
	char	name[DUMPFLT_NAME_MAX];
	__u64	bytes;
	__u64	us;
};

/**
 * struct slot - before, and after
 * @room: bytes of a dump that it holds
 * @sessions: that the area had seen before
 * @used: a session was begun since then
 * @number: of the slot
 * @write_us: from the session's start to its end, as the receipt says
 * @nr_filters: valid entries of @filter
 * @filter: in the order of the stack
 * @wiped: bytes that were written over
 * @wipe_us: that it took
 */
struct slot {
	__u64			room;
	__u64			sessions;
	bool			used;
	__u32			number;
	__u64			write_us;
	size_t			nr_filters;
	struct slot_filter	filter[DUMPFLT_MAX_FILTERS];
	__u64			wiped;
	__u64			wipe_us;
};

int slot_find(const struct plan *plan, bool armed, struct slot *slot);
int slot_check_room(const struct plan *plan, __u64 bytes, const struct slot *slot);
int slot_give_back(const struct plan *plan, __u64 bytes, struct slot *slot);

#endif
