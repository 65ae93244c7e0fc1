// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt format: make a dump area.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "cmd/print/print.h"
#include "lib/text.h"
#include "area/area.h"
#include "capture/config.h"
#include "capture/likely.h"
#include "capture/target.h"
#include "cmd/cmd.h"
#include "cmd/filter_options.h"
#include "cmd/options.h"
#include "dumps/format.h"
#include "dumps/recipients.h"
#include "kernel/module.h"
#include "kernel/spec_policy.h"
#include "kernel/trial.h"
#include "lib/blkdev.h"
#include "lib/report.h"
#include "lib/signals.h"

static const char help[] =
"Usage: dumpflt format [OPTION]... DEVICE\n"
"Make a dump area on DEVICE, which may be a block device or an image file. Asks\n"
"before it destroys anything that it recognises.\n"
"\n"
"  --slots N                 dumps that it can hold, 1 to 64 (default 2)\n"
"  --filter NAME[,OPT=VAL]...\n"
"                            a filter that every dump must pass; may be repeated,\n"
"                            in the order of writes. None: any filters\n"
"  --critical NAME           no dump without this filter\n"
"  --start-optional NAME     a dump may go on if this filter does not start\n"
"  --recipient AGE1...       seal dumps for who holds this key, with the filter age;\n"
"                            may be repeated. Without --filter: age alone,\n"
"                            critical\n"
"  --recipients-file FILE    likewise, for each line of FILE\n"
"  --overwrite               without a free slot, overwrite the oldest dump\n"
"  --hibernation             for hibernation: one slot, for an image of this machine,\n"
"                            which the next one overwrites; never for a crash dump.\n"
"                            It needs --filter age,origin=KEY: the description of a\n"
"                            key in the keyrings that only this machine has\n"
"  --record-size N           bytes kept for each 64 KiB, a power of two from 16\n"
"                            to 2048 (default 64); 8 are ours, the rest is for\n"
"                            the filters\n"
"  --force                   do not ask\n"
"  --json                    print one line of JSON\n"
"  --help                    print this text\n";

enum {
	OPT_SLOTS = 256, OPT_FILTER, OPT_CRITICAL, OPT_START_OPTIONAL,
	OPT_RECIPIENT, OPT_RECIPIENTS_FILE, OPT_OVERWRITE, OPT_HIBERNATION,
	OPT_RECORD_SIZE, OPT_FORCE, OPT_JSON,
};

static const struct option table[] = {
	{ "slots",		required_argument,	NULL, OPT_SLOTS },
	{ "filter",		required_argument,	NULL, OPT_FILTER },
	{ "critical",		required_argument,	NULL, OPT_CRITICAL },
	{ "start-optional",	required_argument,	NULL, OPT_START_OPTIONAL },
	{ "recipient",		required_argument,	NULL, OPT_RECIPIENT },
	{ "recipients-file",	required_argument,	NULL, OPT_RECIPIENTS_FILE },
	{ "overwrite",		no_argument,		NULL, OPT_OVERWRITE },
	{ "hibernation",	no_argument,		NULL, OPT_HIBERNATION },
	{ "record-size",	required_argument,	NULL, OPT_RECORD_SIZE },
	{ "force",		no_argument,		NULL, OPT_FORCE },
	{ "json",		no_argument,		NULL, OPT_JSON },
	{ "help",		no_argument,		NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

/* If nobody says how many */
#define SLOTS_DEFAULT	2

struct format_command {
	struct format_options	options;
	struct filter_options	filters;
	struct recipients	recipients;
	bool			json;
};

static bool take_number(const char *option, const char *text, __u64 min,
			__u64 max, __u32 *number, char error[SPEC_ERROR_MAX])
{
	__u64 value;

	if (!parse_number(text, min, max, &value)) {
		snprintf(error, SPEC_ERROR_MAX,
			 "%s: '%.40s' is no number from %llu to %llu", option,
			 text, min, max);
		return false;
	}
	*number = (__u32)value;
	return true;
}

static bool take_format_option(void *ctx, int opt, const char *value,
			       char error[SPEC_ERROR_MAX])
{
	struct format_command *format = ctx;

	switch (opt) {
	case OPT_SLOTS:
		return take_number("--slots", value, 1, DUMPFLT_AREA_SLOTS_MAX,
				   &format->options.slots, error);
	case OPT_RECORD_SIZE:
		return take_number("--record-size", value, DUMPFLT_RECORD_MIN,
				   DUMPFLT_RECORD_MAX,
				   &format->options.record_size, error);
	case OPT_FILTER:
		return spec_parse_filter(&format->options.spec, value, error);
	case OPT_CRITICAL:
		return filter_options_critical(&format->filters, value, error);
	case OPT_START_OPTIONAL:
		return filter_options_start_optional(&format->filters, value,
						     error);
	case OPT_RECIPIENTS_FILE:
		return !recipients_read(&format->recipients, value);
	case OPT_RECIPIENT:
		return recipients_add(&format->recipients, value, error);
	case OPT_OVERWRITE:
		format->options.overwrite = true;
		return true;
	case OPT_HIBERNATION:
		format->options.hibernation = true;
		return true;
	case OPT_FORCE:
		format->options.force = true;
		return true;
	default:
		format->json = true;
		return true;
	}
}

/* What is known to be too small would else be found when the dump begins */
static bool check_record_size(struct format_options *wanted,
			      char error[SPEC_ERROR_MAX])
{
	size_t need = sizeof(struct dumpflt_disk_record);

	if (wanted->record_size & (wanted->record_size - 1)) {
		snprintf(error, SPEC_ERROR_MAX,
			 "--record-size: %u is no power of two",
			 wanted->record_size);
		return false;
	}
	if (spec_find_filter(&wanted->spec, "age"))
		need += DUMPFLT_AGE_TAG;
	if (spec_find_filter(&wanted->spec, "digest"))
		need += SHA256_SIZE;
	if (need <= wanted->record_size)
		return true;
	snprintf(error, SPEC_ERROR_MAX,
		 "--record-size: %u bytes are too few, the filters need %zu",
		 wanted->record_size, need);
	return false;
}

/* What an area of this type always is; what was said otherwise is no option of it */
static bool apply_type(struct format_options *wanted, char error[SPEC_ERROR_MAX])
{
	if (wanted->hibernation) {
		if (wanted->slots > 1) {
			snprintf(error, SPEC_ERROR_MAX,
				 "--hibernation: there is one slot, for one image, not %u",
				 wanted->slots);
			return false;
		}
		wanted->slots = 1;
		wanted->overwrite = true;
		wanted->spec.type = DUMPFLT_TYPE_WORD_HIBERNATION;
	}
	if (!wanted->slots)
		wanted->slots = SLOTS_DEFAULT;
	return true;
}

static const int repeats[] = {
	OPT_FILTER, OPT_CRITICAL, OPT_START_OPTIONAL, OPT_RECIPIENT, OPT_RECIPIENTS_FILE, 0,
};

/* An image that anybody can make runs as the kernel. A crash dump has no origin */
static bool check_origin(struct format_options *wanted, char error[SPEC_ERROR_MAX])
{
	const struct filter_spec *age = spec_find_filter(&wanted->spec, "age");
	bool origin = age && (!strncmp(age->options, "origin=", 7) ||
			      strstr(age->options, "\norigin="));

	if (origin == wanted->hibernation)
		return true;
	if (origin)
		snprintf(error, SPEC_ERROR_MAX,
			 "origin= of filter 'age' is for --hibernation: who opens a crash dump has not this machine's key");
	else
		snprintf(error, SPEC_ERROR_MAX,
			 "--hibernation needs --filter age,origin=KEY, or anybody could make an image that is resumed");
	return false;
}

/* The stack that reads an image has each filter of the policy, whether it was passed or not */
static bool check_optional(const struct format_command *format, char error[SPEC_ERROR_MAX])
{
	if (!format->options.hibernation || !format->filters.nr_start_optional)
		return true;
	snprintf(error, SPEC_ERROR_MAX,
		 "--start-optional goes not with --hibernation: what reads an image has to undo each filter");
	return false;
}

static const struct option_set options = {
	.table = table, .repeats = repeats, .help = help, .take = take_format_option,
};

/* Returns: an exit code if the command is over, else -1 */
static int parse_format(struct format_command *format, int argc, char **argv)
{
	char error[SPEC_ERROR_MAX];
	int ret;

	ret = options_parse(&options, argc, argv, format);
	if (ret >= 0)
		return ret;
	if (argc - optind != 1)
		return usage_error(argv[0], "exactly one DEVICE is needed");
	format->options.path = argv[optind];
	if (!recipients_apply(&format->recipients, &format->options.spec, error))
		return usage_error(argv[0], "%s", error);
	if (!apply_type(&format->options, error) ||
	    !filter_options_apply(&format->filters, &format->options.spec, error) ||
	    spec_order_wrong(&format->options.spec, error) ||
	    !check_origin(&format->options, error) ||
	    !check_optional(format, error) ||
	    !check_record_size(&format->options, error))
		return usage_error(argv[0], "%s", error);
	return -1;
}

/* As 'dumpflt arm' will say, when there may be dumps in it already */
static void warn_small(const char *path, const struct dumpflt_geometry *geo)
{
	/* too large for a stack, and there is only one */
	static struct config usual;
	__u64 room = (geo->slot_chunks - 1) * (__u64)DUMPFLT_CHUNK_SIZE, need;

	config_defaults(&usual);
	need = likely_bytes(&usual.facts);
	if (need <= room)
		return;
	report_warning("a slot of '%s' holds %llu MiB, and a dump of this machine is likely to need %llu MiB",
		       path, room >> 20, need >> 20);
	report_hint("That is half of what /proc/meminfo counts now, less cache, user and free pages.");
	report_hint("Format it with fewer slots, or use a larger device.");
}

static int print_new_area(const struct format_options *made, bool json)
{
	struct open_area open;

	/* what was written, not what was meant to be */
	if (open_area(&open, made->path, false))
		return EXIT_FAILED;
	print_area(&open, json);
	/* a file may be for another machine */
	if (!made->hibernation && target_is_device(made->path))
		warn_small(made->path, &open.area.geo);
	close_area(&open);
	return EXIT_OK;
}

/* An area may be made for another machine, so that this is no error */
static bool warn_not_installed(const struct stack_spec *spec)
{
	bool all = true;
	size_t i;

	for (i = 0; i < spec->nr_filters; i++)
		if (!module_is_installed(spec->filters[i].name)) {
			report_warning("filter '%s' is not installed for this kernel: without its module, dumpflt-%s, there is no dump",
				       spec->filters[i].name,
				       spec->filters[i].name);
			all = false;
		}
	return all;
}

/* Whether a filter knows its options, and has all that it needs, it alone can tell */
static void warn_refused(struct format_options *wanted)
{
	struct stack_spec *spec = &wanted->spec;
	char words[KERNEL_VALUE_MAX], error[SPEC_ERROR_MAX];
	unsigned int high, low;

	/* an image is of no use to a kernel, as it is */
	if (!spec->nr_filters || blkdev_number(wanted->path, &high, &low) ||
	    !spec_set_target(spec, wanted->path, error))
		return;
	spec->area = true;
	switch (stack_try(spec, words)) {
	case TRIAL_GOOD:
		break;
	case TRIAL_NOT_ASKED:
		report_warning("not checked: whether the kernel takes the filters with their options: %s",
			       words);
		break;
	case TRIAL_REFUSED:
		report_warning("the dump area is made, but the kernel takes no dump with these filters: %s",
			       words);
		report_hint("Format it again with others.");
		break;
	}
}

int cmd_format(int argc, char **argv)
{
	/* Too large for a stack, and there is only one */
	static struct format_command format = {
		.options = { .record_size = DUMPFLT_RECORD_DEF },
	};
	bool installed;
	int ret;

	spec_init(&format.options.spec);
	ret = parse_format(&format, argc, argv);
	if (ret >= 0)
		return ret;
	installed = warn_not_installed(&format.options.spec);
	signals_catch();
	signals_hold();
	if (format_area(&format.options))
		return EXIT_FAILED;
	if (installed)
		warn_refused(&format.options);
	return print_new_area(&format.options, format.json);
}
