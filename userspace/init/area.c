// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The dump area is found, on whatever device it is in this boot.
 *
 * Each device is looked at by a process of its own: a disk that does not answer keeps
 * only that one, and no other disk from being found.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>

#include "init/init.h"
#include "lib/clock.h"
#include "lib/probe.h"

/* How long a device may take in one round, before what was found by then is taken */
#define ROUND_MS	3000

static bool holds(const void *ctx, const char *device)
{
	return area_is_on(device, ctx);
}

/* What does not fit is looked at in the next round, if there is room then */
static void add(void *ctx, const char *device)
{
	prober_add(ctx, device);
}

/* A disk that is silent may be the one */
static bool say_missing(const struct prober *prober, __u64 wait)
{
	char silent[INIT_WORDS_MAX / 2];

	prober_silent(prober, silent, sizeof(silent));
	return say_failure("no block device holds the dump area: none within %llu s%s%s",
			   wait, silent[0] ? "; these do not answer: " : "", silent);
}

/* Devices appear when their drivers have found them, which nobody waits for */
static bool find(struct prober *prober, __u64 wait, char device[AREA_DEVICE_MAX])
{
	__u64 end = now_ms() + wait * 1000;
	const char *first = NULL, *last = NULL;
	size_t nr;
	int ret;

	do {
		ret = area_each_device("", add, prober);
		if (ret)
			return say_failure("/sys/class/block: %s", strerror(-ret));
		prober_run(prober);
		nr = prober_found(prober, &first, &last);
		if (nr)
			break;
		init_sleep_ms(INIT_STEP_MS);
	} while (now_ms() < end);
	if (!nr)
		return say_missing(prober, wait);
	if (nr > 1)
		return say_failure("the dump area is there twice: %s and %s", first, last);
	say("the dump area is on %s", first);
	return copy_string(device, AREA_DEVICE_MAX, first);
}

/* What was written by arm begins with the section that the target belongs to */
static bool write_config(const char *device)
{
	FILE *from = fopen(INIT_CONFIG, "re"), *to = NULL;
	char line[INIT_PATH_MAX];
	bool good = false;

	if (from)
		to = fopen(INIT_RUN_CONFIG, "we");
	if (from && to) {
		while (fgets(line, sizeof(line), from)) {
			fputs(line, to);
			if (!good)
				fprintf(to, "target = %s\n", device);
			good = true;
		}
		good = good && !ferror(from);
	}
	if (!good)
		say_failure("%s and %s: %m", INIT_CONFIG, INIT_RUN_CONFIG);
	if (to && fclose(to))
		good = say_failure("%s: %m", INIT_RUN_CONFIG);
	if (from)
		fclose(from);
	return good;
}

/* Returns: whether the configuration of the capture is written; if not, it is said why */
bool area_prepare(const struct init_plan *plan)
{
	struct prober prober = { .look = holds, .ctx = plan->id, .ms = ROUND_MS };
	char device[AREA_DEVICE_MAX];
	bool found = find(&prober, plan->wait, device);

	prober_end(&prober);
	return found && write_config(device);
}
