/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which images to try.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef REPLAY_PLAN_H
#define REPLAY_PLAN_H

#include "image.h"

/**
 * struct plan - the images, by ever larger cut
 * @images: all of them
 * @nr: how many
 */
struct plan {
	struct image	*images;
	size_t		nr;
};

int plan_make(struct plan *plan, const struct disk *disk, size_t nr, __u64 seed, bool at_end);
void plan_free(struct plan *plan);

#endif
