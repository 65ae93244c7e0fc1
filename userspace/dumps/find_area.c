// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump area among all disks of a machine, some of which may never answer.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>

#include "dumps/find_area.h"
#include "lib/probe.h"
#include "lib/report.h"
#include "lib/text.h"

/* A disk that has to spin up first gets its time; one that never answers takes no more */
#define LOOK_MS		10000
#define SILENT_MAX	512
#define PATH_SIZE	512

/**
 * struct wanted - what each device is asked
 * @root: "", or where a test has its sys and dev
 * @id: of the area
 */
struct wanted {
	const char	*root;
	const __u8	*id;
};

static bool holds(const void *ctx, const char *device)
{
	const struct wanted *wanted = ctx;
	char path[PATH_SIZE];

	return format_string(path, sizeof(path), "%s%s", wanted->root, device) &&
	       area_is_on(path, wanted->id);
}

static void add(void *ctx, const char *device)
{
	int ret = prober_add(ctx, device);

	if (ret)
		report_warning("'%s' is not looked at: %s", device, strerror(-ret));
}

static void add_quietly(void *ctx, const char *device)
{
	prober_add(ctx, device);
}

static int judge(const struct prober *prober, const char *op, const char *id,
		 const char *advice, char device[AREA_DEVICE_MAX])
{
	const char *first = NULL, *last = NULL;
	char silent[SILENT_MAX];
	size_t nr = prober_found(prober, &first, &last);

	prober_silent(prober, silent, sizeof(silent));
	if (nr > 1) {
		report_failure(op, id, "it is there twice, on %s and %s", first, last);
		report_hint("One is a copy, or a path to the same disk: detach it, or format the copy anew.");
		return -ENOTUNIQ;
	}
	if (!nr) {
		report_failure(op, id, "no block device holds it");
		if (silent[0])
			report_hint("These do not answer, and may hold it: %s.", silent);
		report_hint("%s", advice);
		return -ENODEV;
	}
	if (silent[0])
		report_warning("these block devices do not answer, and were passed over: %s",
			       silent);
	copy_string(device, AREA_DEVICE_MAX, first);
	return 0;
}

/**
 * find_area() - find the one block device that has an area
 * @op: what for, in words
 * @root: "", or where a test has its sys and dev
 * @id: of the area
 * @advice: what to do if there is none
 * @device: filled, without @root
 *
 * A device that does not answer is passed over, and named.
 *
 * Return: 0; -ENODEV if there is none, -ENOTUNIQ if there are several, or
 * another negative errno; it is reported
 */
int find_area(const char *op, const char *root, const __u8 id[AREA_ID_SIZE],
	      const char *advice, char device[AREA_DEVICE_MAX])
{
	const struct wanted wanted = { .root = root, .id = id };
	struct prober prober = { .look = holds, .ctx = &wanted, .ms = LOOK_MS };
	char text[AREA_ID_TEXT];
	int ret;

	text_hex(id, AREA_ID_SIZE, text);
	ret = area_each_device(root, add, &prober);
	if (ret) {
		report_error(op, "/sys/class/block", -ret);
	} else {
		prober_run(&prober);
		ret = judge(&prober, op, text, advice, device);
	}
	prober_end(&prober);
	return ret;
}

/**
 * area_is_there() - does one block device have an area, and no other?
 * @root: "", or where a test has its sys and dev
 * @id: of the area
 *
 * Nothing is printed: to be asked again and again.
 */
bool area_is_there(const char *root, const __u8 id[AREA_ID_SIZE])
{
	const struct wanted wanted = { .root = root, .id = id };
	struct prober prober = { .look = holds, .ctx = &wanted, .ms = LOOK_MS };
	const char *first, *last;
	bool found = false;

	if (!area_each_device(root, add_quietly, &prober)) {
		prober_run(&prober);
		found = prober_found(&prober, &first, &last) == 1;
	}
	prober_end(&prober);
	return found;
}
