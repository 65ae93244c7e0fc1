/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A crash that left no dump: noticed by the next boot.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_LOST_H
#define DUMPFLT_LOST_H

#include "area/area.h"
#include "deploy/marker.h"
#include "lib/outfile.h"

/**
 * struct lost - what the last boot left
 * @marker: of it, if it was armed and did not end in order; else its boot is empty
 * @reason: why there is no dump, as the capture kernel says; empty if it says nothing
 * @when: it said so, or now; seconds since 1970
 * @path: of what is kept about it, once lost_keep() has succeeded
 */
struct lost {
	struct marker	marker;
	char		reason[HANDOVER_WORDS_MAX];
	__u64		when;
	char		path[OUTFILE_PATH_MAX];
};

bool lost_look(struct lost *lost);
bool lost_is_dump(const struct lost *lost, const struct area *area);
int lost_keep(struct lost *lost, const char *folder);

/* notes.c */
bool note_find(struct lost *lost);
void note_remove(const struct lost *lost);

#endif
