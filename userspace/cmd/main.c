// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of subcommands and main.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "deploy/made_from.h"
#include "lib/finding.h"
#include "lib/json.h"
#include "lib/standard.h"
#include "lib/text.h"
#include "module/version.h"

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
	{ "rehearse",	cmd_rehearse,	"try a dump of a sample, and say what a whole one takes" },
	{ "arm",	cmd_arm,	"load a capture kernel for the next crash" },
	{ "disarm",	cmd_disarm,	"unload it" },
	{ "format",	cmd_format,	"make a dump area" },
	{ "show",	cmd_show,	"show a dump area and its receipts" },
	{ "verify",	cmd_verify,	"is a dump complete and intact?" },
	{ "extract",	cmd_extract,	"read a dump back into a file" },
	{ "open",	cmd_open,	"run a command on a dump, in place" },
	{ "serve",	cmd_serve,	"let programs read a dump in place, by NBD" },
	{ "collect",	cmd_collect,	"keep the dumps of an area as files" },
	{ "reseal",	cmd_reseal,	"make a collected dump one for other readers" },
	{ "hibernate",	cmd_hibernate,	"write the memory to a dump area, and go down" },
	{ "resume",	cmd_resume,	"at boot: put a hibernated memory back" },
	{ "release",	cmd_release,	"let a dump in an area be overwritten" },
	{ "erase",	cmd_erase,	"make what is in a slot unreadable" },
	{ "repair",	cmd_repair,	"make a lost header of an area good again" },
#endif
};

/* Letters that a mistyped command is off by, at most */
#define MISTYPED_MAX	2

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
	      "'dumpflt help COMMAND' or 'dumpflt COMMAND --help' explains a command, as does\n"
	      "the page dumpflt-COMMAND(8). 'dumpflt --version' prints the version.\n"
	      "Exit status: 0 success, 1 failure, 2 wrong usage, 3 no dump, 4 it was never\n"
	      "completed, 5 it is damaged, 6 no key opens it.\n", to);
}

static const struct subcommand *find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(subcommands); i++)
		if (!strcmp(name, subcommands[i].name))
			return &subcommands[i];
	return NULL;
}

static int report_unknown(const char *name)
{
	const char *nearest = NULL;
	unsigned int distance, least = MISTYPED_MAX + 1;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(subcommands); i++) {
		distance = text_distance(name, subcommands[i].name);
		if (distance < least) {
			least = distance;
			nearest = subcommands[i].name;
		}
	}
	fprintf(stderr, "ERROR: '%s' is not a command\n", name);
	if (nearest)
		fprintf(stderr, "       Is '%s' meant?\n", nearest);
	fputs("       See 'dumpflt --help'.\n", stderr);
	return EXIT_USAGE;
}

/* "help", or "help COMMAND" */
static int explain(int argc, char **argv)
{
	const struct subcommand *subcommand;
	char option[] = "--help";
	char *words[3] = { argv[1], option, NULL };

	if (argc < 2) {
		print_help(stdout);
		return EXIT_OK;
	}
	subcommand = find(argv[1]);
	return subcommand ? subcommand->run(2, words) : report_unknown(argv[1]);
}

static bool is_one_of(const char *word, const char *one, const char *other)
{
	return !strcmp(word, one) || !strcmp(word, other);
}

static int run(int argc, char **argv)
{
	const struct subcommand *subcommand;

	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (is_one_of(argv[1], "--help", "-h"))
		return explain(1, argv + 1);
	if (!strcmp(argv[1], "help"))
		return explain(argc - 1, argv + 1);
	if (is_one_of(argv[1], "--version", "-V")) {
		puts("dumpflt " DUMPFLT_VERSION);
		return EXIT_OK;
	}
	subcommand = find(argv[1]);
	return subcommand ? subcommand->run(argc - 1, argv + 1) : report_unknown(argv[1]);
}

int main(int argc, char **argv)
{
	int code;

	if (!standard_open())
		return EXIT_FAILED;
#ifndef DUMPFLT_INITRAMFS
	status_compare = made_from_compare;
#endif
	code = run(argc, argv);
	if (code == EXIT_FAILED)
		code = (int)finding_worst();
	if (code != EXIT_OK && options_want_json())
		json_print_failure(code);
	return standard_close(code);
}
