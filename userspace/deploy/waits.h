/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long the capture kernel takes at most, from its first program to the reboot.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_WAITS_H
#define DUMPFLT_WAITS_H

#include "capture/config.h"

/**
 * struct waits - limits, in seconds from the start of process 1 on
 * @before: all is ready for the capture
 * @budget: the capture has ended
 * @total: the machine reboots, whatever hangs
 */
struct waits {
	__u64	before;
	__u64	budget;
	__u64	total;
};

/* Longer than that nobody wants a machine to be away without having said so */
#define WAITS_A_DAY	86400

__u64 waits_for_slot(__u64 bytes);
void waits_add_up(const struct config *config, struct waits *waits);

#endif
