// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt repair: make a lost header of a dump area good again.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "dumps/area_json.h"
#include "dumps/repair.h"
#include "lib/json.h"
#include "lib/signals.h"

static const char help[] =
"Usage: dumpflt repair [OPTION]... DEVICE\n"
"Make a header of the dump area on DEVICE good again, from the other one: there are\n"
"two, A at its front and B at its end. Dumps are left as they are. Asks before it\n"
"writes. If both headers are lost, nothing is made up.\n"
"\n"
"  --dry-run  only say what would be done\n"
"  --yes      do not ask\n"
"  --force    even if only the lost header knew of a dump: it is not reached any more\n"
"  --json     print one line of JSON\n"
"  --help     print this text\n"
"\n"
"Exit status 0 if both headers are good, or were made so, 1 failure, 2 wrong usage.\n";

static const struct option table[] = {
	{ "dry-run",	no_argument,	NULL, 'n' },
	{ "yes",	no_argument,	NULL, 'y' },
	{ "force",	no_argument,	NULL, 'f' },
	{ "json",	no_argument,	NULL, 'j' },
	{ "help",	no_argument,	NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

struct repair_command {
	struct repair	repair;
	bool		json;
};

static bool take_repair_option(void *ctx, int option, const char *value,
			       char error[SPEC_ERROR_MAX])
{
	struct repair_command *command = ctx;

	(void)value;
	(void)error;
	switch (option) {
	case 'n':
		command->repair.dry_run = true;
		break;
	case 'y':
		command->repair.yes = true;
		break;
	case 'f':
		command->repair.force = true;
		break;
	default:
		command->json = true;
		break;
	}
	return true;
}

static const struct option_set options = {
	.table = table, .help = help, .take = take_repair_option,
};

static void print_json(const struct open_area *open, const struct repair *repair)
{
	const char copy[] = { "AB"[repair->copy], '\0' };
	struct json_object *object = area_json(open);

	json_add_text(object, "repaired", repair->needed ? copy : NULL);
	json_add_flag(object, "dry_run", repair->dry_run);
	json_print(object);
}

static void print_repaired(const struct open_area *open, const struct repair *repair)
{
	if (!repair->needed)
		puts("nothing to repair: both headers are good");
	else
		printf("header %c of '%s' %s from header %c\n", "AB"[repair->copy], open->path,
		       repair->dry_run ? "would be restored" : "is restored",
		       "AB"[!repair->copy]);
}

int cmd_repair(int argc, char **argv)
{
	struct repair_command command = { .json = false };
	struct open_area open;
	int ret;

	ret = options_parse(&options, argc, argv, &command);
	if (ret >= 0)
		return ret;
	if (argc - optind != 1)
		return usage_error(argv[0], "exactly one DEVICE is needed");
	signals_catch();
	signals_hold();
	if (open_area(&open, argv[optind], !command.repair.dry_run))
		return EXIT_FAILED;
	ret = repair_area(&open, &command.repair);
	if (!ret && command.json)
		print_json(&open, &command.repair);
	else if (!ret)
		print_repaired(&open, &command.repair);
	close_area(&open);
	return ret ? EXIT_FAILED : EXIT_OK;
}
