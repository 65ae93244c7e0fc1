/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of a subcommand, and what is said if it is wrong.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CMD_OPTIONS_H
#define DUMPFLT_CMD_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>

#include "kernel/spec.h"
#include "lib/text.h"

/* Of --help, in every table, and of -h */
#define OPTION_HELP	'h'

/*
 * In the table of each command that shows how far it is, both of them: options_parse() takes
 * them, and prints their help
 */
enum {
	OPTION_PROGRESS = 0x1000, OPTION_QUIET,
};

#define PROGRESS_OPTION	{ "progress", required_argument, NULL, OPTION_PROGRESS }
#define QUIET_OPTION	{ "quiet", no_argument, NULL, OPTION_QUIET }

/**
 * struct option_set - the options that a command knows
 * @table: as getopt_long() wants it, with --help as OPTION_HELP
 * @shorts: as getopt() wants it, with a colon first and -h; NULL for that alone
 * @repeats: values of those that may be given several times though they take a
 *	value, then 0; NULL for none
 * @help: what --help prints
 * @take: is given every option but --progress, --quiet and --help; false if it is
 *	refused: then @error says why, or is empty if that was reported, and is no wrong usage
 */
struct option_set {
	const struct option	*table;
	const char		*shorts;
	const int		*repeats;
	const char		*help;
	bool	(*take)(void *ctx, int option, const char *value,
			char error[SPEC_ERROR_MAX]);
};

/**
 * struct config_options - of a command that reads a configuration
 * @path: of the file
 * @flag: the flag of this command was given
 * @json: the result is to be printed as JSON
 */
struct config_options {
	const char	*path;
	bool		flag;
	bool		json;
};

int options_parse(const struct option_set *set, int argc, char **argv,
		  void *ctx);
int options_parse_config(int argc, char **argv, const char *name,
			 struct config_options *options, const char *help);
int options_parse_flag(int argc, char **argv, const char *name, bool *flag,
		       const char *help);
bool options_want_json(void);
__printf(2, 3) int usage_error(const char *cmd, const char *fmt, ...);

#endif
