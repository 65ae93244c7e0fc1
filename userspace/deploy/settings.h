/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration file of 'dumpflt arm': that of the capture kernel is made from it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SETTINGS_H
#define DUMPFLT_SETTINGS_H

#include "area/find.h"
#include "capture/config.h"

#define SETTINGS_FILE		"/etc/dumpflt/dumpflt.conf"
#define SETTINGS_TEXT_MAX	2048

/**
 * struct settings - all of it
 * @id: of the dump area
 * @id_said: it was named
 * @target: the device that it is on, empty if that is to be found out
 * @kernel: to be loaded, empty for that of /boot which runs
 * @append: more for its command line
 * @stack: lines of [capture] that belong to [stack] in the capture kernel
 * @dump: likewise to [dump]
 * @makedumpfile: name or path of it, here
 */
struct settings {
	__u8	id[AREA_ID_SIZE];
	bool	id_said;
	char	target[SPEC_TARGET_MAX];
	char	kernel[CONFIG_PATH_MAX];
	char	append[CONFIG_PATH_MAX];
	char	stack[SETTINGS_TEXT_MAX];
	char	dump[SETTINGS_TEXT_MAX];
	char	makedumpfile[CONFIG_PATH_MAX];
};

int settings_read(const char *path, struct settings *settings);
int settings_config(const struct settings *settings, const char *target,
		    struct config *config);

#endif
