/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image, back through the filters that it was written through.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_READBACK_H
#define DUMPFLT_HIBERNATE_READBACK_H

#include "hibernate/verify.h"

/**
 * struct readback - one under way
 * @image: verified; its header is judged once more
 * @origin: of this machine
 * @sink: gets the image, with its header; reports its own errors
 * @ctx: for @sink
 * @spec: of the stack, as the area wants it
 * @claimed: the stack, for auto_stack_down()
 * @keys: in the kernel, to be revoked
 */
struct readback {
	struct verified		*image;
	const unsigned char	*origin;
	area_sink		sink;
	void			*ctx;
	struct stack_spec	spec;
	int			claimed;
	long			keys[2];
};

int readback_prepare(struct readback *rb, const struct open_area *open);
int readback_begin(struct readback *rb);
int readback_run(const struct readback *rb);
int readback_end(struct readback *rb);

#endif
