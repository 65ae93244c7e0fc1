// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a stack shall be, before the kernel knows of it.
 *
 * All functions that take @error return false (or NULL) and fill it if they
 * refuse what they are given.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/spec.h"
#include "lib/text.h"

/* Longest option name we take; the kernel's own limit is that of all options */
#define OPTION_NAME_MAX	64

void spec_init(struct stack_spec *spec)
{
	memset(spec, 0, sizeof(*spec));
	spec->type = DUMPFLT_TYPE_WORD_CRASH;
}

bool spec_set_name(struct stack_spec *spec, const char *name,
		   char error[SPEC_ERROR_MAX])
{
	if (kernel_valid_stack(name))
		return copy_string(spec->name, sizeof(spec->name), name);
	snprintf(error, SPEC_ERROR_MAX,
		 "'%.40s' is no name for a stack: 1 to %d characters of a-z 0-9 _ -",
		 name, DUMPFLT_STACK_NAME_MAX - 1);
	return false;
}

bool spec_set_target(struct stack_spec *spec, const char *target,
		     char error[SPEC_ERROR_MAX])
{
	if (target[0] == '/' && !strchr(target, '\n') &&
	    copy_string(spec->target, sizeof(spec->target), target))
		return true;
	snprintf(error, SPEC_ERROR_MAX,
		 "'%.40s' is no target: an absolute path of less than %d characters is needed",
		 target, SPEC_TARGET_MAX);
	return false;
}

bool spec_set_type(struct stack_spec *spec, const char *type,
		   char error[SPEC_ERROR_MAX])
{
	if (!strcmp(type, DUMPFLT_TYPE_WORD_CRASH)) {
		spec->type = DUMPFLT_TYPE_WORD_CRASH;
		return true;
	}
	if (!strcmp(type, DUMPFLT_TYPE_WORD_HIBERNATION)) {
		spec->type = DUMPFLT_TYPE_WORD_HIBERNATION;
		return true;
	}
	snprintf(error, SPEC_ERROR_MAX,
		 "'%.40s' is no type: crash and hibernation are", type);
	return false;
}

static bool set_number(__u64 *to, const char *what, const char *number,
		       __u64 min, __u64 max, char error[SPEC_ERROR_MAX])
{
	if (parse_number(number, min, max, to))
		return true;
	snprintf(error, SPEC_ERROR_MAX,
		 "'%.40s' is no value for %s: a number from %llu to %llu is needed",
		 number, what, min, max);
	return false;
}

bool spec_set_max_pages(struct stack_spec *spec, const char *number,
			char error[SPEC_ERROR_MAX])
{
	return set_number(&spec->max_pages, "the pages of one write", number, 1,
			  DUMPFLT_MAX_PAGES_LIMIT, error);
}

bool spec_set_timeout_ms(struct stack_spec *spec, const char *number,
			 char error[SPEC_ERROR_MAX])
{
	return set_number(&spec->timeout_ms, "the timeout", number,
			  DUMPFLT_TIMEOUT_MS_MIN, DUMPFLT_TIMEOUT_MS_MAX, error);
}

struct filter_spec *spec_find_filter(struct stack_spec *spec, const char *name)
{
	size_t i;

	for (i = 0; i < spec->nr_filters; i++)
		if (!strcmp(spec->filters[i].name, name))
			return &spec->filters[i];
	return NULL;
}

struct filter_spec *spec_add_filter(struct stack_spec *spec, const char *name,
				    char error[SPEC_ERROR_MAX])
{
	struct filter_spec *filter;

	if (!kernel_valid_filter(name)) {
		snprintf(error, SPEC_ERROR_MAX,
			 "'%.40s' is no name for a filter: 1 to %d characters of a-z 0-9 _",
			 name, DUMPFLT_NAME_MAX - 1);
		return NULL;
	}
	if (spec_find_filter(spec, name)) {
		snprintf(error, SPEC_ERROR_MAX,
			 "filter '%s' is there twice", name);
		return NULL;
	}
	if (spec->nr_filters == DUMPFLT_MAX_FILTERS) {
		snprintf(error, SPEC_ERROR_MAX,
			 "more than %d filters in one stack", DUMPFLT_MAX_FILTERS);
		return NULL;
	}
	filter = &spec->filters[spec->nr_filters++];
	memset(filter, 0, sizeof(*filter));
	copy_string(filter->name, sizeof(filter->name), name);
	return filter;
}

bool spec_add_option(struct filter_spec *filter, const char *name,
		     const char *value, char error[SPEC_ERROR_MAX])
{
	if (!valid_name(name, OPTION_NAME_MAX, "_")) {
		snprintf(error, SPEC_ERROR_MAX,
			 "'%.40s' is no name for an option of filter '%s'", name,
			 filter->name);
		return false;
	}
	if (strchr(value, '\n')) {
		snprintf(error, SPEC_ERROR_MAX,
			 "option '%s' of filter '%s' has a line break in its value",
			 name, filter->name);
		return false;
	}
	if (append_string(filter->options, sizeof(filter->options), "%s=%s\n",
			  name, value))
		return true;
	snprintf(error, SPEC_ERROR_MAX,
		 "the options of filter '%s' are longer than %d bytes",
		 filter->name, DUMPFLT_OPTIONS_MAX - 1);
	return false;
}

/*
 * Copies up to the next comma that has no backslash before it. A backslash
 * stands for the character behind it. Returns: what is behind the comma, or
 * NULL if that was the last word.
 */
static const char *next_word(const char *text, char *word)
{
	for (; *text && *text != ','; text++) {
		if (*text == '\\' && text[1])
			text++;
		*word++ = *text;
	}
	*word = '\0';
	return *text ? text + 1 : NULL;
}

/* @text: "NAME[,option=value]..." as in the --filter option of create */
bool spec_parse_filter(struct stack_spec *spec, const char *text,
		       char error[SPEC_ERROR_MAX])
{
	struct filter_spec *filter;
	char word[DUMPFLT_OPTIONS_MAX];
	char *value;

	if (strlen(text) >= sizeof(word)) {
		snprintf(error, SPEC_ERROR_MAX,
			 "a filter with its options is longer than %d bytes",
			 DUMPFLT_OPTIONS_MAX - 1);
		return false;
	}
	text = next_word(text, word);
	filter = spec_add_filter(spec, word, error);
	if (!filter)
		return false;
	while (text) {
		text = next_word(text, word);
		value = strchr(word, '=');
		if (!value) {
			snprintf(error, SPEC_ERROR_MAX,
				 "'%.40s' is no option of filter '%s': name=value is needed",
				 word, filter->name);
			return false;
		}
		*value++ = '\0';
		if (!spec_add_option(filter, word, value, error))
			return false;
	}
	return true;
}

/*
 * The number that gives the filter its place. Steps of ten leave room for a
 * filter in between, as long as two digits are enough for that.
 */
unsigned int spec_number(const struct stack_spec *spec, size_t index)
{
	unsigned int step = spec->nr_filters <= 9 ? 10 : 5;

	return (unsigned int)(index + 1) * step;
}

/* The name of the filter's folder, "<NN>-<filter>" */
void spec_entry(const struct stack_spec *spec, size_t index, char *entry,
		size_t size)
{
	format_string(entry, size, "%02u-%s", spec_number(spec, index),
		      spec->filters[index].name);
}
