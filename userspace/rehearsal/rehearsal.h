/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump of a sample of memory, in the kernel that runs, as the capture kernel
 * would write it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_REHEARSAL_H
#define DUMPFLT_REHEARSAL_H

#include <json-c/json.h>

#include "deploy/plan.h"
#include "rehearsal/estimate.h"
#include "rehearsal/slot.h"

/**
 * struct rehearsal - what came of it
 * @estimate: what was measured
 * @plain: measured too, if the arguments compress
 * @made_up: the pages of the sample were: memory could not be read
 * @understood: makedumpfile knows what this kernel's memory is used for, or was not
 *	asked
 * @startup_us: that makedumpfile takes for any memory
 * @startup_bytes: of its stream, likewise
 * @cpu_us: time of a processor that makedumpfile alone had, of @alone_us
 * @alone_us: that it ran
 * @sample_bytes: of memory, that went through the whole chain
 * @source_bytes: of memory, that went through makedumpfile alone
 * @processes: bytes of memory that the programs had at most
 * @slot: that it went to
 */
struct rehearsal {
	struct estimate	estimate;
	struct estimate_plain plain;
	bool		made_up;
	bool		understood;
	__u64		startup_us;
	__u64		startup_bytes;
	__u64		cpu_us;
	__u64		alone_us;
	__u64		sample_bytes;
	__u64		source_bytes;
	__u64		processes;
	struct slot	slot;
};

/* Of the sample, in MiB: less is a guess, more is a burden */
#define REHEARSAL_MIB_MIN	8
#define REHEARSAL_MIB_MAX	65536
#define REHEARSAL_MIB_DEF	256

int rehearsal_run(const struct plan *plan, __u64 bytes, bool armed,
		  struct rehearsal *rehearsal);

/* result.c */
__u64 rehearsal_work(const struct rehearsal *rehearsal);
struct json_object *rehearsal_json(const struct plan *plan,
				   const struct rehearsal *rehearsal);

#endif
