/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small helpers that know nothing about dumps: messages, numbers, time, bytes.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_UTIL_H
#define DUMPFLT_UTIL_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define __printf(fmt, first)	__attribute__((format(printf, fmt, first)))

/*
 * "ERROR: <op> failed on '<object>': <text>" on stderr. report_error() takes a
 * positive errno for the text. report_advice() adds an indented line: what the
 * kernel says, or what to do. first_error() is the first ERROR line, without the
 * word; error_details() all lines behind it.
 */
void report_error(const char *op, const char *object, int err);
__printf(3, 4)
void report_failure(const char *op, const char *object, const char *fmt, ...);
__printf(1, 2) void report_advice(const char *fmt, ...);
__printf(1, 2) void report_warning(const char *fmt, ...);
const char *first_error(void);
const char *error_details(void);

bool parse_number(const char *text, __u64 min, __u64 max, __u64 *value);
bool copy_string(char *to, size_t size, const char *from);
__printf(3, 4) bool format_string(char *to, size_t size, const char *fmt, ...);
bool valid_name(const char *name, size_t size, const char *extra);

__u64 now_ms(void);
int write_all(int fd, const void *data, size_t len);
int find_program(const char *name, char *path, size_t size);
void *alloc_aligned(size_t size);

#endif
