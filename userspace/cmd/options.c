// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command line of a subcommand, and what is said if it is wrong.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "lib/progress.h"
#include "lib/report.h"

int usage_error(const char *cmd, const char *fmt, ...)
{
	char text[384];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	report_usage(cmd, text);
	return EXIT_USAGE;
}

static bool json_wanted;

/* Whether the command knows --json, and it is on its command line, be that wrong elsewhere */
bool options_want_json(void)
{
	return json_wanted;
}

static bool find_json(const struct option *table, int argc, char **argv)
{
	int i;

	while (table->name && strcmp(table->name, "json"))
		table++;
	for (i = 1; table->name && i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--json"))
			return true;
	return false;
}

/* @opt is what getopt_long() returned, with ':' as first character of its string */
static int option_error(const char *cmd, int opt, char **argv)
{
	const char *word = argv[optind - 1];

	if (opt == ':')
		return usage_error(cmd, "option '%s' needs a value", word);
	/* A long option that takes no value, or an ambiguous or unknown one */
	if (!strncmp(word, "--", 2))
		return usage_error(cmd, "option '%s' is not known or takes no value",
				   word);
	return usage_error(cmd, "option '-%c' is not known", optopt);
}

/*
 * getopt_long() takes the beginning of a long option for all of it, so that an option that
 * is added later would change what a script says. Returns: true if @name was not spelled out
 */
static bool is_abbreviated(const char *name, char **argv)
{
	const char *word = argv[optind - 1];

	/* its value may be a word of its own */
	if (optarg && optarg == word)
		word = argv[optind - 2];
	return strcspn(word + 2, "=") != strlen(name);
}

static bool may_repeat(const struct option_set *set, int option)
{
	const int *may = set->repeats;

	while (may && *may && *may != option)
		may++;
	return may && *may;
}

/*
 * Of two values the last would be taken, and nobody would know of the first. Who gives a
 * flag twice meant another one. Returns: the option's name if it is there twice, else NULL
 */
static const char *find_twice(const struct option_set *set, int option, __u64 *seen)
{
	const struct option *entry = set->table;
	__u64 bit = 1;

	for (; entry->name && entry->val != option; entry++)
		bit <<= 1;
	if (!entry->name || may_repeat(set, option))
		return NULL;
	if (*seen & bit)
		return entry->name;
	*seen |= bit;
	return NULL;
}

static const char progress_help[] =
"\n"
"How far it is, is shown on standard error:\n"
"  --progress HOW   json: one object a line, for a program; line: a line now and then,\n"
"                   also on a terminal; none\n"
"  --quiet          show none, and say nothing of what went well; errors, warnings and\n"
"                   what is for programs stay\n";

/* Returns: false if it is refused, and why in @error */
static bool take_option(const struct option_set *set, void *ctx, int option,
			const char *value, char error[SPEC_ERROR_MAX])
{
	switch (option) {
	case OPTION_QUIET:
		report_be_quiet();
		return true;
	case OPTION_PROGRESS:
		if (progress_choose(value))
			return true;
		snprintf(error, SPEC_ERROR_MAX, "'%.40s' is no progress: json, line or none",
			 value);
		return false;
	default:
		return set->take(ctx, option, value, error);
	}
}

static void print_help(const struct option_set *set)
{
	const struct option *entry = set->table;

	while (entry->name && entry->val != OPTION_PROGRESS)
		entry++;
	fputs(set->help, stdout);
	if (entry->name)
		fputs(progress_help, stdout);
}

/**
 * options_parse() - take the options of a command line
 * @set: those that there are
 * @argc: as the command got it
 * @argv: likewise; what is no option begins at optind
 * @ctx: for set->take
 *
 * Return: an exit code if the command is over, else -1
 */
int options_parse(const struct option_set *set, int argc, char **argv,
		  void *ctx)
{
	const char *shorts = set->shorts ? set->shorts : ":h";
	char error[SPEC_ERROR_MAX] = "";
	const char *twice;
	__u64 seen = 0;
	int opt, at = -1;

	progress_of(argv[0]);
	json_wanted = find_json(set->table, argc, argv);
	while ((opt = getopt_long(argc, argv, shorts, set->table, &at)) != -1) {
		if (opt == '?' || opt == ':')
			return option_error(argv[0], opt, argv);
		if (at >= 0 && is_abbreviated(set->table[at].name, argv))
			return usage_error(argv[0], "option '--%s' is to be spelled out",
					   set->table[at].name);
		at = -1;
		if (opt == OPTION_HELP) {
			print_help(set);
			return EXIT_OK;
		}
		twice = find_twice(set, opt, &seen);
		if (twice)
			return usage_error(argv[0], "option '--%s' is there twice", twice);
		if (take_option(set, ctx, opt, optarg, error))
			continue;
		return error[0] ? usage_error(argv[0], "%s", error) : EXIT_FAILED;
	}
	return -1;
}

static bool take_config_option(void *ctx, int option, const char *value,
			       char error[SPEC_ERROR_MAX])
{
	struct config_options *options = ctx;

	(void)error;
	switch (option) {
	case 'c':
		options->path = value;
		break;
	case 'f':
		options->flag = true;
		break;
	default:
		options->json = true;
		break;
	}
	return true;
}

/**
 * options_parse_config() - options_parse() for --config, --json, progress, a flag and --help
 * @argc: as the command got it
 * @argv: likewise; nothing may be left
 * @name: of the flag
 * @options: filled; has the file that is read if none is named
 * @help: the command's own text
 *
 * Return: an exit code if the command is over, else -1
 */
int options_parse_config(int argc, char **argv, const char *name,
			 struct config_options *options, const char *help)
{
	const struct option table[] = {
		{ "config",	required_argument,	NULL, 'c' },
		{ name,		no_argument,		NULL, 'f' },
		{ "json",	no_argument,		NULL, 'j' },
		PROGRESS_OPTION,
		QUIET_OPTION,
		{ "help",	no_argument,		NULL, OPTION_HELP },
		{ NULL, 0, NULL, 0 },
	};
	const struct option_set set = {
		.table = table, .shorts = ":hc:", .help = help, .take = take_config_option,
	};
	int ret = options_parse(&set, argc, argv, options);

	if (ret < 0 && argc != optind)
		return usage_error(argv[0], "unexpected argument '%s'", argv[optind]);
	return ret;
}

static bool take_flag(void *ctx, int option, const char *value,
		      char error[SPEC_ERROR_MAX])
{
	bool *flag = ctx;

	(void)option;
	(void)value;
	(void)error;
	*flag = true;
	return true;
}

/**
 * options_parse_flag() - options_parse() for one flag and --help
 * @argc: as the command got it
 * @argv: likewise; what is no option begins at optind
 * @name: of the flag, NULL if there is none
 * @flag: set to true if it was given
 * @help: the command's own text
 *
 * Return: an exit code if the command is over, else -1
 */
int options_parse_flag(int argc, char **argv, const char *name, bool *flag,
		       const char *help)
{
	const struct option table[] = {
		{ "help",	no_argument,	NULL, OPTION_HELP },
		{ name,		no_argument,	NULL, 'f' },
		{ NULL, 0, NULL, 0 },
	};
	const struct option_set set = {
		.table = table, .help = help, .take = take_flag,
	};

	return options_parse(&set, argc, argv, flag);
}
