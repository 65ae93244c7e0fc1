/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What 'dumpflt arm' and process 1 of the capture kernel agree on.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HANDOVER_H
#define DUMPFLT_HANDOVER_H

/*
 * How long process 1 waits for one thing after the other, in seconds, beside what the
 * configuration gives the target and the capture: 'dumpflt arm' adds it up
 */
#define HANDOVER_BEFORE		120	/* modules, and disks that appear */
#define HANDOVER_STOP		20	/* a capture to end that was told to */
#define HANDOVER_RESTART	10	/* an orderly reboot, before one that asks no driver */

/* The reason why there is no dump, with the NUL */
#define HANDOVER_WORDS_MAX	400

#endif
