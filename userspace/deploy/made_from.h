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

/**
 * struct made_from_now - what has become of what an image was made from
 * @older: the first thing that has changed, with the words around it; or empty
 * @area: why the next crash leaves no dump in the area; or empty
 * @full: that is because all slots hold dumps
 */
struct made_from_now {
	char	older[MADE_FROM_MAX];
	char	area[MADE_FROM_MAX];
	bool	full;
};

void made_from_add(struct json_object *record, const struct plan *plan);
bool made_from_has(struct json_object *record, const char *path);
void made_from_compare(struct json_object *record, struct made_from_now *now);

#endif
