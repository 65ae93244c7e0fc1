// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt list: list stacks and available filters.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/json.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "kernel/kernel.h"
#include "lib/report.h"
#include "lib/text.h"

static const char help[] =
"Usage: dumpflt list [--json]\n"
"List the stacks, one per line with state, device and target, and the filters\n"
"that are installed for the running kernel.\n"
"\n"
"  --json   print one line of JSON\n"
"  --help   print this text\n";

static const char * const shown[] = {
	KERNEL_STATE, KERNEL_DEVICE, KERNEL_TARGET, KERNEL_TYPE,
};

static const char *text_of(struct json_object *object, const char *key)
{
	const char *text = json_object_get_string(json_object_object_get(object, key));

	return text[0] ? text : "-";
}

/* Where in a dump area the dump of this or the last session is, if it is in one */
static void add_session(struct json_object *object, const char *device)
{
	char value[KERNEL_VALUE_MAX];
	__u64 slot;

	if (kernel_disk_read(device, KERNEL_SLOT, value) ||
	    !parse_number(value, 0, ~0ULL, &slot) ||
	    kernel_disk_read(device, KERNEL_SESSION_ID, value))
		return;
	json_add_number(object, KERNEL_SLOT, slot);
	json_add_text(object, KERNEL_SESSION_ID, value);
}

/* One that is removed while we look is shown with empty values */
static struct json_object *stack_json(const char *stack)
{
	struct json_object *object = json_object_new_object();
	char value[KERNEL_VALUE_MAX];
	size_t i;

	json_add_text(object, "stack", stack);
	for (i = 0; i < ARRAY_SIZE(shown); i++) {
		kernel_stack_read(stack, shown[i], value);
		json_add_text(object, shown[i], value);
	}
	add_session(object, text_of(object, KERNEL_DEVICE));
	return object;
}

static void print_list_line(struct json_object *object)
{
	printf("%-16s %-12s %-10s %s", text_of(object, "stack"),
	       text_of(object, KERNEL_STATE), text_of(object, KERNEL_DEVICE),
	       text_of(object, KERNEL_TARGET));
	/* the rest are crash stacks */
	if (!strcmp(text_of(object, KERNEL_TYPE), DUMPFLT_TYPE_WORD_HIBERNATION))
		printf(", %s", DUMPFLT_TYPE_WORD_HIBERNATION);
	if (json_object_object_get_ex(object, KERNEL_SLOT, NULL))
		printf(", slot %s, session %s", text_of(object, KERNEL_SLOT),
		       text_of(object, KERNEL_SESSION_ID));
	putchar('\n');
}

static void print_list(struct json_object *stacks,
		       const struct kernel_names *filters)
{
	size_t i;

	for (i = 0; i < json_object_array_length(stacks); i++)
		print_list_line(json_object_array_get_idx(stacks, i));
	printf("filters:");
	for (i = 0; i < filters->nr; i++)
		printf(" %s", filters->names[i]);
	putchar('\n');
}

static void print_list_json(struct json_object *stacks,
			    const struct kernel_names *filters)
{
	struct json_object *object = json_object_new_object();
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < filters->nr; i++)
		json_object_array_add(array,
				      json_object_new_string(filters->names[i]));
	json_object_object_add(object, "stacks", json_object_get(stacks));
	json_object_object_add(object, "filters", array);
	json_print(object);
}

static int list_all(bool json)
{
	struct kernel_names names = { 0 };
	struct json_object *stacks;
	size_t i;
	int ret = 0;

	if (kernel_present())
		ret = kernel_stacks(&names);
	if (ret) {
		report_error("listing the stacks", "configfs", -ret);
		return ret;
	}
	stacks = json_object_new_array();
	for (i = 0; i < names.nr; i++)
		json_object_array_add(stacks, stack_json(names.names[i]));
	kernel_names_free(&names);
	/* A capture kernel may have its modules elsewhere: then none is listed */
	kernel_available_filters(&names);
	if (json)
		print_list_json(stacks, &names);
	else
		print_list(stacks, &names);
	kernel_names_free(&names);
	json_object_put(stacks);
	return 0;
}

int cmd_list(int argc, char **argv)
{
	bool json = false;
	int ret;

	ret = options_parse_flag(argc, argv, "json", &json, help);
	if (ret >= 0)
		return ret;
	if (argc != optind)
		return usage_error(argv[0], "unexpected argument '%s'", argv[optind]);
	return list_all(json) ? EXIT_FAILED : EXIT_OK;
}
