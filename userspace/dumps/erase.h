/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making what is in the slots of a dump area unreadable.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_ERASE_H
#define DUMPFLT_ERASE_H

#include "dumps/open.h"

/**
 * struct erase - what is to be erased, and what was
 * @slot: AREA_NO_SLOT for all of them, and what is behind the last one
 * @force: what nobody has let go of, too
 * @erased: by slot: it is, and was read back
 * @bytes: that were overwritten and read back
 */
struct erase {
	__u64	slot;
	bool	force;
	bool	erased[DUMPFLT_AREA_SLOTS_MAX];
	__u64	bytes;
};

int erase_slots(struct open_area *open, struct erase *erase);

#endif
