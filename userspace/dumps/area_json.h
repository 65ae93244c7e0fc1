/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump area as JSON: everything that headers and receipts say.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AREA_JSON_H
#define DUMPFLT_AREA_JSON_H

#include <json-c/json.h>

#include "area/find.h"
#include "dumps/open.h"

/**
 * struct dump_id - which dump it is, wherever it is kept
 * @known: the rest is
 * @uuid: of the area
 * @slot: in there
 * @number: of the dump in that area
 * @session: random, of this dump alone
 */
struct dump_id {
	bool	known;
	__u8	uuid[AREA_ID_SIZE];
	__u32	slot;
	__u64	number;
	__u8	session[16];
};

void dump_id_of_slot(struct dump_id *dump, const struct area *area, __u32 slot,
		     const struct dumpflt_disk_slot *entry);
void dump_id_of_receipt(struct dump_id *dump, const struct dumpflt_disk_receipt *receipt);
void json_add_dump(struct json_object *object, const struct dump_id *dump);

void json_add_unbegun(struct json_object *object, const struct area_slot *slot);
const char *receipt_durability(const struct dumpflt_disk_receipt *receipt);
struct json_object *receipt_json(const struct dumpflt_disk_receipt *receipt);
struct json_object *area_json(const struct open_area *open);

#endif
