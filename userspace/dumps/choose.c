// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which dump of an area is meant if nobody says which.
 *
 * The newest that was not collected, as it is the one that nobody has yet. To
 * extract, one that is COMPLETE comes before a newer one that is not: that may
 * have been cut by what crashed the machine again.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>

#include "dumps/choose.h"
#include "lib/finding.h"
#include "lib/report.h"
#include "lib/text.h"

/**
 * choose_newest() - the newest dump that was not collected
 * @open: loaded; what its header says counts, no receipt is read
 * @number: set to its slot
 *
 * Return: 0 or -ENOENT, which is reported
 */
int choose_newest(const struct open_area *open, __u32 *number)
{
	const struct dumpflt_disk_slot *slots = open->area.header->slots;
	__u64 newest = 0;
	__u32 i;

	for (i = 0; i < open->area.geo.nr_slots; i++) {
		if (le32_to_cpu(slots[i].state) != DUMPFLT_SLOT_STARTED ||
		    le64_to_cpu(slots[i].number) < newest)
			continue;
		newest = le64_to_cpu(slots[i].number);
		*number = i;
	}
	if (newest)
		return 0;
	finding_add(FINDING_NO_DUMP);
	report_failure("looking for a dump", open->path,
		       "there is none that was not collected");
	report_hint("'dumpflt show' lists what there is; --slot chooses one.");
	return -ENOENT;
}

/* The newest that is COMPLETE; if none is, @number stays as it is */
static int find_complete(const struct open_area *open, __u32 *number)
{
	const struct dumpflt_disk_slot *slots = open->area.header->slots;
	struct area_slot slot;
	__u64 newest = 0;
	int ret = 0;
	__u32 i;

	for (i = 0; !ret && i < open->area.geo.nr_slots; i++) {
		ret = area_slot_load(&open->area, i, &slot);
		if (slot.state == DUMPFLT_SLOT_COMPLETE &&
		    le64_to_cpu(slots[i].number) > newest) {
			newest = le64_to_cpu(slots[i].number);
			*number = i;
		}
		area_slot_unload(&slot);
	}
	return ret;
}

/**
 * choose_to_extract() - the dump to extract, and say which it is
 * @open: loaded; without @salvage receipts are read, too
 * @salvage: the newest, whether it is COMPLETE or not
 * @number: set to its slot
 *
 * Return: 0 or a negative errno, which is reported
 */
int choose_to_extract(const struct open_area *open, bool salvage, __u32 *number)
{
	const struct dumpflt_disk_slot *slots = open->area.header->slots;
	char started[TEXT_TIME_MAX];
	__u32 newest = 0;
	int ret;

	ret = choose_newest(open, &newest);
	*number = newest;
	if (!ret && !salvage)
		ret = find_complete(open, number);
	if (ret)
		return ret;
	text_time(le64_to_cpu(slots[*number].started), started);
	if (!report_is_quiet())
		fprintf(stderr, "slot %u: dump number %llu, started %s\n", *number,
			le64_to_cpu(slots[*number].number), started);
	if (*number != newest)
		report_warning("slot %u holds a newer dump, which is not complete",
			       newest);
	return 0;
}
