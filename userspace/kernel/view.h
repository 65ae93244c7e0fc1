/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a stack looks like from outside, for people and for machines.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_VIEW_H
#define DUMPFLT_VIEW_H

#include <json-c/json.h>

int view_print(const char *stack);
int view_json(const char *stack, struct json_object **object);
void view_print_json(struct json_object *object);

#endif
