/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens while the machine stands still.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_FROZEN_H
#define DUMPFLT_HIBERNATE_FROZEN_H

#include <linux/types.h>
#include <stdbool.h>

#include "hibernate/image.h"
#include "hibernate/pack.h"
#include "hibernate/power.h"
#include "hibernate/pump.h"

/* What failed */
enum frozen_step {
	FROZEN_FREEZE,
	FROZEN_PLATFORM,
	FROZEN_CREATE,
	FROZEN_SIZE,
	FROZEN_RANDOM,
	FROZEN_START,
	FROZEN_READ,
	FROZEN_PACK,
	FROZEN_WRITE,
	FROZEN_FINISH,
	FROZEN_POWER,
};

/**
 * struct frozen - all that is needed, open before
 * @snapshot: of snapshot_open()
 * @session: attribute of the stack, to be written
 * @state: likewise, to be read once
 * @random: of random_open()
 * @kmsg: the kernel's log, for what is said meanwhile; or -1
 * @mode: how to go down; not POWER_AUTO
 * @room: bytes of an image that there is room for, even if nothing of it gets smaller
 * @header: in front of the image
 * @pack: what makes it smaller
 * @pump: to the stack device
 * @resumed: set: this is the image, after the resume
 * @woken: set: the machine has slept, and its memory was kept
 * @size: set, if it is known: bytes of the image
 * @stored: set: bytes of it on the disk, the header with it
 * @step: set if anything fails
 * @image_left: set to a negative errno: a complete image is on the disk, and stayed there
 *
 * Whatever is returned, snapshot is closed, and so is the stack device.
 */
struct frozen {
	int			snapshot;
	int			session;
	int			state;
	int			random;
	int			kmsg;
	enum power_mode		mode;
	__u64			room;
	struct image_header	header;
	struct pack		pack;
	struct pump		pump;
	bool			resumed;
	bool			woken;
	__u64			size;
	__u64			stored;
	enum frozen_step	step;
	int			image_left;
};

int frozen_run(struct frozen *f);
const char *frozen_word(enum frozen_step step);

#endif
