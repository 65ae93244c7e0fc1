/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text: numbers, names, and what must fit.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_TEXT_H
#define DUMPFLT_TEXT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define __printf(fmt, first)	__attribute__((format(printf, fmt, first)))

#define TEXT_TIME_MAX	32

bool parse_number(const char *text, __u64 min, __u64 max, __u64 *value);
bool copy_string(char *to, size_t size, const char *from);
__printf(3, 4) bool format_string(char *to, size_t size, const char *fmt, ...);
__printf(3, 4) bool append_string(char *text, size_t size, const char *fmt, ...);
const char *text_base(const char *path);
bool text_ends(const char *text, const char *end);
unsigned int text_distance(const char *a, const char *b);
bool valid_name(const char *name, size_t size, const char *extra);

/* With what a disk holds: neither a terminal nor a parser is to be upset by it */
void text_clean(const void *text, size_t size, char *clean);
size_t text_utf8(const char *text);
bool text_line(const char *text, size_t size, size_t *at, char *clean);

void text_time(__u64 seconds, char text[TEXT_TIME_MAX]);
void text_hex(const void *bytes, size_t len, char *text);

#endif
