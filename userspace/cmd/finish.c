// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt finish: end a session and flush the target.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "cmd/cmd.h"
#include "kernel/kernel.h"
#include "kernel/session.h"

static const char help[] =
"Usage: dumpflt finish NAME [--abort | --bytes N]\n"
"End the session of stack NAME: every filter finishes and the target's cache is\n"
"flushed. Prints the state afterwards: \"complete\" means that all of the dump\n"
"is on stable storage; after a read-back session it is \"live\".\n"
"\n"
"  --abort    the dump is not whole: end the session as failed\n"
"  --bytes N  exact length of the dump (default: all that was written)\n"
"  --help     print this text\n";

static const struct option options[] = {
	{ "abort",	no_argument,		NULL, 'a' },
	{ "bytes",	required_argument,	NULL, 'b' },
	{ "help",	no_argument,		NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int finish(const char *name, __u64 bytes)
{
	char state[KERNEL_VALUE_MAX];

	if (session_finish(name, bytes, state))
		return EXIT_FAILED;
	puts(state);
	return EXIT_OK;
}

int cmd_finish(int argc, char **argv)
{
	__u64 bytes = SESSION_ALL;
	bool cut = false;
	const char *name;
	int opt;

	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (opt) {
		case 'a':
			cut = true;
			break;
		case 'b':
			if (!parse_number(optarg, 0, SESSION_ALL - 1, &bytes))
				return usage_error(argv[0], "'%s' is no number of bytes",
						   optarg);
			break;
		case 'h':
			fputs(help, stdout);
			return EXIT_OK;
		default:
			return option_error(argv[0], opt, argv);
		}
	}
	if (argc - optind != 1 || !kernel_valid_stack(argv[optind]))
		return usage_error(argv[0], "exactly one NAME of a stack is needed");
	if (cut && bytes != SESSION_ALL)
		return usage_error(argv[0], "either --abort or --bytes");
	name = argv[optind];
	if (kernel_attach())
		return EXIT_FAILED;
	if (cut)
		return session_abort(name) ? EXIT_FAILED : EXIT_OK;
	return finish(name, bytes);
}
