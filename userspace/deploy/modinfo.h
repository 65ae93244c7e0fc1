/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A module's file: its bytes, and what it says about itself.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_MODINFO_H
#define DUMPFLT_MODINFO_H

#include <stdbool.h>
#include <stddef.h>

#include "deploy/signer.h"

#define MODINFO_WORD_MAX	128
#define MODINFO_SOFT_MAX	512

/**
 * struct modinfo - what it says
 * @release: of the kernel that it was built for
 * @version: its own, empty if it has none
 * @softdep: all of "pre: ... post: ..."
 * @is_signed: a signature is appended
 * @signer: whom it names
 */
struct modinfo {
	char		release[MODINFO_WORD_MAX];
	char		version[MODINFO_WORD_MAX];
	char		softdep[MODINFO_SOFT_MAX];
	bool		is_signed;
	struct signer	signer;
};

char *modinfo_load(const char *path, size_t *size);
int modinfo_read(const char *path, struct modinfo *info);

#endif
