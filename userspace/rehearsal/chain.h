/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is run in a rehearsal: makedumpfile alone, and the whole chain.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CHAIN_H
#define DUMPFLT_CHAIN_H

#include "deploy/plan.h"
#include "rehearsal/run.h"

/* Of the place */
#define CHAIN_SAMPLE	"/run/sample"

/**
 * struct chain - what the capture in the rehearsal said of itself
 * @bytes: of the stream that it wrote
 * @us: from bringing up the stack to taking it down
 */
struct chain {
	__u64	bytes;
	__u64	us;
};

int chain_look(struct run *run, bool *understood);
int chain_source(struct run *run, const struct plan *plan, bool compressed);
int chain_all(struct run *run, const struct plan *plan, struct chain *chain);
int chain_config(const struct plan *plan, const char *from, const char *to);

#endif
