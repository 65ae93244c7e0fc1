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

/* What was not looked at the first time has been named */
static void add_again(void *ctx, const char *device)
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
 * @wait: begun: until one is there, and no other
 * @device: filled, without @root
 *
 * A device that does not answer is passed over, and named.
 *
 * Return: 0; -ENODEV if there is none, -ENOTUNIQ if there are several, -EINTR if the wait
 * was ended, or another negative errno; it is reported
 */
int find_area(const char *op, const char *root, const __u8 id[AREA_ID_SIZE],
	      const char *advice, struct area_wait *wait, char device[AREA_DEVICE_MAX])
{
	const struct wanted wanted = { .root = root, .id = id };
	struct prober prober = { .look = holds, .ctx = &wanted, .ms = LOOK_MS };
	const char *first = NULL, *last = NULL;
	char text[AREA_ID_TEXT];
	bool again = false;
	int ret, stopped;

	do {
		ret = area_each_device(root, again ? add_again : add, &prober);
		if (!ret)
			prober_run(&prober);
		again = true;
	} while ((ret || prober_found(&prober, &first, &last) != 1) && area_wait_more(wait));
	text_hex(id, AREA_ID_SIZE, text);
	stopped = area_wait_end(wait, op);
	if (stopped)
		ret = stopped;
	else if (ret)
		report_error(op, "/sys/class/block", -ret);
	else
		ret = judge(&prober, op, text, advice, device);
	prober_end(&prober);
	return ret;
}
