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
#include "kernel/stack.h"
#include "kernel/view.h"
#include "lib/report.h"

void (*status_compare)(struct json_object *record, struct made_from_now *now);

static const char help[] =
"Usage: dumpflt status [NAME] [--json]\n"
"Show the stack NAME, or all stacks: state, device, target, filters, counters\n"
"and the first error; without NAME also what 'dumpflt arm' has loaded, and what\n"
"'dumpflt rehearse' has found.\n"
"\n"
"  --json   print one line of JSON: an array with one object per stack, and the one\n"
"           of 'dumpflt arm' with the key \"armed\", null if nothing is known to be;\n"
"           that of 'dumpflt rehearse' has the key \"rehearsed\"\n"
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
			report_hint("%s", STACK_NONE_HINT);
	}
	return ret;
}

/*
 * Nothing is known of what is loaded. In a capture kernel nobody arms. Something that
 * record_read() cannot parse is a record, too
 */
static void show_unarmed(struct json_object *array)
{
	const char *why = "not armed: run 'dumpflt arm'";
	bool hidden = record_is_hidden();
	struct json_object *object;

	if (!status_compare)
		return;
	if (hidden)
		why = "only root can tell whether this machine is armed";
	else if (record_is_there())
		why = "what was armed cannot be read: run 'dumpflt arm' again";
	else if (record_is_loaded())
		why = "another capture kernel is loaded: see 'dumpflt arm --takeover'";
	if (!array) {
		puts(why);
		return;
	}
	object = json_object_new_object();
	json_add_text(object, "armed", NULL);
	if (hidden)
		json_add_text(object, "loaded", NULL);
	else
		json_add_flag(object, "loaded", false);
	json_add_text(object, "why", why);
	json_object_array_add(array, object);
}

static void print_area_problem(const struct made_from_now *now, struct json_object *record)
{
	if (!now->area[0])
		return;
	printf("  area     %s: THE NEXT CRASH LEAVES NO DUMP: ", now->area);
	if (now->full)
		puts("run 'dumpflt collect --config'");
	else
		printf("connect the disk again; 'dumpflt show %s' says more, 'dumpflt arm --check' looks for it under another name\n",
		       json_text(record, "device"));
}

static void show_armed(struct json_object *array)
{
	struct json_object *record = record_read();
	struct made_from_now now = { 0 };

	if (!record) {
		show_unarmed(array);
		return;
	}
	if (status_compare)
		status_compare(record, &now);
	if (array) {
		json_add_flag(record, "loaded", record_is_ours() && record_is_loaded());
		json_add_text(record, "stale", now.older[0] ? now.older : NULL);
		json_add_text(record, "area_problem", now.area[0] ? now.area : NULL);
		json_object_array_add(array, record);
		return;
	}
	printf("%s since %s, for the dump area %s\n",
	       record_is_ours() && record_is_loaded() ? "armed" : "NOT armed, although it was",
	       json_text(record, "armed"), json_text(record, "area"));
	printf("  kernel   %s\n", json_text(record, "kernel"));
	if (json_text(record, "args_why")[0])
		printf("  args     %s: %s\n", json_text(record, "args"),
		       json_text(record, "args_why"));
	if (now.older[0])
		printf("  stale    armed with an older %s: run 'dumpflt arm'\n", now.older);
	print_area_problem(&now, record);
	if (json_text(record, "lost")[0])
		printf("  lost     %s: run 'dumpflt arm' again\n", json_text(record, "lost"));
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
