// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Numbers that look random, and follow from a seed: splitmix64.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "random.h"

__u64 random_next(__u64 *state)
{
	__u64 x = *state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

__u64 random_below(__u64 *state, __u64 limit)
{
	return random_next(state) % limit;
}
