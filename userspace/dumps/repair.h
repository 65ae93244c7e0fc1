/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making a header of a dump area good again, from the other one.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_REPAIR_H
#define DUMPFLT_REPAIR_H

#include "dumps/open.h"

/**
 * struct repair - what is to be done, and what was
 * @yes: nobody is asked
 * @force: dumps that only the lost header knew do not keep it from that
 * @dry_run: nothing is written
 * @needed: one of the headers cannot be used
 * @copy: which that is, or was: 0 for A
 */
struct repair {
	bool		yes;
	bool		force;
	bool		dry_run;
	bool		needed;
	unsigned int	copy;
};

int repair_area(struct open_area *open, struct repair *repair);

#endif
