// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt rehearse: a dump of a sample of memory, as the capture kernel would write it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/print/rehearsed.h"
#include "deploy/record.h"
#include "deploy/rehearsed.h"
#include "lib/json.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "rehearsal/rehearsal.h"

static const char help[] =
"Usage: dumpflt rehearse [OPTION]...\n"
"Write a dump of a sample of memory in the kernel that runs, with the image, the\n"
"configuration and the filters that 'dumpflt arm' would load, into a free slot of\n"
"the dump area, which is overwritten after that. Say how fast each part is, and\n"
"how large a whole dump would be and how long it would take at each level of\n"
"makedumpfile. 'dumpflt arm' looks at the result.\n"
"\n"
"Expect the size to be right within a factor of two. Of two times the shorter one\n"
"leaves out what other programs had of the CPU; it is right if the disk and the\n"
"machine are as fast in the capture kernel, with its one CPU.\n"
"\n"
"  -c, --config FILE  instead of " SETTINGS_FILE "\n"
"  --sample MIB       take so much memory for the sample\n"
"  --json             print one line of JSON at the end\n"
"  --help             print this text\n"
"\n"
"Exit status 0 only if it succeeded, and a whole dump would, too.\n";

static const struct option table[] = {
	{ "config",	required_argument,	NULL, 'c' },
	{ "sample",	required_argument,	NULL, 's' },
	{ "json",	no_argument,		NULL, 'j' },
	PROGRESS_OPTION,
	QUIET_OPTION,
	{ "help",	no_argument,		NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

struct rehearse_options {
	const char	*path;
	__u64		mib;
	bool		json;
};

static bool take(void *ctx, int option, const char *value, char error[SPEC_ERROR_MAX])
{
	struct rehearse_options *options = ctx;

	if (option == 'c')
		options->path = value;
	if (option == 'j')
		options->json = true;
	if (option != 's' ||
	    parse_number(value, REHEARSAL_MIB_MIN, REHEARSAL_MIB_MAX, &options->mib))
		return true;
	snprintf(error, SPEC_ERROR_MAX, "'%.40s' is no number of MiB from %d to %d", value,
		 REHEARSAL_MIB_MIN, REHEARSAL_MIB_MAX);
	return false;
}

/* Returns: 0, or a negative errno if something speaks against a whole dump */
static int judge(struct plan *plan, struct json_object *record)
{
	struct rehearsed_problem problem[REHEARSED_PROBLEMS_MAX];
	size_t nr = rehearsed_judge(plan, record, problem), i;

	for (i = 0; i < nr; i++) {
		report_failure("rehearsing", plan->device, "%s", problem[i].words);
		report_hint("%s", problem[i].hint);
	}
	return nr ? -1 : 0;
}

static int rehearse_plan(const struct plan *plan, const struct rehearse_options *options,
			 struct json_object **record)
{
	static struct rehearsal rehearsal;
	bool armed = record_is_there() && record_is_loaded();
	int ret;

	signals_catch();
	signals_hold();
	ret = rehearsal_run(plan, options->mib << 20, armed, &rehearsal);
	if (ret)
		return ret;
	*record = rehearsal_json(plan, &rehearsal);
	return rehearsed_write(*record);
}

static void print_json(struct json_object *record, int ret, int judged)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "result", ret ? "failed" : judged ? "does_not_hold" : "holds");
	if (ret || judged)
		json_add_failure(object, EXIT_FAILED);
	if (record)
		json_object_object_add(object, "rehearsal", json_object_get(record));
	json_print(object);
}

int cmd_rehearse(int argc, char **argv)
{
	/* Too large for a stack, and there is only one */
	static struct plan plan;
	struct rehearse_options options = { .path = SETTINGS_FILE };
	const struct option_set set = {
		.table = table, .shorts = ":hc:", .help = help,
		.take = take,
	};
	struct json_object *record = NULL;
	int ret = options_parse(&set, argc, argv, &options), judged = 0;

	if (ret >= 0)
		return ret;
	if (argc != optind)
		return usage_error(argv[0], "unexpected argument '%s'", argv[optind]);
	ret = plan_make(&plan, options.path);
	if (!ret)
		ret = rehearse_plan(&plan, &options, &record);
	if (!ret && !options.json && !report_is_quiet())
		print_rehearsal(record);
	if (!ret)
		judged = judge(&plan, record);
	if (options.json)
		print_json(record, ret, judged);
	json_object_put(record);
	plan_free(&plan);
	return ret || judged ? EXIT_FAILED : EXIT_OK;
}
