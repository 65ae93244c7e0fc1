// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt start: begin a dump, or a read-back session.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdbool.h>
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "kernel/kernel.h"
#include "kernel/session.h"
#include "kernel/stack.h"

static const char help[] =
"Usage: dumpflt start NAME [--read]\n"
"Begin a dump on the live stack NAME: every filter starts, and the stack device\n"
"takes writes until 'dumpflt finish NAME'.\n"
"\n"
"  --read   begin a session that reads a dump back, and takes no writes\n"
"  --help   print this text\n";

int cmd_start(int argc, char **argv)
{
	char device[KERNEL_DEVICE_MAX], path[KERNEL_PATH_MAX];
	bool read = false;
	const char *name;
	int ret;

	ret = options_parse_flag(argc, argv, "read", &read, help);
	if (ret >= 0)
		return ret;
	if (argc - optind != 1 || !kernel_valid_stack(argv[optind]))
		return usage_error(argv[0], "exactly one NAME of a stack is needed");
	name = argv[optind];
	if (kernel_attach() || stack_node(name, device, path) ||
	    (read ? session_read(name) : session_start(name)))
		return EXIT_FAILED;
	return EXIT_OK;
}
