/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making a dump area where there may be something already.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_MAKE_AREA_H
#define DUMPFLT_MAKE_AREA_H

#include "kernel/spec.h"

/**
 * struct format_options - what to make
 * @path: of a block device or an image file
 * @slots: into how many the area is divided
 * @record_size: in bytes
 * @hibernation: for hibernation images, not for crash dumps; then of one slot, with
 *	@overwrite
 * @overwrite: without a free slot, the oldest dump may be overwritten
 * @force: do not ask
 * @spec: its filters are the policy
 */
struct format_options {
	const char		*path;
	__u32			slots;
	__u32			record_size;
	bool			hibernation;
	bool			overwrite;
	bool			force;
	struct stack_spec	spec;
};

int format_area(const struct format_options *options);

#endif
