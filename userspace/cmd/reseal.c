// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt reseal: a sealed dump for another reader.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "dumps/reseal.h"
#include "lib/json.h"
#include "lib/report.h"
#include "lib/signals.h"

static const char help[] =
"Usage: dumpflt reseal --identity KEY (--recipient AGE1... | --recipients-file LIST)\n"
"                      [OPTION]... FILE OUT\n"
"Write the sealed dump in FILE, an age file as 'dumpflt collect' makes it, to the\n"
"new file OUT, which the named recipients can open, and nobody else. Nothing is in\n"
"the clear meanwhile. FILE stays as it is.\n"
"\n"
"  --identity KEY            a file with a secret key that opens FILE; may be given\n"
"                            several times; - is standard input\n"
"  --recipient AGE1...       who can open OUT; may be repeated\n"
"  --recipients-file LIST    likewise, for each line of the file LIST\n"
"  --force                   replace OUT if it exists\n"
"  --json                    print one line of JSON\n"
"  --help                    print this text\n"
"\n"
"OUT may be - for standard output. Of a part of a dump its name ends in '.part.age'.\n";

enum {
	OPT_IDENTITY = 256, OPT_RECIPIENT, OPT_RECIPIENTS_FILE, OPT_FORCE, OPT_JSON,
};

static const struct option table[] = {
	{ "identity",		required_argument,	NULL, OPT_IDENTITY },
	{ "recipient",		required_argument,	NULL, OPT_RECIPIENT },
	{ "recipients-file",	required_argument,	NULL, OPT_RECIPIENTS_FILE },
	{ "force",		no_argument,		NULL, OPT_FORCE },
	{ "json",		no_argument,		NULL, OPT_JSON },
	PROGRESS_OPTION,
	QUIET_OPTION,
	{ "help",		no_argument,		NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

struct reseal_command {
	struct reseal_options	options;
	bool			json;
};

static bool take_reseal_option(void *ctx, int opt, const char *value,
			       char error[SPEC_ERROR_MAX])
{
	struct reseal_command *reseal = ctx;

	switch (opt) {
	case OPT_IDENTITY:
		return identity_files_take(&reseal->options.identity, value, error);
	case OPT_RECIPIENT:
		return recipients_add(&reseal->options.recipients, value, error);
	case OPT_RECIPIENTS_FILE:
		return !recipients_read(&reseal->options.recipients, value);
	case OPT_FORCE:
		reseal->options.force = true;
		return true;
	default:
		reseal->json = true;
		return true;
	}
}

static const int repeats[] = { OPT_IDENTITY, OPT_RECIPIENT, OPT_RECIPIENTS_FILE, 0 };

static const struct option_set options = {
	.table = table, .repeats = repeats, .help = help,
	.take = take_reseal_option,
};

static void print_resealed(const struct reseal_command *reseal, __u64 bytes)
{
	const struct recipients *to = &reseal->options.recipients;
	struct json_object *object, *list;
	unsigned int i;

	if (!reseal->json) {
		report_success("resealed: %llu bytes to %s, for %u recipient%s\n", bytes,
			       reseal->options.out, to->nr, to->nr == 1 ? "" : "s");
		return;
	}
	object = json_object_new_object();
	list = json_object_new_array();
	json_add_text(object, "resealed", reseal->options.out);
	json_add_number(object, "bytes", bytes);
	for (i = 0; i < to->nr; i++)
		json_object_array_add(list, json_object_new_string(to->text[i]));
	json_object_object_add(object, "recipients", list);
	json_print(object);
}

/* Returns: an exit code if the command is over, else -1 */
static int parse_reseal(struct reseal_command *reseal, int argc, char **argv)
{
	int ret = options_parse(&options, argc, argv, reseal);

	if (ret >= 0)
		return ret;
	if (argc - optind != 2)
		return usage_error(argv[0], "exactly one FILE and one OUT are needed");
	reseal->options.path = argv[optind];
	reseal->options.out = argv[optind + 1];
	if (!reseal->options.identity.nr)
		return usage_error(argv[0], "--identity is needed: a key that opens '%s'",
				   reseal->options.path);
	if (!reseal->options.recipients.nr)
		return usage_error(argv[0], "--recipient or --recipients-file is needed: who shall open '%s'",
				   reseal->options.out);
	if (reseal->json && !strcmp(reseal->options.out, "-"))
		return usage_error(argv[0], "either --json or the dump to standard output");
	return -1;
}

int cmd_reseal(int argc, char **argv)
{
	static struct reseal_command reseal;
	__u64 bytes;
	int ret = parse_reseal(&reseal, argc, argv);

	if (ret >= 0)
		return ret;
	signals_catch();
	if (reseal_run(&reseal.options, &bytes))
		return EXIT_FAILED;
	if (strcmp(reseal.options.out, "-"))
		print_resealed(&reseal, bytes);
	return EXIT_OK;
}
