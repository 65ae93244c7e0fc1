// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON: what is added to an object, and how one is printed.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "lib/json.h"
#include "lib/report.h"
#include "lib/text.h"

/* Of what is shown in hexadecimal: digests are the longest */
#define HEX_BYTES_MAX	64

/* @text: NULL becomes null */
void json_add_text(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key,
			       text ? json_object_new_string(text) : NULL);
}

void json_add_number(struct json_object *object, const char *key, __u64 number)
{
	json_object_object_add(object, key, json_object_new_uint64(number));
}

void json_add_flag(struct json_object *object, const char *key, bool flag)
{
	json_object_object_add(object, key, json_object_new_boolean(flag));
}

/* @len: at most HEX_BYTES_MAX */
void json_add_hex(struct json_object *object, const char *key, const void *bytes,
		  size_t len)
{
	char text[2 * HEX_BYTES_MAX + 1];

	text_hex(bytes, len, text);
	json_add_text(object, key, text);
}

static bool printed;

/* What was reported; @code: what the command ends with */
void json_add_failure(struct json_object *object, int code)
{
	json_add_text(object, "error", first_error());
	json_add_text(object, "details", error_details());
	json_add_number(object, "exit", (__u64)code);
}

/* Who was promised a line gets one, if nothing else was printed before the end */
void json_print_failure(int code)
{
	struct json_object *object;

	if (printed)
		return;
	object = json_object_new_object();
	json_add_failure(object, code);
	json_print(object);
}

/* By a child that prints where we do */
void json_is_printed(void)
{
	printed = true;
}

/* Of an object, or of each in an array of them */
static void add_version(struct json_object *object)
{
	bool array = json_object_is_type(object, json_type_array);
	size_t nr = array ? json_object_array_length(object) : 1, i;

	for (i = 0; i < nr; i++) {
		struct json_object *one = array ? json_object_array_get_idx(object, i) : object;

		json_add_number(one, "version", JSON_VERSION);
	}
}

/*
 * On a line of its own, with the version; @object is put. A path is any bytes, JSON is UTF-8:
 * each byte that belongs to no character becomes U+FFFD. One write if there is none: others may
 * write there, too
 */
void json_print_to(FILE *to, struct json_object *object)
{
	const int how = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text;
	size_t len;

	add_version(object);
	text = json_object_to_json_string_ext(object, how);
	len = text_utf8(text);
	for (; text[len]; text += len + 1, len = text_utf8(text))
		fprintf(to, "%.*s\xef\xbf\xbd", (int)len, text);
	fprintf(to, "%s\n", text);
	json_object_put(object);
}

/* The result of the command */
void json_print(struct json_object *object)
{
	printed = true;
	json_print_to(stdout, object);
}

/* What was written before @key had its name has the text of it in @old, which is a number now */
void json_rename_text(struct json_object *object, const char *old, const char *key)
{
	struct json_object *value;

	if (json_object_object_get_ex(object, key, NULL) ||
	    !json_object_object_get_ex(object, old, &value) ||
	    !json_object_is_type(value, json_type_string))
		return;
	json_add_text(object, key, json_object_get_string(value));
	json_object_object_del(object, old);
}

/* It belongs to @object */
const char *json_text(struct json_object *object, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(object, key, &value) && value ?
	       json_object_get_string(value) : "";
}

__u64 json_number(struct json_object *object, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(object, key, &value) ?
	       json_object_get_uint64(value) : 0;
}

bool json_flag(struct json_object *object, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(object, key, &value) &&
	       json_object_get_boolean(value);
}
