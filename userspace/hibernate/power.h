/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether this kernel hibernates, how it goes down then, and how large an image gets.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_POWER_H
#define DUMPFLT_HIBERNATE_POWER_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * enum power_mode - how the machine goes down
 * @POWER_AUTO: as platform, if there is that, else as shutdown
 * @POWER_PLATFORM: by the firmware's way to hibernate (S4)
 * @POWER_SHUTDOWN: as at any power-off
 * @POWER_REBOOT: it does not stay down
 * @POWER_SUSPEND: to memory (S3): the image is for the case that the power goes, too
 */
enum power_mode {
	POWER_AUTO,
	POWER_PLATFORM,
	POWER_SHUTDOWN,
	POWER_REBOOT,
	POWER_SUSPEND,
};

const char *power_word(enum power_mode mode);
bool power_parse(const char *word, enum power_mode *mode);
int power_check(enum power_mode *mode);
int power_image_size(__u64 *size);
int power_set_image_size(__u64 size);
__u64 power_most(__u64 image_size);

#endif
