// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt destroy: take a stack down and remove it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <string.h>

#include <uapi/linux/dumpflt_control.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "kernel/kernel.h"
#include "kernel/stack.h"
#include "lib/report.h"

static const char help[] =
"Usage: dumpflt destroy NAME\n"
"Take the stack NAME down and remove it with its filters. A session that is\n"
"open ends as interrupted; 'dumpflt finish' ends it in order.\n"
"\n"
"  --help   print this text\n";

/* What is ended with the stack, or NULL */
static const char *open_session(const char *name)
{
	char state[KERNEL_VALUE_MAX];

	if (kernel_stack_read(name, KERNEL_STATE, state))
		return NULL;
	if (!strcmp(state, DUMPFLT_STATE_STARTED))
		return "a dump";
	return strcmp(state, DUMPFLT_STATE_READING) ? NULL : "a read-back";
}

int cmd_destroy(int argc, char **argv)
{
	int ret = options_parse_flag(argc, argv, NULL, NULL, help);
	const char *what;

	if (ret >= 0)
		return ret;
	if (argc - optind != 1 || !kernel_valid_stack(argv[optind]))
		return usage_error(argv[0], "exactly one NAME of a stack is needed");
	if (kernel_attach())
		return EXIT_FAILED;
	what = open_session(argv[optind]);
	if (stack_down(argv[optind]))
		return EXIT_FAILED;
	if (what)
		report_warning("stack '%s' had %s under way, which is interrupted: not complete",
			       argv[optind], what);
	return EXIT_OK;
}
