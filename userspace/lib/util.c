// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Small helpers that know nothing about dumps: messages, numbers, time, bytes.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/util.h"

/* Buffers for O_DIRECT: no block device has larger logical blocks than a page */
#define ALIGNMENT	4096

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

void report_advice(const char *fmt, ...)
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

/* Plain decimal only: no sign, no blanks, nothing behind it */
bool parse_number(const char *text, __u64 min, __u64 max, __u64 *value)
{
	unsigned long long number;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno || *end || number < min || number > max)
		return false;
	*value = number;
	return true;
}

/* Returns: false if it did not fit; @to is then the empty string */
bool copy_string(char *to, size_t size, const char *from)
{
	return format_string(to, size, "%s", from);
}

bool format_string(char *to, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(to, size, fmt, args);
	va_end(args);
	if (len >= 0 && (size_t)len < size)
		return true;
	to[0] = '\0';
	return false;
}

/* @size counts the terminating NUL; @extra are allowed besides a-z and 0-9 */
bool valid_name(const char *name, size_t size, const char *extra)
{
	size_t len = strlen(name);
	size_t i;

	if (!len || len >= size)
		return false;
	for (i = 0; i < len; i++)
		if (!(name[i] >= 'a' && name[i] <= 'z') &&
		    !(name[i] >= '0' && name[i] <= '9') &&
		    !strchr(extra, name[i]))
			return false;
	return true;
}

__u64 now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (__u64)ts.tv_sec * 1000 + (__u64)ts.tv_nsec / 1000000;
}

/* Returns: 0 or a negative errno. A device that takes nothing more is full */
int write_all(int fd, const void *data, size_t len)
{
	const char *from = data;

	while (len) {
		ssize_t n = write(fd, from, len);

		if (n < 0)
			return -errno;
		if (!n)
			return -ENOSPC;
		from += n;
		len -= (size_t)n;
	}
	return 0;
}

static bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

/* Like the shell: a name with a slash is a path, others are looked up in PATH */
int find_program(const char *name, char *path, size_t size)
{
	const char *from = getenv("PATH");
	size_t len;

	if (strchr(name, '/')) {
		if (!copy_string(path, size, name))
			return -ENAMETOOLONG;
		return is_program(path) ? 0 : -ENOENT;
	}
	if (!from || !from[0])
		from = "/usr/sbin:/usr/bin:/sbin:/bin";
	for (; *from; from += len + (from[len] == ':')) {
		len = strcspn(from, ":");
		if (len && len < PATH_MAX &&
		    format_string(path, size, "%.*s/%s", (int)len, from, name) &&
		    is_program(path))
			return 0;
	}
	return -ENOENT;
}

/* Returns: memory that fits O_DIRECT, to be freed with free(), or NULL */
void *alloc_aligned(size_t size)
{
	void *memory;

	return posix_memalign(&memory, ALIGNMENT, size) ? NULL : memory;
}
