/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Process 1 of the capture kernel: what its files call of each other.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_INIT_H
#define DUMPFLT_INIT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "area/find.h"
#include "lib/handover.h"
#include "lib/text.h"

#define SYSRQ		"/proc/sysrq-trigger"
/* As 'dumpflt arm' puts them into the image */
#define INIT_PLAN	"/etc/dumpflt/plan"
#define INIT_CONFIG	"/etc/dumpflt/capture.conf.in"
#define INIT_RUN_CONFIG	"/run/capture.conf"
#define INIT_CAPTURE	"/usr/bin/dumpflt"
#define INIT_MODULES_MAX	256
#define INIT_PATH_MAX	256
#define INIT_WORDS_MAX	HANDOVER_WORDS_MAX
/* How often what is not there yet is looked for, and whether all is well */
#define INIT_STEP_MS	200

/**
 * struct init_module - one of those that are loaded, in order
 * @path: of its file
 * @options: for it
 * @needed: without it there is no dump; others only make it faster
 */
struct init_module {
	char	path[INIT_PATH_MAX];
	char	options[INIT_PATH_MAX];
	bool	needed;
};

/**
 * struct init_plan - what 'dumpflt arm' wants done
 * @boot: id of the boot that was armed
 * @id: of the dump area
 * @wait: seconds that its device may take to appear
 * @before: seconds until all is ready for a capture, from there on, too
 * @budget: seconds for everything, from the first line of process 1 on
 * @nr_modules: valid entries of @modules
 * @modules: in the order in which they are loaded
 */
struct init_plan {
	char			boot[HANDOVER_BOOT_MAX];
	__u8			id[AREA_ID_SIZE];
	__u64			wait;
	__u64			before;
	__u64			budget;
	size_t			nr_modules;
	struct init_module	modules[INIT_MODULES_MAX];
};

/* plan.c */
bool plan_read(struct init_plan *plan);

/* modules.c */
bool modules_load(const struct init_plan *plan);

/* area.c */
bool area_prepare(const struct init_plan *plan);

/* prepare.c */
bool prepare(const struct init_plan *plan, __u64 end_ms);

/* capture.c */
bool dump_run(__u64 end);

/* say.c */
void say_share(void);
__printf(1, 2) void say(const char *fmt, ...);
__printf(1, 2) bool say_failure(const char *fmt, ...);
const char *say_reason(void);

/* note.c */
void note_leave(const char *boot);

/* watchdog.c: process 1 alone calls it, as the device is opened once only */
void watchdog_pet(void);

/* wait.c */
void init_sleep_ms(long ms);

#endif
