// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whom a dump is sealed for: the options --recipient and --recipients-file.
 *
 * A mistake must not wait for the crash to be found. So each recipient is
 * checked as the kernel will check it. What is not one is named, but never
 * shown if it may be a secret key: that is one file next to the right one.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "age/crypto.h"
#include "dumps/recipients.h"
#include "lib/file.h"
#include "lib/report.h"
#include "lib/text.h"

/* A secret shared with such a point is the same with every key: the kernel refuses it */
static const char *low_order(const __u8 key[DUMPFLT_BECH32_KEY])
{
	static const unsigned char any[DUMPFLT_AGE_KEY] = { 1 };
	unsigned char shared[DUMPFLT_AGE_KEY];

	switch (age_x25519(any, key, shared)) {
	case 0:
		return NULL;
	case -EKEYREJECTED:
		return "it is a point of low order, so that anybody could open the dump";
	default:
		return "it could not be checked: there is no memory for that";
	}
}

/* Returns: NULL, or what is wrong with it, in words */
static const char *check_recipient(const struct recipients *recipients, const char *text,
				   __u8 key[DUMPFLT_BECH32_KEY])
{
	const char *wrong;
	unsigned int i;

	wrong = recipient_is_wrong(text, key);
	if (!wrong)
		wrong = low_order(key);
	if (wrong)
		return wrong;
	for (i = 0; i < recipients->nr; i++)
		if (!memcmp(recipients->key[i], key, DUMPFLT_BECH32_KEY))
			return "it is there twice";
	if (recipients->nr == DUMPFLT_AGE_RECIPIENTS_MAX)
		return "it is one too many: a dump has at most 16";
	return NULL;
}

/**
 * recipients_add() - take one more
 * @recipients: those before it
 * @text: "age1..."
 * @error: what is wrong with it
 *
 * Return: true, or false with @error
 */
bool recipients_add(struct recipients *recipients, const char *text,
		    char error[SPEC_ERROR_MAX])
{
	__u8 key[DUMPFLT_BECH32_KEY];
	char name[RECIPIENT_MAX + 2];
	const char *wrong = check_recipient(recipients, text, key);

	if (wrong) {
		snprintf(error, SPEC_ERROR_MAX, "recipient %s: %s",
			 recipient_name(text, name), wrong);
		return false;
	}
	copy_string(recipients->text[recipients->nr], RECIPIENT_MAX, text);
	memcpy(recipients->key[recipients->nr++], key, sizeof(key));
	return true;
}

/* As age -R takes them: one on a line, but for blank lines and comments */
static int read_lines(struct recipients *recipients, FILE *file,
		      unsigned int *number, char error[SPEC_ERROR_MAX])
{
	char *line = NULL;
	size_t room = 0;
	int ret = 0;

	while (!ret && getline(&line, &room, file) > 0) {
		++*number;
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] && line[0] != '#' &&
		    !recipients_add(recipients, line, error))
			ret = -EINVAL;
	}
	if (!ret && ferror(file))
		ret = -errno;
	/* it may have been the file with the secret key */
	if (line)
		explicit_bzero(line, room);
	free(line);
	return ret;
}

/**
 * recipients_read() - take those in a file
 * @recipients: those before
 * @path: of a file as 'age -R' reads it
 *
 * Return: 0, or a negative errno, and it is printed what is wrong
 */
int recipients_read(struct recipients *recipients, const char *path)
{
	static const char op[] = "reading the recipients";
	unsigned int before = recipients->nr, number = 0;
	char error[SPEC_ERROR_MAX] = "";
	FILE *file;
	int ret = file_stream(op, path, &file);

	if (ret)
		return ret;
	ret = read_lines(recipients, file, &number, error);
	fclose(file);
	if (error[0])
		report_failure(op, path, "line %u: %s", number, error);
	else if (ret)
		report_error(op, path, -ret);
	if (ret || recipients->nr > before)
		return ret;
	report_failure(op, path, "there is none in it");
	return -EINVAL;
}

/**
 * recipients_of_filter() - those that are options of the filter that seals
 * @recipients: so far
 * @filter: its options
 * @error: set to words if one is refused
 *
 * Return: false if one is
 */
bool recipients_of_filter(struct recipients *recipients,
			  const struct filter_spec *filter,
			  char error[SPEC_ERROR_MAX])
{
	char options[DUMPFLT_OPTIONS_MAX], *rest = options;
	const char *text;

	copy_string(options, sizeof(options), filter->options);
	while ((text = recipient_next(&rest)))
		if (!recipients_add(recipients, text, error))
			return false;
	return true;
}

/**
 * recipients_apply() - make them options of the filter that seals
 * @recipients: all that were named
 * @spec: has all its filters; if it has none, gets the default policy
 * @error: what does not go together
 *
 * Return: true, or false with @error
 */
bool recipients_apply(struct recipients *recipients, struct stack_spec *spec,
		      char error[SPEC_ERROR_MAX])
{
	struct filter_spec *filter = spec_find_filter(spec, RECIPIENT_FILTER);
	unsigned int named = recipients->nr, i;

	if (!filter && !named)
		return true;
	if (!filter && !spec->nr_filters)
		filter = spec_add_filter(spec, RECIPIENT_FILTER, error);
	else if (!filter)
		snprintf(error, SPEC_ERROR_MAX,
			 "recipients need --filter " RECIPIENT_FILTER ", or no --filter at all");
	if (!filter || !recipients_of_filter(recipients, filter, error))
		return false;
	/* sealed or none, even if the filter cannot say so itself any more */
	filter->critical = true;
	for (i = 0; i < named; i++)
		if (!spec_add_option(filter, RECIPIENT_OPTION, recipients->text[i], error))
			return false;
	if (recipients->nr)
		return true;
	snprintf(error, SPEC_ERROR_MAX,
		 "nobody could open what filter '%s' seals: --recipient or --recipients-file is needed",
		 filter->name);
	return false;
}
