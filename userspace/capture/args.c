// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The arguments for makedumpfile, as far as they decide what comes out of it.
 *
 * It is started without a shell, writes the flattened format to its standard
 * output, and reads what vmcore= says. What makes it do anything else, or is
 * meant for a shell, would be found in the crash. Which options it knows
 * otherwise only it can say: see rehearse.c.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>

#include "capture/args.h"
#include "lib/text.h"

#define FOR_A_SHELL	"|<>;&`\"'"
/* Of makedumpfile 1.5 to 1.7 */
#define SHORT_WITH_VALUE "bdgix"
#define SHORT_NO_STREAM	"Rghv"
#define SHORT_COMPRESS	"clpz"
/* Exclude user data, free pages and so on: all that a level can say */
#define LEVEL_MAX	31
#define LEAVE_MOST	"-l -d 31"

static const char * const no_stream[] = {
	"split", "reassemble", "dump-dmesg", "partial-dmesg", "mem-usage",
	"dry-run", "check-params", "help", "diskset",
};

static const char * const with_value[] = {
	"message-level", "vtop", "config", "cyclic-buffer", "eppic",
	"splitblock-size", "work-dir", "num-threads", "xen_phys_start",
	"xen-vmcoreinfo", "xen-syms",
};

static bool refuse_arg(char error[SPEC_ERROR_MAX], const char *arg,
		       const char *why)
{
	snprintf(error, SPEC_ERROR_MAX, "'%.40s' in args: %s", arg, why);
	return false;
}

static bool is_one_of(const char *name, const char *const *names, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* An option may be cut short: --dump is --dump-dmesg, if only that begins so */
static bool means_no_stream(const char *name)
{
	size_t i;

	if (is_one_of(name, with_value, ARRAY_SIZE(with_value)))
		return false;
	for (i = 0; i < ARRAY_SIZE(no_stream); i++)
		if (!strncmp(name, no_stream[i], strlen(name)))
			return true;
	return false;
}

/* @next: is taken, too, if the option has its value there */
static bool take_long(const char *arg, bool *next, char error[SPEC_ERROR_MAX])
{
	char name[32];
	size_t len = strcspn(arg + 2, "=");

	*next = false;
	if (!len)
		return refuse_arg(error, arg, "no option");
	if (len >= sizeof(name))
		return true;
	memcpy(name, arg + 2, len);
	name[len] = '\0';
	if (means_no_stream(name))
		return refuse_arg(error, arg, "what makedumpfile writes then is no dump on its standard output");
	*next = !arg[2 + len] &&
		is_one_of(name, with_value, ARRAY_SIZE(with_value));
	return true;
}

/* The first of "31,1"; what is no number makedumpfile refuses */
static void take_level(const char *value, struct args_facts *facts)
{
	char text[16];
	__u64 level;

	if (!value || !copy_string(text, sizeof(text), value))
		return;
	text[strcspn(text, ",")] = '\0';
	if (parse_number(text, 0, LEVEL_MAX, &level))
		facts->level = level;
}

static bool take_short(const char *arg, const char *value,
		       struct args_facts *facts, bool *next,
		       char error[SPEC_ERROR_MAX])
{
	const char *c;

	*next = false;
	for (c = arg + 1; *c; c++) {
		if (strchr(SHORT_NO_STREAM, *c))
			return refuse_arg(error, arg, "what makedumpfile writes then is no dump on its standard output");
		if (strchr(SHORT_COMPRESS, *c))
			facts->compressed = true;
		if (!strchr(SHORT_WITH_VALUE, *c))
			continue;
		*next = !c[1];
		if (*c == 'd')
			take_level(c[1] ? c + 1 : value, facts);
		break;
	}
	return true;
}

/**
 * args_check() - refuse what would be no dump on standard output
 * @args: options for makedumpfile, each word by itself
 * @nr: how many
 * @facts: filled
 * @error: filled if they are refused
 *
 * Return: true if they are good
 */
bool args_check(char *const *args, size_t nr, struct args_facts *facts,
		char error[SPEC_ERROR_MAX])
{
	bool next, good;
	size_t i;

	memset(facts, 0, sizeof(*facts));
	for (i = 0; i < nr; i++) {
		const char *value = i + 1 < nr ? args[i + 1] : NULL;

		if (strpbrk(args[i], FOR_A_SHELL))
			return refuse_arg(error, args[i], "there is no shell, no pipe and no quoting");
		if (args[i][0] != '-' || !args[i][1])
			return refuse_arg(error, args[i], "no option; what is read says vmcore=, and the dump goes to the target");
		good = args[i][1] == '-' ?
			       take_long(args[i], &next, error) :
			       take_short(args[i], value, facts, &next, error);
		if (!good)
			return false;
		if (next && !value)
			return refuse_arg(error, args[i], "its value is missing");
		if (next && strpbrk(value, FOR_A_SHELL))
			return refuse_arg(error, value, "there is no shell, no pipe and no quoting");
		i += next;
	}
	return true;
}

/* As they were read: they fit, as they came from a line of that length */
void args_text(char *const *args, size_t nr, char text[ARGS_TEXT_MAX])
{
	size_t i;

	text[0] = '\0';
	for (i = 0; i < nr; i++)
		append_string(text, ARGS_TEXT_MAX, "%s%s", i ? " " : "", args[i]);
}

/* Of "-ld31": what is before the value. Returns: 0 if it says no level */
static size_t before_level(const char *arg)
{
	const char *c;

	if (arg[0] != '-' || arg[1] == '-')
		return 0;
	for (c = arg + 1; *c; c++)
		if (strchr(SHORT_WITH_VALUE, *c))
			return *c == 'd' ? (size_t)(c + 1 - arg) : 0;
	return 0;
}

/* Of arguments that args_check() found good: is the next word the value of this one? */
static bool has_value(const char *arg)
{
	struct args_facts facts;
	char error[SPEC_ERROR_MAX];
	bool next;

	if (arg[1] == '-')
		take_long(arg, &next, error);
	else
		take_short(arg, NULL, &facts, &next, error);
	return next;
}

/**
 * args_with_level() - the same arguments, with another level
 * @args: that args_check() found good
 * @nr: how many
 * @level: to be left out, as in -d
 * @text: filled, with a blank between two words
 *
 * Return: false if that is too long
 */
bool args_with_level(char *const *args, size_t nr, unsigned int level,
		     char text[ARGS_TEXT_MAX])
{
	bool next, good = true;
	size_t i, len;

	text[0] = '\0';
	for (i = 0; good && i < nr; i += 1 + next) {
		len = before_level(args[i]);
		next = has_value(args[i]);
		/* of two levels the last one counts, and is put behind all others */
		if (len > 2)
			good = append_string(text, ARGS_TEXT_MAX, "%.*s ", (int)len - 1, args[i]);
		else if (!len)
			good = append_string(text, ARGS_TEXT_MAX, "%s ", args[i]);
		if (good && next && !len)
			good = append_string(text, ARGS_TEXT_MAX, "%s ", args[i + 1]);
	}
	return good && append_string(text, ARGS_TEXT_MAX, "-d %u", level);
}

/* A word without the short options that compress; none if nothing is left of it */
static bool append_uncompressed(char text[ARGS_TEXT_MAX], const char *arg)
{
	char word[ARGS_TEXT_MAX];
	bool whole = arg[1] == '-';
	size_t len = 0;

	for (; *arg; arg++) {
		if (!whole && strchr(SHORT_COMPRESS, *arg))
			continue;
		/* what is behind it is its value */
		whole = whole || strchr(SHORT_WITH_VALUE, *arg);
		word[len++] = *arg;
	}
	word[len] = '\0';
	return len < 2 || append_string(text, ARGS_TEXT_MAX, "%s%s", *text ? " " : "", word);
}

/**
 * args_uncompressed() - the same arguments, for pages as they are
 * @args: that args_check() found good
 * @nr: how many
 * @text: filled, with a blank between two words
 *
 * Return: false if that is too long
 */
bool args_uncompressed(char *const *args, size_t nr, char text[ARGS_TEXT_MAX])
{
	bool next, good = true;
	size_t i;

	text[0] = '\0';
	for (i = 0; good && i < nr; i += 1 + next) {
		next = has_value(args[i]);
		good = append_uncompressed(text, args[i]) &&
		       (!next || append_string(text, ARGS_TEXT_MAX, " %s", args[i + 1]));
	}
	return good;
}

/**
 * args_leave_more() - what to do about a dump that is too large
 * @facts: from args_check()
 *
 * Return: words that fit behind other advice; none if all is left out already
 */
const char *args_leave_more(const struct args_facts *facts)
{
	return facts->level == LEVEL_MAX && facts->compressed ? "" :
	       ", or set args = " LEAVE_MOST;
}
