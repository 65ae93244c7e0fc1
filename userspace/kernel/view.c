// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a stack looks like from outside, for people and for machines.
 *
 * Attributes come from two places: configfs has what was configured, and the
 * disk's folder in sysfs, which exists only while the stack is live, has what
 * happened. An attribute that cannot be read is left out.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/view.h"
#include "lib/util.h"

static const char * const stack_attrs[] = {
	KERNEL_DEVICE, KERNEL_TARGET, KERNEL_TYPE, KERNEL_MAX_PAGES,
	KERNEL_TIMEOUT_MS, KERNEL_LAST_ERROR,
};

static const char * const disk_attrs[] = {
	KERNEL_SESSIONS, KERNEL_DUMP_BYTES, KERNEL_ALLOCATIONS, KERNEL_SLOT,
	KERNEL_SESSION_ID,
};

static const char * const filter_attrs[] = {
	KERNEL_CRITICAL, KERNEL_START_OPTIONAL, KERNEL_LAST_ERROR,
};

/* The first two of them are shown beside the state */
#define NR_FILTER_MARKS	2

static const char * const instance_attrs[] = {
	KERNEL_FLAGS, KERNEL_MAX_PAGES,
};

struct view {
	const char	*stack;
	char		device[KERNEL_VALUE_MAX];	/* empty: not live */
	char		value[KERNEL_VALUE_MAX];
};

/*
 * A number where the kernel shows a number, else text. Numbers have no zeros in
 * front; a session's id may have them, and be without a letter.
 */
static struct json_object *make_value(const char *text)
{
	bool zeros = text[0] == '0' && text[1];
	__u64 number;

	if (!zeros && parse_number(text, 0, ~0ULL, &number))
		return json_object_new_uint64(number);
	return json_object_new_string(text);
}

static void add(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, make_value(text));
}

/* Lines "<callback> <calls> <bytes> <errors> <ns>" become one object each */
static struct json_object *parse_stat(char *text)
{
	struct json_object *stat = json_object_new_object();
	struct json_object *entry;
	char *line, *rest;

	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		unsigned long long calls, bytes, errors, ns;
		char name[16];

		if (sscanf(line, "%15s %llu %llu %llu %llu", name, &calls,
			   &bytes, &errors, &ns) != 5)
			continue;
		entry = json_object_new_object();
		json_object_object_add(entry, "calls", json_object_new_uint64(calls));
		json_object_object_add(entry, "bytes", json_object_new_uint64(bytes));
		json_object_object_add(entry, "errors", json_object_new_uint64(errors));
		json_object_object_add(entry, "ns", json_object_new_uint64(ns));
		json_object_object_add(stat, name, entry);
	}
	return stat;
}

static struct json_object *filter_json(struct view *view, const char *entry)
{
	struct json_object *filter = json_object_new_object();
	const char *name;
	size_t i;

	/* "<NN>-<filter>": the name alone, beside the folder's */
	json_object_object_add(filter, "entry", json_object_new_string(entry));
	name = strlen(entry) > 3 ? entry + 3 : entry;
	json_object_object_add(filter, "name", json_object_new_string(name));
	if (!kernel_filter_read(view->stack, entry, KERNEL_STATE, view->value))
		add(filter, KERNEL_STATE, view->value);
	for (i = 0; i < ARRAY_SIZE(filter_attrs); i++)
		if (!kernel_filter_read(view->stack, entry, filter_attrs[i],
					view->value))
			add(filter, filter_attrs[i], view->value);
	if (!kernel_filter_read(view->stack, entry, KERNEL_OPTIONS, view->value))
		json_object_object_add(filter, KERNEL_OPTIONS,
				       json_object_new_string(view->value));
	if (!view->device[0])
		return filter;
	for (i = 0; i < ARRAY_SIZE(instance_attrs); i++)
		if (!kernel_instance_read(view->device, entry, instance_attrs[i],
					  view->value))
			add(filter, instance_attrs[i], view->value);
	if (!kernel_instance_read(view->device, entry, KERNEL_STAT, view->value))
		json_object_object_add(filter, KERNEL_STAT,
				       parse_stat(view->value));
	return filter;
}

/* Returns: 0, or a negative errno and nothing in @object */
int view_json(const char *stack, struct json_object **object)
{
	struct view view = { .stack = stack };
	struct kernel_names entries;
	struct json_object *filters;
	size_t i;
	int ret;

	ret = kernel_stack_read(stack, KERNEL_STATE, view.value);
	if (!ret)
		ret = kernel_filters(stack, &entries);
	if (ret)
		return ret;
	*object = json_object_new_object();
	json_object_object_add(*object, "stack", json_object_new_string(stack));
	add(*object, KERNEL_STATE, view.value);
	for (i = 0; i < ARRAY_SIZE(stack_attrs); i++)
		if (!kernel_stack_read(stack, stack_attrs[i], view.value))
			add(*object, stack_attrs[i], view.value);
	/* Not live: empty */
	kernel_stack_read(stack, KERNEL_DEVICE, view.device);
	for (i = 0; view.device[0] && i < ARRAY_SIZE(disk_attrs); i++)
		if (!kernel_disk_read(view.device, disk_attrs[i], view.value) &&
		    view.value[0])
			add(*object, disk_attrs[i], view.value);
	filters = json_object_new_array();
	for (i = 0; i < entries.nr; i++)
		json_object_array_add(filters, filter_json(&view, entries.names[i]));
	json_object_object_add(*object, "filters", filters);
	kernel_names_free(&entries);
	return 0;
}

void view_print_json(struct json_object *object)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
}

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
	struct json_object *value;
	size_t i;

	json_object_object_get_ex(filter, "entry", &value);
	printf("  filter %s", json_object_get_string(value));
	if (json_object_object_get_ex(filter, KERNEL_STATE, &value))
		printf(": %s", json_object_get_string(value));
	for (i = 0; i < NR_FILTER_MARKS; i++)
		if (number_in(filter, filter_attrs[i]))
			printf(", %s", filter_attrs[i]);
	putchar('\n');
	print_value("    ", KERNEL_FLAGS, filter);
	print_value("    ", KERNEL_LAST_ERROR, filter);
	if (json_object_object_get_ex(filter, KERNEL_STAT, &value))
		print_counters(value);
}

/* For people: the same as in JSON, without what is only of use to a program */
int view_print(const char *stack)
{
	struct json_object *object, *value;
	size_t i;
	int ret;

	ret = view_json(stack, &object);
	if (ret)
		return ret;
	json_object_object_get_ex(object, KERNEL_STATE, &value);
	printf("%s: %s\n", stack, json_object_get_string(value));
	for (i = 0; i < ARRAY_SIZE(stack_attrs); i++)
		print_value("  ", stack_attrs[i], object);
	for (i = 0; i < ARRAY_SIZE(disk_attrs); i++)
		print_value("  ", disk_attrs[i], object);
	json_object_object_get_ex(object, "filters", &value);
	for (i = 0; i < json_object_array_length(value); i++)
		print_filter(json_object_array_get_idx(value, i));
	json_object_put(object);
	return 0;
}
