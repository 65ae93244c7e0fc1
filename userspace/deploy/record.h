/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is loaded: written down by arm, so that others can tell what the machine is armed with.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_RECORD_H
#define DUMPFLT_RECORD_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#define RECORD_FOLDER	"/run/dumpflt"
#define RECORD_FILE	RECORD_FOLDER "/armed.json"

bool record_is_there(void);
bool record_is_loaded(void);
struct json_object *record_read(void);
int record_write(struct json_object *record);
void record_remove(void);
void record_add_file(struct json_object *record, const char *path);
const char *record_text(struct json_object *record, const char *key);
bool record_is_stale(struct json_object *record, char *path, size_t size);

#endif
