/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The arguments for makedumpfile, as far as they decide what comes out of it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_ARGS_H
#define DUMPFLT_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/spec.h"

/**
 * struct args_facts - what the arguments say
 * @level: what is left out, as in -d
 * @compressed: pages are
 */
struct args_facts {
	__u64	level;
	bool	compressed;
};

bool args_check(char *const *args, size_t nr, struct args_facts *facts,
		char error[SPEC_ERROR_MAX]);
const char *args_leave_more(const struct args_facts *facts);

#endif
