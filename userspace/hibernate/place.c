// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The dump area that an image goes to.
 *
 * The functions print what went wrong and return a negative errno.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>

#include "dumps/find_area.h"
#include "dumps/fingerprint.h"
#include "hibernate/image.h"
#include "hibernate/place.h"
#include "lib/report.h"
#include "lib/text.h"

/* Whether it came, whoever opens it says */
static int wait_for_path(struct area_wait *wait, const char *op)
{
	bool found;

	while ((area_find(wait->name, &found) || !found) && area_wait_more(wait))
		;
	return area_wait_end(wait, op);
}

/**
 * place_find() - where the area is in this boot
 * @name: its id, or the path of its device
 * @seconds: that it may take to appear, and the last look; if any: needs signals_catch()
 * @path: filled with the latter
 *
 * Return: 0, or a negative errno, which is reported
 */
int place_find(const char *name, __u64 seconds, char path[SPEC_TARGET_MAX])
{
	static const char op[] = "looking for the dump area";
	char device[AREA_DEVICE_MAX];
	__u8 id[AREA_ID_SIZE];
	struct area_wait wait;
	int ret;

	area_wait_begin(&wait, name, seconds);
	if (!area_id_parse(name, id)) {
		ret = seconds ? wait_for_path(&wait, op) : 0;
		if (ret || copy_string(path, SPEC_TARGET_MAX, name))
			return ret;
		report_error(op, name, ENAMETOOLONG);
		return -ENAMETOOLONG;
	}
	ret = find_area(op, "", id, "'dumpflt show DEVICE' prints the id of one.", &wait, device);
	if (!ret)
		copy_string(path, SPEC_TARGET_MAX, device);
	return ret;
}

/* Each hibernation writes over the last image; a crash dump is nothing to write over */
int place_check(const struct open_area *open)
{
	if (dumpflt_header_hibernates(open->area.header))
		return 0;
	report_failure("looking at the dump area", open->path, "it was not made for hibernation");
	report_hint("'dumpflt format --hibernation' makes one that is, on a device of its own.");
	return -EINVAL;
}

/**
 * place_is() - are filters and recipients those that it was made with?
 * @open: loaded
 * @fingerprint: what it is to have; NULL or empty if nobody has said so
 *
 * Return: 0 or a negative errno, which is reported
 */
int place_is(const struct open_area *open, const char *fingerprint)
{
	static const char op[] = "looking at whom an image is sealed to";
	char found[FINGERPRINT_MAX];
	int ret = fingerprint_of(open->area.header, found);

	if (ret) {
		report_error(op, open->path, -ret);
		return ret;
	}
	if (fingerprint && !strcmp(found, fingerprint))
		return 0;
	if (fingerprint && fingerprint[0]) {
		report_failure(op, open->path,
			       "its fingerprint is %s, and not the one that it is to have", found);
		report_hint("Somebody has formatted it anew, or added whom to seal to. If 'dumpflt show' prints no recipient but yours, write the new one into the configuration.");
	} else {
		report_failure(op, open->path, "nobody has said which fingerprint it has");
		report_hint("Whoever can write to that disk could add whom to seal to. If 'dumpflt show' prints no recipient but yours, write 'fingerprint = %s' into [hibernation] of the configuration, or give --fingerprint.",
			    found);
	}
	return -EPERM;
}

/* Bytes of an image that fit: the trailer takes a chunk, the header a page */
__u64 place_room(const struct open_area *open)
{
	return (__u64)(open->area.geo.slot_chunks - 1) * DUMPFLT_CHUNK_SIZE - IMAGE_HEADER_SIZE;
}

/**
 * place_may_hold() - may there be an image?
 * @open: loaded
 * @slot: its slot, loaded
 *
 * A header or a receipt that cannot be used is not one that says no: the other copy may be
 * older, and whoever cannot read it now may do so at the next boot.
 *
 * Return: false only if all that there is says that there is none
 */
bool place_may_hold(const struct open_area *open, const struct area_slot *slot)
{
	return slot->state == DUMPFLT_SLOT_COMPLETE || slot->contradiction ||
	       slot->receipt_damaged[0] || slot->receipt_damaged[1] ||
	       open->area.wrong[0] || open->area.wrong[1];
}

/**
 * place_release() - let no boot resume what is in it
 * @open: to be changed
 *
 * Return: 0 if that is durable, or a negative errno
 */
int place_release(struct open_area *open)
{
	int ret = area_drop_image(&open->area);

	if (ret)
		report_error("releasing the image", open->path, -ret);
	return ret;
}
