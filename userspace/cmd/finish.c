// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt finish: end a session and flush the target.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "lib/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "kernel/kernel.h"
#include "kernel/session.h"

static const char help[] =
"Usage: dumpflt finish NAME [--abort[=WORDS] | --bytes N]\n"
"End the session of stack NAME: every filter finishes and the target's cache is\n"
"flushed. Prints the state afterwards: \"complete\" means that all of the dump\n"
"is on stable storage; after a read-back session it is \"live\".\n"
"\n"
"  --abort[=WORDS]  the dump is not whole: end the session as failed; the receipt\n"
"                   in a dump area says why, in these words\n"
"  --bytes N        exact length of the dump (default: all that was written)\n"
"  --help           print this text\n";

struct finish {
	__u64	bytes;
	bool	cut;
	const char *why;
};

static const struct option table[] = {
	{ "abort",	optional_argument,		NULL, 'a' },
	{ "bytes",	required_argument,	NULL, 'b' },
	{ "help",	no_argument,		NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static bool take_finish_option(void *ctx, int option, const char *value,
			       char error[SPEC_ERROR_MAX])
{
	struct finish *finish = ctx;

	if (option == 'a') {
		finish->cut = true;
		finish->why = value;
		return true;
	}
	if (parse_number(value, 0, SESSION_ALL - 1, &finish->bytes))
		return true;
	snprintf(error, SPEC_ERROR_MAX, "'%s' is no number of bytes", value);
	return false;
}

static const struct option_set options = {
	.table = table, .help = help, .take = take_finish_option,
};

static int finish_session(const char *name, __u64 bytes)
{
	char state[KERNEL_VALUE_MAX];

	if (session_check_written(name) || session_finish(name, bytes, state))
		return EXIT_FAILED;
	puts(state);
	return EXIT_OK;
}

int cmd_finish(int argc, char **argv)
{
	struct finish finish = { .bytes = SESSION_ALL };
	const char *name;
	int ret;

	ret = options_parse(&options, argc, argv, &finish);
	if (ret >= 0)
		return ret;
	if (argc - optind != 1 || !kernel_valid_stack(argv[optind]))
		return usage_error(argv[0], "exactly one NAME of a stack is needed");
	if (finish.cut && finish.bytes != SESSION_ALL)
		return usage_error(argv[0], "either --abort or --bytes");
	name = argv[optind];
	if (kernel_attach())
		return EXIT_FAILED;
	if (finish.cut)
		return session_check_open(name) ||
		       session_abort(name, finish.why) ? EXIT_FAILED : EXIT_OK;
	return finish_session(name, finish.bytes);
}
