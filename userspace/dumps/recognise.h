/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is on a device or in a file that is no dump area?
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_RECOGNISE_H
#define DUMPFLT_RECOGNISE_H

#include "area/area.h"
#include "lib/signature.h"

/**
 * enum recognised_kind - of what it begins with
 * @RECOGNISED_ZEROS: nothing, as far as its first 64 KiB say
 * @RECOGNISED_STREAM: a plain dump, makedumpfile's stream
 * @RECOGNISED_VMCORE: a dump as a debugger opens it
 * @RECOGNISED_AGE: an age file
 * @RECOGNISED_ARMOR: an age file as text
 * @RECOGNISED_SIGNATURE: what libblkid knows
 * @RECOGNISED_OTHER: bytes that nobody knows
 */
enum recognised_kind {
	RECOGNISED_ZEROS,
	RECOGNISED_STREAM,
	RECOGNISED_VMCORE,
	RECOGNISED_AGE,
	RECOGNISED_ARMOR,
	RECOGNISED_SIGNATURE,
	RECOGNISED_OTHER,
};

/**
 * struct recognised - what there is
 * @kind: of it
 * @text: in words that fit behind "it holds "
 */
struct recognised {
	enum recognised_kind	kind;
	char			text[SIGNATURE_TEXT_MAX];
};

int recognise(struct area_io *io, struct recognised *found);
int recognise_place(struct area_io *io, __u64 offset, size_t len, char text[SIGNATURE_TEXT_MAX]);
int recognise_zeros(const struct area_io *io, bool *zeros);

#endif
