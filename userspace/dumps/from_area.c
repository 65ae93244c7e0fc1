// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump from a dump area into a file.
 *
 * The dump is verified while it is read; unless it is complete and intact, no
 * output appears, but for --salvage, which wants as much as is verified.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>

#include "age/slot.h"
#include "dumps/choose.h"
#include "dumps/dmesg.h"
#include "dumps/from.h"
#include "dumps/not_good.h"
#include "dumps/rest.h"
#include "dumps/salvage.h"
#include "dumps/walk.h"
#include "lib/finding.h"
#include "lib/report.h"
#include "lib/text.h"

/**
 * struct area_extraction - a slot under way
 * @options: what is wanted of it
 * @sink: where it goes
 */
struct area_extraction {
	const struct extract_options	*options;
	struct sink			*sink;
};

static int report_verdict(const struct area_extraction *x,
			  const struct area_slot *slot,
			  const struct area_verdict *verdict)
{
	char problem[AREA_PROBLEM_MAX];

	text_clean(verdict->problem, sizeof(verdict->problem), problem);
	slot_not_good(slot);
	report_failure("extracting", x->sink->from, "slot %u: %s", slot->number,
		       problem);
	if (verdict->good_bytes && !slot->image)
		report_hint("%llu bytes are verified: --salvage gives them out.",
			    verdict->good_bytes);
	return -EBADMSG;
}

/* Bytes of the dump that are good, so far or over its holes */
static __u64 salvaged(const struct area_extraction *x, const struct area_verdict *verdict)
{
	return x->sink->holes ? x->sink->given : verdict->good_bytes;
}

/* What was asked for with --salvage: say what is missing */
static int salvage(const struct area_extraction *x, const struct area_slot *slot,
		   const struct area_verdict *verdict)
{
	bool stream = !x->sink->raw && !x->sink->flattened;
	bool file = stream && !x->options->dmesg;
	char problem[AREA_PROBLEM_MAX];

	text_clean(verdict->problem, sizeof(verdict->problem), problem);
	if (verdict->withheld) {
		slot_not_good(slot);
		report_failure("salvaging", x->sink->from, "slot %u: %s",
			       slot->number, problem);
		report_hint("What is on the disk may be sealed, or somebody else's. --any-filters gives it out all the same.");
		return -EBADMSG;
	}
	x->sink->partial = true;
	if (!salvaged(x, verdict) || (stream && !sink_size(x->sink))) {
		slot_not_good(slot);
		report_failure("salvaging", x->sink->from,
			       "slot %u: nothing is left: %s", slot->number,
			       problem);
		if (file && x->sink->flat.log.have)
			report_hint("But the kernel log is, before it: --dmesg gives it out.");
		rest_hint_lost(x->sink);
		return -ENODATA;
	}
	report_warning("slot %u: the dump is not whole: %s", slot->number,
		       problem);
	if (verdict->size_known)
		report_hint("%llu of %llu bytes were salvaged.",
			    salvaged(x, verdict), verdict->dump_size);
	else
		report_hint("%llu bytes were salvaged; how long the dump was is not known.",
			    salvaged(x, verdict));
	if (x->sink->holes)
		holes_report(x->sink->holes);
	if (file)
		rest_hint_cut(x->sink);
	return 0;
}

static int check_extracted(struct area_extraction *x, const struct area_slot *slot,
			   const struct area_verdict *verdict)
{
	int ret;

	if (verdict->complete)
		ret = sink_check_end(x->sink, verdict->dump_size);
	else
		ret = x->options->salvage ? salvage(x, slot, verdict) :
					    report_verdict(x, slot, verdict);
	return ret ? ret : sink_sync(x->sink);
}

/* Of the dump behind it nothing is known that was not wrong before it was read */
static int check_log_alone(const struct area_extraction *x,
			   const struct area_slot *slot,
			   const struct area_verdict *verdict)
{
	char problem[AREA_PROBLEM_MAX];

	if (!verdict->problem[0])
		return DMESG_ENOUGH;
	if (!x->options->salvage)
		return report_verdict(x, slot, verdict);
	text_clean(verdict->problem, sizeof(verdict->problem), problem);
	report_warning("slot %u: the dump is not whole: %s", slot->number,
		       problem);
	return DMESG_ENOUGH;
}

/* What is between what is there and the dump, only its own means undo */
static int check_changed(struct area_extraction *x, const struct area_slot *slot,
			 const struct area_changers *changers)
{
	if (x->options->as_stored) {
		report_warning("slot %u: %s changed the data: this is what was made of the dump, not the dump",
			       slot->number, changers->words);
		return 0;
	}
	report_failure("extracting", x->sink->from, "slot %u: %s changed the data",
		       slot->number, changers->words);
	report_hint("It cannot be undone here; 'dumpflt verify' still tells whether it is intact. --raw --as-stored gives out what was made of the dump.");
	return -EOPNOTSUPP;
}

/* Nothing is given out of an image before it is known whose it is */
static int check_origin(const struct area_extraction *x, const struct open_area *open,
			const struct area_slot *slot, const struct area_opener *opener)
{
	const char *wrong = area_image_check(&open->area, slot, opener);

	if (!wrong)
		return 0;
	finding_add(FINDING_DAMAGED);
	report_failure("opening", x->sink->from, "slot %u: %s", slot->number, wrong);
	return -EBADMSG;
}

static int open_sealed(struct area_extraction *x, const struct open_area *open,
		       const struct area_slot *slot, struct age_slot *sealed)
{
	const char *wrong = age_slot_open(sealed, slot, x->options->identities);
	struct area_changers changers;
	int ret;

	if (wrong) {
		slot_not_opened(slot, wrong);
		report_failure("opening", x->sink->from, "slot %u: %s", slot->number,
			       wrong);
		if (age_header_no_key(wrong))
			report_hint("%s.", IDENTITY_ADVICE);
		return -EBADMSG;
	}
	ret = slot->image ? check_origin(x, open, slot, &sealed->opener) : 0;
	if (ret || !sealed->opener.changed)
		return ret;
	area_slot_changers(slot, sealed->age, &changers);
	return check_changed(x, slot, &changers);
}

/* What opens the slot, if it has to be; says what is missing if it cannot be */
static int prepare_slot(struct area_extraction *x, const struct open_area *open,
			const struct area_slot *slot, struct age_slot *sealed)
{
	struct area_changers changers;

	if (x->options->identities)
		return open_sealed(x, open, slot, sealed);
	if (slot->image) {
		finding_add(FINDING_NO_KEY);
		report_failure("extracting", x->sink->from,
			       "slot %u: it cannot be judged whose image it is without keys",
			       slot->number);
		report_hint("Use --identity KEYFILE and --origin FILE here.");
		return -EOPNOTSUPP;
	}
	if (!area_slot_changed_by(slot))
		return 0;
	if (age_slot_is_sealed(slot)) {
		finding_add(FINDING_NO_KEY);
		report_failure("extracting", x->sink->from, "slot %u: it is sealed",
			       slot->number);
		if (x->options->over_holes)
			report_hint("Only its key tells which of its chunks are good: holes cannot be told without it.");
		if (area_slot_is_complete(slot) && !x->options->salvage)
			report_hint("Use --identity KEYFILE here, or without a key 'dumpflt collect%s', and 'age -d' elsewhere.",
				    slot->state == DUMPFLT_SLOT_COLLECTED ? " --all" : "");
		else
			report_salvage(x->sink->from, slot, "");
		return -EOPNOTSUPP;
	}
	area_slot_changers(slot, NULL, &changers);
	return check_changed(x, slot, &changers);
}

static int put_hole(void *ctx, __u64 offset, __u64 len)
{
	return sink_put_hole(ctx, offset, len);
}

static int walk_dump(struct area_extraction *x, const struct open_area *open,
		     const struct area_slot *slot, const struct area_opener *opener,
		     struct area_verdict *verdict)
{
	const struct walk_takes takes = { .sink = sink_put_dump, .hole = put_hole, .ctx = x->sink };

	if (x->sink->holes)
		return walk_over_holes(open, slot, opener, &takes, verdict);
	return walk_slot(open, slot, "Extracting", opener, sink_put_dump, x->sink, verdict);
}

static int extract_slot(struct area_extraction *x, const struct open_area *open,
			const struct area_slot *slot)
{
	struct age_slot sealed = { .tag_at = 0 };
	struct area_verdict verdict;
	int ret;

	ret = prepare_slot(x, open, slot, &sealed);
	if (!ret) {
		ret = walk_dump(x, open, slot, x->options->identities ? &sealed.opener : NULL,
				&verdict);
	}
	if (!ret)
		ret = check_extracted(x, slot, &verdict);
	else if (ret == DMESG_ENOUGH)
		ret = check_log_alone(x, slot, &verdict);
	age_slot_wipe(&sealed);
	return ret;
}

/*
 * An image is the memory of this machine, which is resumed once, or never: whoever wants
 * to look into it says so, and nobody has any use for half of one.
 */
static int check_image(const struct extract_options *options, const struct open_area *open)
{
	if (!dumpflt_header_hibernates(open->area.header) ||
	    (options->raw && !options->salvage))
		return 0;
	report_failure("extracting", open->path, options->salvage ?
		       "it holds a hibernation image, of which nothing is salvaged" :
		       "it holds a hibernation image, and no crash dump");
	report_hint("'dumpflt verify' says whether it is whole. --raw gives out an image that is.");
	return -EPERM;
}

/* What is written to standard output is gone when it turns out to be half of an image */
static int check_whole_image(const struct open_area *open, const struct area_slot *slot)
{
	if (!slot->image || slot->state == DUMPFLT_SLOT_COMPLETE)
		return 0;
	slot_not_good(slot);
	report_failure("extracting", open->path, "slot %u is %s, not COMPLETE", slot->number,
		       dumpflt_slot_word(slot->state));
	return -ENODATA;
}

/**
 * from_area() - extract a dump from a slot
 * @options: whose device holds a dump area
 * @sink: open
 *
 * Return: 0 if the output is what was asked for, and durable; else a negative
 * errno, which is reported
 */
int from_area(const struct extract_options *options, struct sink *sink)
{
	struct area_extraction x = { .options = options, .sink = sink };
	__u64 number = options->slot;
	struct open_area open;
	struct area_slot slot;
	__u32 chosen;
	int ret;

	ret = open_area_of(&open, options->device, &options->io);
	if (ret)
		return ret;
	ret = check_image(options, &open);
	if (!ret && number == AREA_NO_SLOT) {
		ret = choose_to_extract(&open, options->salvage, &chosen);
		number = chosen;
	}
	if (!ret)
		ret = open_slot(&open, number, &slot);
	if (!ret) {
		slot.any_filters = options->any_filters;
		dump_id_of_slot(sink->dump, &open.area, slot.number, slot.entry);
		/* what is not whole, and no key has opened, may be anything */
		sink->only_stream = options->salvage && !options->identities;
		ret = check_whole_image(&open, &slot);
		if (!ret)
			ret = extract_slot(&x, &open, &slot);
		area_slot_unload(&slot);
	}
	area_unload(&open.area);
	return ret;
}

/*
 * Where an area promises filters, whatever passed none is not what was dumped; and what a
 * damaged header has promised, nobody knows.
 */
static int report_plain(const struct area *area, const char *device)
{
	if (area->header && !area->header->fixed.policy_len) {
		report_warning("'%s' begins with a plain dump and ends with the header of a dump area: --slot extracts from that",
			       device);
		return 0;
	}
	if (area->header)
		report_failure("looking for the dump", device,
			       "it begins with a plain dump, and ends with the header of a dump area whose policy demands filters");
	else
		report_failure("looking for the dump", device,
			       "it begins with a plain dump, and ends with the damaged header of a dump area, whose policy may demand filters");
	report_hint("Somebody may have put it there. --slot extracts from the area; without the last 64 KiB it is a plain dump.");
	return -EPERM;
}

/* Does it begin with a plain dump, and nothing of a dump area is there? */
bool from_stream_alone(const struct area_io *from)
{
	unsigned char begin[FLAT_HEADER_SIZE];
	struct area_io io = *from;
	struct area area;
	bool found;

	io.ctx = &io;
	found = area_load(&area, &io) != -ENOENT;
	area_unload(&area);
	return !found && !io.read(io.ctx, begin, sizeof(begin), 0) &&
	       flat_begins(begin, sizeof(begin));
}

/**
 * from_area_probe() - does a device or file hold a dump area?
 * @from: it, open
 * @device: its path
 * @found: set
 *
 * A plain dump may have been written over an area: then the area's last
 * header is still there, but what is at the beginning is what counts, unless
 * the area has a policy, or may have had one.
 *
 * Return: 0, or -EPERM, which is reported
 */
int from_area_probe(const struct area_io *from, const char *device, bool *found)
{
	unsigned char begin[FLAT_HEADER_SIZE];
	struct area_io io = *from;
	struct area area;
	int ret = 0;

	io.ctx = &io;
	*found = area_load(&area, &io) != -ENOENT;
	if (*found && area.wrong[0] &&
	    !io.read(io.ctx, begin, sizeof(begin), 0) &&
	    flat_begins(begin, sizeof(begin))) {
		*found = false;
		ret = report_plain(&area, device);
	}
	area_unload(&area);
	return ret;
}
