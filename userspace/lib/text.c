// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Text: numbers, names, and what must fit.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/text.h"

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

static __printf(3, 0)
bool format_args(char *to, size_t size, const char *fmt, va_list args)
{
	int len = vsnprintf(to, size, fmt, args);

	if (len >= 0 && (size_t)len < size)
		return true;
	to[0] = '\0';
	return false;
}

bool format_string(char *to, size_t size, const char *fmt, ...)
{
	va_list args;
	bool fits;

	va_start(args, fmt);
	fits = format_args(to, size, fmt, args);
	va_end(args);
	return fits;
}

/* Behind what is in @text. Returns: false if it did not fit; @text is then as it was */
bool append_string(char *text, size_t size, const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list args;
	bool fits;

	va_start(args, fmt);
	fits = format_args(text + len, size - len, fmt, args);
	va_end(args);
	return fits;
}

/* What is behind the last slash of a path; all of it if there is none */
const char *text_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Returns: whether @text ends with @end, and is more than that */
bool text_ends(const char *text, const char *end)
{
	size_t len = strlen(text), tail = strlen(end);

	return len > tail && !strcmp(text + len - tail, end);
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

/* Text from a disk, so that neither a terminal nor a parser is upset by it */
void text_clean(const void *text, size_t size, char *clean)
{
	const unsigned char *from = text;
	size_t i;

	for (i = 0; i < size && from[i]; i++)
		clean[i] = (char)(from[i] >= ' ' && from[i] <= '~' ? from[i] : '?');
	clean[i] = '\0';
}

/* The next line of a text from a disk, from @at on. Returns: false at its end */
bool text_line(const char *text, size_t size, size_t *at, char *clean)
{
	const char *end;
	size_t len;

	if (*at >= size)
		return false;
	len = size - *at;
	end = memchr(text + *at, '\n', len);
	if (end)
		len = (size_t)(end - text) - *at;
	text_clean(text + *at, len, clean);
	*at += len + 1;
	return true;
}

/* UTC, as the capture kernel's clock is mostly right and its time zone not */
void text_time(__u64 seconds, char text[TEXT_TIME_MAX])
{
	time_t when = (time_t)seconds;
	struct tm tm;

	if (seconds > 253402300799ULL || !gmtime_r(&when, &tm) ||
	    !strftime(text, TEXT_TIME_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm))
		copy_string(text, TEXT_TIME_MAX, "?");
}

/* @text: for two characters a byte, and the NUL */
void text_hex(const void *bytes, size_t len, char *text)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = bytes;

	for (; len; len--, from++) {
		*text++ = digits[*from >> 4];
		*text++ = digits[*from & 15];
	}
	*text = '\0';
}

/* RFC 3629, section 4. Returns: bytes of the character that @at begins with, 0 if it is none */
static size_t utf8_len(const unsigned char *at)
{
	unsigned char least = 0x80, most = 0xbf;
	size_t len, i;

	if (at[0] < 0x80)
		return 1;
	if (at[0] < 0xc2 || at[0] > 0xf4)
		return 0;
	len = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	/* no longer than it has to be, no surrogate, none behind the last one */
	if (at[0] == 0xe0)
		least = 0xa0;
	else if (at[0] == 0xed)
		most = 0x9f;
	else if (at[0] == 0xf0)
		least = 0x90;
	else if (at[0] == 0xf4)
		most = 0x8f;
	if (at[1] < least || at[1] > most)
		return 0;
	for (i = 2; i < len; i++)
		if (at[i] < 0x80 || at[i] > 0xbf)
			return 0;
	return len;
}

/* Returns: how many bytes of @text are UTF-8, up to its end or the first that belongs to none */
size_t text_utf8(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t len;

	while (*at && (len = utf8_len(at)))
		at += len;
	return (size_t)(at - (const unsigned char *)text);
}

#define WORD_MAX	32	/* letters; nobody mistypes more */

/* The least of what is typed wrongly between the first @i letters of @a and the first @j of @b */
static unsigned int least_mistakes(unsigned int rows[][WORD_MAX + 1], const char *a, const char *b,
				   size_t i, size_t j)
{
	const unsigned int *above = rows[i - 1];
	unsigned int least = above[j - 1] + (a[i - 1] != b[j - 1]);	/* another letter */

	if (above[j] + 1 < least)					/* one too many */
		least = above[j] + 1;
	if (rows[i][j - 1] + 1 < least)					/* one is missing */
		least = rows[i][j - 1] + 1;
	if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
	    rows[i - 2][j - 2] + 1 < least)				/* two are exchanged */
		least = rows[i - 2][j - 2] + 1;
	return least;
}

/**
 * text_distance() - how many mistakes of typing are between two words?
 * @a: a word
 * @b: another one
 *
 * Source: the optimal string alignment distance of Damerau and Levenshtein.
 *
 * Return: letters that are wrong, missing, too many or exchanged; UINT_MAX if a word is too long
 */
unsigned int text_distance(const char *a, const char *b)
{
	unsigned int rows[WORD_MAX + 1][WORD_MAX + 1];
	size_t a_len = strlen(a), b_len = strlen(b), i, j;

	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return UINT_MAX;
	for (j = 0; j <= b_len; j++)
		rows[0][j] = (unsigned int)j;
	for (i = 1; i <= a_len; i++) {
		rows[i][0] = (unsigned int)i;
		for (j = 1; j <= b_len; j++)
			rows[i][j] = least_mistakes(rows, a, b, i, j);
	}
	return rows[a_len][b_len];
}
