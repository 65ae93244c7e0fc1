// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt collect: keep all dumps of an area as files.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/finding.h"
#include "lib/json.h"
#include "lib/report.h"
#include "cmd/cmd.h"
#include "cmd/collect.h"
#include "cmd/options.h"
#include "deploy/announce.h"
#include "deploy/locate.h"
#include "deploy/rehearsing.h"
#include "deploy/root.h"
#include "dumps/plain.h"
#include "lib/signals.h"

static const char help[] =
"Usage: dumpflt collect [OPTION]... DEVICE DIRECTORY\n"
"       dumpflt collect [OPTION]... --config[=FILE]\n"
"Copy every COMPLETE dump in the dump area on DEVICE to a file in DIRECTORY, with\n"
"its receipt beside it. A sealed dump becomes a standard .age file; no key is\n"
"needed. What exists is never overwritten, and a run that was cut is continued by\n"
"the next one.\n"
"\n"
"With --config the area and the directory are those of " SETTINGS_FILE ",\n"
"or FILE: each dump gets a folder of its own, with a summary; slots are released;\n"
"only the folders collected last are kept, if the file says how many.\n"
"\n"
"  --config[=FILE]\n"
"             as the service at boot does it\n"
"  --announce\n"
"             with FILE, too: say at logins and to monitoring what came of it, and\n"
"             whether the last boot crashed without a dump\n"
"  --release  let the next dump overwrite a slot, once its copy was read back and\n"
"             is on stable storage\n"
"  --all      also the dumps that were released\n"
"  --salvage  also what is verified of a dump that is not COMPLETE, or damaged: its\n"
"             beginning, as NAME.part or NAME.part.age, with NAME.part.json that says\n"
"             why. Its slot is never released, and the exit status says 4 or 5\n"
"  --json     print one line of JSON\n"
"  --help     print this text\n"
"\n"
"Exit status 0 if every dump has its copy, or there is none, 1 failure, 2 wrong usage,\n"
"4 a slot holds a dump that is not COMPLETE, 5 one is damaged.\n";

static const struct option table[] = {
	{ "config",	optional_argument, NULL, 'c' },
	{ "announce",	no_argument,	NULL, 'n' },
	{ "release",	no_argument,	NULL, 'r' },
	{ "all",	no_argument,	NULL, 'a' },
	{ "salvage",	no_argument,	NULL, 's' },
	{ "json",	no_argument,	NULL, 'j' },
	PROGRESS_OPTION,
	QUIET_OPTION,
	{ "help",	no_argument,	NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static bool take_collect_option(void *ctx, int option, const char *value,
				char error[SPEC_ERROR_MAX])
{
	struct collection *collection = ctx;

	(void)error;
	switch (option) {
	case 'c':
		collection->config = value ? value : SETTINGS_FILE;
		collection->announced |= !value;
		collection->release = true;
		break;
	case 'n':
		collection->announced = true;
		break;
	case 'r':
		collection->release = true;
		break;
	case 'a':
		collection->all = true;
		break;
	case 's':
		collection->salvage = true;
		break;
	default:
		collection->json = true;
		break;
	}
	return true;
}

static const struct option_set options = {
	.table = table, .help = help,
	.take = take_collect_option,
};

static void add_lost_json(struct collection *collection)
{
	const struct lost *lost = &collection->lost;
	struct json_object *object = json_object_new_object();

	json_add_text(object, "result", "no dump");
	json_add_text(object, "reason", lost->reason[0] ? lost->reason : NULL);
	json_add_text(object, "boot", lost->marker.boot);
	json_add_text(object, "folder", lost->path[0] ? lost->path : NULL);
	json_object_array_add(collection->array, object);
}

/* The last boot was armed and did not end in order. @area: NULL if it was not to be had */
static void look_back(struct collection *collection, const struct area *area)
{
	struct lost *lost = &collection->lost;
	bool dump = area && lost_is_dump(lost, area);

	/* the dump may be in the area that is not to be had now: the next run looks again */
	if (!lost->reason[0] && !area)
		return;
	if (!lost->reason[0] && dump) {
		marker_remove(&lost->marker);
		return;
	}
	report_warning("%s: %s", dump ? "the capture of a dump has failed" :
					"a crash left no dump",
		       lost->reason[0] ? lost->reason :
		       "the machine was armed, and went down without a shutdown; there is no note that says why");
	collection->incomplete++;
	if (lost_keep(lost, collection->folder_path)) {
		collection->failed = true;
	} else {
		collection->done.gone++;
		report_hint("What is known is in '%s'.", lost->path);
	}
	if (collection->array)
		add_lost_json(collection);
}

static void collect_whole(struct collection *collection)
{
	__u32 i;

	collection->array = json_object_new_array();
	for (i = 0; i < collection->open.area.geo.nr_slots && !signals_stop(); i++)
		collect_look_at(collection, i);
	if (collection->crashed)
		look_back(collection, &collection->open.area);
	collection->crashed = false;
	if (signals_stop())
		collection->failed = true;
	if (collection->announced && !collection->failed)
		rehearsing_forget_others();
}

/* What is not whole takes neither room nor time of what is */
static void collect_rest(struct collection *collection)
{
	collect_parts(collection);
	if (signals_stop())
		collection->failed = true;
	if (collection->json) {
		json_print(collection->array);
		return;
	}
	if (!collection->nr)
		report_success("nothing to collect\n");
	json_object_put(collection->array);
}

/* Returns: 0, or a negative errno, which is reported */
static int collect_and_prune(struct collection *collection)
{
	int ret;

	ret = keep_begin(&collection->run, &collection->open, &collection->folder);
	if (ret)
		return ret;
	collect_whole(collection);
	/* after a failure an old one may be all that there is */
	if (!collection->failed)
		ret = keep_prune(&collection->run, collection->settings.keep);
	collect_rest(collection);
	keep_end(&collection->run);
	return ret;
}

/*
 * A disk may answer otherwise than it did when the area was looked for.
 * Returns: 0, or a negative errno, which is reported
 */
static int check_id(const struct collection *collection)
{
	const struct settings *settings = &collection->settings;
	char wanted[AREA_ID_TEXT], got[AREA_ID_TEXT];

	if (!collection->config || !settings->id_said ||
	    !memcmp(collection->open.area.header->fixed.uuid, settings->id, AREA_ID_SIZE))
		return 0;
	text_hex(settings->id, AREA_ID_SIZE, wanted);
	text_hex(collection->open.area.header->fixed.uuid, AREA_ID_SIZE, got);
	report_failure("opening the dump area", collection->path,
		       "its id is %s, not %s any more", got, wanted);
	return -ESTALE;
}

/* Returns: 0, or a negative errno, which is reported */
static int collect_from(struct collection *collection)
{
	int ret;

	if (open_area(&collection->open, collection->path, collection->release))
		return -EIO;
	ret = area_refuse_image(&collection->open, "collecting");
	if (!ret)
		ret = check_id(collection);
	if (!ret && collection->release)
		ret = plain_check_area(&collection->open);
	if (!ret)
		ret = collect_folder_open(&collection->folder,
					  collection->folder_path,
					  &collection->open);
	if (!ret) {
		if (collection->config) {
			ret = collect_and_prune(collection);
		} else {
			collect_whole(collection);
			collect_rest(collection);
		}
		collect_folder_close(&collection->folder);
	}
	close_area(&collection->open);
	return ret;
}

/* What the file names, below the folder of a test if there is one */
static int collect_configured(struct collection *collection)
{
	char device[AREA_DEVICE_MAX], path[ROOT_PATH_MAX], folder[ROOT_PATH_MAX];
	const struct settings *settings = &collection->settings;
	int ret;

	ret = settings_read(collection->config, SETTINGS_COLLECT, &collection->settings);
	if (ret)
		return ret;
	collection->salvage |= settings->salvage;
	root_path(folder, "%s", settings->dir);
	collection->folder_path = folder;
	collection->crashed = collection->announced && lost_look(&collection->lost);
	if (settings->id_said)
		ret = locate_area(settings->id, collection->config, device);
	if (!ret) {
		root_path(path, "%s", settings->id_said ? device : settings->target);
		collection->path = path;
		ret = collect_from(collection);
	}
	if (collection->crashed)
		look_back(collection, NULL);
	collection->path = NULL;
	collection->folder_path = NULL;
	return ret;
}

static int exit_status(const struct collection *collection, int ret)
{
	if (ret || collection->failed)
		return EXIT_FAILED;
	if (collection->spoilt || collection->unsure)
		return FINDING_DAMAGED;
	return collection->incomplete ? FINDING_INCOMPLETE : EXIT_OK;
}

static void announce_run(const struct collection *collection, int status, bool failed)
{
	const struct announcement what = {
		.run = collection->done,
		.incomplete = collection->incomplete - collection->done.gone,
		.failed = failed,
		.status = status,
	};

	announce(&what);
}

int cmd_collect(int argc, char **argv)
{
	struct collection collection = { 0 };
	int ret, status;

	ret = options_parse(&options, argc, argv, &collection);
	if (ret >= 0)
		return ret;
	if (collection.config ? argc != optind : argc - optind != 2)
		return usage_error(argv[0], "%s", collection.config ?
				   "--config goes alone: its FILE is given as --config=FILE" :
				   "a DEVICE and a DIRECTORY are needed");
	if (collection.announced && !collection.config)
		return usage_error(argv[0], "--announce needs --config");
	/* who has none has no service that could fail */
	if (collection.announced && access(collection.config, F_OK) && errno == ENOENT)
		collection.announced = false;
	signals_catch();
	if (collection.config) {
		ret = collect_configured(&collection);
	} else {
		collection.path = argv[optind];
		collection.folder_path = argv[optind + 1];
		ret = collect_from(&collection);
	}
	status = exit_status(&collection, ret);
	if (collection.announced)
		announce_run(&collection, status, ret || collection.failed || collection.spoilt);
	return status;
}
