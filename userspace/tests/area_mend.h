/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What somebody who can write to a disk, and has no key, does after a change:
 * every checksum and digest is made to fit again.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_TESTS_AREA_MEND_H
#define DUMPFLT_TESTS_AREA_MEND_H

#include "area_fixture.h"

void mend_policy(struct fixture *f, const char *name, unsigned int number,
		 __u32 flags);
void mend_slot(struct fixture *f, __u32 slot);

#endif
