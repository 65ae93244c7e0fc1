// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt arm: load a capture kernel that writes the dump of the next crash.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "deploy/arm.h"
#include "deploy/record.h"
#include "lib/json.h"
#include "lib/report.h"

static const char help[] =
"Usage: dumpflt arm [-c FILE] [--check] [--json]\n"
"Build an image that FILE describes, and load it with the kernel that runs, so\n"
"that a crash boots it: it finds the dump area by its id, writes the dump through\n"
"the filters of its policy, and reboots.\n"
"\n"
"  -c, --config FILE  instead of " SETTINGS_FILE "\n"
"  --check            say what stands in the way, change nothing\n"
"  --json             print one line of JSON at the end\n"
"  --help             print this text\n"
"\n"
"Exit status 0 only if the machine is armed, or, with --check, could be.\n";

static void print_plan(const struct plan *plan)
{
	size_t i;

	printf("area       on %s\n", plan->device);
	printf("kernel     %s\n", plan->kernel);
	printf("modules    ");
	for (i = 0; i < plan->modules.nr; i++)
		printf("%s%s", i ? " " : "", text_base(plan->modules.file[i].path));
	printf("\nprograms   %zu files, with their libraries\n", plan->programs.nr);
	printf("memory     about %llu MiB of %llu MiB that are reserved\n", plan->need >> 20,
	       plan->reserve >> 20);
	printf("command    %s\n", plan->cmdline);
}

static void print_arm_json(bool check, struct json_object *record, int ret)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "result", ret ? "refused" : check ? "possible" : "armed");
	if (ret)
		json_add_failure(object);
	if (record)
		json_object_object_add(object, "record", json_object_get(record));
	json_print(object);
}

int cmd_arm(int argc, char **argv)
{
	/* Too large for a stack, and there is only one */
	static struct plan plan;
	struct config_options options = { .path = SETTINGS_FILE };
	struct json_object *record = NULL;
	bool check;
	int ret;

	ret = options_parse_config(argc, argv, "check", &options, help);
	if (ret >= 0)
		return ret;
	check = options.flag;
	ret = plan_make(&plan, options.path);
	if (!ret && !options.json && check)
		print_plan(&plan);
	if (!ret && !check)
		ret = arm(&plan, &record);
	if (options.json)
		print_arm_json(check, record, ret);
	else if (!ret && !check)
		printf("armed: the dump of a crash goes to the dump area on %s, in at most %llu MiB\n",
		       plan.device, plan.reserve >> 20);
	json_object_put(record);
	plan_free(&plan);
	return ret ? EXIT_FAILED : EXIT_OK;
}
