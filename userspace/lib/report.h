/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes wrong, on standard error, and once more for JSON results.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_REPORT_H
#define DUMPFLT_REPORT_H

#include <stdbool.h>

#include "lib/text.h"

/*
 * "ERROR: <op> failed on '<object>': <text>" on stderr. report_error() takes a
 * positive errno for the text. report_usage(): a command line that is wrong, and
 * where it is explained. report_hint() adds an indented line: what the kernel
 * says, or what to do. first_error() is the first ERROR line, without the
 * word, and "" if there was none; error_details() all lines behind it.
 * report_success() says on standard output what went well, unless quiet was wanted.
 */
void report_error(const char *op, const char *object, int err);
__printf(3, 4)
void report_failure(const char *op, const char *object, const char *fmt, ...);
void report_usage(const char *cmd, const char *text);
__printf(1, 2) void report_hint(const char *fmt, ...);
__printf(1, 2) void report_warning(const char *fmt, ...);
__printf(1, 2) void report_success(const char *fmt, ...);
void report_be_quiet(void);
bool report_is_quiet(void);
const char *first_error(void);
const char *error_details(void);

#endif
