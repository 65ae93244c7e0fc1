// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt destroy: take a stack down and remove it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "kernel/kernel.h"
#include "kernel/stack.h"

static const char help[] =
"Usage: dumpflt destroy NAME\n"
"Take the stack NAME down and remove it with its filters. A session that is\n"
"open ends as interrupted; 'dumpflt finish' ends it in order.\n"
"\n"
"  --help   print this text\n";

int cmd_destroy(int argc, char **argv)
{
	int ret = options_parse_flag(argc, argv, NULL, NULL, help);

	if (ret >= 0)
		return ret;
	if (argc - optind != 1 || !kernel_valid_stack(argv[optind]))
		return usage_error(argv[0], "exactly one NAME of a stack is needed");
	if (kernel_attach() || stack_down(argv[optind]))
		return EXIT_FAILED;
	return EXIT_OK;
}
