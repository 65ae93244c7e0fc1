/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump area as JSON: everything that headers and receipts say.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AREA_JSON_H
#define DUMPFLT_AREA_JSON_H

#include <json-c/json.h>

#include "dumps/open.h"

void json_add_unbegun(struct json_object *object, const struct area_slot *slot);
const char *receipt_durability(const struct dumpflt_disk_receipt *receipt);
struct json_object *receipt_json(const struct dumpflt_disk_receipt *receipt);
struct json_object *area_json(const struct open_area *open);

#endif
