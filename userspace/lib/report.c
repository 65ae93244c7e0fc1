// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What goes wrong, on standard error, and once more for JSON results.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/report.h"
#include "lib/text.h"

/* Kept for JSON results: the first error is the cause, the rest explains it */
static char first_text[512];
static char details_text[2048];

static bool quiet;

/* Of what went well nothing is to be said */
void report_be_quiet(void)
{
	quiet = true;
}

bool report_is_quiet(void)
{
	return quiet;
}

const char *first_error(void)
{
	return first_text;
}

const char *error_details(void)
{
	return details_text;
}

/*
 * sd-daemon(3): what goes to the journal is told how bad it is, as "<3>". Whether
 * it goes there, the environment says; a redirection since then is not the journal
 */
static const char *level(const char *prefix)
{
	static int journal = -1;
	const char *said = getenv("JOURNAL_STREAM");
	char here[64];
	struct stat st;

	if (journal < 0) {
		journal = 0;
		if (said && !fstat(STDERR_FILENO, &st) &&
		    format_string(here, sizeof(here), "%llu:%llu",
				  (unsigned long long)st.st_dev,
				  (unsigned long long)st.st_ino))
			journal = !strcmp(said, here);
	}
	return journal ? prefix : "";
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
	fprintf(stderr, "%sERROR: %s\n", level("<3>"), line);
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

void report_usage(const char *cmd, const char *text)
{
	char line[sizeof(first_text)];

	snprintf(line, sizeof(line), "%s: %s", cmd, text);
	fprintf(stderr, "%sERROR: %s\n", level("<3>"), line);
	keep(line);
	report_hint("See 'dumpflt %s --help'.", cmd);
}

void report_hint(const char *fmt, ...)
{
	char line[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	fprintf(stderr, "%s       %s\n", level("<5>"), line);
	/* one that explains a warning is no cause of an error */
	if (first_text[0])
		keep(line);
}

void report_warning(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "%sWARNING: ", level("<4>"));
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

/* On standard output, as the whole of a line or a part: it is over, and went well */
void report_success(const char *fmt, ...)
{
	va_list args;

	if (quiet)
		return;
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
}
