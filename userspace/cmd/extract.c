// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt extract: read a dump back into a file.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "lib/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "dumps/extract.h"
#include "dumps/open.h"
#include "kernel/kernel.h"
#include "lib/json.h"
#include "lib/report.h"
#include "lib/signals.h"

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
"  --salvage[=holes] if the dump is not whole, write as much of it as is verified;\n"
"                    of a plain dump, as is there; with holes also what is good\n"
"                    behind what is not, with zeros in place of that\n"
"  --any-filters     with --salvage: even if the filters that the dump passed are\n"
"                    not those of the area's policy, or are in doubt\n"
"  --identity FILE   open a sealed dump, in a dump area or in an age file, with a\n"
"                    secret key in FILE, which age-keygen has made; may be given\n"
"                    several times; - is standard input\n"
"  --origin FILE     of a hibernation image: the key of the machine, 32 bytes\n"
"  --raw             of a dump area: write the dump's bytes as they are, whatever\n"
"                    they are; OUT may be - for standard output\n"
"  --as-stored       with --raw: also what a filter has changed, which only its own\n"
"                    means can undo, as it lies on the disk, or as age got it\n"
"  --dmesg           write nothing but the kernel log that was kept before the dump;\n"
"                    OUT may be -\n"
"  --flattened       write makedumpfile's stream as it is; OUT may be -\n"
"  --sparse          even if nearly all of OUT would be a hole, which the dumps of\n"
"                    makedumpfile have not\n"
"  --force           replace OUT if it exists\n"
"  --json            print one line of JSON, with the holes\n"
"  --help            print this text\n";

enum {
	OPT_STACK = 256, OPT_DEVICE, OPT_SLOT, OPT_SALVAGE, OPT_ANY_FILTERS,
	OPT_IDENTITY, OPT_ORIGIN, OPT_RAW, OPT_AS_STORED, OPT_DMESG, OPT_FLATTENED,
	OPT_SPARSE, OPT_FORCE, OPT_JSON,
};

static const struct option table[] = {
	{ "stack",	required_argument,	NULL, OPT_STACK },
	{ "device",	required_argument,	NULL, OPT_DEVICE },
	{ "slot",	required_argument,	NULL, OPT_SLOT },
	{ "salvage",	optional_argument,	NULL, OPT_SALVAGE },
	{ "any-filters", no_argument,		NULL, OPT_ANY_FILTERS },
	{ "identity",	required_argument,	NULL, OPT_IDENTITY },
	{ "origin",	required_argument,	NULL, OPT_ORIGIN },
	{ "raw",	no_argument,		NULL, OPT_RAW },
	{ "as-stored",	no_argument,		NULL, OPT_AS_STORED },
	{ "dmesg",	no_argument,		NULL, OPT_DMESG },
	{ "flattened",	no_argument,		NULL, OPT_FLATTENED },
	{ "sparse",	no_argument,		NULL, OPT_SPARSE },
	{ "force",	no_argument,		NULL, OPT_FORCE },
	{ "json",	no_argument,		NULL, OPT_JSON },
	PROGRESS_OPTION,
	QUIET_OPTION,
	{ "help",	no_argument,		NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

struct extract_command {
	struct extract_options	options;
	bool			json;
};

static struct json_object *holes_json(const struct holes *holes)
{
	struct json_object *array = json_object_new_array(), *object;
	__u64 i;

	for (i = 0; i < holes->nr && i < HOLES_MAX; i++) {
		object = json_object_new_object();
		json_add_number(object, "offset", holes->list[i].offset);
		json_add_number(object, "bytes", holes->list[i].bytes);
		json_object_array_add(array, object);
	}
	return array;
}

static void print_json(const struct extract_options *extract,
		       const struct extract_result *result)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "extracted", extract->out);
	json_add_number(object, "bytes", result->bytes);
	/* of the dump behind it nobody knows */
	if (!extract->dmesg)
		json_add_flag(object, "whole", result->whole);
	if (extract->over_holes) {
		json_add_number(object, "hole_count", result->holes.nr);
		json_add_number(object, "hole_bytes", result->holes.bytes);
		json_object_object_add(object, "holes", holes_json(&result->holes));
	}
	json_add_dump(object, &result->dump);
	json_print(object);
}

static int run_extract(struct extract_command *command)
{
	struct extract_options *extract = &command->options;
	struct extract_result result;
	struct age_identities ids;
	int ret = 0;

	signals_catch();
	if (extract->identity.nr) {
		extract->identities = &ids;
		ret = identities_read(&ids, &extract->identity);
	}
	if (!ret)
		ret = extract_run(extract, &result);
	if (extract->identity.nr)
		age_identities_wipe(&ids);
	/* They end here */
	extract->identities = NULL;
	if (ret)
		return EXIT_FAILED;
	if (command->json)
		print_json(extract, &result);
	else if (strcmp(extract->out, "-"))
		report_success("extracted: %llu bytes%s to %s\n", result.bytes,
			       extract->dmesg ? " of kernel log" : "", extract->out);
	return EXIT_OK;
}

static bool take_extract_option(void *ctx, int opt, const char *value,
				char error[SPEC_ERROR_MAX])
{
	struct extract_command *command = ctx;
	struct extract_options *extract = &command->options;

	switch (opt) {
	case OPT_IDENTITY:
		return identity_files_take(&extract->identity, value, error);
	case OPT_ORIGIN:
		extract->identity.origin = value;
		return true;
	case OPT_STACK:
		extract->stack = value;
		return true;
	case OPT_DEVICE:
		extract->device = value;
		return true;
	case OPT_SLOT:
		if (parse_number(value, 0, DUMPFLT_AREA_SLOTS_MAX - 1,
				 &extract->slot))
			return true;
		snprintf(error, SPEC_ERROR_MAX, "'%s' is no slot", value);
		return false;
	case OPT_SALVAGE:
		extract->salvage = true;
		extract->over_holes = value;
		if (!value || !strcmp(value, "holes"))
			return true;
		snprintf(error, SPEC_ERROR_MAX, "--salvage takes nothing but =holes, not '%s'",
			 value);
		return false;
	case OPT_ANY_FILTERS:
		extract->any_filters = true;
		return true;
	case OPT_RAW:
		extract->raw = true;
		return true;
	case OPT_AS_STORED:
		extract->as_stored = true;
		return true;
	case OPT_DMESG:
		extract->dmesg = true;
		return true;
	case OPT_FLATTENED:
		extract->flattened = true;
		return true;
	case OPT_SPARSE:
		extract->sparse = true;
		return true;
	case OPT_JSON:
		command->json = true;
		return true;
	default:
		extract->force = true;
		return true;
	}
}

static const int repeats[] = { OPT_IDENTITY, 0 };

static const struct option_set options = {
	.table = table, .repeats = repeats, .help = help,
	.take = take_extract_option,
};

/* Returns: an exit code */
static int check_options(const struct extract_options *extract, char **argv)
{
	if (!extract->stack == !extract->device)
		return usage_error(argv[0], "either --stack or --device is needed");
	if (extract->stack && !kernel_valid_stack(extract->stack))
		return usage_error(argv[0], "'%s' is no name of a stack",
				   extract->stack);
	if (extract->stack && (extract->slot != AREA_NO_SLOT ||
			       extract->salvage || extract->raw))
		return usage_error(argv[0], "--slot, --salvage and --raw need --device");
	if (extract->stack && extract->identity.nr)
		return usage_error(argv[0], "--identity needs --device");
	if (extract->identity.origin && !extract->identity.nr)
		return usage_error(argv[0], "--origin needs --identity");
	if (extract->any_filters && !extract->salvage)
		return usage_error(argv[0], "--any-filters needs --salvage");
	if (extract->as_stored && !extract->raw)
		return usage_error(argv[0], "--as-stored needs --raw");
	if (extract->raw && extract->flattened)
		return usage_error(argv[0], "either --raw or --flattened");
	if (extract->dmesg && (extract->raw || extract->flattened))
		return usage_error(argv[0], "either --dmesg or the dump");
	if (extract->over_holes && extract->dmesg)
		return usage_error(argv[0], "the kernel log is not salvaged over holes: --salvage");
	if (extract->over_holes && extract->flattened)
		return usage_error(argv[0], "with holes it may be no stream any more: --raw");
	return EXIT_OK;
}

/* What was given must be what it takes to open what was found */
static int check_kind(const struct extract_options *extract, char **argv)
{
	if (extract->kind == EXTRACT_AGE && !extract->identity.nr)
		return usage_error(argv[0], "'%s' is an age file: --identity is needed to open it",
				   extract->device);
	if (extract->identity.nr && extract->kind == EXTRACT_DEVICE)
		return usage_error(argv[0], "'%s' holds neither a dump area nor an age file: --identity opens nothing there",
				   extract->device);
	if (extract->over_holes && extract->kind == EXTRACT_DEVICE)
		return usage_error(argv[0], "'%s' holds no dump area, which tells where holes are: --salvage",
				   extract->device);
	if (extract->identity.origin && extract->kind != EXTRACT_AREA)
		return usage_error(argv[0], "'%s' holds no hibernation image: --origin is for one",
				   extract->device);
	return EXIT_OK;
}

/* Returns: an exit code if the command is over, else -1 */
static int check_out(const struct extract_command *command, char **argv)
{
	const struct extract_options *extract = &command->options;

	if (strcmp(extract->out, "-"))
		return -1;
	if (command->json)
		return usage_error(argv[0], "--json needs standard output for itself");
	if (!extract->flattened && !extract->raw && !extract->dmesg)
		return usage_error(argv[0], "standard output needs --flattened, --raw or --dmesg");
	return -1;
}

int cmd_extract(int argc, char **argv)
{
	struct extract_command command = { .options.slot = AREA_NO_SLOT };
	struct extract_options *extract = &command.options;
	int ret;

	ret = options_parse(&options, argc, argv, &command);
	if (ret >= 0)
		return ret;
	ret = check_options(extract, argv);
	if (ret)
		return ret;
	if (argc - optind != 1)
		return usage_error(argv[0], "exactly one OUT is needed");
	extract->out = argv[optind];
	ret = check_out(&command, argv);
	if (ret >= 0)
		return ret;
	if (extract_open(extract))
		return EXIT_FAILED;
	ret = check_kind(extract, argv);
	if (!ret)
		ret = run_extract(&command);
	extract_close(extract);
	return ret;
}
