/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is in a dump area, for people and for machines.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AREA_VIEW_H
#define DUMPFLT_AREA_VIEW_H

#include <json-c/json.h>

#include "dumps/open.h"

#define AREA_VIEW_TIME_MAX	32

void area_view_time(__u64 seconds, char text[AREA_VIEW_TIME_MAX]);
void area_view_text(const void *text, size_t size, char *clean);
bool area_view_line(const char *text, size_t size, size_t *at, char *clean);
struct json_object *
area_view_receipt_json(const struct dumpflt_disk_receipt *receipt);
struct json_object *area_view_json(const struct open_area *open);
void area_view_print(const struct open_area *open);

#endif
