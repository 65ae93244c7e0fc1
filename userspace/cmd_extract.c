// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt extract: read a dump back into a file.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "area_open.h"
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
"  --device DEVICE   read a block device or a file as it is: a dump area, or a\n"
"                    dump that no filter has changed\n"
"  --slot N          of a dump area (default: the newest dump that is COMPLETE and\n"
"                    not collected; with --salvage the newest not collected)\n"
"  --salvage         of a dump area: if the dump is not whole, write as much of\n"
"                    it as is proved\n"
"  --raw             of a dump area: write the dump's bytes as they are, whatever\n"
"                    they are; OUT may be - for standard output\n"
"  --flattened       write makedumpfile's stream as it is; OUT may be -\n"
"  --force           replace OUT if it exists\n"
"  --help            print this text\n";

enum {
	OPT_STACK = 256, OPT_DEVICE, OPT_SLOT, OPT_SALVAGE, OPT_RAW,
	OPT_FLATTENED, OPT_FORCE, OPT_HELP,
};

static const struct option options[] = {
	{ "stack",	required_argument,	NULL, OPT_STACK },
	{ "device",	required_argument,	NULL, OPT_DEVICE },
	{ "slot",	required_argument,	NULL, OPT_SLOT },
	{ "salvage",	no_argument,		NULL, OPT_SALVAGE },
	{ "raw",	no_argument,		NULL, OPT_RAW },
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

/* A dump area is found by itself; who asked for a part of one must have one */
static bool is_area(const struct extract_options *extract)
{
	if (extract->slot != AREA_NO_SLOT || extract->salvage || extract->raw)
		return true;
	return extract->device && extract_finds_area(extract->device);
}

static bool take_option(struct extract_options *extract, int opt,
			const char *value)
{
	switch (opt) {
	case OPT_STACK:
		extract->stack = value;
		return true;
	case OPT_DEVICE:
		extract->device = value;
		return true;
	case OPT_SLOT:
		return parse_number(value, 0, DUMPFLT_AREA_SLOTS_MAX - 1,
				    &extract->slot);
	case OPT_SALVAGE:
		extract->salvage = true;
		return true;
	case OPT_RAW:
		extract->raw = true;
		return true;
	case OPT_FLATTENED:
		extract->flattened = true;
		return true;
	default:
		extract->force = true;
		return true;
	}
}

/* Returns: an exit code */
static int check(const struct extract_options *extract, char **argv)
{
	if (!extract->stack == !extract->device)
		return usage_error(argv[0], "either --stack or --device is needed");
	if (extract->stack && !kernel_valid_stack(extract->stack))
		return usage_error(argv[0], "'%s' is no name of a stack",
				   extract->stack);
	if (extract->stack && (extract->slot != AREA_NO_SLOT ||
			       extract->salvage || extract->raw))
		return usage_error(argv[0], "--slot, --salvage and --raw need --device");
	if (extract->raw && extract->flattened)
		return usage_error(argv[0], "either --raw or --flattened");
	return EXIT_OK;
}

int cmd_extract(int argc, char **argv)
{
	struct extract_options extract = { .slot = AREA_NO_SLOT };
	int opt, ret;

	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (opt == '?' || opt == ':')
			return option_error(argv[0], opt, argv);
		if (opt == OPT_HELP) {
			fputs(help, stdout);
			return EXIT_OK;
		}
		if (!take_option(&extract, opt, optarg))
			return usage_error(argv[0], "'%s' is no slot", optarg);
	}
	ret = check(&extract, argv);
	if (ret)
		return ret;
	if (argc - optind != 1)
		return usage_error(argv[0], "exactly one OUT is needed");
	extract.out = argv[optind];
	if (!strcmp(extract.out, "-") && !extract.flattened && !extract.raw)
		return usage_error(argv[0], "standard output needs --flattened or --raw");
	extract.area = is_area(&extract);
	return run(&extract);
}
