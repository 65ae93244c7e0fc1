// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What all runs of the collecting service in this boot have come to.
 *
 * What a run has released or written down, the next one does not find; who logs in after
 * that is to be told all the same. It is kept where the service may write, with the id of
 * the boot, as the next boot begins with nothing.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <string.h>
#include <unistd.h>

#include "deploy/marker.h"
#include "deploy/put.h"
#include "deploy/root.h"
#include "deploy/tally.h"
#include "lib/folder.h"
#include "lib/json.h"
#include "lib/report.h"

#define FOLDER		"/var/lib/dumpflt"
#define FILE_NAME	FOLDER "/collected.json"
/* More than anybody collects in a boot */
#define COUNT_MAX	1000000U

static unsigned int count(struct json_object *object, const char *key)
{
	__u64 number = json_number(object, key);

	return number < COUNT_MAX ? (unsigned int)number : COUNT_MAX;
}

/* The runs before, if there were any */
static void add_earlier(struct tally *tally, const char *path, const char *boot)
{
	struct json_object *object = access(path, R_OK) ? NULL : json_object_from_file(path);

	if (!object)
		return;
	if (!strcmp(json_text(object, "boot"), boot)) {
		tally->collected += count(object, "collected");
		tally->gone += count(object, "gone");
	}
	json_object_put(object);
}

static int write_tally(const struct tally *tally, const char *path, const char *boot)
{
	struct json_object *object = json_object_new_object();
	int ret;

	json_add_text(object, "boot", boot);
	json_add_number(object, "collected", tally->collected);
	json_add_number(object, "gone", tally->gone);
	ret = put_json(path, object);
	json_object_put(object);
	return ret;
}

/**
 * tally_add() - add what the runs before in this boot have come to
 * @tally: of this run; then of all of them, which is kept for the next one
 *
 * That it cannot be kept is a warning.
 */
void tally_add(struct tally *tally)
{
	char path[ROOT_PATH_MAX], boot[HANDOVER_BOOT_MAX];
	int folder, ret;

	if (!this_boot(boot) || !root_path(path, FOLDER))
		return;
	/* what somebody else has put there is not believed */
	folder = folder_make_own(path, 0700);
	root_path(path, FILE_NAME);
	ret = folder;
	if (folder >= 0) {
		close(folder);
		add_earlier(tally, path, boot);
		ret = write_tally(tally, path, boot);
	}
	if (ret)
		report_warning("'%s' cannot be written: %s: the next run announces only what it finds itself",
			       path, strerror(-ret));
}
