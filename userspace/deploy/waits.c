// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How long the capture kernel takes at most, from its first program to the reboot.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "capture/steps.h"
#include "deploy/waits.h"
#include "lib/handover.h"

/* One after the other: see userspace/init, which waits for nothing else */
void waits_add_up(const struct config *config, struct waits *waits)
{
	waits->before = HANDOVER_BEFORE + config->wait_for_target;
	waits->budget = waits->before + (steps_budget_ms(config) + 999) / 1000;
	waits->total = waits->budget + HANDOVER_STOP + HANDOVER_RESTART;
}
