// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a stack looks like from outside, as JSON.
 *
 * Attributes come from two places: configfs has what was configured, and the
 * disk's folder in sysfs, which exists only while the stack is live, has what
 * happened. An attribute that cannot be read is left out.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>

#include "lib/json.h"
#include "kernel/kernel.h"
#include "kernel/view.h"
#include "lib/text.h"

const char * const view_stack_attrs[VIEW_STACK_ATTRS] = {
	KERNEL_DEVICE, KERNEL_TARGET, KERNEL_TYPE, KERNEL_MAX_PAGES,
	KERNEL_TIMEOUT_MS, KERNEL_REQUIRE_FLUSH, KERNEL_LAST_ERROR,
};

const char * const view_disk_attrs[VIEW_DISK_ATTRS] = {
	KERNEL_SESSIONS, KERNEL_DUMP_BYTES, KERNEL_DURABILITY, KERNEL_SLOT,
	KERNEL_SESSION_ID,
};

static const char * const filter_attrs[] = {
	KERNEL_CRITICAL, KERNEL_START_OPTIONAL, KERNEL_LAST_ERROR,
};

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

static void add_value(struct json_object *object, const char *key, const char *text)
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
		json_add_number(entry, "calls", calls);
		json_add_number(entry, "bytes", bytes);
		json_add_number(entry, "errors", errors);
		json_add_number(entry, "ns", ns);
		json_object_object_add(stat, name, entry);
	}
	return stat;
}

static struct json_object *instance_json(struct view *view, const char *entry)
{
	struct json_object *filter = json_object_new_object();
	const char *name;
	size_t i;

	/* "<NN>-<filter>": the name alone, beside the folder's */
	json_add_text(filter, "entry", entry);
	name = strlen(entry) > 3 ? entry + 3 : entry;
	json_add_text(filter, "name", name);
	if (!kernel_filter_read(view->stack, entry, KERNEL_STATE, view->value))
		add_value(filter, KERNEL_STATE, view->value);
	for (i = 0; i < ARRAY_SIZE(filter_attrs); i++)
		if (!kernel_filter_read(view->stack, entry, filter_attrs[i],
					view->value))
			add_value(filter, filter_attrs[i], view->value);
	if (!kernel_filter_read(view->stack, entry, KERNEL_OPTIONS, view->value))
		json_add_text(filter, KERNEL_OPTIONS, view->value);
	if (!view->device[0])
		return filter;
	for (i = 0; i < ARRAY_SIZE(instance_attrs); i++)
		if (!kernel_instance_read(view->device, entry, instance_attrs[i],
					  view->value))
			add_value(filter, instance_attrs[i], view->value);
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
	json_add_text(*object, "stack", stack);
	add_value(*object, KERNEL_STATE, view.value);
	for (i = 0; i < VIEW_STACK_ATTRS; i++)
		if (!kernel_stack_read(stack, view_stack_attrs[i], view.value))
			add_value(*object, view_stack_attrs[i], view.value);
	/* Not live: empty */
	kernel_stack_read(stack, KERNEL_DEVICE, view.device);
	for (i = 0; view.device[0] && i < VIEW_DISK_ATTRS; i++)
		if (!kernel_disk_read(view.device, view_disk_attrs[i], view.value) &&
		    view.value[0])
			add_value(*object, view_disk_attrs[i], view.value);
	filters = json_object_new_array();
	for (i = 0; i < entries.nr; i++)
		json_object_array_add(filters, instance_json(&view, entries.names[i]));
	json_object_object_add(*object, "filters", filters);
	kernel_names_free(&entries);
	return 0;
}
