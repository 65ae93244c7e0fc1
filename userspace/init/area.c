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
#include <sys/wait.h>
#include <unistd.h>

#include "init/init.h"
#include "lib/clock.h"

#define DEVICES_MAX	256
/* How long all of them may take in one round, before what was found by then is taken */
#define ROUND_MS	3000

struct look {
	char	device[AREA_DEVICE_MAX];
	pid_t	pid;		/* 0: nobody is looking */
	bool	holds;
};

struct finder {
	const struct init_plan	*plan;
	size_t			nr;
	struct look		looks[DEVICES_MAX];
};

static struct look *look_at(struct finder *finder, const char *device)
{
	struct look *look;
	size_t i;

	for (i = 0; i < finder->nr; i++)
		if (!strcmp(finder->looks[i].device, device))
			return &finder->looks[i];
	if (finder->nr == DEVICES_MAX)
		return NULL;
	look = &finder->looks[finder->nr++];
	copy_string(look->device, sizeof(look->device), device);
	return look;
}

static void begin(void *ctx, const char *device)
{
	struct finder *finder = ctx;
	struct look *look = look_at(finder, device);
	pid_t pid;

	if (!look || look->pid)
		return;
	look->holds = false;
	pid = fork();
	if (!pid)
		_exit(!area_is_on(device, finder->plan->id));
	look->pid = pid > 0 ? pid : 0;
}

/* Returns: how many are still looking */
static size_t reap(struct finder *finder)
{
	size_t i, nr = 0;
	int status;

	for (i = 0; i < finder->nr; i++) {
		struct look *look = &finder->looks[i];

		if (!look->pid)
			continue;
		if (waitpid(look->pid, &status, WNOHANG) != look->pid) {
			nr++;
			continue;
		}
		look->pid = 0;
		look->holds = WIFEXITED(status) && !WEXITSTATUS(status);
	}
	return nr;
}

static void wait_round(struct finder *finder)
{
	__u64 end = now_ms() + ROUND_MS;

	while (reap(finder) && now_ms() < end)
		init_sleep_ms(INIT_STEP_MS / 10);
}

/* Returns: how many hold it; @first and @last name the outermost */
static size_t holders(const struct finder *finder, const char **first, const char **last)
{
	size_t i, nr = 0;

	for (i = 0; i < finder->nr; i++)
		if (finder->looks[i].holds) {
			*last = finder->looks[i].device;
			if (!nr++)
				*first = *last;
		}
	return nr;
}

/* A disk that is silent may be the one */
static bool say_missing(const struct finder *finder)
{
	char silent[INIT_WORDS_MAX / 2] = "";
	size_t i;

	for (i = 0; i < finder->nr; i++)
		if (finder->looks[i].pid)
			append_string(silent, sizeof(silent), "%s %s", silent[0] ? "," : "",
				      finder->looks[i].device);
	return say_failure("no block device holds the dump area: none within %llu s%s%s",
			   finder->plan->wait, silent[0] ? "; these do not answer:" : "", silent);
}

/* Devices appear when their drivers have found them, which nobody waits for */
static bool find(struct finder *finder, char device[AREA_DEVICE_MAX])
{
	__u64 end = now_ms() + finder->plan->wait * 1000;
	const char *first = NULL, *last = NULL;
	size_t nr;
	int ret;

	do {
		ret = area_each_device("", begin, finder);
		if (ret)
			return say_failure("/sys/class/block: %s", strerror(-ret));
		wait_round(finder);
		nr = holders(finder, &first, &last);
		if (nr)
			break;
		init_sleep_ms(INIT_STEP_MS);
	} while (now_ms() < end);
	if (!nr)
		return say_missing(finder);
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
	static struct finder finder;
	char device[AREA_DEVICE_MAX];

	finder.plan = plan;
	return find(&finder, device) && write_config(device);
}
