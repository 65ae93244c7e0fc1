// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The modules of the image, loaded as process 1 of the capture kernel does it: the
 * very files, in the very order. What was not loaded before goes again.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/report.h"
#include "module/version.h"
#include "rehearsal/stage.h"

#define OP		"loading the modules of the image"
#define VERSION		"/sys/module/dumpflt/version"
/* How often, and how long apart, a module that is still in use is asked to go */
#define UNLOAD_TRIES	40
#define UNLOAD_STEP_MS	50

/* Returns: 0 if it is loaded now, -EEXIST if it was, or another negative errno */
static int insert(const char *path, const char *options)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = syscall(SYS_finit_module, fd, options, 0) ? -errno : 0;
	close(fd);
	return ret;
}

/* Of its file: as /sys/module calls it */
static void name_of(const char *path, char name[STAGE_NAME_MAX])
{
	char *c;

	copy_string(name, STAGE_NAME_MAX, text_base(path));
	c = strstr(name, ".ko");
	if (c)
		*c = '\0';
	for (c = name; *c; c++)
		if (*c == '-')
			*c = '_';
}

/* @path: of the plan, with the options behind a blank; cut there */
static int load_one(struct stage *stage, char *path, bool needed)
{
	char full[2 * ROOT_PATH_MAX], *options = strchr(path, ' ');
	int ret;

	if (options)
		*options++ = '\0';
	format_string(full, sizeof(full), "%s%s", stage->folder, path);
	ret = stage->nr < STAGE_MODULES_MAX ? insert(full, options ? options : "") : -EMFILE;
	if (!ret)
		name_of(path, stage->loaded[stage->nr++]);
	if (!ret || ret == -EEXIST || !needed)
		return 0;
	report_error(OP, path, -ret);
	report_hint("'dmesg' may say more. The capture kernel would not take it either.");
	return ret;
}

/* One that is loaded already is not that of the image: then its version must be */
static void check_version(void)
{
	char version[32];

	if (root_line(VERSION, version, sizeof(version)) &&
	    strcmp(version, DUMPFLT_VERSION) != 0)
		report_warning("what is rehearsed is the module dumpflt %s, which is loaded; the image has %s",
			       version, DUMPFLT_VERSION);
}

/* In the order of the plan in the image. Returns: 0 or a negative errno, which is reported */
int stage_load(struct stage *stage)
{
	char path[ROOT_PATH_MAX + 32], line[ROOT_PATH_MAX];
	int ret = 0;
	FILE *file;

	format_string(path, sizeof(path), "%s/etc/dumpflt/plan", stage->folder);
	file = fopen(path, "re");
	if (!file) {
		report_error(OP, path, errno);
		return -ENOENT;
	}
	check_version();
	while (!ret && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "module ", 7))
			ret = load_one(stage, line + 7, true);
		else if (!strncmp(line, "try ", 4))
			ret = load_one(stage, line + 4, false);
	}
	fclose(file);
	return ret;
}

static bool unload_one(const char *name)
{
	const struct timespec step = { .tv_nsec = UNLOAD_STEP_MS * 1000000L };
	unsigned int tries;

	for (tries = 0; tries < UNLOAD_TRIES; tries++) {
		if (!syscall(SYS_delete_module, name, O_NONBLOCK) || errno == ENOENT)
			return true;
		nanosleep(&step, NULL);
	}
	return false;
}

void stage_unload(struct stage *stage)
{
	while (stage->nr--)
		if (!unload_one(stage->loaded[stage->nr]))
			report_warning("the module %s stays loaded: somebody uses it",
				       stage->loaded[stage->nr]);
	stage->nr = 0;
}
