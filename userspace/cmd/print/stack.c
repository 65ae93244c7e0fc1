// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stack: its state, its filters, what they did.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "lib/text.h"
#include "cmd/print/print.h"
#include "kernel/kernel.h"
#include "kernel/view.h"

static void print_value(const char *indent, const char *key,
			struct json_object *object)
{
	const char *text = json_object_get_string(json_object_object_get(object, key));

	/* Absent, or empty as last_error is as long as there is none */
	if (text && text[0])
		printf("%s%-12s %s\n", indent, key, text);
}

static unsigned long long number_in(struct json_object *object, const char *key)
{
	return json_object_get_uint64(json_object_object_get(object, key));
}

static void print_counters(struct json_object *stat)
{
	struct json_object *entry;
	struct lh_entry *pair;

	for (pair = json_object_get_object(stat)->head; pair; pair = pair->next) {
		entry = (struct json_object *)lh_entry_v(pair);
		printf("    %-12s %llu calls, %llu bytes, %llu errors\n",
		       (const char *)lh_entry_k(pair), number_in(entry, "calls"),
		       number_in(entry, "bytes"), number_in(entry, "errors"));
	}
}

static void print_filter(struct json_object *filter)
{
	static const char * const marks[] = {
		KERNEL_CRITICAL, KERNEL_START_OPTIONAL,
	};
	struct json_object *value;
	size_t i;

	json_object_object_get_ex(filter, "entry", &value);
	printf("  filter %s", json_object_get_string(value));
	if (json_object_object_get_ex(filter, KERNEL_STATE, &value))
		printf(": %s", json_object_get_string(value));
	for (i = 0; i < ARRAY_SIZE(marks); i++)
		if (number_in(filter, marks[i]))
			printf(", %s", marks[i]);
	putchar('\n');
	print_value("    ", KERNEL_FLAGS, filter);
	print_value("    ", KERNEL_LAST_ERROR, filter);
	if (json_object_object_get_ex(filter, KERNEL_STAT, &value))
		print_counters(value);
}

/* For people: the same as in JSON, without what is only of use to a program */
int print_stack(const char *stack)
{
	struct json_object *object, *value;
	size_t i;
	int ret;

	ret = view_json(stack, &object);
	if (ret)
		return ret;
	json_object_object_get_ex(object, KERNEL_STATE, &value);
	printf("%s: %s\n", stack, json_object_get_string(value));
	for (i = 0; i < VIEW_STACK_ATTRS; i++)
		print_value("  ", view_stack_attrs[i], object);
	for (i = 0; i < VIEW_DISK_ATTRS; i++)
		print_value("  ", view_disk_attrs[i], object);
	json_object_object_get_ex(object, "filters", &value);
	for (i = 0; i < json_object_array_length(value); i++)
		print_filter(json_object_array_get_idx(value, i));
	json_object_put(object);
	return 0;
}
