/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration file of the capture kernel.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CONFIG_H
#define DUMPFLT_CONFIG_H

#include <stdio.h>

#include "capture/args.h"
#include "kernel/spec.h"
#include "lib/ini.h"

#define CONFIG_FILE		"/etc/dumpflt/capture.conf"
#define CONFIG_PATH_MAX		256
#define CONFIG_ARGS_MAX		32	/* arguments for makedumpfile */
#define CONFIG_WAIT_MAX		3600	/* seconds */
#define CONFIG_SECONDS_DEF	86400	/* a day */
#define CONFIG_SECONDS_MAX	2592000	/* thirty of them */
/* A checkpoint costs a flush of the target's cache */
#define CONFIG_CHECKPOINT_MIB	64
#define CONFIG_CHECKPOINT_S	10
#define CONFIG_CHECKPOINT_MAX	1048576
/* Of the kernel log: no more memory than this is needed for it, twice at worst */
#define CONFIG_LOG_KIB		1024
#define CONFIG_LOG_KIB_MAX	16384
#define CONFIG_LOG_S		60

/**
 * struct config - all of it, with defaults filled in
 * @stack: sections [stack] and [filter ...]
 * @vmcore: what to dump
 * @makedumpfile: path, or a name to be looked up in PATH
 * @nr_args: valid entries of @args
 * @args: for makedumpfile; they point into @args_text
 * @facts: what they say
 * @args_text: the words, each with its NUL
 * @max_seconds: that the dump may take, from the start of makedumpfile on
 * @wait_for_target: seconds that the target may take to appear
 * @checkpoint_mib: MiB from one checkpoint to the next at most, 0 for any
 * @checkpoint_seconds: likewise
 * @log: the kernel log is kept before the dump
 * @log_kib: how much of its end, in KiB
 * @log_seconds: that reading it may take
 * @area_said: whether the target must hold a dump area was said
 * @overwrite: what is on the target, other than a dump area, may go
 */
struct config {
	struct stack_spec	stack;
	char			vmcore[CONFIG_PATH_MAX];
	char			makedumpfile[CONFIG_PATH_MAX];
	size_t			nr_args;
	char			*args[CONFIG_ARGS_MAX];
	struct args_facts	facts;
	char			args_text[ARGS_TEXT_MAX];
	__u64			max_seconds;
	__u64			wait_for_target;
	__u64			checkpoint_mib;
	__u64			checkpoint_seconds;
	bool			log;
	__u64			log_kib;
	__u64			log_seconds;
	bool			area_said;
	bool			overwrite;
};

void config_defaults(struct config *config);
int config_read(FILE *file, struct config *config, struct ini_error *error);

#endif
