// SPDX-License-Identifier: GPL-2.0-only
/*
 * The "name=value" lines of a filter's configuration, as init() asks for them.
 *
 * An option that nobody asked for fails the init: a misspelled name must not
 * silently become a default.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/ctype.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "base/options.h"
#include "base/types.h"

/* Length of the option name that a line begins with, 0 if it is none */
static size_t name_length(const char *line)
{
	size_t len = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return line[len] == '=' ? len : 0;
}

/**
 * dumpflt_parse_bool - understand "0" or "1", and nothing else
 * @page: what was written, with or without a newline
 * @value: set if it is one of them
 *
 * kstrtobool() looks at the first characters only.
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int dumpflt_parse_bool(const char *page, bool *value)
{
	if (sysfs_streq(page, "1"))
		*value = true;
	else if (sysfs_streq(page, "0"))
		*value = false;
	else
		return -EINVAL;
	return 0;
}

/**
 * dumpflt_parse_u64 - understand a number
 * @text: decimal, or hexadecimal with 0x, with or without a newline
 * @value: set if it is one
 *
 * A zero in front means nothing: nobody writes octal numbers into a configuration.
 *
 * Context: any.
 * Return: 0, -EINVAL or -ERANGE.
 */
int dumpflt_parse_u64(const char *text, u64 *value)
{
	return kstrtou64(text, strncasecmp(text, "0x", 2) ? 10 : 16, value);
}

/**
 * dumpflt_options_check - is this text a list of options?
 * @text: lines, the last one with or without a newline; may be empty
 * @line_ret: number of the first line that is none, counted from 1
 *
 * Context: any.
 * Return: 0, or -EINVAL.
 */
int dumpflt_options_check(const char *text, size_t *line_ret)
{
	size_t line = 1;

	while (*text) {
		const char *end = strchrnul(text, '\n');

		if (end != text && !name_length(text)) {
			*line_ret = line;
			return -EINVAL;
		}
		text = *end ? end + 1 : end;
		line++;
	}
	return 0;
}

/**
 * dumpflt_options_init - prepare an instance's options for its init()
 * @options: to be filled
 * @inst: the instance; its entry's options have passed the check
 *
 * Context: process context; allocates.
 * Return: 0 or -ENOMEM.
 */
int dumpflt_options_init(struct dumpflt_options *options,
			 struct dumpflt_instance *inst)
{
	const char *text = inst->entry->options ?: "";

	memset(options, 0, sizeof(*options));
	options->inst = inst;
	options->text = kstrdup(text, GFP_KERNEL);
	if (!options->text)
		return -ENOMEM;
	options->lines = 1;
	while ((text = strchr(text, '\n')) != NULL) {
		options->lines++;
		text++;
	}
	strreplace(options->text, '\n', '\0');
	options->used = kcalloc(options->lines, sizeof(bool), GFP_KERNEL);
	options->why = kzalloc(DUMPFLT_WHY_TEXT, GFP_KERNEL);
	if (!options->used || !options->why) {
		dumpflt_options_exit(options);
		return -ENOMEM;
	}
	return 0;
}

/**
 * dumpflt_options_exit - release what dumpflt_options_init() took
 * @options: of no use afterwards, nor are names and values from it
 *
 * Context: any.
 */
void dumpflt_options_exit(struct dumpflt_options *options)
{
	kfree(options->why);
	kfree(options->used);
	kfree(options->text);
}

/**
 * dumpflt_options_unused - the first option that nobody asked for
 * @options: after init(); keeps the name that is returned
 * @len: set to the length of its name
 *
 * Context: any.
 * Return: its name, or %NULL if all were asked for. Its value is not for a log: it
 * may be a secret that was given to the wrong option.
 */
const char *dumpflt_options_unused(const struct dumpflt_options *options,
				   int *len)
{
	const char *line = options->text;
	unsigned int i;

	for (i = 0; i < options->lines; i++) {
		if (*line && !options->used[i]) {
			*len = name_length(line);
			return line;
		}
		line += strlen(line) + 1;
	}
	return NULL;
}

/**
 * dumpflt_option - what the configuration says about an option
 * @init_data: what init() was given
 * @name: name of the option
 * @index: 0 for its first line, 1 for its second ...
 *
 * Asking for an option also tells the core that it exists.
 *
 * Context: from init() only.
 * Return: the value, valid until init() returns; %NULL if there is no such
 * line.
 */
const char *dumpflt_option(const struct dumpflt_init_data *init_data,
			   const char *name, unsigned int index)
{
	const struct dumpflt_options *options = init_data->options;
	const char *line = options->text;
	size_t len = strlen(name);
	unsigned int i;

	for (i = 0; i < options->lines; i++) {
		if (name_length(line) == len && !strncmp(line, name, len)) {
			/* all its lines are known now, this one is asked for */
			options->used[i] = true;
			if (!index--)
				return line + len + 1;
		}
		line += strlen(line) + 1;
	}
	return NULL;
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_option);

/**
 * dumpflt_option_u64 - a number from the configuration
 * @init_data: what init() was given
 * @name: name of the option
 * @min: smallest value that is allowed
 * @max: largest value that is allowed
 * @value: set if the option is present and good, else left alone
 *
 * Decimal, or with a leading 0x; 010 is ten. If it is bad, the words for
 * last_error are set.
 *
 * Context: from init() only.
 * Return: 0, also if the option is absent; -EINVAL or -ERANGE.
 */
int dumpflt_option_u64(const struct dumpflt_init_data *init_data,
		       const char *name, u64 min, u64 max, u64 *value)
{
	const char *text = dumpflt_option(init_data, name, 0);
	u64 number;
	int ret;

	if (!text)
		return 0;
	if (dumpflt_option(init_data, name, 1)) {
		dumpflt_explain(init_data, "option %s is given twice", name);
		return -EINVAL;
	}
	ret = dumpflt_parse_u64(text, &number);
	if (!ret && (number < min || number > max))
		ret = -ERANGE;
	if (ret) {
		dumpflt_explain(init_data,
				"option %s is not a number from %llu to %llu",
				name, min, max);
		return ret;
	}
	*value = number;
	return 0;
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_option_u64);

/**
 * dumpflt_explain - say in words why init() is about to fail
 * @init_data: what init() was given
 * @fmt: one line without a newline; the filter's name, the fact that init
 *	failed and the errno are added
 *
 * The first words count. Never put a secret into them.
 *
 * Context: from init() only.
 */
void dumpflt_explain(const struct dumpflt_init_data *init_data,
		     const char *fmt, ...)
{
	char *why = init_data->options->why;
	va_list args;

	if (why[0])
		return;
	va_start(args, fmt);
	vscnprintf(why, DUMPFLT_WHY_TEXT, fmt, args);
	va_end(args);
	dumpflt_one_line(why);
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_explain);
