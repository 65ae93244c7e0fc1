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

/* Of all arguments, with a blank between two and a NUL */
#define ARGS_TEXT_MAX	256

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
void args_text(char *const *args, size_t nr, char text[ARGS_TEXT_MAX]);
bool args_with_level(char *const *args, size_t nr, unsigned int level,
		     char text[ARGS_TEXT_MAX]);
bool args_uncompressed(char *const *args, size_t nr, char text[ARGS_TEXT_MAX]);
const char *args_leave_more(const struct args_facts *facts);

#endif
