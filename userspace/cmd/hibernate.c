// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt hibernate: write the memory to a dump area, and go down.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/hibernation_area.h"
#include "cmd/options.h"
#include "deploy/settings.h"
#include "hibernate/hibernate.h"
#include "lib/json.h"
#include "lib/signals.h"
#include "lib/text.h"

static const char help[] =
"Usage: dumpflt hibernate [OPTION]... [AREA]\n"
"Write the memory of this machine through the filters of a dump area to its device,\n"
"and go down once it is durable. 'dumpflt resume' of the next boot puts it back; this\n"
"command ends then. AREA is the id of the area, or the path of its device; without it\n"
"all that is not said here is taken from section [hibernation] of the configuration.\n"
"\n"
"  -c, --config FILE   instead of " SETTINGS_FILE "\n"
"  --fingerprint HEX   of the area, as 'dumpflt show' printed it when it was made; without\n"
"                      one, or if it has another one, nothing is hibernated\n"
"  --origin FILE       the key of this machine, 32 bytes, if it is in no keyring\n"
"  --mode MODE         how to go down: platform (S4), shutdown, reboot or suspend,\n"
"                      which keeps the memory as well (default: platform, if the\n"
"                      firmware has it, else shutdown)\n"
"  --image-size BYTES  what the kernel is to make the image fit into, if it can\n"
"                      (default: /sys/power/image_size); 0: as small as it can\n"
"  --compressor NAME   of the image: lz4 or none (default: lz4)\n"
"  --json              print one line of JSON\n"
"  --help              print this text\n";

struct hibernate_command {
	struct hibernate_options	options;
	struct hibernation_conf		conf;
	char				fingerprint[FINGERPRINT_MAX];
	const char			*config;
	bool				json;
};

static const struct option table[] = {
	{ "config",	required_argument,	NULL, 'c' },
	{ "fingerprint", required_argument,	NULL, 'f' },
	{ "origin",	required_argument,	NULL, 'o' },
	{ "mode",	required_argument,	NULL, 'm' },
	{ "image-size",	required_argument,	NULL, 's' },
	{ "compressor",	required_argument,	NULL, 'z' },
	{ "json",	no_argument,		NULL, 'j' },
	{ "help",	no_argument,		NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static bool take_hibernate_option(void *ctx, int option, const char *value,
				  char error[SPEC_ERROR_MAX])
{
	struct hibernate_command *command = ctx;

	switch (option) {
	case 'c':
		command->config = value;
		break;
	case 'f':
		command->options.fingerprint = command->fingerprint;
		if (fingerprint_parse(value, command->fingerprint))
			break;
		snprintf(error, SPEC_ERROR_MAX, "'%.70s' is no fingerprint: 64 hexadecimal digits",
			 value);
		return false;
	case 'o':
		command->options.origin = value;
		break;
	case 'm':
		if (power_parse(value, &command->options.mode))
			break;
		snprintf(error, SPEC_ERROR_MAX,
			 "'%s' is no mode: platform, shutdown, reboot or suspend", value);
		return false;
	case 's':
		if (parse_number(value, 0, HIBERNATE_ANY - 1, &command->options.image_size))
			break;
		snprintf(error, SPEC_ERROR_MAX, "'%s' is no number of bytes", value);
		return false;
	case 'z':
		if (compressor_parse(value, &command->options.compressor))
			break;
		snprintf(error, SPEC_ERROR_MAX, "'%.40s' is no compressor: lz4 or none", value);
		return false;
	default:
		command->json = true;
		break;
	}
	return true;
}

static const struct option_set options = {
	.table = table, .shorts = ":hc:", .help = help, .take = take_hibernate_option,
};

static const char *result_word(const struct hibernate_result *result, int ret)
{
	if (ret)
		return "failed";
	return result->woken ? "woken" : "resumed";
}

static void print_hibernate_json(const struct hibernate_result *result, int ret)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "result", result_word(result, ret));
	json_add_text(object, "target", result->target);
	json_add_text(object, "mode", power_word(result->mode));
	if (result->bytes)
		json_add_number(object, "bytes", result->bytes);
	if (result->stored)
		json_add_number(object, "stored", result->stored);
	if (ret)
		json_add_failure(object, EXIT_FAILED);
	json_print(object);
}

/* What is said on the command line counts. Returns: an exit code */
static int complete_hibernate(struct hibernate_command *command, int argc, char **argv)
{
	struct hibernate_options *hibernate = &command->options;
	const struct hibernation_conf *conf = &command->conf;
	int ret = hibernation_area(argc, argv, command->config, &command->conf, &hibernate->area);

	if (ret)
		return ret;
	if (!hibernate->fingerprint)
		hibernate->fingerprint = conf->fingerprint;
	if (!hibernate->origin && conf->origin[0])
		hibernate->origin = conf->origin;
	if (hibernate->mode == POWER_AUTO)
		hibernate->mode = conf->mode;
	if (hibernate->compressor == COMPRESSOR_AUTO)
		hibernate->compressor = conf->compressor;
	if (hibernate->image_size == HIBERNATE_ANY)
		hibernate->image_size = conf->image_size;
	/* a disk is rarely faster than it */
	if (hibernate->compressor == COMPRESSOR_AUTO)
		hibernate->compressor = COMPRESSOR_LZ4;
	return EXIT_OK;
}

int cmd_hibernate(int argc, char **argv)
{
	static struct hibernate_command command = {
		.options = { .mode = POWER_AUTO, .image_size = HIBERNATE_ANY,
			     .compressor = COMPRESSOR_AUTO },
	};
	struct hibernate_result result;
	int ret;

	ret = options_parse(&options, argc, argv, &command);
	if (ret >= 0)
		return ret;
	ret = complete_hibernate(&command, argc, argv);
	if (ret)
		return ret;
	/* Nobody is to be interrupted while the machine stands still */
	signals_catch();
	signals_hold();
	ret = hibernate_run(&command.options, &result);
	if (command.json)
		print_hibernate_json(&result, ret);
	else if (!ret)
		printf("%s\n", result_word(&result, ret));
	return ret ? EXIT_FAILED : EXIT_OK;
}
