// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt create: configure a stack and set it live.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <getopt.h>
#include <stdio.h>

#include "cmd.h"
#include "signals.h"
#include "stack.h"
#include "util.h"
#include "view.h"

static const char help[] =
"Usage: dumpflt create NAME --target DEVICE [OPTION]...\n"
"Configure a stack of dump filters over DEVICE, set it live and print the name\n"
"of the stack device. On failure nothing is left behind.\n"
"\n"
"  --target DEVICE           block device that the dump goes to\n"
"  --type TYPE               crash (default) or hibernation\n"
"  --max-pages N             longest write in pages, 1 to 256 (default 16)\n"
"  --timeout-ms N            how long the target may be silent (default 30000)\n"
"  --filter NAME[,OPT=VAL]...\n"
"                            add a filter; may be repeated, in the order of\n"
"                            writes. A comma in a value is written as \\,\n"
"  --critical NAME           no dump without this filter\n"
"  --start-optional NAME     a dump may go on if this filter does not start\n"
"  --no-live                 configure only\n"
"  --json                    print one line of JSON\n"
"  --help                    print this text\n";

enum {
	OPT_TARGET = 256, OPT_TYPE, OPT_MAX_PAGES, OPT_TIMEOUT_MS, OPT_FILTER,
	OPT_CRITICAL, OPT_START_OPTIONAL, OPT_NO_LIVE, OPT_JSON, OPT_HELP,
};

static const struct option options[] = {
	{ "target",		required_argument,	NULL, OPT_TARGET },
	{ "type",		required_argument,	NULL, OPT_TYPE },
	{ "max-pages",		required_argument,	NULL, OPT_MAX_PAGES },
	{ "timeout-ms",		required_argument,	NULL, OPT_TIMEOUT_MS },
	{ "filter",		required_argument,	NULL, OPT_FILTER },
	{ "critical",		required_argument,	NULL, OPT_CRITICAL },
	{ "start-optional",	required_argument,	NULL, OPT_START_OPTIONAL },
	{ "no-live",		no_argument,		NULL, OPT_NO_LIVE },
	{ "json",		no_argument,		NULL, OPT_JSON },
	{ "help",		no_argument,		NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

struct create {
	struct stack_spec	spec;
	bool			live;
	bool			json;
	bool			help;
	const char		*critical[DUMPFLT_MAX_FILTERS];
	size_t			nr_critical;
	const char		*start_optional[DUMPFLT_MAX_FILTERS];
	size_t			nr_start_optional;
};

/* The filters may come later on the command line: names are kept, then looked up */
static bool keep_name(const char **names, size_t *nr, const char *name,
		      char error[SPEC_ERROR_MAX])
{
	if (*nr == DUMPFLT_MAX_FILTERS) {
		snprintf(error, SPEC_ERROR_MAX, "more than %d filters are marked",
			 DUMPFLT_MAX_FILTERS);
		return false;
	}
	names[(*nr)++] = name;
	return true;
}

static bool mark_filters(struct create *create, char error[SPEC_ERROR_MAX])
{
	struct filter_spec *filter;
	const char *name = NULL;
	size_t i;

	for (i = 0; i < create->nr_critical; i++) {
		name = create->critical[i];
		filter = spec_find_filter(&create->spec, name);
		if (!filter)
			goto unknown;
		filter->critical = true;
	}
	for (i = 0; i < create->nr_start_optional; i++) {
		name = create->start_optional[i];
		filter = spec_find_filter(&create->spec, name);
		if (!filter)
			goto unknown;
		filter->start_optional = true;
	}
	return true;
unknown:
	snprintf(error, SPEC_ERROR_MAX, "there is no --filter '%.40s' to be marked",
		 name);
	return false;
}

static bool take_option(struct create *create, int opt, const char *value,
			char error[SPEC_ERROR_MAX])
{
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
		return keep_name(create->critical, &create->nr_critical, value,
				 error);
	case OPT_START_OPTIONAL:
		return keep_name(create->start_optional,
				 &create->nr_start_optional, value, error);
	case OPT_NO_LIVE:
		create->live = false;
		return true;
	case OPT_JSON:
		create->json = true;
		return true;
	default:
		create->help = true;
		return true;
	}
}

/* Returns: an exit code */
static int parse(struct create *create, int argc, char **argv)
{
	char error[SPEC_ERROR_MAX];
	int opt;

	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (opt == '?' || opt == ':')
			return option_error(argv[0], opt, argv);
		if (!take_option(create, opt, optarg, error))
			return usage_error(argv[0], "%s", error);
	}
	if (create->help)
		return EXIT_OK;
	if (argc - optind != 1)
		return usage_error(argv[0], "exactly one NAME is needed");
	if (!spec_set_name(&create->spec, argv[optind], error))
		return usage_error(argv[0], "%s", error);
	if (!create->spec.target[0])
		return usage_error(argv[0], "--target is needed");
	if (!mark_filters(create, error))
		return usage_error(argv[0], "%s", error);
	return EXIT_OK;
}

static int print_result(const struct create *create)
{
	const char *name = create->spec.name;
	char device[KERNEL_DEVICE_MAX] = "";
	struct json_object *object;

	if (create->live) {
		if (stack_device(name, device))
			return -1;
		stack_warn_left_out(name);
	}
	if (create->json) {
		object = json_object_new_object();
		json_object_object_add(object, "stack", json_object_new_string(name));
		json_object_object_add(object, "device",
				       json_object_new_string(device));
		view_print_json(object);
		json_object_put(object);
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
	ret = parse(&create, argc, argv);
	if (ret)
		return ret;
	if (create.help) {
		fputs(help, stdout);
		return EXIT_OK;
	}
	signals_catch();
	signals_hold();
	if (kernel_attach() || stack_up(&create.spec, create.live))
		return EXIT_FAILED;
	/* A signal that came meanwhile, now that there is a whole stack to undo */
	signals_poll(NULL, 0, 0);
	if (signals_stop()) {
		report_failure("create", create.spec.name, "stopped by %s",
			       signals_stop_name());
		stack_down(create.spec.name);
		return EXIT_FAILED;
	}
	return print_result(&create) ? EXIT_FAILED : EXIT_OK;
}
