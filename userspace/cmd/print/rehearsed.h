/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rehearsal, for people.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_PRINT_REHEARSED_H
#define DUMPFLT_PRINT_REHEARSED_H

#include <json-c/json.h>

void print_rehearsal(struct json_object *record);
void print_rehearsal_short(struct json_object *record);

#endif
