/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run of the collecting service came to, for people who log in and for
 * monitoring.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_ANNOUNCE_H
#define DUMPFLT_ANNOUNCE_H

#include <stdbool.h>

#include "deploy/tally.h"

#define ANNOUNCE_MOTD		"/run/motd.d"
#define ANNOUNCE_TEXTFILES	"/var/lib/prometheus/node-exporter"

/**
 * struct announcement - what became of a run
 * @run: what the next run does not find any more
 * @incomplete: crashes without a complete dump that the next run finds, too
 * @failed: not all that is to be collected was
 * @status: exit status of the run
 */
struct announcement {
	struct tally	run;
	unsigned int	incomplete;
	bool		failed;
	int		status;
};

void announce(const struct announcement *what);

#endif
