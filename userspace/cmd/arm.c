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

enum { OPT_CHECK = 256, OPT_JSON };

static const struct option table[] = {
	{ "config",	required_argument,	NULL, 'c' },
	{ "check",	no_argument,		NULL, OPT_CHECK },
	{ "json",	no_argument,		NULL, OPT_JSON },
	{ "help",	no_argument,		NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

struct command {
	const char	*path;
	bool		check;
	bool		json;
};

static bool take_arm_option(void *ctx, int option, const char *value,
			    char error[SPEC_ERROR_MAX])
{
	struct command *command = ctx;

	(void)error;
	if (option == 'c')
		command->path = value;
	else if (option == OPT_CHECK)
		command->check = true;
	else
		command->json = true;
	return true;
}

static const struct option_set options = {
	.table = table, .shorts = ":c:", .help = help, .take = take_arm_option,
};

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

static void print_arm_json(const struct command *command, struct json_object *record, int ret)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "result", ret ? "refused" : command->check ? "possible" : "armed");
	if (ret) {
		json_add_text(object, "error", first_error());
		json_add_text(object, "details", error_details());
	}
	if (record)
		json_object_object_add(object, "record", json_object_get(record));
	json_print(object);
}

int cmd_arm(int argc, char **argv)
{
	/* Too large for a stack, and there is only one */
	static struct plan plan;
	struct command command = { .path = SETTINGS_FILE };
	struct json_object *record = NULL;
	int ret;

	ret = options_parse(&options, argc, argv, &command);
	if (ret >= 0)
		return ret;
	if (argc != optind)
		return usage_error(argv[0], "unexpected argument '%s'", argv[optind]);
	ret = plan_make(&plan, command.path);
	if (!ret && !command.json && command.check)
		print_plan(&plan);
	if (!ret && !command.check)
		ret = arm(&plan, &record);
	if (command.json)
		print_arm_json(&command, record, ret);
	else if (!ret && !command.check)
		printf("armed: the dump of a crash goes to the dump area on %s, in at most %llu MiB\n",
		       plan.device, plan.reserve >> 20);
	json_object_put(record);
	plan_free(&plan);
	return ret ? EXIT_FAILED : EXIT_OK;
}
