/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What 'dumpflt arm', process 1 of the capture kernel, and 'dumpflt collect' of the
 * next boot agree on.
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

/*
 * The reason why there is no dump, as a line of the kernel's log: behind it the id of
 * the boot that crashed, ": " and words
 */
#define HANDOVER_NOTE		"dumpflt: no dump of boot "
/* Of /proc/sys/kernel/random/boot_id, with the NUL */
#define HANDOVER_BOOT_MAX	37
/* Words, with the NUL */
#define HANDOVER_WORDS_MAX	400

#endif
