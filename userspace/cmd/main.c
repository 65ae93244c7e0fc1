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
	{ "collect",	cmd_collect,	"keep the dumps of an area as files" },
	{ "reseal",	cmd_reseal,	"make a collected dump one for other readers" },
	{ "hibernate",	cmd_hibernate,	"write the memory to a dump area, and go down" },
	{ "resume",	cmd_resume,	"at boot: put a hibernated memory back" },
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

static int run(int argc, char **argv)
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
		puts("dumpflt " DUMPFLT_VERSION);
		return EXIT_OK;
	}
	for (i = 0; i < ARRAY_SIZE(subcommands); i++)
		if (!strcmp(argv[1], subcommands[i].name))
			return subcommands[i].run(argc - 1, argv + 1);
	fprintf(stderr, "ERROR: '%s' is not a command\n"
		"       See 'dumpflt --help'.\n", argv[1]);
	return EXIT_USAGE;
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
	if (code != EXIT_OK && options_want_json())
		json_print_failure(code);
	return standard_close(code);
}
