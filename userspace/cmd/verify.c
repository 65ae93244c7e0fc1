// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt verify: is the dump in an area complete and intact?
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "dumps/choose.h"
#include "dumps/copy_verify.h"
#include "dumps/not_good.h"
#include "cmd/print/print.h"
#include "lib/finding.h"
#include "lib/json.h"
#include "age/slot.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/slot_options.h"
#include "dumps/walk.h"
#include "lib/signals.h"
#include "lib/report.h"
#include "lib/text.h"

static const char help[] =
"Usage: dumpflt verify [OPTION]... DEVICE\n"
"Check a dump in the dump area on DEVICE, which may be a block device or an image\n"
"file: header, filter metadata, every chunk with its record and digest, and the\n"
"receipt. No kernel module and no key is needed. With a key a sealed dump is opened,\n"
"and then it is also known that it is authentic. DEVICE may as well be a file that\n"
"'dumpflt collect' has made: then it is held against the receipt beside it.\n"
"\n"
"  --slot N         of this slot (default: the newest dump that was not collected)\n"
"  --all            of every slot that is not empty\n"
"  --identity FILE  open it with a secret key in FILE, which age-keygen has made;\n"
"                   may be given several times; - is standard input\n"
"  --origin FILE    of a hibernation image: the key of this machine, 32 bytes; without\n"
"                   it and --identity nobody can tell whose image it is\n"
"  --json           print one line of JSON\n"
"  --help           print this text\n"
"\n"
"Exit status 0 only if every dump that was asked for is COMPLETE and intact; 3 there is\n"
"none, 4 one was never completed, 5 one is damaged, 6 the keys do not open one.\n";

/* One that anybody may have made is not good, be it whole */
static void judge_image(const struct area_slot *slot, const struct age_identities *ids,
			struct area_verdict *verdict)
{
	if (!slot->image || ids || !verdict->complete)
		return;
	verdict->complete = false;
	finding_add(FINDING_NO_KEY);
	format_string(verdict->problem, sizeof(verdict->problem),
		      "it cannot be judged: the machine's origin key is needed (--origin), and a key that opens it (--identity)");
}

/* One that cannot be opened is as good as no dump for who has this key */
static int verify_with_key(const struct open_area *open, const struct area_slot *slot,
			   const struct age_identities *ids,
			   struct area_verdict *verdict, bool *no_key)
{
	struct age_slot sealed = { .tag_at = 0 };
	const char *wrong = NULL;
	int ret = 0;

	if (ids)
		wrong = age_slot_open(&sealed, slot, ids);
	*no_key = age_header_no_key(wrong);
	if (wrong) {
		slot_not_opened(slot, wrong);
		memset(verdict, 0, sizeof(*verdict));
		format_string(verdict->problem, sizeof(verdict->problem),
			      "it cannot be opened: %s", wrong);
	} else {
		ret = walk_slot(open, slot, "Verifying",
				ids ? &sealed.opener : NULL, NULL, NULL,
				verdict);
		if (!ret && !verdict->complete)
			slot_not_good(slot);
		judge_image(slot, ids, verdict);
	}
	age_slot_wipe(&sealed);
	return ret;
}

/* Is there more to say of it than that all is well? One copy of the receipt is enough */
static bool slot_is_amiss(const struct area_slot *slot, const struct area_verdict *verdict)
{
	return !verdict->complete || slot->receipt_wrong[0] || slot->receipt_wrong[1];
}

/* Likewise: what is beside the dump says of which crash it is */
static bool copy_is_amiss(const struct copy_verdict *verdict)
{
	return !verdict->good || verdict->receipt_problem[0] || !verdict->receipt ||
	       (verdict->authentic && !verdict->trailer);
}

/* Returns: 0, 1 if the dump is not good, or a negative errno */
static int verify_slot_number(const struct open_area *open, __u64 number,
			      const struct age_identities *ids, struct json_object *array)
{
	struct area_verdict verdict;
	struct area_slot slot;
	bool no_key;
	int ret;

	ret = open_slot(open, number, &slot);
	if (ret)
		return ret;
	ret = verify_with_key(open, &slot, ids, &verdict, &no_key);
	if (!ret && (array || slot_is_amiss(&slot, &verdict) || !report_is_quiet()))
		print_verdict(&open->area, &slot, &verdict, array);
	if (!ret && no_key && !array)
		printf("  %s\n", IDENTITY_ADVICE);
	area_slot_unload(&slot);
	return ret ? ret : !verdict.complete;
}

static int verify_all(const struct open_area *open,
		      const struct age_identities *ids,
		      struct json_object *array)
{
	__u32 i, nr = 0;
	int ret = 0;

	for (i = 0; i < open->area.geo.nr_slots && ret >= 0; i++) {
		int one;

		if (le32_to_cpu(open->area.header->slots[i].state) ==
		    DUMPFLT_SLOT_EMPTY)
			continue;
		nr++;
		one = verify_slot_number(open, i, ids, array);
		ret = one ? one : ret;
	}
	if (nr)
		return ret;
	finding_add(FINDING_NO_DUMP);
	report_failure("verifying", open->path, "there is no dump");
	return 1;
}

static int verify_area(const struct slot_options *options,
		       const struct age_identities *ids)
{
	struct json_object *array = NULL;
	struct open_area open;
	__u32 newest = 0;
	int ret;

	if (open_area(&open, options->path, false))
		return EXIT_FAILED;
	if (options->json)
		array = json_object_new_array();
	if (options->all)
		ret = verify_all(&open, ids, array);
	else if (options->slot != AREA_NO_SLOT)
		ret = verify_slot_number(&open, options->slot, ids, array);
	else
		ret = choose_newest(&open, &newest) ? 1 :
		      verify_slot_number(&open, newest, ids, array);
	close_area(&open);
	/* of no dump at all there is only the reason */
	if (array && json_object_array_length(array))
		json_print(array);
	else
		json_object_put(array);
	return ret ? EXIT_FAILED : EXIT_OK;
}

static int verify_copy(const struct slot_options *options,
		       const struct age_identities *ids)
{
	struct copy_verdict verdict;
	bool good;

	if (copy_verify(options->path, ids, &verdict))
		return EXIT_FAILED;
	good = verdict.good && !verdict.stranger;
	if (options->json || copy_is_amiss(&verdict) || !report_is_quiet())
		print_copy_verdict(options->path, &verdict, options->json);
	if (verdict.no_key && !options->json)
		printf("  %s\n", IDENTITY_ADVICE);
	return good ? EXIT_OK : (int)verdict.finding;
}

int cmd_verify(int argc, char **argv)
{
	int (*verify)(const struct slot_options *options, const struct age_identities *ids);
	struct slot_options options;
	struct age_identities ids;
	int ret;

	ret = slot_options_parse(&options, argc, argv, help,
				 SLOT_MAY_IDENTITY | SLOT_MAY_PROGRESS);
	if (ret >= 0)
		return ret;
	signals_catch();
	verify = copy_is_one(options.path) ? verify_copy : verify_area;
	if (verify == verify_copy && (options.all || options.slot != AREA_NO_SLOT))
		return usage_error(argv[0], "'%s' is no dump area, and has no slots",
				   options.path);
	if (verify == verify_copy && options.identity.origin)
		return usage_error(argv[0], "'%s' is no hibernation image: --origin is for one",
				   options.path);
	if (!options.identity.nr)
		return verify(&options, NULL);
	ret = identities_read(&ids, &options.identity) ? EXIT_FAILED :
							    verify(&options, &ids);
	age_identities_wipe(&ids);
	return ret;
}
