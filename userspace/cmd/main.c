// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of subcommands and main.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/version.h"

struct subcommand {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
};

static const struct subcommand subcommands[] = {
	{ "create",	cmd_create,	"configure a stack and set it live" },
	{ "destroy",	cmd_destroy,	"take a stack down and remove it" },
	{ "start",	cmd_start,	"begin a dump, or a read-back session" },
	{ "finish",	cmd_finish,	"end a session and flush the target" },
	{ "status",	cmd_status,	"show state, counters and errors" },
	{ "list",	cmd_list,	"list stacks and available filters" },
	{ "capture",	cmd_capture,	"in the capture kernel: write the dump" },
/* They need libraries that a capture kernel has no memory for: see Makefile */
#ifndef DUMPFLT_INITRAMFS
	{ "format",	cmd_format,	"make a dump area" },
	{ "show",	cmd_show,	"show a dump area and its receipts" },
	{ "verify",	cmd_verify,	"is a dump in an area complete and intact?" },
	{ "extract",	cmd_extract,	"read a dump back into a file" },
	{ "collect",	cmd_collect,	"keep the dumps of an area as files" },
	{ "release",	cmd_release,	"let a dump in an area be overwritten" },
#endif
};

static void print_help(FILE *to)
{
	size_t i;

	fputs("Usage: dumpflt COMMAND [OPTION]...\n"
	      "Control dump filters: kernel modules on the path of a crash dump.\n"
	      "\n"
	      "Commands:\n", to);
	for (i = 0; i < ARRAY_SIZE(subcommands); i++)
		fprintf(to, "  %-9s %s\n", subcommands[i].name,
			subcommands[i].summary);
	fputs("\n"
	      "'dumpflt COMMAND --help' explains a command, as does the page\n"
	      "dumpflt-COMMAND(8). 'dumpflt --version' prints the version.\n"
	      "Exit status: 0 success, 1 failure, 2 wrong usage.\n", to);
}

int usage_error(const char *cmd, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "ERROR: %s: ", cmd);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n       See 'dumpflt %s --help'.\n", cmd);
	return EXIT_USAGE;
}

/* @opt is what getopt_long() returned, with ':' as first character of its string */
int option_error(const char *cmd, int opt, char **argv)
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

/**
 * parse_flag() - the command line of a command that knows one flag and --help
 * @argc: as the command got it
 * @argv: likewise; what is left begins at optind
 * @name: of the flag
 * @flag: set to true if it was given
 * @help: the command's own text
 *
 * Return: an exit code if the command is over, else -1
 */
int parse_flag(int argc, char **argv, const char *name, bool *flag,
	       const char *help)
{
	const struct option options[] = {
		{ name,		no_argument,	NULL, 'f' },
		{ "help",	no_argument,	NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (opt) {
		case 'f':
			*flag = true;
			break;
		case 'h':
			fputs(help, stdout);
			return EXIT_OK;
		default:
			return option_error(argv[0], opt, argv);
		}
	}
	return -1;
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		print_help(stdout);
		return EXIT_OK;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("dumpflt " DUMPFLT_TOOL_VERSION);
		return EXIT_OK;
	}
	for (i = 0; i < ARRAY_SIZE(subcommands); i++)
		if (!strcmp(argv[1], subcommands[i].name))
			return subcommands[i].run(argc - 1, argv + 1);
	fprintf(stderr, "ERROR: '%s' is not a command\n"
		"       See 'dumpflt --help'.\n", argv[1]);
	return EXIT_USAGE;
}
