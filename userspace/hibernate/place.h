/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dump area that an image goes to.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_PLACE_H
#define DUMPFLT_HIBERNATE_PLACE_H

#include "area/find.h"
#include "dumps/open.h"

/* The only slot that such an area has */
#define PLACE_SLOT	0

int place_find(const char *name, __u64 seconds, char path[SPEC_TARGET_MAX]);
int place_check(const struct open_area *open);
int place_is(const struct open_area *open, const char *fingerprint);
__u64 place_room(const struct open_area *open);
bool place_may_hold(const struct open_area *open, const struct area_slot *slot);
int place_release(struct open_area *open);

#endif
