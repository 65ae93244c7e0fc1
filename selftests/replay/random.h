/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers that look random, and follow from a seed.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef REPLAY_RANDOM_H
#define REPLAY_RANDOM_H

#include <linux/types.h>

/* The next number; *@state changes */
__u64 random_next(__u64 *state);
/* The same, less than @limit, which is not 0 */
__u64 random_below(__u64 *state, __u64 limit);

#endif
