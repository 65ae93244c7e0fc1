// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The configuration file of the capture kernel.
 *
 * libinih does the parsing. It reads through next_line(), which adds what a
 * file that decides whether a dump is encrypted needs, and the library by
 * itself does not give:
 *
 *  R1  a section without any key is seen: [filter trace] alone is a filter.
 *      A line that no file can hold is put behind every section's first line
 *  R2  the right line in every error, and only the first error
 *  R3  a line that is too long is refused, not cut in two
 *  R4  a line that begins with blanks is a line like any other, not the
 *      continuation of the value before
 *  R5  text behind the ] of a section is refused, not ignored
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <string.h>

#include "capture/config.h"
#include "lib/text.h"

/* R1: control characters are refused in files, so this key is ours alone */
#define SECTION_MARK		"\001"
#define SECTION_MARK_LINE	SECTION_MARK "=\n"

#define FILTER_PREFIX	"filter "
#define BLANKS		" \t\r\n"

struct key {
	const char *section;
	const char *name;
	bool (*set)(struct config *config, const char *value,
		    char error[SPEC_ERROR_MAX]);
};

struct parser {
	FILE			*file;
	struct config		*config;
	struct config_error	*error;
	struct filter_spec	*filter;	/* of the current section, if any */
	unsigned int		seen_keys;	/* bit i: keys[i] */
	bool			seen_stack, seen_dump;
	bool			seen_critical, seen_start_optional;
	bool			seen_may_be_left_out;
	bool			mark_next;	/* R1 */
	bool			expected;	/* a key is with the library */
	bool			failed;
	int			line;
};

static bool set_name(struct config *config, const char *value,
		     char error[SPEC_ERROR_MAX])
{
	return spec_set_name(&config->stack, value, error);
}

static bool set_target(struct config *config, const char *value,
		       char error[SPEC_ERROR_MAX])
{
	return spec_set_target(&config->stack, value, error);
}

static bool set_type(struct config *config, const char *value,
		     char error[SPEC_ERROR_MAX])
{
	return spec_set_type(&config->stack, value, error);
}

static bool set_max_pages(struct config *config, const char *value,
			  char error[SPEC_ERROR_MAX])
{
	return spec_set_max_pages(&config->stack, value, error);
}

static bool set_timeout_ms(struct config *config, const char *value,
			   char error[SPEC_ERROR_MAX])
{
	return spec_set_timeout_ms(&config->stack, value, error);
}

static bool parse_flag_value(const char *name, const char *value, bool *flag,
			     char error[SPEC_ERROR_MAX])
{
	*flag = !strcmp(value, "yes") || !strcmp(value, "1");
	if (*flag || !strcmp(value, "no") || !strcmp(value, "0"))
		return true;
	snprintf(error, SPEC_ERROR_MAX, "'%.40s' is no value for %s: yes and no are",
		 value, name);
	return false;
}

static bool set_area(struct config *config, const char *value,
		     char error[SPEC_ERROR_MAX])
{
	return parse_flag_value("area", value, &config->stack.area, error);
}

static bool set_require_flush(struct config *config, const char *value,
			      char error[SPEC_ERROR_MAX])
{
	return parse_flag_value("require_flush", value,
				&config->stack.require_flush, error);
}

static bool set_path(char to[CONFIG_PATH_MAX], const char *value,
		     char error[SPEC_ERROR_MAX])
{
	if (value[0] && copy_string(to, CONFIG_PATH_MAX, value))
		return true;
	snprintf(error, SPEC_ERROR_MAX,
		 "a path of 1 to %d characters is needed", CONFIG_PATH_MAX - 1);
	return false;
}

static bool set_vmcore(struct config *config, const char *value,
		       char error[SPEC_ERROR_MAX])
{
	return set_path(config->vmcore, value, error);
}

static bool set_makedumpfile(struct config *config, const char *value,
			     char error[SPEC_ERROR_MAX])
{
	return set_path(config->makedumpfile, value, error);
}

/* Words between blanks: no quotes, no variables, no shell */
static bool set_args(struct config *config, const char *value,
		     char error[SPEC_ERROR_MAX])
{
	char *word, *rest;

	config->nr_args = 0;
	if (!copy_string(config->args_text, sizeof(config->args_text), value)) {
		snprintf(error, SPEC_ERROR_MAX,
			 "the arguments are longer than %zu characters",
			 sizeof(config->args_text) - 1);
		return false;
	}
	for (word = strtok_r(config->args_text, BLANKS, &rest); word;
	     word = strtok_r(NULL, BLANKS, &rest)) {
		if (config->nr_args == CONFIG_ARGS_MAX) {
			snprintf(error, SPEC_ERROR_MAX,
				 "more than %d arguments", CONFIG_ARGS_MAX);
			return false;
		}
		config->args[config->nr_args++] = word;
	}
	return true;
}

static bool set_wait_for_target(struct config *config, const char *value,
				char error[SPEC_ERROR_MAX])
{
	if (parse_number(value, 0, CONFIG_WAIT_MAX, &config->wait_for_target))
		return true;
	snprintf(error, SPEC_ERROR_MAX,
		 "'%.40s' is no number of seconds from 0 to %d", value,
		 CONFIG_WAIT_MAX);
	return false;
}

static const struct key keys[] = {
	{ "stack",	"name",			set_name },
	{ "stack",	"target",		set_target },
	{ "stack",	"type",			set_type },
	{ "stack",	"max_pages",		set_max_pages },
	{ "stack",	"timeout_ms",		set_timeout_ms },
	{ "stack",	"area",			set_area },
	{ "stack",	"require_flush",	set_require_flush },
	{ "dump",	"vmcore",		set_vmcore },
	{ "dump",	"makedumpfile",		set_makedumpfile },
	{ "dump",	"args",			set_args },
	{ "dump",	"wait_for_target",	set_wait_for_target },
};

static __printf(2, 3)
bool refuse(struct parser *parser, const char *fmt, ...)
{
	va_list args;

	if (parser->failed)
		return false;
	va_start(args, fmt);
	vsnprintf(parser->error->text, sizeof(parser->error->text), fmt, args);
	va_end(args);
	parser->error->line = parser->line;
	parser->failed = true;
	return false;
}

/* The setters and spec.c make the words themselves */
static bool refuse_value(struct parser *parser, const char *words)
{
	return refuse(parser, "%s", words);
}

static bool begin_section(struct parser *parser, const char *section)
{
	char words[SPEC_ERROR_MAX];
	bool *seen;

	parser->filter = NULL;
	if (!strncmp(section, FILTER_PREFIX, strlen(FILTER_PREFIX))) {
		section += strlen(FILTER_PREFIX);
		section += strspn(section, BLANKS);
		parser->seen_critical = false;
		parser->seen_start_optional = false;
		parser->seen_may_be_left_out = false;
		parser->filter = spec_add_filter(&parser->config->stack, section,
						 words);
		return parser->filter || refuse_value(parser, words);
	}
	if (!strcmp(section, "stack"))
		seen = &parser->seen_stack;
	else if (!strcmp(section, "dump"))
		seen = &parser->seen_dump;
	else
		return refuse(parser, "unknown section [%.40s]: [stack], [dump] and [filter NAME] exist",
			      section);
	if (*seen)
		return refuse(parser, "section [%s] is there twice", section);
	*seen = true;
	return true;
}

static bool set_flag(struct parser *parser, bool *seen, bool *flag,
		     const char *name, const char *value)
{
	char words[SPEC_ERROR_MAX];

	if (*seen)
		return refuse(parser, "key '%s' is there twice", name);
	*seen = true;
	return parse_flag_value(name, value, flag, words) ||
	       refuse_value(parser, words);
}

static bool set_in_filter(struct parser *parser, const char *name,
			  const char *value)
{
	struct filter_spec *filter = parser->filter;
	char words[SPEC_ERROR_MAX];

	if (!strcmp(name, "may_be_left_out"))
		return set_flag(parser, &parser->seen_may_be_left_out,
				&filter->may_be_left_out, name, value);
	filter->critical_said = filter->critical_said || !strcmp(name, "critical");
	if (!strcmp(name, "critical"))
		return set_flag(parser, &parser->seen_critical,
				&filter->critical, name, value);
	if (!strcmp(name, "start_optional"))
		return set_flag(parser, &parser->seen_start_optional,
				&filter->start_optional, name, value);
	return spec_add_option(filter, name, value, words) ||
	       refuse_value(parser, words);
}

static bool set_key(struct parser *parser, const char *section, const char *name,
		    const char *value)
{
	char words[SPEC_ERROR_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].section, section) &&
		    !strcmp(keys[i].name, name))
			break;
	if (i == ARRAY_SIZE(keys))
		return refuse(parser, "unknown key '%.40s' in section [%s]", name,
			      section);
	if (parser->seen_keys & (1U << i))
		return refuse(parser, "key '%s' is there twice", name);
	parser->seen_keys |= 1U << i;
	return keys[i].set(parser->config, value, words) ||
	       refuse_value(parser, words);
}

/* Takes away one pair of double quotes around the whole value */
static bool unquote(struct parser *parser, const char *value,
		    char *to, size_t size)
{
	size_t len = strlen(value);

	if (value[0] == '"' || (len && value[len - 1] == '"')) {
		if (len < 2 || value[0] != '"' || value[len - 1] != '"')
			return refuse(parser, "a double quote at one end of the value only");
		value++;
		len -= 2;
	}
	/* A value is part of a line, and lines are limited by the library */
	format_string(to, size, "%.*s", (int)len, value);
	return true;
}

static int on_key(void *user, const char *section, const char *name,
		  const char *value)
{
	struct parser *parser = user;
	char text[DUMPFLT_OPTIONS_MAX];

	if (parser->failed)
		return 0;
	if (!strcmp(name, SECTION_MARK))
		return begin_section(parser, section);
	parser->expected = false;
	if (!section[0])
		return refuse(parser, "key '%.40s' before the first section", name);
	if (!unquote(parser, value, text, sizeof(text)))
		return 0;
	if (parser->filter)
		return set_in_filter(parser, name, text);
	return set_key(parser, section, name, text);
}

/* @line: without the blanks it begins with */
static bool check_line(struct parser *parser, const char *line)
{
	const char *end;

	for (end = line; *end; end++)
		if ((unsigned char)*end < ' ' && !strchr(BLANKS, *end))
			return refuse(parser, "control character in the line");
	if (line[0] == '[') {
		end = strchr(line, ']');
		if (!end)
			return refuse(parser, "the section has no ]");
		end += 1 + strspn(end + 1, BLANKS);
		if (*end && !strchr(";#", *end))
			return refuse(parser, "text behind the ] of the section");
	}
	return true;
}

/* Like fgets() */
static char *next_line(char *line, int size, void *stream)
{
	struct parser *parser = stream;
	size_t blanks;

	if (parser->mark_next) {
		parser->mark_next = false;
		copy_string(line, (size_t)size, SECTION_MARK_LINE);
		return line;
	}
	if (parser->expected)
		refuse(parser, "neither [section] nor key = value nor a comment");
	parser->expected = false;
	if (parser->failed || !fgets(line, size, parser->file))
		return NULL;
	parser->line++;
	if (!strchr(line, '\n') && !feof(parser->file)) {
		refuse(parser, "the line has a NUL in it or more than %d characters",
		       size - 2);
		return NULL;
	}
	blanks = strspn(line, BLANKS);
	memmove(line, line + blanks, strlen(line + blanks) + 1);
	if (!check_line(parser, line))
		return NULL;
	parser->mark_next = line[0] == '[';
	parser->expected = line[0] && !strchr("[;#", line[0]);
	return line;
}

static void set_defaults(struct config *config)
{
	char words[SPEC_ERROR_MAX];

	memset(config, 0, sizeof(*config));
	spec_init(&config->stack);
	spec_set_name(&config->stack, "crash", words);
	set_vmcore(config, "/proc/vmcore", words);
	set_makedumpfile(config, "makedumpfile", words);
	set_args(config, "-l -d 31", words);
	config->wait_for_target = 30;
}

/* What no line of the file is wrong about alone */
static bool check_whole(struct parser *parser)
{
	const struct stack_spec *stack = &parser->config->stack;
	size_t i;

	parser->line = 0;
	for (i = 0; i < stack->nr_filters; i++)
		if (stack->filters[i].critical && stack->filters[i].may_be_left_out)
			return refuse(parser, "filter '%s' is critical, and so may not be left out",
				      stack->filters[i].name);
	return stack->target[0] ||
	       refuse(parser, "there is no target in a section [stack]");
}

/**
 * config_read() - read a configuration file
 * @file: to be read from here to its end
 * @config: filled; without meaning on error
 * @error: filled on -EINVAL
 *
 * Return: 0, -EINVAL if the file is not right, or why it cannot be read
 */
int config_read(FILE *file, struct config *config, struct config_error *error)
{
	struct parser parser = {
		.file = file,
		.config = config,
		.error = error,
	};

	memset(error, 0, sizeof(*error));
	set_defaults(config);
	ini_parse_stream(next_line, &parser, on_key, &parser);
	if (ferror(file))
		return -EIO;
	if (parser.failed)
		return -EINVAL;
	return check_whole(&parser) ? 0 : -EINVAL;
}
