/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The key of this machine, for the filter that proves whose image it is.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_ORIGIN_H
#define DUMPFLT_HIBERNATE_ORIGIN_H

#include "kernel/spec.h"
#include "module/filters/age/age_format.h"

int origin_load(struct stack_spec *spec, const char *path);
int origin_give(struct stack_spec *spec, const unsigned char key[DUMPFLT_AGE_ORIGIN],
		long *serial);
int key_give(const char *name, const void *key, size_t len, long *serial);
void key_revoke(long serial);

#endif
