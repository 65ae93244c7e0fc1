// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * That a rehearsal is under way, in a file that stays if it is killed.
 *
 * What it leaves in the area then is no crash. Its session is the next one that the area
 * counts; but if the machine crashes before it has begun, that is the crash's.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <string.h>
#include <unistd.h>

#include "deploy/marker.h"
#include "deploy/put.h"
#include "deploy/rehearsing.h"
#include "lib/json.h"
#include "lib/report.h"
#include "lib/text.h"

#define FILE_NAME	"/var/lib/dumpflt/rehearsing.json"

/**
 * rehearsing_begin() - a rehearsal is about to write to the area
 * @plan: made
 * @number: that its session will have
 *
 * Return: 0 or a negative errno, which is reported
 */
int rehearsing_begin(const struct plan *plan, __u64 number)
{
	struct json_object *object = json_object_new_object();
	char path[ROOT_PATH_MAX], id[AREA_ID_TEXT];
	int ret;

	text_hex(plan->id, AREA_ID_SIZE, id);
	json_add_text(object, "boot", plan->boot);
	json_add_text(object, "area", id);
	json_add_number(object, "number", number);
	root_path(path, FILE_NAME);
	/* durable: the machine may go down before the end */
	ret = put_json(path, object);
	json_object_put(object);
	if (ret)
		report_error("writing down that a rehearsal begins", path, -ret);
	return ret;
}

/* Nothing of it is in the area any more */
void rehearsing_end(void)
{
	char path[ROOT_PATH_MAX];

	if (root_path(path, FILE_NAME))
		unlink(path);
}

static struct json_object *read_file(void)
{
	char path[ROOT_PATH_MAX];

	if (!root_path(path, FILE_NAME) || access(path, R_OK))
		return NULL;
	return json_object_from_file(path);
}

static bool is_of_this_boot(struct json_object *object)
{
	char boot[HANDOVER_BOOT_MAX];

	return this_boot(boot) && !strcmp(json_text(object, "boot"), boot);
}

/* All that a boot before this one left has been looked at: later crashes are none of it */
void rehearsing_forget_others(void)
{
	struct json_object *object = read_file();

	if (object && !is_of_this_boot(object))
		rehearsing_end();
	json_object_put(object);
}

/**
 * rehearsing_left() - is a session that came to nothing a rehearsal's?
 * @id: of the area
 * @number: of the session
 * @crashed: a boot that was armed has not ended in order
 *
 * In doubt it is the crash's.
 *
 * Return: true if so
 */
bool rehearsing_left(const __u8 id[AREA_ID_SIZE], __u64 number, bool crashed)
{
	struct json_object *object = read_file();
	char area[AREA_ID_TEXT];
	bool left;

	text_hex(id, AREA_ID_SIZE, area);
	/* this boot has not crashed */
	left = object && !strcmp(json_text(object, "area"), area) &&
	       json_number(object, "number") == number &&
	       (is_of_this_boot(object) || !crashed);
	json_object_put(object);
	return left;
}
