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
#include "deploy/others.h"
#include "deploy/record.h"
#include "deploy/rehearsed.h"
#include "deploy/waits.h"
#include "lib/json.h"
#include "lib/report.h"

static const char help[] =
"Usage: dumpflt arm [-c FILE] [--check] [--takeover] [--json]\n"
"Build an image that FILE describes, and load it with the kernel that runs, so\n"
"that a crash boots it: it finds the dump area by its id, writes the dump through\n"
"the filters of its policy, and reboots.\n"
"\n"
"  -c, --config FILE  instead of " SETTINGS_FILE "\n"
"  --check            say what stands in the way, change nothing\n"
"  --takeover         stop and mask whatever else loads capture kernels here\n"
"  --json             print one line of JSON at the end\n"
"  --help             print this text\n"
"\n"
"Exit status 0 only if the machine is armed, or, with --check, could be.\n";

static void print_plan(const struct plan *plan)
{
	char args[ARGS_TEXT_MAX];
	struct waits waits;
	size_t i;

	plan_args(plan, args);
	waits_add_up(&plan->config, &waits);
	printf("area       on %s\n", plan->device);
	printf("kernel     %s\n", plan->kernel);
	printf("modules    ");
	for (i = 0; i < plan->modules.nr; i++)
		printf("%s%s", i ? " " : "", text_base(plan->modules.file[i].path));
	printf("\nprograms   %zu files, with their libraries\n", plan->programs.nr);
	printf("args       %s%s%s\n", args, plan->args_why[0] ? ": " : "", plan->args_why);
	printf("memory     about %llu MiB of %llu MiB that are reserved\n", plan->need >> 20,
	       plan->reserve >> 20);
	printf("time       at most %llu s from its first program to the reboot, whatever hangs;\n"
	       "           %llu s of it for the dump alone (max_seconds)\n",
	       (unsigned long long)waits.total,
	       (unsigned long long)plan->config.max_seconds);
	printf("command    %s\n", plan->cmdline);
}

static void print_arm_json(bool check, struct json_object *record, int ret)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "result", ret ? "refused" : check ? "possible" : "armed");
	if (ret)
		json_add_failure(object, EXIT_FAILED);
	if (record)
		json_object_object_add(object, "record", json_object_get(record));
	json_print(object);
}

/**
 * struct arm_options - what is asked for
 * @path: of the configuration file
 * @check: change nothing
 * @takeover: from another kdump
 * @json: the result is to be printed as JSON
 */
struct arm_options {
	const char	*path;
	bool		check;
	bool		takeover;
	bool		json;
};

static bool take_option(void *ctx, int option, const char *value, char error[SPEC_ERROR_MAX])
{
	struct arm_options *options = ctx;

	(void)error;
	switch (option) {
	case 'c':
		options->path = value;
		break;
	case 'k':
		options->check = true;
		break;
	case 't':
		options->takeover = true;
		break;
	default:
		options->json = true;
		break;
	}
	return true;
}

static int parse(int argc, char **argv, struct arm_options *options)
{
	static const struct option table[] = {
		{ "config",	required_argument,	NULL, 'c' },
		{ "check",	no_argument,		NULL, 'k' },
		{ "takeover",	no_argument,		NULL, 't' },
		{ "json",	no_argument,		NULL, 'j' },
		{ "help",	no_argument,		NULL, OPTION_HELP },
		{ NULL, 0, NULL, 0 },
	};
	static const struct option_set set = {
		.table = table, .shorts = ":hc:", .help = help, .take = take_option,
	};
	int ret = options_parse(&set, argc, argv, options);

	if (ret < 0 && argc != optind)
		return usage_error(argv[0], "unexpected argument '%s'", argv[optind]);
	return ret;
}

/* Both are looked at, whatever the other one comes to */
static int check(struct plan *plan, const struct arm_options *options)
{
	int ret = plan_make(plan, options->path);
	int others = others_check(options->takeover);

	return ret ? ret : others;
}

int cmd_arm(int argc, char **argv)
{
	/* Too large for a stack, and there is only one */
	static struct plan plan;
	struct arm_options options = { .path = SETTINGS_FILE };
	struct json_object *record = NULL;
	int ret;

	ret = parse(argc, argv, &options);
	if (ret >= 0)
		return ret;
	ret = check(&plan, &options);
	if (!ret)
		ret = rehearsed_check(&plan);
	if (!ret && !options.json && options.check)
		print_plan(&plan);
	if (!ret && !options.check)
		ret = arm(&plan, options.takeover, &record);
	if (options.json)
		print_arm_json(options.check, record, ret);
	else if (!ret && !options.check)
		printf("armed: the dump of a crash goes to the dump area on %s, in at most %llu MiB\n",
		       plan.device, plan.reserve >> 20);
	if (options.takeover && !options.check)
		others_hint_back();
	json_object_put(record);
	plan_free(&plan);
	return ret ? EXIT_FAILED : EXIT_OK;
}
