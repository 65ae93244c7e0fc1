/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the pages of the next dump are compressed.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_DEPLOY_COMPRESS_H
#define DUMPFLT_DEPLOY_COMPRESS_H

#include <json-c/json.h>

#include "deploy/plan.h"

struct json_object *compress_slower(struct json_object *record);
struct json_object *compress_choose(struct plan *plan, struct json_object *record);

#endif
