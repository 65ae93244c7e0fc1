/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration file: what is loaded for the next crash, and where dumps go.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SETTINGS_H
#define DUMPFLT_SETTINGS_H

#include "area/find.h"
#include "capture/config.h"

#define SETTINGS_FILE		"/etc/dumpflt/dumpflt.conf"
#define SETTINGS_TEXT_MAX	2048
/* More folders than that are kept only if all are */
#define SETTINGS_KEEP_MAX	100000

/**
 * enum settings_part - what is read; [area] always is
 * @SETTINGS_ARM: [kernel] and [capture]: the next crash
 * @SETTINGS_COLLECT: [collect]: the last one
 *
 * The keys of the other part are passed over: a mistake in it must neither keep
 * dumps in the area, nor a machine from being armed.
 */
enum settings_part {
	SETTINGS_ARM,
	SETTINGS_COLLECT,
};

/**
 * enum settings_rehearsal - what arm makes of the last 'dumpflt rehearse'
 * @SETTINGS_REHEARSAL_WARN: a warning, if it speaks against arming
 * @SETTINGS_REHEARSAL_REQUIRE: a refusal, then or if there was none
 * @SETTINGS_REHEARSAL_NO: nothing
 */
enum settings_rehearsal {
	SETTINGS_REHEARSAL_WARN,
	SETTINGS_REHEARSAL_REQUIRE,
	SETTINGS_REHEARSAL_NO,
};

/**
 * enum settings_compress - whether the pages of a dump are compressed
 * @SETTINGS_COMPRESS_MEASURED: not if the last rehearsal found that faster
 * @SETTINGS_COMPRESS_ARGS: as args say
 */
enum settings_compress {
	SETTINGS_COMPRESS_MEASURED,
	SETTINGS_COMPRESS_ARGS,
};

/**
 * struct settings - all of it
 * @id: of the dump area
 * @id_said: it was named
 * @target: the device that it is on, empty if that is to be found out
 * @kernel: to be loaded, empty for that of /boot which runs
 * @append: more for its command line
 * @rehearsal: what the last one is good for
 * @stack: lines of [capture] that belong to [stack] in the capture kernel
 * @dump: likewise to [dump], but for args
 * @args: its line, if there is one
 * @compress: whether that is the last word
 * @seconds_said: max_seconds is among these
 * @makedumpfile: name or path of it, here
 * @dir: where dumps are collected
 * @keep: so many folders of them are kept; 0: all
 * @salvage: parts of those that are not COMPLETE, too
 */
struct settings {
	__u8	id[AREA_ID_SIZE];
	bool	id_said;
	char	target[SPEC_TARGET_MAX];
	char	kernel[CONFIG_PATH_MAX];
	char	append[CONFIG_PATH_MAX];
	enum settings_rehearsal rehearsal;
	char	stack[SETTINGS_TEXT_MAX];
	char	dump[SETTINGS_TEXT_MAX];
	char	args[SETTINGS_TEXT_MAX];
	enum settings_compress compress;
	bool	seconds_said;
	char	makedumpfile[CONFIG_PATH_MAX];
	char	dir[CONFIG_PATH_MAX];
	__u64	keep;
	bool	salvage;
};

int settings_read(const char *path, enum settings_part part, struct settings *settings);
bool settings_set_seconds(struct settings *settings, __u64 seconds);
int settings_config(const struct settings *settings, const char *target,
		    struct config *config);

#endif
