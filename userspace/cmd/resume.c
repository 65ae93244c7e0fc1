// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt resume: at boot, put a hibernated memory back.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/hibernation_area.h"
#include "cmd/options.h"
#include "deploy/settings.h"
#include "hibernate/resume.h"
#include "lib/finding.h"
#include "lib/json.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "lib/text.h"

/* Seconds */
#define WAIT_MAX	3600

static const char help[] =
"Usage: dumpflt resume [OPTION]... [AREA]\n"
"       dumpflt resume --noresume [AREA]\n"
"If 'dumpflt hibernate' has left an image of this machine in a dump area, check all of\n"
"it and go on where that was. To be run at each boot, before any file system is mounted\n"
"that was mounted then. AREA is the id of the area, or the path of its device; without\n"
"it all that is not said here is taken from section [hibernation] of the configuration.\n"
"\n"
"  -c, --config FILE  instead of " SETTINGS_FILE "\n"
"  --identity FILE    a secret key in FILE, which age-keygen has made, opens the image;\n"
"                     may be given several times\n"
"  --origin FILE      the key of this machine, 32 bytes: an image that was not made with\n"
"                     it is somebody else's\n"
"  --noresume         do not resume: release the image, so that no boot does\n"
"  --keep             do not release an image that is not resumed: to try another key\n"
"  --wait SECONDS     the area may take so long to appear\n"
"  --check            only say whether there is an image that would be resumed\n"
"  --json             print one line of JSON\n"
"  --help             print this text\n"
"\n"
"Exit status, if this kernel goes on: 0 if that was wanted (--noresume, --check), 1\n"
"failure, 2 wrong usage, 3 there is no image, 5 there is one that is not resumed, 6 a\n"
"passphrase was wrong: the image stays, to try again.\n";

struct resume_command {
	struct resume_options	options;
	struct hibernation_conf	conf;
	const char		*config;
	bool			json;
};

static const struct option table[] = {
	{ "config",	required_argument,	NULL, 'c' },
	{ "identity",	required_argument,	NULL, 'i' },
	{ "origin",	required_argument,	NULL, 'o' },
	{ "noresume",	no_argument,		NULL, 'n' },
	{ "keep",	no_argument,		NULL, 'k' },
	{ "check",	no_argument,		NULL, 'e' },
	{ "wait",	required_argument,	NULL, 'w' },
	{ "json",	no_argument,		NULL, 'j' },
	PROGRESS_OPTION,
	QUIET_OPTION,
	{ "help",	no_argument,		NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static const int repeats[] = { 'i', 0 };

static bool take_resume_option(void *ctx, int option, const char *value,
			       char error[SPEC_ERROR_MAX])
{
	struct resume_command *command = ctx;

	switch (option) {
	case 'c':
		command->config = value;
		break;
	case 'i':
		command->options.identity.no_stdin = true;
		return identity_files_take(&command->options.identity, value, error);
	case 'o':
		command->options.identity.origin = value;
		break;
	case 'n':
		command->options.noresume = true;
		break;
	case 'k':
		command->options.keep = true;
		break;
	case 'e':
		command->options.check = true;
		break;
	case 'w':
		if (parse_number(value, 1, WAIT_MAX, &command->options.wait))
			break;
		snprintf(error, SPEC_ERROR_MAX, "'%.40s' is no number of seconds from 1 to %d",
			 value, WAIT_MAX);
		return false;
	default:
		command->json = true;
		break;
	}
	return true;
}

static const struct option_set options = {
	.table = table, .shorts = ":hc:", .repeats = repeats, .help = help,
	.take = take_resume_option,
};

/* The exit code, the word for a machine, and what is printed; NULL if a failure was reported */
static const struct {
	int		code;
	const char	*word;
	const char	*text;
} ends[] = {
	[RESUME_FAILED]		= { EXIT_FAILED, "failed", NULL },
	[RESUME_NOTHING]	= { FINDING_NO_DUMP, "nothing", "there is no image" },
	[RESUME_GOOD]		= { EXIT_OK, "good", "there is an image of this machine" },
	[RESUME_RELEASED]	= { EXIT_OK, "released",
				    "released: the image is not resumed any more" },
	[RESUME_REFUSED]	= { FINDING_DAMAGED, "refused", NULL },
	[RESUME_LOCKED]		= { FINDING_NO_KEY, "locked", NULL },
};

static void print_resume_json(const struct resume_result *result)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "result", ends[result->end].word);
	json_add_text(object, "target", result->target);
	json_add_flag(object, "released", result->released);
	if (result->bytes)
		json_add_number(object, "bytes", result->bytes);
	if (!ends[result->end].text)
		json_add_failure(object, ends[result->end].code);
	json_print(object);
}

static int check_resume_options(const struct resume_options *resume, char **argv)
{
	if (resume->noresume && (resume->check || resume->keep))
		return usage_error(argv[0], "--noresume goes with neither --check nor --keep");
	if (!resume->noresume && !resume->identity.nr)
		return usage_error(argv[0], "either --identity or --noresume is needed");
	/* without, every image would be refused, and released */
	if (!resume->noresume && !resume->identity.origin)
		return usage_error(argv[0],
				   "--identity needs --origin: nobody else's image is resumed");
	return EXIT_OK;
}

/* What is said on the command line counts. Returns: an exit code */
static int complete_resume(struct resume_command *command, int argc, char **argv)
{
	struct resume_options *resume = &command->options;
	const struct hibernation_conf *conf = &command->conf;
	int ret = hibernation_area(argc, argv, command->config, &command->conf, &resume->area);

	if (ret)
		return ret;
	if (!resume->identity.nr && conf->identity[0])
		identity_files_add(&resume->identity, conf->identity);
	if (!resume->identity.origin && conf->origin[0])
		resume->identity.origin = conf->origin;
	return EXIT_OK;
}

int cmd_resume(int argc, char **argv)
{
	/* Too large for a stack, and there is only one */
	static struct resume_command command;
	struct resume_result result;
	int ret;

	ret = options_parse(&options, argc, argv, &command);
	if (ret >= 0)
		return ret;
	ret = complete_resume(&command, argc, argv);
	if (!ret)
		ret = check_resume_options(&command.options, argv);
	if (ret)
		return ret;
	signals_catch();
	resume_run(&command.options, &result);
	if (command.json)
		print_resume_json(&result);
	else if (ends[result.end].code == EXIT_OK)
		report_success("%s\n", ends[result.end].text);
	else if (ends[result.end].text)
		puts(ends[result.end].text);
	return ends[result.end].code;
}
