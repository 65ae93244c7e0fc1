// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt status: show state, counters and errors.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "cmd/print/print.h"
#include "lib/json.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/print/rehearsed.h"
#include "deploy/made_from.h"
#include "deploy/record.h"
#include "deploy/rehearsed.h"
#include "kernel/kernel.h"
#include "kernel/view.h"
#include "lib/report.h"

bool (*status_older)(struct json_object *record, char *what);

static const char help[] =
"Usage: dumpflt status [NAME] [--json]\n"
"Show the stack NAME, or all stacks: state, device, target, filters, counters\n"
"and the first error; without NAME also what 'dumpflt arm' has loaded, and what\n"
"'dumpflt rehearse' has found.\n"
"\n"
"  --json   print one line of JSON: an array with one object per stack, and the one\n"
"           of 'dumpflt arm' with the key \"armed\", that of 'dumpflt rehearse' with\n"
"           the key \"rehearsed\"\n"
"  --help   print this text\n";

static int show_stack(const char *name, struct json_object *array)
{
	struct json_object *object;
	int ret;

	if (array) {
		ret = view_json(name, &object);
		if (!ret)
			json_object_array_add(array, object);
	} else {
		ret = print_stack(name);
	}
	if (ret) {
		report_error("status", name, -ret);
		if (ret == -ENOENT)
			report_hint("'dumpflt list' lists the stacks that exist.");
	}
	return ret;
}

/* Nothing is said where nobody has armed anything */
static void show_armed(struct json_object *array)
{
	struct json_object *record = record_read();
	char older[MADE_FROM_MAX];
	bool old;

	if (!record)
		return;
	old = status_older && status_older(record, older);
	if (array) {
		json_add_flag(record, "loaded", record_is_ours() && record_is_loaded());
		json_add_text(record, "stale", old ? older : NULL);
		json_object_array_add(array, record);
		return;
	}
	printf("%s since %s, for the dump area %s\n",
	       record_is_ours() && record_is_loaded() ? "armed" : "NOT armed, although it was",
	       record_text(record, "armed"), record_text(record, "area"));
	printf("  kernel   %s\n", record_text(record, "kernel"));
	if (old)
		printf("  stale    armed with an older %s: run 'dumpflt arm'\n", older);
	if (record_text(record, "lost")[0])
		printf("  lost     %s: run 'dumpflt arm' again\n", record_text(record, "lost"));
	else if (!record_is_loaded())
		puts("  loaded   no: somebody has unloaded it: run 'dumpflt arm' again");
	json_object_put(record);
}

static void show_rehearsal(struct json_object *array)
{
	struct json_object *record = rehearsed_read();

	if (!record)
		return;
	if (array) {
		json_object_array_add(array, record);
		return;
	}
	print_rehearsal_short(record);
	json_object_put(record);
}

/* @name: one stack, or NULL for all */
static int show_stacks(const char *name, struct json_object *array)
{
	struct kernel_names stacks;
	size_t i;
	int ret;

	if (name)
		return show_stack(name, array);
	show_armed(array);
	show_rehearsal(array);
	/* Nobody asked to load the module: without it there is no stack */
	if (!kernel_present())
		return 0;
	ret = kernel_stacks(&stacks);
	if (ret) {
		report_error("listing the stacks", "configfs", -ret);
		return ret;
	}
	for (i = 0; !ret && i < stacks.nr; i++)
		ret = show_stack(stacks.names[i], array);
	kernel_names_free(&stacks);
	return ret;
}

int cmd_status(int argc, char **argv)
{
	struct json_object *array = NULL;
	bool json = false;
	int ret;

	ret = options_parse_flag(argc, argv, "json", &json, help);
	if (ret >= 0)
		return ret;
	if (argc - optind > 1 ||
	    (argc > optind && !kernel_valid_stack(argv[optind])))
		return usage_error(argv[0], "at most one NAME of a stack is possible");
	if (json)
		array = json_object_new_array();
	ret = show_stacks(argv[optind], array);
	if (json && !ret)
		json_print(array);
	else
		json_object_put(array);
	return ret ? EXIT_FAILED : EXIT_OK;
}
