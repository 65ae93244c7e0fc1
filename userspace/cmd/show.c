// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt show: what is in a dump area.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "cmd/print/print.h"
#include "cmd/cmd.h"
#include "cmd/options.h"

static const char help[] =
"Usage: dumpflt show DEVICE [--json]\n"
"Show the dump area on DEVICE, which may be a block device or an image file: its\n"
"slots, and what the receipts in them say. Nothing is verified but headers and\n"
"receipts themselves: 'dumpflt verify' looks at the dumps.\n"
"\n"
"  --json   print one line of JSON\n"
"  --help   print this text\n";

int cmd_show(int argc, char **argv)
{
	struct open_area open;
	bool json = false;
	int ret;

	ret = options_parse_flag(argc, argv, "json", &json, help);
	if (ret >= 0)
		return ret;
	if (argc - optind != 1)
		return usage_error(argv[0], "exactly one DEVICE is needed");
	if (open_area(&open, argv[optind], false))
		return EXIT_FAILED;
	print_area(&open, json);
	close_area(&open);
	return EXIT_OK;
}
