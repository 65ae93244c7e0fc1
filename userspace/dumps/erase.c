// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Making what is in the slots of a dump area unreadable.
 *
 * The order is what makes a cut harmless: a slot never looks as if it held a whole dump
 * of which a part is gone.
 *
 *	1. The header says, durably, that each slot may be overwritten.
 *	2. The receipts go, durably: if the header of 1 is lost, and the older one counts
 *	   again, no dump is COMPLETE by it.
 *	3. All of each slot is written over with zeros, and flushed.
 *	4. All of it is read back, past the page cache.
 *	5. Both headers say that the slots are EMPTY: neither names what was there.
 *
 * Whoever is stopped in between does all of it again: what a disk has of an earlier run
 * is not known.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "dumps/erase.h"
#include "dumps/salvage.h"
#include "dumps/zeros.h"
#include "lib/progress.h"
#include "lib/report.h"
#include "lib/signals.h"

/**
 * struct run - over the slots
 * @open: to be changed by nobody else meanwhile
 * @erase: what was asked for
 * @zeros: begun
 * @progress: begun
 * @phase: what is done now, in words
 * @flushing: it is none of the pieces that something may be wrong with
 * @total: bytes that it is done to
 * @done: of them
 * @before: bytes of the phases before
 */
struct run {
	struct open_area	*open;
	const struct erase	*erase;
	struct zeros		zeros;
	struct progress		progress;
	const char		*phase;
	bool			flushing;
	__u64			total;
	__u64			done;
	__u64			before;
};

static const char writing[] = "Overwriting";
static const char reading[] = "Reading back";

static bool is_chosen(const struct erase *erase, __u32 number)
{
	return erase->slot == AREA_NO_SLOT || erase->slot == number;
}

static bool is_free(const struct area_slot *slot)
{
	return slot->state == DUMPFLT_SLOT_COLLECTED || slot->state == DUMPFLT_SLOT_EMPTY;
}

static void refuse_slot(const struct open_area *open, const struct area_slot *slot)
{
	report_failure("erasing", open->path, "slot %u is %s, and was not released",
		       slot->number, dumpflt_slot_word(slot->state));
	if (slot->image)
		report_hint("With --force, the image in it is thrown away and erased: it is never resumed.");
	else if (slot->state == DUMPFLT_SLOT_COMPLETE)
		report_hint("'dumpflt collect --release' keeps its dump as a file; --force erases it, even if nobody has a copy.");
	else
		report_salvage(open->path, slot, "; then use --force");
}

/* Changes the header in memory. Returns: 1 if so, 0 if there is no need, or -1 */
static int let_go(struct open_area *open, __u32 number, bool force)
{
	struct dumpflt_disk_header *header = open->area.header;
	struct area_slot slot;
	int ret = 0;

	if (open_slot(open, number, &slot))
		return -1;
	if (!is_free(&slot) && !force) {
		refuse_slot(open, &slot);
		ret = -1;
	} else if (!is_free(&slot)) {
		ret = dumpflt_slot_collect(header, number) ? 1 : -1;
	} else if (slot.unbegun) {
		/* what the slot is in memory, the disk is to say as well */
		ret = dumpflt_header_touch(header) ? 1 : -1;
	}
	area_slot_unload(&slot);
	return ret;
}

/* Each that is in the way is named: --force lets go of all of them. Returns: as let_go() */
static int let_go_all(struct open_area *open, const struct erase *erase)
{
	int changed = 0, failed = 0, one;
	__u32 i;

	for (i = 0; i < open->area.geo.nr_slots; i++) {
		if (!is_chosen(erase, i))
			continue;
		one = let_go(open, i, erase->force);
		failed |= one < 0;
		changed |= one > 0;
	}
	return failed ? -1 : changed;
}

static int check_image(struct open_area *open, const struct erase *erase)
{
	struct area_slot slot;
	bool there;

	if (erase->slot == AREA_NO_SLOT) {
		report_failure("erasing", open->path, "it is a dump area for hibernation");
		report_hint("'--slot 0' erases it; with --force also an image that is there, so that it is never resumed.");
		return -EPERM;
	}
	if (open_slot(open, erase->slot, &slot))
		return -ERANGE;
	there = !is_free(&slot);
	if (there && !erase->force)
		refuse_slot(open, &slot);
	area_slot_unload(&slot);
	return there && !erase->force ? -EPERM : 0;
}

/* Nothing is begun that could not be ended: each slot counts once, and each header */
static bool is_spent(const struct area *area)
{
	return le64_to_cpu(area->header->sequence) >
	       DUMPFLT_COUNTER_MAX - area->geo.nr_slots - 2;
}

/* Step 1. Returns: 0 or a negative errno, which is reported */
static int release_chosen(struct open_area *open, const struct erase *erase)
{
	int ret;

	if (dumpflt_header_hibernates(open->area.header)) {
		ret = check_image(open, erase);
		if (ret)
			return ret;
		ret = area_drop_image(&open->area);
		if (ret)
			report_error("throwing the image away", open->path, -ret);
		return ret;
	}
	ret = let_go_all(open, erase);
	if (ret < 0)
		return -EPERM;
	ret = ret ? area_write_header(&open->area) : 0;
	if (ret)
		report_error("writing the header", open->path, -ret);
	return ret;
}

/* Held signals come in here */
static bool is_stopped(void)
{
	signals_poll(NULL, 0, 0);
	return signals_stop();
}

/* The step of struct zeros */
static int step(void *ctx, __u64 bytes)
{
	struct run *run = ctx;

	run->done += bytes;
	progress_show(&run->progress, run->phase, (int)(run->done * 1000 / run->total),
		      run->before + run->done);
	return is_stopped() ? -EINTR : 0;
}

/* Does @work to all of each slot, and to what is behind the last one */
static int each_region(struct run *run, int (*work)(struct zeros *zeros, __u64 from, __u64 len))
{
	const struct dumpflt_geometry *geo = &run->open->area.geo;
	__u64 behind = dumpflt_geometry_fmeta(geo, geo->nr_slots);
	int ret = 0;
	__u32 i;

	run->done = 0;
	for (i = 0; i < geo->nr_slots && !ret; i++)
		if (is_chosen(run->erase, i))
			ret = work(&run->zeros, dumpflt_geometry_fmeta(geo, i),
				   geo->slot_size);
	/* an area with other slots may have been here before */
	if (!ret && run->erase->slot == AREA_NO_SLOT)
		ret = work(&run->zeros, behind, dumpflt_geometry_header(geo, 1) - behind);
	run->before += run->done;
	return ret;
}

static __u64 count_bytes(const struct open_area *open, const struct erase *erase)
{
	const struct dumpflt_geometry *geo = &open->area.geo;

	return erase->slot == AREA_NO_SLOT ?
	       dumpflt_geometry_header(geo, 1) - dumpflt_geometry_fmeta(geo, 0) :
	       geo->slot_size;
}

static int flush(struct run *run)
{
	int ret;

	run->flushing = true;
	ret = fsync(run->open->io.fd) ? -errno : 0;
	run->flushing = ret;
	return ret;
}

/* Step 2; it is so little that nobody is told */
static int remove_receipts(struct run *run)
{
	const struct dumpflt_geometry *geo = &run->open->area.geo;
	int ret = 0;
	__u32 i;

	run->zeros.step = NULL;
	for (i = 0; i < geo->nr_slots && !ret; i++)
		if (is_chosen(run->erase, i))
			ret = zeros_write(&run->zeros, dumpflt_geometry_receipt(geo, i, 0),
					  DUMPFLT_AREA_UNIT);
	run->zeros.step = step;
	return ret ? ret : flush(run);
}

static void report_run(const struct run *run, int err)
{
	const char *path = run->open->path;
	const char *op = run->phase == writing ? "overwriting" : "reading back";

	if (err == -EINTR && signals_stop())
		report_failure(op, path, "stopped by %s after %llu of %llu MiB",
			       signals_stop_name(), run->done >> 20, run->total >> 20);
	else if (err == -EBADMSG)
		report_failure(op, path,
			       "in the MiB from byte %llu on there is something other than the zeros that were written",
			       run->zeros.at);
	else if (run->flushing)
		report_failure(op, path, "flushing it: %s", strerror(-err));
	else
		report_failure(op, path, "at byte %llu: %s", run->zeros.at, strerror(-err));
	if (run->zeros.skipped && run->zeros.error != err)
		report_hint("Before that, %llu bytes could not be %s; the first is at byte %llu.",
			    run->zeros.skipped,
			    run->phase == writing ? "overwritten" : "read back",
			    run->zeros.first);
	else if (run->zeros.skipped)
		report_hint("%llu bytes could not be %s.", run->zeros.skipped,
			    run->phase == writing ?
			    "overwritten; all others were, but not read back" :
			    "read back; all others are zeros");
	report_hint("No dump that was to be erased is COMPLETE any more, but parts of it may be read yet. The same command without --force begins anew.");
}

/* All of them, whatever one block says. Returns: what the first one said that is no good */
static int each_region_that_can(struct run *run,
				int (*work)(struct zeros *zeros, __u64 from, __u64 len))
{
	int ret;

	run->zeros.skips = true;
	ret = each_region(run, work);
	run->zeros.skips = false;
	if (ret || !run->zeros.skipped)
		return ret;
	run->zeros.at = run->zeros.first;
	return run->zeros.error;
}

/* Steps 2 to 4 */
static int overwrite(struct run *run)
{
	int ret, flushed;

	run->phase = writing;
	ret = remove_receipts(run);
	if (ret)
		return ret;
	ret = each_region_that_can(run, zeros_write);
	if (ret != -EINTR) {
		flushed = flush(run);
		ret = flushed ? flushed : ret;
	}
	if (!ret) {
		/* some take O_DIRECT, and have a cache all the same */
		posix_fadvise(run->open->io.fd, 0, 0, POSIX_FADV_DONTNEED);
		run->phase = reading;
		ret = each_region_that_can(run, zeros_check);
	}
	return ret;
}

static int overwrite_chosen(struct open_area *open, const struct erase *erase)
{
	struct run run = {
		.open = open, .erase = erase, .total = count_bytes(open, erase),
		.zeros = { .step = step, .ctx = &run },
	};
	int ret = zeros_begin(&run.zeros, open->io.fd);

	if (ret) {
		report_error("overwriting", open->path, -ret);
		return ret;
	}
	progress_start(&run.progress);
	ret = overwrite(&run);
	progress_end(&run.progress);
	if (ret)
		report_run(&run, ret);
	else if (!run.zeros.direct)
		report_warning("'%s' cannot be read past the page cache: that it was read back says less",
			       open->path);
	zeros_end(&run.zeros);
	return ret;
}

/* Step 5 */
static int say_empty(struct open_area *open, struct erase *erase)
{
	struct dumpflt_disk_header *header = open->area.header;
	unsigned int copy;
	int ret = 0;
	__u32 i;

	for (i = 0; i < open->area.geo.nr_slots; i++)
		if (is_chosen(erase, i))
			memset(&header->slots[i], 0, sizeof(header->slots[i]));
	for (copy = 0; copy < 2 && !ret; copy++)
		ret = dumpflt_header_touch(header) ? area_write_header(&open->area) :
						     -EOVERFLOW;
	if (ret) {
		report_error("writing the header", open->path, -ret);
		return ret;
	}
	memset(open->area.unbegun, 0, sizeof(open->area.unbegun));
	memset(open->area.wrong, 0, sizeof(open->area.wrong));
	for (i = 0; i < open->area.geo.nr_slots; i++)
		erase->erased[i] = is_chosen(erase, i);
	erase->bytes = count_bytes(open, erase);
	return 0;
}

/**
 * erase_slots() - make what is in them unreadable
 * @open: to be changed; plain_check_area() has nothing against that
 * @erase: what is to be erased; what was is filled in
 *
 * Needs signals_hold(): a signal is taken between two pieces.
 *
 * Return: 0 if all of it was overwritten and read back as zeros; a negative errno, which
 * is reported
 */
int erase_slots(struct open_area *open, struct erase *erase)
{
	struct area_slot slot;
	int ret;

	if (is_spent(&open->area)) {
		area_report_spent(open->path);
		return -EOVERFLOW;
	}
	if (erase->slot != AREA_NO_SLOT) {
		if (open_slot(open, erase->slot, &slot))
			return -ERANGE;
		area_slot_unload(&slot);
	}
	if (is_stopped()) {
		report_failure("erasing", open->path, "stopped by %s, nothing was changed",
			       signals_stop_name());
		return -EINTR;
	}
	ret = release_chosen(open, erase);
	if (!ret && is_stopped()) {
		report_failure("erasing", open->path, "stopped by %s", signals_stop_name());
		report_hint("Nothing was overwritten. What was to be erased may be overwritten by the next dump, and 'dumpflt collect --all' still copies it.");
		return -EINTR;
	}
	if (!ret)
		ret = overwrite_chosen(open, erase);
	return ret ? ret : say_empty(open, erase);
}
