// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What was found out about a dump that was collected.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "cmd/print/print.h"
#include "lib/json.h"
#include "lib/text.h"

static void print_copy_json(const char *path, const struct copy_verdict *verdict)
{
	struct json_object *array = json_object_new_array();
	struct json_object *object = json_object_new_object();
	char problem[AREA_PROBLEM_MAX];

	text_clean(verdict->problem, sizeof(verdict->problem), problem);
	json_add_text(object, "file", path);
	json_add_number(object, "size", verdict->size);
	json_add_flag(object, "complete", verdict->good);
	json_add_flag(object, "sealed", verdict->sealed);
	json_add_flag(object, "authentic", verdict->authentic);
	if (verdict->checked)
		json_add_text(object, "checked", verdict->checked);
	json_add_flag(object, "receipt", verdict->receipt);
	if (verdict->size_known)
		json_add_number(object, "dump_size", verdict->dump_size);
	json_add_number(object, "good_bytes", verdict->good_bytes);
	json_add_text(object, "problem", problem);
	json_object_array_add(array, object);
	json_print(array);
}

static void print_copy_text(const char *path, const struct copy_verdict *verdict)
{
	char problem[AREA_PROBLEM_MAX];

	if (!verdict->good) {
		text_clean(verdict->problem, sizeof(verdict->problem), problem);
		printf("%s: not complete and intact: %s\n", path, problem);
		if (verdict->good_bytes)
			printf("  its first %llu bytes are authentic: 'dumpflt extract --salvage --identity KEY --device %s OUT' gives them out\n",
			       verdict->good_bytes, path);
		return;
	}
	printf("%s: complete%s intact, %llu bytes\n", path,
	       verdict->authentic ? ", authentic and" : " and", verdict->dump_size);
	if (verdict->authentic && !verdict->receipt)
		puts("  it has no receipt beside it: of which crash it is nothing tells");
	if (verdict->authentic)
		return;
	puts("  it agrees with the SHA-256 in its receipt: nothing is damaged");
	if (verdict->sealed)
		puts("  it is sealed: whether it is authentic tells --identity");
}

/* @json: for machines, of the shape that a dump area has */
void print_copy_verdict(const char *path, const struct copy_verdict *verdict, bool json)
{
	if (json)
		print_copy_json(path, verdict);
	else
		print_copy_text(path, verdict);
}
