/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a hibernated machine, out of a dump area and back.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_RESUME_H
#define DUMPFLT_HIBERNATE_RESUME_H

#include <linux/types.h>
#include <stdbool.h>

#include "dumps/identity.h"
#include "kernel/spec.h"

/**
 * struct resume_options - what is wanted
 * @area: id of a dump area, or path of its device
 * @identity: files of secret keys
 * @check: only say whether there is an image that would be resumed
 * @noresume: let no boot resume what there is
 * @keep: do not release an image that is not resumed
 * @wait: seconds that the area may take to appear
 */
struct resume_options {
	const char		*area;
	struct identity_files	identity;
	bool			check;
	bool			noresume;
	bool			keep;
	__u64			wait;
};

/* What came of it, if this kernel goes on */
enum resume_end {
	RESUME_FAILED,		/* nobody knows, or it may still be there */
	RESUME_NOTHING,		/* there is no image */
	RESUME_GOOD,		/* check: there is one that would be resumed */
	RESUME_RELEASED,	/* noresume: there was one */
	RESUME_REFUSED,		/* there is one that is not resumed; see @released */
	RESUME_LOCKED,		/* a passphrase was wrong: it is still there */
};

/**
 * struct resume_result - what came of it
 * @target: the device that holds the area
 * @end: see there
 * @released: no boot resumes it any more, durably
 * @bytes: of the image, if it was verified
 */
struct resume_result {
	char		target[SPEC_TARGET_MAX];
	enum resume_end	end;
	bool		released;
	__u64		bytes;
};

void resume_run(const struct resume_options *options, struct resume_result *result);

#endif
