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
#include "dumps/copy_verify.h"
#include "lib/report.h"

static const char help[] =
"Usage: dumpflt show DEVICE [--json]\n"
"Show the dump area on DEVICE, which may be a block device or an image file: its\n"
"slots, and what the receipts in them say. Nothing is verified but headers and\n"
"receipts themselves: 'dumpflt verify' looks at the dumps. DEVICE may as well be a\n"
"file that 'dumpflt collect' has made: then it is the receipt beside it.\n"
"\n"
"  --json   print one line of JSON\n"
"  --help   print this text\n";

static int show_copy(const char *path, bool json)
{
	struct copy_receipt beside;
	struct area_io io;
	const char *wrong;
	int ret = area_io_open(&io, path, false);

	if (ret) {
		area_report_open(path, ret);
		return EXIT_FAILED;
	}
	wrong = copy_receipt_read(&beside, path);
	if (!wrong) {
		print_copy(path, &io, &beside, json);
	} else {
		report_failure("reading the receipt", beside.path, "%s", wrong);
		report_hint("What is known of a collected dump without a key is in it.");
		area_hint_known(&io, path);
	}
	area_io_close(&io);
	return wrong ? EXIT_FAILED : EXIT_OK;
}

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
	if (copy_is_one(argv[optind]))
		return show_copy(argv[optind], json);
	if (open_area(&open, argv[optind], false))
		return EXIT_FAILED;
	print_area(&open, json);
	close_area(&open);
	return EXIT_OK;
}
