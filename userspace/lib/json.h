/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON: what is added to an object, and how one is printed.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_JSON_H
#define DUMPFLT_JSON_H

#include <json-c/json.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Of each object that is printed. Documentation/json.md says what changes with it */
#define JSON_VERSION	1

void json_add_text(struct json_object *object, const char *key, const char *text);
void json_add_number(struct json_object *object, const char *key, __u64 number);
void json_add_flag(struct json_object *object, const char *key, bool flag);
void json_add_hex(struct json_object *object, const char *key, const void *bytes,
		  size_t len);
void json_add_failure(struct json_object *object, int code);
void json_print(struct json_object *object);
void json_print_to(FILE *to, struct json_object *object);
void json_print_failure(int code);
void json_is_printed(void);

/* Of what was read: "", 0 or false if it is not there */
void json_rename_text(struct json_object *object, const char *old, const char *key);
const char *json_text(struct json_object *object, const char *key);
__u64 json_number(struct json_object *object, const char *key);
bool json_flag(struct json_object *object, const char *key);

#endif
