// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What goes wrong, on standard error, and once more for JSON results.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/report.h"
#include "lib/text.h"

/* Kept for JSON results: the first error is the cause, the rest explains it */
static char first_text[512];
static char details_text[2048];

const char *first_error(void)
{
	return first_text;
}

const char *error_details(void)
{
	return details_text;
}

static void keep(const char *line)
{
	size_t have = strlen(details_text);

	if (!first_text[0])
		copy_string(first_text, sizeof(first_text), line);
	else
		format_string(details_text + have, sizeof(details_text) - have,
			      "%s%s", have ? "\n" : "", line);
}

static void print_failure(const char *op, const char *object, const char *text)
{
	char line[sizeof(first_text)];

	snprintf(line, sizeof(line), "%s failed on '%s': %s", op, object, text);
	fprintf(stderr, "ERROR: %s\n", line);
	keep(line);
}

void report_error(const char *op, const char *object, int err)
{
	print_failure(op, object, strerror(err));
}

void report_failure(const char *op, const char *object, const char *fmt, ...)
{
	char text[384];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	print_failure(op, object, text);
}

void report_hint(const char *fmt, ...)
{
	char line[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	fprintf(stderr, "       %s\n", line);
	keep(line);
}

void report_warning(const char *fmt, ...)
{
	va_list args;

	fputs("WARNING: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}
