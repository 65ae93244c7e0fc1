// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt create: configure a stack and set it live.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "lib/json.h"
#include "cmd/cmd.h"
#include "cmd/filter_options.h"
#include "cmd/options.h"
#include "dumps/open.h"
#include "dumps/plain.h"
#include "kernel/stack.h"
#include "lib/signals.h"
#include "lib/report.h"

static const char help[] =
"Usage: dumpflt create NAME --target DEVICE [OPTION]...\n"
"Configure a stack of dump filters over DEVICE, set it live and print the name\n"
"of the stack device. On failure nothing is left behind.\n"
"\n"
"  --target DEVICE           block device that the dump goes to\n"
"  --type TYPE               crash (default) or hibernation\n"
"  --max-pages N             longest write in pages, 1 to 256 (default 16)\n"
"  --timeout-ms N            how long the target may be silent (default 300000)\n"
"  --require-flush           refuse a target that takes no flush, as its driver\n"
"                            says that it has no cache\n"
"  --filter NAME[,OPT=VAL]...\n"
"                            add a filter; may be repeated, in the order of\n"
"                            writes. A comma in a value is written as \\,\n"
"  --critical NAME           no dump without this filter\n"
"  --start-optional NAME     a dump may go on if this filter does not start\n"
"  --area                    DEVICE holds a dump area; without --filter, its\n"
"                            policy says which filters\n"
"  --overwrite               without --area: a dump may go over what DEVICE holds,\n"
"                            such as a file system\n"
"  --no-live                 configure only\n"
"  --json                    print one line of JSON\n"
"  --help                    print this text\n";

enum {
	OPT_TARGET = 256, OPT_TYPE, OPT_MAX_PAGES, OPT_TIMEOUT_MS, OPT_FILTER,
	OPT_CRITICAL, OPT_START_OPTIONAL, OPT_AREA, OPT_NO_LIVE, OPT_JSON,
	OPT_REQUIRE_FLUSH, OPT_OVERWRITE,
};

static const struct option table[] = {
	{ "target",		required_argument,	NULL, OPT_TARGET },
	{ "type",		required_argument,	NULL, OPT_TYPE },
	{ "max-pages",		required_argument,	NULL, OPT_MAX_PAGES },
	{ "timeout-ms",		required_argument,	NULL, OPT_TIMEOUT_MS },
	{ "filter",		required_argument,	NULL, OPT_FILTER },
	{ "critical",		required_argument,	NULL, OPT_CRITICAL },
	{ "start-optional",	required_argument,	NULL, OPT_START_OPTIONAL },
	{ "area",		no_argument,		NULL, OPT_AREA },
	{ "require-flush", no_argument,		NULL, OPT_REQUIRE_FLUSH },
	{ "overwrite",		no_argument,		NULL, OPT_OVERWRITE },
	{ "no-live",		no_argument,		NULL, OPT_NO_LIVE },
	{ "json",		no_argument,		NULL, OPT_JSON },
	{ "help",		no_argument,		NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

struct create {
	struct stack_spec	spec;
	bool			live;
	bool			json;
	bool			overwrite;
	struct filter_options	filters;
};

static bool take_create_option(void *ctx, int opt, const char *value,
			       char error[SPEC_ERROR_MAX])
{
	struct create *create = ctx;

	switch (opt) {
	case OPT_TARGET:
		return spec_set_target(&create->spec, value, error);
	case OPT_TYPE:
		return spec_set_type(&create->spec, value, error);
	case OPT_MAX_PAGES:
		return spec_set_max_pages(&create->spec, value, error);
	case OPT_TIMEOUT_MS:
		return spec_set_timeout_ms(&create->spec, value, error);
	case OPT_FILTER:
		return spec_parse_filter(&create->spec, value, error);
	case OPT_CRITICAL:
		return filter_options_critical(&create->filters, value, error);
	case OPT_START_OPTIONAL:
		return filter_options_start_optional(&create->filters, value,
						     error);
	case OPT_AREA:
		create->spec.area = true;
		return true;
	case OPT_REQUIRE_FLUSH:
		create->spec.require_flush = true;
		return true;
	case OPT_OVERWRITE:
		create->overwrite = true;
		return true;
	case OPT_NO_LIVE:
		create->live = false;
		return true;
	default:
		create->json = true;
		return true;
	}
}

static const int repeats[] = { OPT_FILTER, OPT_CRITICAL, OPT_START_OPTIONAL, 0 };

static const struct option_set options = {
	.table = table, .repeats = repeats, .help = help, .take = take_create_option,
};

/* Returns: an exit code if the command is over, else -1 */
static int parse_create(struct create *create, int argc, char **argv)
{
	char error[SPEC_ERROR_MAX];
	int ret;

	ret = options_parse(&options, argc, argv, create);
	if (ret >= 0)
		return ret;
	if (argc - optind != 1)
		return usage_error(argv[0], "exactly one NAME is needed");
	if (!spec_set_name(&create->spec, argv[optind], error))
		return usage_error(argv[0], "%s", error);
	if (!create->spec.target[0])
		return usage_error(argv[0], "--target is needed");
	if (create->overwrite && create->spec.area)
		return usage_error(argv[0], "--overwrite and --area exclude each other");
	if (!filter_options_apply(&create->filters, &create->spec, error))
		return usage_error(argv[0], "%s", error);
	return -1;
}

/* Filters that were not named, or not in full, are as the area demands */
static int take_policy(struct stack_spec *spec, bool live)
{
	struct open_area open;
	bool found = true;
	int ret;

	/* with filters of its own the stack is the kernel's to refuse */
	if (spec->nr_filters && (area_find(spec->target, &found) || !found))
		return 0;
	ret = open_area(&open, spec->target, false);
	if (ret)
		return ret;
	ret = plain_check_live(&open);
	if (!ret)
		ret = area_complete(&open, spec);
	if (!ret && live)
		ret = area_check_slot(&open);
	close_area(&open);
	return ret;
}

/* What is there already: an area, or nothing that anybody may want */
static int check_create_target(struct create *create)
{
	if (create->spec.area)
		return take_policy(&create->spec, create->live);
	if (create->overwrite)
		return 0;
	return plain_check(create->spec.target, "--overwrite");
}

static int print_device(const struct create *create)
{
	const char *name = create->spec.name;
	char device[KERNEL_DEVICE_MAX] = "", path[KERNEL_PATH_MAX];
	struct json_object *object;

	if (create->live) {
		if (stack_node(name, device, path)) {
			stack_down(name);
			return -1;
		}
		stack_warn_left_out(name);
	}
	if (create->json) {
		object = json_object_new_object();
		json_add_text(object, "stack", name);
		json_add_text(object, "device", device);
		json_print(object);
	} else if (create->live) {
		puts(device);
	}
	return 0;
}

int cmd_create(int argc, char **argv)
{
	/* Too large for a stack, and there is only one */
	static struct create create = { .live = true };
	int ret;

	spec_init(&create.spec);
	ret = parse_create(&create, argc, argv);
	if (ret >= 0)
		return ret;
	signals_catch();
	signals_hold();
	if (kernel_attach() || check_create_target(&create) ||
	    stack_up(&create.spec, create.live))
		return EXIT_FAILED;
	/* A signal that came meanwhile, now that there is a whole stack to undo */
	signals_poll(NULL, 0, 0);
	if (signals_stop()) {
		report_failure("create", create.spec.name, "stopped by %s",
			       signals_stop_name());
		stack_down(create.spec.name);
		return EXIT_FAILED;
	}
	return print_device(&create) ? EXIT_FAILED : EXIT_OK;
}
