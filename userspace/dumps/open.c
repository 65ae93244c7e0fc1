// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Opening a dump area for a command, with words for whatever is wrong.
 *
 * The functions print what went wrong and return a negative errno.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dumps/in_use.h"
#include "dumps/open.h"
#include "dumps/recognise.h"
#include "kernel/spec_policy.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "lib/text.h"

/* How often it is asked whether another command has let go of an area */
#define WAIT_MS		50
/* Two headers, and a slot */
#define AREA_LEAST	(131072 + 327680)
/* After so many times it is said what is waited for */
#define WAITS_QUIET	20

/* What is to be said if area_io_open() fails */
void area_report_open(const char *path, int err)
{
	char words[IN_USE_TEXT_MAX];

	if (err == -EINVAL)
		report_failure("opening", path,
			       "it is neither a block device nor a file");
	else
		report_error("opening", path, -err);
	if (err == -EBUSY && in_use_device(path, words))
		report_hint("It is %s: take that down first.", words);
	else if (err == -EBUSY)
		report_hint("A mount, a stack or another device uses it: take that down first.");
}

/**
 * area_find() - is there a dump area?
 * @path: of a device or an image
 * @found: set; true too if it is damaged
 *
 * Return: 0, also if @path can hold none; a negative errno, and nothing is
 * printed
 */
int area_find(const char *path, bool *found)
{
	struct area_io io;
	struct area area;
	int ret;

	*found = false;
	ret = area_io_open(&io, path, false);
	if (ret)
		return ret == -EINVAL ? 0 : ret;
	*found = area_load(&area, &io) != -ENOENT;
	area_unload(&area);
	area_io_close(&io);
	return 0;
}

/* Signals may be held; then only this lets them in */
static int wait_for_area(const char *path, unsigned int *waits)
{
	if (++*waits == WAITS_QUIET)
		report_warning("another command is changing '%s': waiting for it",
			       path);
	signals_poll(NULL, 0, WAIT_MS);
	if (!signals_stop())
		return 0;
	report_failure("opening", path, "stopped by %s while another command changed it",
		       signals_stop_name());
	return -EINTR;
}

/* The kernel lets anybody write to the file behind a device that is in use */
static int check_behind(const struct area_io *io, const char *path)
{
	char words[IN_USE_TEXT_MAX];

	if (in_use_machine(io->fd)) {
		report_failure("opening", path, "a virtual machine has it open");
		report_hint("It would not see what is written to it, and may write over it: shut it down first.");
		return -EBUSY;
	}
	if (!in_use_file(io->fd, words))
		return 0;
	report_failure("opening", path, "it is behind %s", words);
	report_hint("What is written to it would destroy what is there: take that down first.");
	return -EBUSY;
}

/**
 * area_open_to_change() - open it for this command alone
 * @io: filled
 * @path: of a device or an image
 *
 * Needs signals_catch(). Who else changes it is waited for: what is read from
 * now on is what will be changed.
 *
 * Return: 0 or a negative errno, which is reported
 */
int area_open_to_change(struct area_io *io, const char *path)
{
	unsigned int waits = 0;
	int ret;

	while ((ret = area_io_open(io, path, true)) == -EAGAIN)
		if (wait_for_area(path, &waits))
			return -EINTR;
	if (ret) {
		area_report_open(path, ret);
		return ret;
	}
	ret = check_behind(io, path);
	if (ret)
		area_io_close(io);
	else if (io->unlocked)
		report_warning("'%s' cannot be locked where it is: let no other command change it now",
			       path);
	return ret;
}

/**
 * area_hint_known() - what is there, if it is a dump or has an owner, and what opens that
 * @io: open
 * @path: of it
 *
 * Return: false if nothing of that is known: nothing is printed
 */
bool area_hint_known(struct area_io *io, const char *path)
{
	struct recognised found;

	if (recognise(io, &found))
		return false;
	switch (found.kind) {
	case RECOGNISED_STREAM:
		report_hint("It holds a plain dump: 'dumpflt extract --device %s OUT' writes it to the file OUT.",
			    path);
		break;
	case RECOGNISED_VMCORE:
		report_hint("It holds %s: open it with crash or drgn.", found.text);
		return true;
	case RECOGNISED_AGE:
		report_hint("It holds %s: open it with 'dumpflt extract --identity KEY --device %s OUT', or with age.",
			    found.text, path);
		break;
	case RECOGNISED_ARMOR:
		report_hint("It holds %s: 'age -d -i KEY %s >STREAM' opens it, and 'dumpflt extract --device STREAM OUT' makes a dump file of that.",
			    found.text, path);
		return true;
	case RECOGNISED_SIGNATURE:
		report_hint("Is this the right device? It holds %s.", found.text);
		return true;
	default:
		if (!text_ends(path, ".json"))
			return false;
		report_hint("It is named as the receipt of a dump: name the dump itself, the file beside it.");
		return true;
	}
	report_hint("If that fails as it is cut, --salvage with it gives out what there is.");
	return true;
}

/* A good header, of an area that has to be larger than what is here */
static bool header_of_more(struct open_area *open, __u64 at, struct dumpflt_geometry *geo)
{
	struct dumpflt_disk_header *header = malloc(sizeof(*header));
	bool found = header && at <= open->io.size &&
		!open->io.read(open->io.ctx, header, sizeof(*header), at) &&
		!dumpflt_header_check(header, ~0ULL, geo) && geo->area_size > open->io.size;

	free(header);
	return found;
}

/* What is left of an image is as good as it was: nothing but its place or the length is wrong */
static bool hint_cut(struct open_area *open)
{
	__u64 at = open->io.size - DUMPFLT_AREA_UNIT, missing;
	struct dumpflt_geometry geo;

	if (header_of_more(open, 0, &geo)) {
		report_hint("If it is a copy, it was cut: 'truncate -s %llu %s', and then 'dumpflt extract', if need be with --salvage, reads what is there.",
			    geo.area_size, open->path);
		return true;
	}
	if (!header_of_more(open, at, &geo) || dumpflt_geometry_header(&geo, 1) <= at)
		return false;
	missing = dumpflt_geometry_header(&geo, 1) - at;
	report_hint("It is the end of a dump area, whose first %llu bytes were cut off: copy it again. If that cannot be, 'dd if=%s of=NEW bs=1M oflag=seek_bytes seek=%llu' puts it where it belongs in a file NEW, and 'dumpflt extract', if need be with --salvage, reads what is there.",
		    missing, open->path, missing);
	return true;
}

/* An area is only to be made where nothing is that anybody may want, and where it fits */
static void hint_no_area(struct open_area *open)
{
	struct recognised found;

	if (area_hint_known(&open->io, open->path) || hint_cut(open))
		return;
	if (recognise(&open->io, &found))
		report_hint("Is this the right device?");
	else if (found.kind != RECOGNISED_ZEROS)
		report_hint("Is this the right device? It holds %s.", found.text);
	else if (open->io.size < AREA_LEAST)
		report_hint("Is this the right one? It has %llu bytes, which are too few for a dump area.",
			    open->io.size);
	else
		report_hint("Is this the right device? 'dumpflt format' makes a dump area.");
}

static void report_load(struct open_area *open, int err)
{
	if (err == -ENOENT) {
		report_failure("looking for a dump area", open->path,
			       "there is none");
		hint_no_area(open);
		return;
	}
	report_failure("reading the dump area", open->path,
		       "neither of its two headers can be used");
	report_hint("header A: %s", open->area.wrong[0]);
	report_hint("header B: %s", open->area.wrong[1]);
	if (!hint_cut(open))
		report_hint("'dumpflt repair' makes none up. Keep a copy of the device, 'dd if=%s of=FILE bs=1M conv=sparse': the dumps are in it yet, and nothing here finds them.",
			    open->path);
}

/* A crash of which there is no dump, and nothing else on the disk says so */
static void report_unbegun(const struct open_area *open)
{
	const struct area *area = &open->area;
	char started[TEXT_TIME_MAX];
	__u32 i;

	for (i = 0; i < area->geo.nr_slots; i++) {
		if (!area->unbegun[i])
			continue;
		text_time(le64_to_cpu(area->older->slots[i].started), started);
		report_warning("slot %u of '%s': dump number %llu, begun %s, got no further than the header: nothing of it is there, and the slot is as it was",
			       i, open->path, le64_to_cpu(area->older->slots[i].number),
			       started);
	}
}

static int load_open_area(struct open_area *open)
{
	unsigned int copy;
	int ret;

	ret = area_load(&open->area, &open->io);
	if (ret) {
		report_load(open, ret);
		return ret;
	}
	for (copy = 0; copy < 2; copy++)
		if (open->area.wrong[copy])
			report_warning("header %c of '%s' cannot be used: %s",
				       "AB"[copy], open->path,
				       open->area.wrong[copy]);
	report_unbegun(open);
	return 0;
}

/**
 * open_area_of() - find the area in what is open already
 * @open: filled; area_unload() is for its area, @io stays the caller's
 * @path: for messages
 * @io: open
 *
 * Return: 0 or a negative errno, which is reported
 */
int open_area_of(struct open_area *open, const char *path,
		 const struct area_io *io)
{
	open->path = path;
	open->io = *io;
	open->io.ctx = &open->io;
	return load_open_area(open);
}

/**
 * open_area() - open a device or an image, and find the area
 * @open: filled; for close_area()
 * @path: of it
 * @writable: its header is to be changed: see area_open_to_change()
 *
 * A header that is lost is reported, as the next one to be lost is the last.
 *
 * Return: 0 or a negative errno
 */
int open_area(struct open_area *open, const char *path, bool writable)
{
	int ret;

	open->path = path;
	if (writable) {
		ret = area_open_to_change(&open->io, path);
	} else {
		ret = area_io_open(&open->io, path, false);
		if (ret)
			area_report_open(path, ret);
	}
	if (ret)
		return ret;
	ret = load_open_area(open);
	if (ret)
		area_io_close(&open->io);
	return ret;
}

void close_area(struct open_area *open)
{
	area_unload(&open->area);
	area_io_close(&open->io);
}

/* @number may be more than any slot there is */
int open_slot(const struct open_area *open, __u64 number,
	      struct area_slot *slot)
{
	int ret = -ERANGE;

	if (number < open->area.geo.nr_slots)
		ret = area_slot_load(&open->area, (__u32)number, slot);
	if (ret)
		report_failure("looking for the slot", open->path,
			       "there is no slot %llu: it has 0 to %u", number,
			       open->area.geo.nr_slots - 1);
	return ret;
}

/**
 * area_policy() - take the filters from the area's policy
 * @open: loaded; its policy was checked then
 * @spec: has no filters yet
 *
 * Return: 0, also if there is no policy; -EINVAL if it is not one that this
 * tool made
 */
int area_policy(const struct open_area *open, struct stack_spec *spec)
{
	if (spec_from_policy(spec, open->area.header))
		return 0;
	report_failure("taking the filters from the policy", open->path,
		       "this version does not understand it");
	report_hint("Name the filters yourself, exactly as 'dumpflt show' lists them.");
	return -EINVAL;
}

/**
 * area_refuse_image() - leave an area alone that is for hibernation
 * @open: loaded
 * @op: what was to be done with it
 *
 * Return: 0 if it is for crash dumps; -EPERM, which is reported
 */
int area_refuse_image(const struct open_area *open, const char *op)
{
	if (!dumpflt_header_hibernates(open->area.header))
		return 0;
	report_failure(op, open->path,
		       "it is a dump area for hibernation, in which there is never a crash dump");
	report_hint("Crash dumps have one of their own, on another device: 'dumpflt format' makes it. 'dumpflt show' says what is in this one.");
	return -EPERM;
}

/* The kernel refuses it: a crash dump and a hibernation image do not share an area */
static int check_type(const struct open_area *open, const struct stack_spec *spec)
{
	bool hibernates = !strcmp(spec->type, DUMPFLT_TYPE_WORD_HIBERNATION);

	if (dumpflt_header_hibernates(open->area.header) == hibernates)
		return 0;
	if (!hibernates)
		return area_refuse_image(open, "taking the dump area for crash dumps");
	report_failure("taking the dump area for hibernation", open->path,
		       "it is one for crash dumps");
	report_hint("'dumpflt format --hibernation' makes one for hibernation, on a device of its own.");
	return -EPERM;
}

/* The kernel refuses it; an area that was made with such a policy stays readable */
static int check_order(const struct open_area *open, const struct stack_spec *spec)
{
	char error[SPEC_ERROR_MAX];

	if (!spec_order_wrong(spec, error))
		return 0;
	report_failure("looking at the order of the filters", open->path, "%s", error);
	report_hint("If the dump area's policy has that order, collect its dumps and format it anew.");
	return -EPERM;
}

/**
 * area_complete() - filters that were not named, or not in full, are as the
 *	area demands, and those that were must be so
 * @open: loaded; its policy was checked then
 * @spec: with the filters that were named, if any; completed
 *
 * Return: 0 or a negative errno: -EPERM if the kernel would not take it
 */
int area_complete(const struct open_area *open, struct stack_spec *spec)
{
	const char *filter, *wrong;
	int ret;

	ret = check_type(open, spec);
	if (ret)
		return ret;
	if (!spec->nr_filters) {
		ret = area_policy(open, spec);
		return ret ? ret : check_order(open, spec);
	}
	spec_critical_by_policy(spec, open->area.header);
	wrong = spec_differs(spec, open->area.header, &filter);
	if (!wrong)
		return check_order(open, spec);
	if (filter)
		report_failure("comparing the filters", open->path,
			       "they are not those of the dump area's policy: filter '%s': %s",
			       filter, wrong);
	else
		report_failure("comparing the filters", open->path,
			       "they are not those of the dump area's policy: %s",
			       wrong);
	report_hint("'dumpflt show' prints it. With no filter named, they are taken from the policy.");
	return -EPERM;
}

/* What is to be said if a header cannot be changed any more */
void area_report_spent(const char *path)
{
	report_failure("changing the dump area", path,
		       "it has counted to its end, which only a header that was forged can have");
	report_hint("'dumpflt collect' keeps its dumps as files; then 'dumpflt format --force' makes it anew.");
}

/* Is there a slot for a dump? The kernel would say so when the dump begins */
int area_check_slot(struct open_area *open)
{
	if (dumpflt_header_is_spent(open->area.header)) {
		area_report_spent(open->path);
		return -EOVERFLOW;
	}
	area_free_slots(&open->area);
	if (dumpflt_slot_choose(open->area.header) >= 0)
		return 0;
	report_failure("looking for a slot", open->path,
		       "all of them hold dumps that were not released");
	report_hint("'dumpflt collect --release' keeps them as files; 'dumpflt release' lets go of one.");
	return -ENOSPC;
}
