// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The counts, as test results (KTAP) or for a machine (JSON).
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "report.h"

static const struct {
	const char *key;
	const char *demand;
} findings[NR_FINDINGS] = {
	[FALSE_COMPLETE] = { "false_complete", "nothing is called COMPLETE that is not whole" },
	[NO_PREFIX] = { "no_prefix", "what is salvaged is the beginning of the dump" },
	[TOO_SHORT] = { "too_short", "all that is whole is salvaged" },
	[AREA_LOST] = { "area_lost", "the area is found" },
	[OLD_LOST] = { "old_lost", "older dumps stay COMPLETE" },
	[SAVED_LOST] = { "saved_lost", "once saved, the dump is COMPLETE" },
	[CRASHED] = { "crashed", "the reader survives" },
};

static void report_json(const struct counts *counts, __u64 seed)
{
	int i;

	printf("{ \"seed\": %llu, \"images\": %llu, \"complete\": %llu, \"salvaged\": %llu, \"longest\": %llu",
	       seed, counts->images, counts->complete, counts->salvaged, counts->longest);
	for (i = 0; i < NR_FINDINGS; i++)
		printf(", \"%s\": %llu", findings[i].key, counts->found[i]);
	printf(" }\n");
}

static bool result(int number, bool ok, const char *demand, __u64 found, __u64 images)
{
	printf("%s %d %s (%llu of %llu images do not)\n", ok ? "ok" : "not ok", number, demand,
	       found, images);
	return ok;
}

bool report(const struct counts *counts, __u64 seed, bool json)
{
	bool ok = counts->images, tried = counts->complete && counts->salvaged;
	int i;

	for (i = 0; i < NR_FINDINGS; i++)
		ok = ok && !counts->found[i];
	if (json) {
		report_json(counts, seed);
		return ok && tried;
	}
	for (i = 0; i < NR_FINDINGS; i++)
		result(i + 1, !counts->found[i], findings[i].demand, counts->found[i],
		       counts->images);
	printf("# %llu images: COMPLETE in %llu, some of it salvaged in %llu, at most %llu bytes\n",
	       counts->images, counts->complete, counts->salvaged, counts->longest);
	/* a reader that finds nothing good in anything would have passed so far */
	printf("%s %d the images are of all kinds\n", tried ? "ok" : "not ok", i + 1);
	printf("1..%d\n", i + 1);
	return ok && tried;
}

bool report_raw(const struct counts *counts, __u64 seed, bool json)
{
	if (json)
		report_json(counts, seed);
	else
		printf("# seed %llu: of %llu images after it was called saved, %llu have lost the dump\n",
		       seed, counts->images, counts->found[SAVED_LOST]);
	return counts->images && !counts->found[SAVED_LOST];
}
