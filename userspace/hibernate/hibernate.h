/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One hibernation: the memory into a dump area, through the filters.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_H
#define DUMPFLT_HIBERNATE_H

#include <linux/types.h>
#include <stdbool.h>

#include "hibernate/pack.h"
#include "hibernate/power.h"
#include "kernel/spec.h"

/* Room for a size: as the kernel has it */
#define HIBERNATE_ANY	(~0ULL)

/**
 * struct hibernate_options - what is wanted
 * @area: id of a dump area, or path of its device
 * @fingerprint: of that area, by which its policy is known to be the one that it was made
 *	with; NULL or empty: none was said, and nothing is hibernated
 * @mode: how to go down
 * @image_size: what the kernel is to make the image fit into, in bytes; or HIBERNATE_ANY
 * @origin: file of this machine's key; NULL if that is in the keyrings
 * @compressor: of the image
 */
struct hibernate_options {
	const char	*area;
	const char	*fingerprint;
	enum power_mode	mode;
	__u64		image_size;
	const char	*origin;
	enum compressor	compressor;
};

/**
 * struct hibernate_result - what came of it
 * @target: the device that holds the area
 * @mode: how the machine went down, or was to
 * @woken: it slept, and kept its memory
 * @bytes: of the image, if there was one; the memory that is resumed does not know
 * @stored: of it on the disk, likewise
 */
struct hibernate_result {
	char		target[SPEC_TARGET_MAX];
	enum power_mode	mode;
	bool		woken;
	__u64		bytes;
	__u64		stored;
};

int hibernate_run(const struct hibernate_options *options,
		  struct hibernate_result *result);

#endif
