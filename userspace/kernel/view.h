/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a stack looks like from outside, as JSON.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_VIEW_H
#define DUMPFLT_VIEW_H

#include <json-c/json.h>

#define VIEW_STACK_ATTRS	7
#define VIEW_DISK_ATTRS		5

/* Keys of the object, in the order in which they are to be shown */
extern const char * const view_stack_attrs[VIEW_STACK_ATTRS];
extern const char * const view_disk_attrs[VIEW_DISK_ATTRS];

int view_json(const char *stack, struct json_object **object);

#endif
