/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What commands print, for people or as a line of JSON.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_PRINT_H
#define DUMPFLT_PRINT_H

#include <json-c/json.h>

#include "dumps/copy_verify.h"
#include "dumps/open.h"

/* area.c */
const char *durability_words(const struct dumpflt_disk_receipt *receipt);
void print_receipt(const struct dumpflt_disk_receipt *receipt);
void print_area(const struct open_area *open, bool json);

/* stack.c */
int print_stack(const char *stack);

/* verdict.c */
void print_verdict(const struct area *area, const struct area_slot *slot,
		   const struct area_verdict *verdict, struct json_object *array);

/* copy.c */
void print_copy(const char *path, const struct area_io *io,
		const struct copy_receipt *beside, bool json);
void print_copy_verdict(const char *path, const struct copy_verdict *verdict, bool json);

#endif
