// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How long the capture kernel takes at most, from its first program to the reboot.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "capture/steps.h"
#include "deploy/waits.h"
#include "lib/handover.h"

/* What any dump is given: a look at all of memory, and a disk that is slow to answer */
#define DUMP_LEAST	1800
/* Bytes a second: a tenth of what old disks do */
#define DUMP_RATE	(8ULL << 20)
/* With all other waits it is less than a day, whatever the slot */
#define DUMP_MOST	43200

/**
 * waits_for_slot() - max_seconds, if nobody has said it
 * @bytes: of a dump that fills a slot
 *
 * Only a dump that goes on needs it: who is silent is given up much earlier.
 *
 * Return: seconds
 */
__u64 waits_for_slot(__u64 bytes)
{
	__u64 seconds = DUMP_LEAST + bytes / DUMP_RATE;

	return seconds < DUMP_MOST ? seconds : DUMP_MOST;
}

/* One after the other: see userspace/init, which waits for nothing else */
void waits_add_up(const struct config *config, struct waits *waits)
{
	waits->before = HANDOVER_BEFORE + config->wait_for_target;
	waits->budget = waits->before + (steps_budget_ms(config) + 999) / 1000;
	waits->total = waits->budget + HANDOVER_STOP + HANDOVER_RESTART;
}
