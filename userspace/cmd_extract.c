// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt extract: read a dump back into a file.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "extract.h"
#include "kernel.h"
#include "signals.h"

static const char help[] =
"Usage: dumpflt extract (--stack NAME | --device DEVICE) [OPTION]... OUT\n"
"Read a dump back and write it to the new file OUT, which appears only if the\n"
"dump is whole. It is then what makedumpfile would have written there itself.\n"
"\n"
"  --stack NAME      read through the filters of the live stack NAME\n"
"  --device DEVICE   read a block device or a file as it is: a dump that no\n"
"                    filter has changed\n"
"  --flattened       write makedumpfile's stream as it is; OUT may then be -\n"
"                    for standard output\n"
"  --force           replace OUT if it exists\n"
"  --help            print this text\n";

enum { OPT_STACK = 256, OPT_DEVICE, OPT_FLATTENED, OPT_FORCE, OPT_HELP };

static const struct option options[] = {
	{ "stack",	required_argument,	NULL, OPT_STACK },
	{ "device",	required_argument,	NULL, OPT_DEVICE },
	{ "flattened",	no_argument,		NULL, OPT_FLATTENED },
	{ "force",	no_argument,		NULL, OPT_FORCE },
	{ "help",	no_argument,		NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static int run(const struct extract_options *extract)
{
	__u64 bytes;

	signals_catch();
	if (extract_run(extract, &bytes))
		return EXIT_FAILED;
	if (strcmp(extract->out, "-"))
		printf("extracted: %llu bytes to %s\n", bytes, extract->out);
	return EXIT_OK;
}

int cmd_extract(int argc, char **argv)
{
	struct extract_options extract = { 0 };
	int opt;

	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (opt) {
		case OPT_STACK:
			extract.stack = optarg;
			break;
		case OPT_DEVICE:
			extract.device = optarg;
			break;
		case OPT_FLATTENED:
			extract.flattened = true;
			break;
		case OPT_FORCE:
			extract.force = true;
			break;
		case OPT_HELP:
			fputs(help, stdout);
			return EXIT_OK;
		default:
			return option_error(argv[0], opt, argv);
		}
	}
	if (!extract.stack == !extract.device)
		return usage_error(argv[0], "either --stack or --device is needed");
	if (extract.stack && !kernel_valid_stack(extract.stack))
		return usage_error(argv[0], "'%s' is no name of a stack",
				   extract.stack);
	if (argc - optind != 1)
		return usage_error(argv[0], "exactly one OUT is needed");
	extract.out = argv[optind];
	if (!strcmp(extract.out, "-") && !extract.flattened)
		return usage_error(argv[0], "standard output needs --flattened");
	return run(&extract);
}
