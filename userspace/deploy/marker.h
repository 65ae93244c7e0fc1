/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * That a machine is armed, in a file that a crash leaves behind.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_MARKER_H
#define DUMPFLT_MARKER_H

#include "deploy/plan.h"

/**
 * struct marker - what was written down
 * @boot: id of the boot that was armed
 * @area: id of the dump area, as hexadecimal digits
 * @since: seconds since 1970, by the clock of that boot
 * @number: of the newest dump that was in the area then
 * @path: of the file
 */
struct marker {
	char	boot[HANDOVER_BOOT_MAX];
	char	area[AREA_ID_TEXT];
	__u64	since;
	__u64	number;
	char	path[ROOT_PATH_MAX];
};

void marker_write(const struct plan *plan);
bool marker_read_other(struct marker *marker);
bool marker_remove(const struct marker *marker);
void marker_remove_own(void);

bool this_boot(char boot[HANDOVER_BOOT_MAX]);

#endif
