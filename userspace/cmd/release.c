// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt release: say that a slot's dump may be overwritten.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "cmd/print/print.h"
#include "lib/report.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/slot_options.h"
#include "dumps/plain.h"
#include "dumps/salvage.h"
#include "lib/signals.h"

static const char help[] =
"Usage: dumpflt release (--slot N | --all) [--force] [--json] DEVICE\n"
"Mark the dump in a slot of the dump area on DEVICE as collected: the next dump\n"
"may overwrite it. Copy it out first, with 'dumpflt extract'. What is in the slot\n"
"stays there until then. A hibernation image is thrown away: it is never resumed.\n"
"\n"
"  --slot N  this slot\n"
"  --all     every slot that holds a dump\n"
"  --force   even if the dump is not COMPLETE: what is in the slot may be all\n"
"            that there is of it\n"
"  --json    print one line of JSON\n"
"  --help    print this text\n";

/* Returns: 1, or -1 if @changed says that the header could not be */
static int mark_changed(const struct open_area *open, bool changed)
{
	if (changed)
		return 1;
	area_report_spent(open->path);
	return -1;
}

/* Changes the header in memory. Returns: 1 if so, 0 if there is no need, or -1 */
static int mark_slot(struct open_area *open, __u64 number, bool force)
{
	struct dumpflt_disk_header *header = open->area.header;
	struct area_slot slot;
	int ret;

	if (open_slot(open, number, &slot))
		return -1;
	if (slot.state == DUMPFLT_SLOT_COLLECTED ||
	    slot.state == DUMPFLT_SLOT_EMPTY) {
		/* what the slot is in memory, the disk is to say as well */
		ret = slot.unbegun ? mark_changed(open, dumpflt_header_touch(header)) : 0;
	} else if (slot.state != DUMPFLT_SLOT_COMPLETE && !force) {
		report_failure("releasing", open->path,
			       "slot %llu is %s, not COMPLETE", number,
			       dumpflt_slot_word(slot.state));
		report_salvage(open->path, &slot, "; then use --force");
		ret = -1;
	} else {
		ret = mark_changed(open, dumpflt_slot_collect(header, (__u32)number));
	}
	area_slot_unload(&slot);
	return ret;
}

static int mark_all(struct open_area *open, bool force)
{
	int changed = 0, failed = 0, one;
	__u32 i;

	/* each that is in the way is named: --force lets go of all of them */
	for (i = 0; i < open->area.geo.nr_slots; i++) {
		one = mark_slot(open, i, force);
		failed |= one < 0;
		changed |= one > 0;
	}
	return failed ? -1 : changed;
}

/* Not one of those that go along with others. Returns: as mark_slot(), and it is durable */
static int drop_image(struct open_area *open, const struct slot_options *options)
{
	struct area_slot slot;
	bool there;
	int ret;

	if (options->all) {
		report_failure("releasing", open->path, "it is a dump area for hibernation");
		report_hint("'--slot 0' throws the image in it away, so that it is never resumed.");
		return -1;
	}
	if (open_slot(open, options->slot, &slot))
		return -1;
	there = slot.state != DUMPFLT_SLOT_EMPTY && slot.state != DUMPFLT_SLOT_COLLECTED;
	area_slot_unload(&slot);
	ret = there ? area_drop_image(&open->area) : 0;
	if (!ret)
		return there;
	report_error("throwing the image away", open->path, -ret);
	return -1;
}

/* Returns: as mark_slot(), and if it is 1 that is durable */
static int release_slots(struct open_area *open, const struct slot_options *options)
{
	int changed, ret;

	if (dumpflt_header_hibernates(open->area.header))
		return drop_image(open, options);
	changed = options->all ? mark_all(open, options->force) :
				 mark_slot(open, options->slot, options->force);
	/* one change of the header, for all of them or none */
	ret = changed > 0 ? area_write_header(&open->area) : 0;
	if (!ret)
		return changed;
	report_error("writing the header", open->path, -ret);
	return -1;
}

static void print_released(const struct open_area *open,
			   const struct slot_options *options, int changed)
{
	if (!options->json) {
		if (changed && dumpflt_header_hibernates(open->area.header))
			puts("released: the image is not resumed any more");
		else if (changed)
			printf("released: the next dump may overwrite %s\n",
			       options->all ? "all slots" : "the slot");
		else
			puts("nothing to release");
		return;
	}
	print_area(open, true);
}

int cmd_release(int argc, char **argv)
{
	struct slot_options options;
	struct open_area open;
	int changed = -1, ret;

	ret = slot_options_parse(&options, argc, argv, help, SLOT_MAY_FORCE);
	if (ret >= 0)
		return ret;
	if (!options.all && options.slot == AREA_NO_SLOT)
		return usage_error(argv[0], "--slot or --all is needed");
	/* The change is written as a whole, or not begun */
	signals_catch();
	signals_hold();
	if (open_area(&open, options.path, true))
		return EXIT_FAILED;
	if (!plain_check_area(&open))
		changed = release_slots(&open, &options);
	if (changed >= 0)
		print_released(&open, &options, changed);
	close_area(&open);
	return changed < 0 ? EXIT_FAILED : EXIT_OK;
}
