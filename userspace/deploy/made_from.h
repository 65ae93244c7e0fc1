/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the loaded image was made from: written down, and compared later.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_MADE_FROM_H
#define DUMPFLT_MADE_FROM_H

#include <json-c/json.h>

#include "deploy/plan.h"

/* Room for a path, and the words around it */
#define MADE_FROM_MAX	(CONFIG_PATH_MAX + 64)

void made_from_add(struct json_object *record, const struct plan *plan);
bool made_from_has(struct json_object *record, const char *path);
bool made_from_older(struct json_object *record, char what[MADE_FROM_MAX]);

#endif
