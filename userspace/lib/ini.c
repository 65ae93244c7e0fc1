// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Configuration files: sections, keys, values, comments; nothing else is passed over.
 *
 * What is written in them decides whether a dump is sealed: what is not a
 * section, a key, a comment or blank is refused, with its line.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "lib/ini.h"
#include "lib/report.h"
#include "lib/text.h"

/* What editors of other systems put in front of a file in UTF-8, unseen */
#define MARK		"\xef\xbb\xbf"
/* Of a line, with its end and a NUL */
#define LINE_SIZE	200

struct parser {
	const struct ini_reader	*reader;
	struct ini_error	*error;
	bool			in_section;
	int			line;
};

static __printf(2, 3)
bool refuse(struct parser *parser, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(parser->error->text, sizeof(parser->error->text), fmt, args);
	va_end(args);
	parser->error->line = parser->line;
	return false;
}

/* Takes away one pair of double quotes around the whole value; NULL: only one */
static char *unquote(char *value)
{
	size_t len = strlen(value);

	if (value[0] != '"' && (!len || value[len - 1] != '"'))
		return value;
	if (len < 2 || value[0] != '"' || value[len - 1] != '"')
		return NULL;
	value[len - 1] = '\0';
	return value + 1;
}

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, INI_BLANKS);
	len = strlen(text);
	while (len && strchr(INI_BLANKS, text[len - 1]))
		text[--len] = '\0';
	return text;
}

/* @line: behind its [ */
static bool take_section(struct parser *parser, char *line)
{
	char *end = strchr(line, ']');
	char message[INI_ERROR_MAX];
	const char *rest;

	if (!end)
		return refuse(parser, "the section has no ]");
	rest = end + 1 + strspn(end + 1, INI_BLANKS);
	if (*rest && !strchr(";#", *rest))
		return refuse(parser, "text behind the ] of the section");
	*end = '\0';
	parser->in_section = true;
	return parser->reader->section(parser->reader->ctx, line, message) ||
	       refuse(parser, "%s", message);
}

static bool take_key(struct parser *parser, char *line)
{
	char message[INI_ERROR_MAX];
	const char *name;
	char *at, *value;

	/* a comment begins at a ; with a blank before it */
	for (at = line + 1; *at; at++)
		if (*at == ';' && strchr(INI_BLANKS, at[-1]))
			break;
	*at = '\0';
	value = strpbrk(line, "=:");
	if (!value)
		return refuse(parser, "neither [section] nor key = value nor a comment");
	*value++ = '\0';
	name = trim(line);
	if (!parser->in_section)
		return refuse(parser, "key '%.40s' before the first section", name);
	value = unquote(trim(value));
	if (!value)
		return refuse(parser, "a double quote at one end of the value only");
	return parser->reader->key(parser->reader->ctx, name, value, message) ||
	       refuse(parser, "%s", message);
}

static bool take_line(struct parser *parser, char *line)
{
	const char *c;

	for (c = line; *c; c++)
		if ((unsigned char)*c < ' ' && !strchr(INI_BLANKS, *c))
			return refuse(parser, "control character in the line");
	if (parser->line == 1 && !strncmp(line, MARK, sizeof(MARK) - 1))
		line += sizeof(MARK) - 1;
	line = trim(line);
	if (!line[0] || strchr(";#", line[0]))
		return true;
	if (line[0] == '[')
		return take_section(parser, line + 1);
	return take_key(parser, line);
}

/**
 * ini_read() - read a file, from here to its end
 * @file: open
 * @reader: takes what is in it
 * @error: filled if it is refused
 *
 * Return: 0, -EINVAL if it was refused, -EIO if it could not be read to its end
 */
int ini_read(FILE *file, const struct ini_reader *reader, struct ini_error *error)
{
	struct parser parser = { .reader = reader, .error = error };
	char line[LINE_SIZE];
	bool good = true;

	memset(error, 0, sizeof(*error));
	while (good && fgets(line, sizeof(line), file)) {
		parser.line++;
		if (!strchr(line, '\n') && !feof(file))
			good = refuse(&parser, "the line has a NUL in it or more than %d characters",
				      LINE_SIZE - 2);
		else
			good = take_line(&parser, line);
	}
	if (ferror(file))
		return -EIO;
	return good ? 0 : -EINVAL;
}

/**
 * ini_report() - say why a file was not taken
 * @op: what was being done, in words
 * @path: of the file
 * @error: if it was refused
 * @err: -EINVAL for that, else another negative errno
 */
void ini_report(const char *op, const char *path, const struct ini_error *error, int err)
{
	char place[320];

	if (err != -EINVAL) {
		report_error(op, path, -err);
		return;
	}
	if (error->line)
		snprintf(place, sizeof(place), "%s:%d", path, error->line);
	else
		snprintf(place, sizeof(place), "%s", path);
	report_failure(op, place, "%s", error->text);
}
