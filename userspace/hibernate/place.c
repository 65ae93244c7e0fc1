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
#include "hibernate/image.h"
#include "hibernate/place.h"
#include "lib/clock.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "lib/text.h"

#define LOOK_AGAIN_MS	1000

static const char op_find[] = "looking for the dump area";

static bool is_there(const char *name)
{
	__u8 id[AREA_ID_SIZE];
	bool found;

	if (area_id_parse(name, id))
		return area_is_there("", id);
	return !area_find(name, &found) && found;
}

/**
 * place_wait() - give the area its time to appear
 * @name: its id, or the path of its device
 * @seconds: at most, and for a look at all disks
 *
 * Needs signals_catch(). Says once what is waited for; whether it came, place_find() says.
 *
 * Return: 0, or -EINTR
 */
int place_wait(const char *name, __u64 seconds)
{
	__u64 end = now_ms() + seconds * 1000;
	bool said = false;

	while (!is_there(name) && now_ms() < end && !signals_stop()) {
		if (!said)
			report_warning("waiting for the dump area '%s', %llu seconds at most",
				       name, seconds);
		said = true;
		signals_poll(NULL, 0, LOOK_AGAIN_MS);
	}
	if (!signals_stop())
		return 0;
	report_failure(op_find, name, "stopped by %s", signals_stop_name());
	return -EINTR;
}

/**
 * place_find() - where the area is in this boot
 * @name: its id, or the path of its device
 * @path: filled
 */
int place_find(const char *name, char path[SPEC_TARGET_MAX])
{
	char device[AREA_DEVICE_MAX];
	__u8 id[AREA_ID_SIZE];
	int ret;

	if (!area_id_parse(name, id)) {
		if (copy_string(path, SPEC_TARGET_MAX, name))
			return 0;
		report_error(op_find, name, ENAMETOOLONG);
		return -ENAMETOOLONG;
	}
	ret = find_area(op_find, "", id, "'dumpflt show DEVICE' prints the id of one.", device);
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

/* Bytes of an image that fit: the trailer takes a chunk, the header a page */
__u64 place_room(const struct open_area *open)
{
	return (open->area.geo.slot_chunks - 1) * DUMPFLT_CHUNK_SIZE - IMAGE_HEADER_SIZE;
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
