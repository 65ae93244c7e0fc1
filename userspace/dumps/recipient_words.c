// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is wrong with a recipient, as far as its letters say so. That needs no
 * libcrypto, which the tool of an initramfs does not have.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dumps/recipient_words.h"
#include "lib/text.h"

#define SECRET	"AGE-SECRET-KEY-"

/* How to speak of it without giving away more than should be seen */
const char *recipient_name(const char *text, char name[RECIPIENT_MAX + 2])
{
	if (strncasecmp(text, "age1", 4))
		return "which is not shown";
	format_string(name, RECIPIENT_MAX + 2, "'%.*s'", RECIPIENT_MAX - 1, text);
	return name;
}

/* Returns: NULL and @key, or what is wrong with it, in words */
const char *recipient_is_wrong(const char *text, __u8 key[DUMPFLT_BECH32_KEY])
{
	if (!strncasecmp(text, SECRET, strlen(SECRET)))
		return "it is a SECRET key, which should not be on this machine";
	return dumpflt_bech32_key(text, strlen(text), DUMPFLT_BECH32_PUBLIC, key);
}

/**
 * recipient_next() - go through the options of the filter that seals
 * @rest: a copy of them, at first; moved on
 *
 * Return: the next recipient, or NULL
 */
const char *recipient_next(char **rest)
{
	const size_t begin = strlen(RECIPIENT_OPTION "=");
	const char *line;

	while ((line = strsep(rest, "\n")))
		if (!strncmp(line, RECIPIENT_OPTION "=", begin))
			return line + begin;
	return NULL;
}

static bool options_are_wrong(const struct filter_spec *filter,
			      char error[SPEC_ERROR_MAX])
{
	char options[DUMPFLT_OPTIONS_MAX], name[RECIPIENT_MAX + 2];
	const char *wrong = NULL, *text;
	__u8 key[DUMPFLT_BECH32_KEY];
	char *rest = options;
	bool any = false;

	copy_string(options, sizeof(options), filter->options);
	while (!wrong && (text = recipient_next(&rest))) {
		any = true;
		wrong = recipient_is_wrong(text, key);
		if (wrong)
			snprintf(error, SPEC_ERROR_MAX, "recipient %s: %s",
				 recipient_name(text, name), wrong);
	}
	explicit_bzero(options, sizeof(options));
	if (!any)
		snprintf(error, SPEC_ERROR_MAX,
			 "nobody could open what filter '%s' seals: it needs recipient = age1...",
			 filter->name);
	return wrong || !any;
}

/**
 * recipients_are_wrong() - would the filter that seals refuse its recipients?
 * @spec: has all its filters
 * @error: set to the words for it
 *
 * Return: true if it is known to; false also if nothing is sealed
 */
bool recipients_are_wrong(const struct stack_spec *spec,
			  char error[SPEC_ERROR_MAX])
{
	size_t i;

	for (i = 0; i < spec->nr_filters; i++)
		if (!strcmp(spec->filters[i].name, RECIPIENT_FILTER) &&
		    options_are_wrong(&spec->filters[i], error))
			return true;
	return false;
}
