// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump from a dump area into a file.
 *
 * The dump is verified while it is read; unless it is complete and intact, no
 * output appears, but for --salvage, which wants as much as is proved.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>

#include "area_view.h"
#include "extraction.h"
#include "util.h"
#include "verify.h"

/* What the parser of the flattened format says to the beginning of the dump */
static bool is_flattened(const unsigned char *data, size_t len)
{
	struct flat_parser flat;
	struct flat_span span;

	flat_init(&flat);
	if (len > FLAT_HEADER_SIZE)
		len = FLAT_HEADER_SIZE;
	return flat_next(&flat, &data, &len, &span) != FLAT_BAD;
}

static int take(void *ctx, __u64 offset, const void *data, size_t len)
{
	struct extraction *x = ctx;
	int ret;

	if (!offset && !x->raw && !is_flattened(data, len)) {
		if (x->options->flattened) {
			report_failure("reading the dump", x->from,
				       "it is not in makedumpfile's flattened format");
			report_advice("Use --raw instead of --flattened.");
			return -EBADMSG;
		}
		report_warning("the dump is not in makedumpfile's flattened format: written as it is");
		x->raw = true;
	}
	if (!x->raw)
		return extraction_consume(x, data, len);
	ret = extraction_put(x, offset, data, len);
	x->position = offset + len;
	return ret;
}

static int report_verdict(const struct extraction *x,
			  const struct area_slot *slot,
			  const struct area_verdict *verdict)
{
	char problem[AREA_PROBLEM_MAX];

	area_view_text(verdict->problem, sizeof(verdict->problem), problem);
	report_failure("extracting", x->from, "slot %u: %s", slot->number,
		       problem);
	report_advice("%llu bytes are proved: --salvage gives them out.",
		      verdict->good_bytes);
	return -EBADMSG;
}

/* What was asked for with --salvage: say what is missing */
static int salvage(const struct extraction *x, const struct area_slot *slot,
		   const struct area_verdict *verdict)
{
	char problem[AREA_PROBLEM_MAX];

	area_view_text(verdict->problem, sizeof(verdict->problem), problem);
	if (!verdict->good_bytes) {
		report_failure("salvaging", x->from,
			       "slot %u: nothing is left: %s", slot->number,
			       problem);
		return -ENODATA;
	}
	report_warning("slot %u: the dump is not whole: %s", slot->number,
		       problem);
	if (verdict->size_known)
		report_advice("%llu of %llu bytes were salvaged.",
			      verdict->good_bytes, verdict->dump_size);
	else
		report_advice("%llu bytes were salvaged; how long the dump was is not known.",
			      verdict->good_bytes);
	return 0;
}

static int judge(struct extraction *x, const struct area_slot *slot,
		 const struct area_verdict *verdict)
{
	int ret = 0;

	if (verdict->complete && !x->raw && verdict->dump_size &&
	    x->flat.state != FLAT_AT_END) {
		report_failure("reading the dump", x->from,
			       "it is whole, but has no end marker: makedumpfile had not finished it");
		report_advice("Use --raw to have it as it is.");
		return -EBADMSG;
	}
	if (!verdict->complete)
		ret = x->options->salvage ? salvage(x, slot, verdict) :
					    report_verdict(x, slot, verdict);
	return ret ? ret : extraction_sync(x);
}

static int extract_slot(struct extraction *x, const struct open_area *open,
			const struct area_slot *slot)
{
	const struct dumpflt_disk_fmeta *filter = area_slot_changed_by(slot);
	struct area_verdict verdict;
	int ret;

	if (filter) {
		report_failure("extracting", x->from,
			       "slot %u: filter '%s' has changed the data",
			       slot->number, filter->name);
		report_advice("It cannot be undone here; 'dumpflt verify' still tells whether it is intact.");
		return -EOPNOTSUPP;
	}
	flat_init(&x->flat);
	x->raw = x->options->raw;
	ret = verify_slot(open, slot, "Extracting", take, x, &verdict);
	return ret ? ret : judge(x, slot, &verdict);
}

/**
 * extract_from_area() - extract a dump from a slot
 * @x: the extraction, its output open
 *
 * Return: 0 if the output is what was asked for, and durable; else a negative
 * errno, which is reported
 */
int extract_from_area(struct extraction *x)
{
	__u64 number = x->options->slot;
	struct open_area open;
	struct area_slot slot;
	__u32 newest;
	int ret;

	ret = open_area(&open, x->from, false);
	if (ret)
		return ret;
	if (number == AREA_NO_SLOT) {
		ret = newest_slot(&open, &newest);
		number = newest;
	}
	if (!ret)
		ret = open_slot(&open, number, &slot);
	if (!ret) {
		ret = extract_slot(x, &open, &slot);
		area_slot_unload(&slot);
	}
	close_area(&open);
	return ret;
}
