// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A plan: all that is known before an image is built, and whether it may be loaded.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "deploy/drivers.h"
#include "deploy/machine.h"
#include "deploy/plan.h"
#include "lib/report.h"

/* What the core asks the kernel for at run time, so that no dependency names it */
static const char * const wanted[] = { "crypto-hmac", "crypto-sha256", "crypto-crc32c" };

static int add_drivers(struct plan *plan)
{
	struct drivers drivers;
	int ret = drivers_find(plan->device, &drivers);

	/* the bus is asked for first */
	while (!ret && drivers.nr)
		ret = modules_add(&plan->modules, drivers.name[--drivers.nr]);
	return ret;
}

static int add_filters(struct plan *plan)
{
	const struct stack_spec *stack = &plan->config.stack;
	char name[DUMPFLT_NAME_MAX + 16];
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(wanted); i++)
		modules_try(&plan->modules, wanted[i]);
	ret = modules_add(&plan->modules, "dumpflt");
	for (i = 0; !ret && i < stack->nr_filters; i++) {
		format_string(name, sizeof(name), "dumpflt_%s", stack->filters[i].name);
		ret = modules_add(&plan->modules, name);
	}
	return ret;
}

static __u64 file_bytes(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : (__u64)st.st_size;
}

/* A module that is packed is about a third of what it is in memory */
static void add_up(struct plan *plan)
{
	char full[ROOT_PATH_MAX];
	const char *end;
	size_t i;

	for (i = 0; i < plan->modules.nr; i++) {
		root_path(full, "%s", plan->modules.file[i].path);
		end = strrchr(full, '.');
		plan->image_bytes += file_bytes(full) * (!end || !strcmp(end, ".ko") ? 1 : 3);
	}
	for (i = 0; i < plan->programs.nr; i++)
		plan->image_bytes += file_bytes(plan->programs.file[i].from);
}

/* Whoever compares later is somewhere else. Returns: 0 or a negative errno, which is reported */
static int whole_path(const char *path, char whole[CONFIG_PATH_MAX])
{
	char *real = realpath(path, NULL);
	int ret = 0;

	if (!real)
		ret = -errno;
	else if (!copy_string(whole, CONFIG_PATH_MAX, real))
		ret = -ENAMETOOLONG;
	free(real);
	if (ret)
		report_error("looking for the configuration", path, -ret);
	return ret;
}

/**
 * plan_make() - find out all that arming needs, and what stands in its way
 * @plan: filled; for plan_free()
 * @path: of the configuration file
 *
 * What stands in the way is reported, each with its remedy; what does not
 * depend on it is looked at nonetheless.
 *
 * Return: 0 if nothing does, else a negative errno
 */
int plan_make(struct plan *plan, const char *path)
{
	int kernel, area, reserve, ret;

	memset(plan, 0, sizeof(*plan));
	ret = settings_read(path, SETTINGS_ARM, &plan->settings);
	if (!ret)
		ret = whole_path(path, plan->path);
	if (ret) {
		check_reserve(plan, false);
		return ret;
	}
	kernel = check_kernel(plan);
	area = check_area(plan);
	ret = cmdline_make(plan->settings.append, plan->cmdline);
	if (!ret)
		ret = programs_find(&plan->programs, plan->settings.makedumpfile);
	if (!ret && plan->release[0])
		ret = modules_open(&plan->modules, plan->release);
	if (!ret && plan->release[0])
		machine_add(&plan->modules);
	if (!ret && !area)
		ret = add_drivers(plan);
	if (!ret && !area)
		ret = add_filters(plan);
	add_up(plan);
	reserve = check_reserve(plan, !ret && !area && !kernel);
	if (!ret)
		ret = area ? area : kernel;
	return ret ? ret : reserve;
}

/* What makedumpfile will be started with */
void plan_args(const struct plan *plan, char text[ARGS_TEXT_MAX])
{
	if (plan->args[0])
		copy_string(text, ARGS_TEXT_MAX, plan->args);
	else
		args_text(plan->config.args, plan->config.nr_args, text);
}

void plan_free(struct plan *plan)
{
	modules_close(&plan->modules);
}
