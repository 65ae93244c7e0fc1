/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of ours that stay from one command, or one boot, to the next.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_PUT_H
#define DUMPFLT_PUT_H

#include <json-c/json.h>

int put_json(const char *path, struct json_object *object);

#endif
