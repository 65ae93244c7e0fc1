// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt erase: make what is in a slot unreadable.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/slot_options.h"
#include "dumps/area_json.h"
#include "dumps/erase.h"
#include "dumps/plain.h"
#include "lib/json.h"
#include "lib/report.h"
#include "lib/signals.h"

static const char help[] =
"Usage: dumpflt erase (--slot N | --all) [OPTION]... DEVICE\n"
"Write zeros over what is in a slot of the dump area on DEVICE, and read all of it\n"
"back. What was released stays on the disk otherwise until a dump goes over it.\n"
"Copies that the disk keeps out of sight are not reached: see dumpflt-erase(8).\n"
"\n"
"  --slot N  this slot\n"
"  --all     every slot, and what is behind the last one\n"
"  --force   even if what is in the slot was not released: there may be no other\n"
"            copy of it. A hibernation image is never resumed then\n"
"  --json    print one line of JSON\n"
"  --help    print this text\n";

static void print_json(const struct open_area *open, const struct erase *erase)
{
	struct json_object *object = area_json(open);
	struct json_object *erased = json_object_new_array();
	__u32 i;

	for (i = 0; i < open->area.geo.nr_slots; i++)
		if (erase->erased[i])
			json_object_array_add(erased, json_object_new_int64(i));
	json_object_object_add(object, "erased", erased);
	json_add_number(object, "bytes", erase->bytes);
	json_print(object);
}

static void print_erased(const struct open_area *open, const struct slot_options *options,
			 const struct erase *erase)
{
	if (options->json)
		print_json(open, erase);
	else
		report_success("erased: %s: %llu bytes are zeros, all of them read back\n",
			       options->all ? "all slots" : "the slot", erase->bytes);
}

int cmd_erase(int argc, char **argv)
{
	struct slot_options options;
	struct erase erase = { .slot = 0 };
	struct open_area open;
	int ret;

	ret = slot_options_parse(&options, argc, argv, help,
				 SLOT_MAY_FORCE | SLOT_MAY_PROGRESS);
	if (ret >= 0)
		return ret;
	if (!options.all && options.slot == AREA_NO_SLOT)
		return usage_error(argv[0], "--slot or --all is needed");
	erase.slot = options.slot;
	erase.force = options.force;
	signals_catch();
	signals_hold();
	if (open_area(&open, options.path, true))
		return EXIT_FAILED;
	ret = plain_check_area(&open);
	if (!ret)
		ret = erase_slots(&open, &erase);
	if (!ret)
		print_erased(&open, &options, &erase);
	close_area(&open);
	return ret ? EXIT_FAILED : EXIT_OK;
}
