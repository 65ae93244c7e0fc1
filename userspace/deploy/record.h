/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is loaded: written down by arm, so that others can tell what the machine is armed with.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_RECORD_H
#define DUMPFLT_RECORD_H

#include <json-c/json.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define RECORD_FOLDER	"/run/dumpflt"
#define RECORD_FILE	RECORD_FOLDER "/armed.json"

int record_folder(void);
bool record_is_there(void);
bool record_is_hidden(void);
bool record_is_ours(void);
bool record_is_loaded(void);
struct json_object *record_read(void);
int record_write(struct json_object *record);
void record_lose(struct json_object *record, const char *why);
void record_remove(void);

#endif
