// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The options of the commands that are about slots: --slot, --all, --force,
 * --identity, --origin and --json.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/slot_options.h"
#include "dumps/open.h"
#include "lib/text.h"

static const struct option table[] = {
	{ "force",	no_argument,		NULL, 'f' },
	{ "identity",	required_argument,	NULL, 'i' },
	{ "origin",	required_argument,	NULL, 'o' },
	{ "slot",	required_argument,	NULL, 's' },
	{ "all",	no_argument,		NULL, 'a' },
	{ "json",	no_argument,		NULL, 'j' },
	PROGRESS_OPTION,
	QUIET_OPTION,
	{ "help",	no_argument,		NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static const int repeats[] = { 'i', 0 };

/* The table, without what the command does not know */
static void choose(struct option known[ARRAY_SIZE(table)], unsigned int may)
{
	size_t i, nr = 0;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		if ((table[i].val == 'f' && !(may & SLOT_MAY_FORCE)) ||
		    ((table[i].val == 'i' || table[i].val == 'o') &&
		     !(may & SLOT_MAY_IDENTITY)) ||
		    ((table[i].val == OPTION_PROGRESS || table[i].val == OPTION_QUIET) &&
		     !(may & SLOT_MAY_PROGRESS)))
			continue;
		known[nr++] = table[i];
	}
}

static bool take_slot_option(void *ctx, int option, const char *value,
			     char error[SPEC_ERROR_MAX])
{
	struct slot_options *options = ctx;

	switch (option) {
	case 's':
		if (parse_number(value, 0, DUMPFLT_AREA_SLOTS_MAX - 1,
				 &options->slot))
			break;
		snprintf(error, SPEC_ERROR_MAX, "'%s' is no slot", value);
		return false;
	case 'a':
		options->all = true;
		break;
	case 'f':
		options->force = true;
		break;
	case 'i':
		return identity_files_take(&options->identity, value, error);
	case 'o':
		options->identity.origin = value;
		break;
	default:
		options->json = true;
		break;
	}
	return true;
}

/**
 * slot_options_parse() - understand the command line
 * @options: filled
 * @argc: as the command got it
 * @argv: likewise
 * @help: the command's own text
 * @may: SLOT_MAY_*
 *
 * Return: an exit code if the command is over, else -1
 */
int slot_options_parse(struct slot_options *options, int argc, char **argv,
		       const char *help, unsigned int may)
{
	struct option known[ARRAY_SIZE(table)];
	const struct option_set set = {
		.table = known, .repeats = repeats, .help = help, .take = take_slot_option,
	};
	int ret;

	choose(known, may);
	*options = (struct slot_options){ .slot = AREA_NO_SLOT };
	ret = options_parse(&set, argc, argv, options);
	if (ret >= 0)
		return ret;
	if (argc - optind != 1)
		return usage_error(argv[0], "exactly one DEVICE is needed");
	if (options->all && options->slot != AREA_NO_SLOT)
		return usage_error(argv[0], "either --slot or --all");
	if (options->identity.origin && !options->identity.nr)
		return usage_error(argv[0], "--origin needs --identity");
	options->path = argv[optind];
	return -1;
}
