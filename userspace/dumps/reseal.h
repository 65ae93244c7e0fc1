/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sealed dump in an age file, for other readers.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_RESEAL_H
#define DUMPFLT_RESEAL_H

#include <linux/types.h>
#include <stdbool.h>

#include "dumps/identity.h"
#include "dumps/recipients.h"

/**
 * struct reseal_options - what to read, and for whom to write it
 * @path: of an age file
 * @identity: files of the keys, one of which opens it
 * @recipients: who can open the new one, and nobody else
 * @out: name of the new file, or "-" for standard output
 * @force: replace @out if it exists
 */
struct reseal_options {
	const char		*path;
	struct identity_files	identity;
	struct recipients	recipients;
	const char		*out;
	bool			force;
};

int reseal_run(const struct reseal_options *options, __u64 *bytes);

#endif
