// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt verify: is the dump in an area complete and intact?
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "age/slot.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/slot_options.h"
#include "dumps/area_view.h"
#include "dumps/walk.h"
#include "kernel/view.h"
#include "lib/signals.h"
#include "lib/util.h"

static const char help[] =
"Usage: dumpflt verify [OPTION]... DEVICE\n"
"Check a dump in the dump area on DEVICE, which may be a block device or an image\n"
"file: header, filter metadata, every chunk with its record and digest, and the\n"
"receipt. No kernel module and no key is needed. With a key a sealed dump is opened,\n"
"and then it is also known that it is authentic.\n"
"\n"
"  --slot N         of this slot (default: the newest dump that was not collected)\n"
"  --all            of every slot that is not empty\n"
"  --identity FILE  open it with a secret key in FILE, which age-keygen has made\n"
"  --json           print one line of JSON\n"
"  --help           print this text\n"
"\n"
"Exit status 0 only if every dump that was asked for is COMPLETE and intact.\n";

static struct json_object *to_json(const struct area_slot *slot,
				   const struct area_verdict *verdict)
{
	struct json_object *object = json_object_new_object();
	char problem[AREA_PROBLEM_MAX];

	area_view_text(verdict->problem, sizeof(verdict->problem), problem);
	json_object_object_add(object, "slot",
			       json_object_new_uint64(slot->number));
	json_object_object_add(object, "state",
			       json_object_new_string(dumpflt_slot_word(slot->state)));
	json_object_object_add(object, "complete",
			       json_object_new_boolean(verdict->complete));
	json_object_object_add(object, "sealed",
			       json_object_new_boolean(age_slot_is_sealed(slot)));
	json_object_object_add(object, "authentic",
			       json_object_new_boolean(verdict->authentic));
	if (verdict->size_known)
		json_object_object_add(object, "dump_size",
				       json_object_new_uint64(verdict->dump_size));
	if (slot->receipt_wrong[0])
		json_object_object_add(object, "receipt_a_wrong",
				       json_object_new_string(slot->receipt_wrong[0]));
	if (slot->receipt_wrong[1])
		json_object_object_add(object, "receipt_b_wrong",
				       json_object_new_string(slot->receipt_wrong[1]));
	json_object_object_add(object, "good_bytes",
			       json_object_new_uint64(verdict->good_bytes));
	json_object_object_add(object, "bad_chunks",
			       json_object_new_uint64(verdict->bad_chunks));
	if (verdict->bad_chunks)
		json_object_object_add(object, "first_bad_chunk",
				       json_object_new_uint64(verdict->first_bad));
	json_object_object_add(object, "problem", json_object_new_string(problem));
	return object;
}

/* One copy is enough; that the other one is lost should be known all the same */
static void print_receipts(const struct area_slot *slot)
{
	unsigned int copy;

	for (copy = 0; copy < 2; copy++)
		if (slot->receipt && slot->receipt_wrong[copy])
			printf("  receipt %c cannot be used: %s\n", "AB"[copy],
			       slot->receipt_wrong[copy]);
}

static void print(const struct area_slot *slot,
		  const struct area_verdict *verdict)
{
	const struct dumpflt_disk_fmeta *filter = area_slot_changed_by(slot);
	char problem[AREA_PROBLEM_MAX];

	if (verdict->complete) {
		printf("slot %u: complete%s intact, %llu bytes\n", slot->number,
		       verdict->authentic ? ", authentic and" : " and",
		       verdict->dump_size);
		if (slot->state == DUMPFLT_SLOT_COLLECTED)
			puts("  it was released, the next dump may overwrite it");
		print_receipts(slot);
		if (filter && verdict->authentic)
			return;
		if (age_slot_is_sealed(slot))
			puts("  it is sealed: whether it is authentic tells --identity");
		else if (filter)
			printf("  filter '%s' changed the data: what is on the disk is intact; its contents cannot be judged from here\n",
			       filter->name);
		return;
	}
	area_view_text(verdict->problem, sizeof(verdict->problem), problem);
	printf("slot %u: %s, not complete and intact: %s\n", slot->number,
	       dumpflt_slot_word(slot->state), problem);
	print_receipts(slot);
	if (verdict->bad_chunks > 1)
		printf("  %llu chunks are no good\n", verdict->bad_chunks);
	if (verdict->good_bytes && !filter)
		printf("  the first %llu bytes are proved: 'dumpflt extract --salvage' gives them out\n",
		       verdict->good_bytes);
}

/* One that cannot be opened is as good as no dump for who has this key */
static int judge(const struct open_area *open, const struct area_slot *slot,
		 const struct age_identities *ids, struct area_verdict *verdict)
{
	struct age_slot sealed = { .tag_at = 0 };
	const char *wrong = NULL;
	int ret = 0;

	if (ids)
		wrong = age_slot_open(&sealed, slot, ids);
	if (wrong) {
		memset(verdict, 0, sizeof(*verdict));
		format_string(verdict->problem, sizeof(verdict->problem),
			      "it cannot be opened: %s", wrong);
	} else {
		ret = verify_slot(open, slot, "Verifying",
				  ids ? &sealed.opener : NULL, NULL, NULL,
				  verdict);
	}
	age_slot_wipe(&sealed);
	return ret;
}

/* Returns: 0, 1 if the dump is not good, or a negative errno */
static int verify(const struct open_area *open, __u64 number,
		  const struct age_identities *ids, struct json_object *array)
{
	struct area_verdict verdict;
	struct area_slot slot;
	int ret;

	ret = open_slot(open, number, &slot);
	if (ret)
		return ret;
	ret = judge(open, &slot, ids, &verdict);
	if (!ret && array)
		json_object_array_add(array, to_json(&slot, &verdict));
	else if (!ret)
		print(&slot, &verdict);
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
		one = verify(open, i, ids, array);
		ret = one ? one : ret;
	}
	if (nr)
		return ret;
	report_failure("verifying", open->path, "there is no dump");
	return 1;
}

static int run(const struct slot_options *options,
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
		ret = verify(&open, options->slot, ids, array);
	else
		ret = newest_slot(&open, &newest) ? 1 :
		      verify(&open, newest, ids, array);
	close_area(&open);
	if (array)
		view_print_json(array);
	json_object_put(array);
	return ret ? EXIT_FAILED : EXIT_OK;
}

int cmd_verify(int argc, char **argv)
{
	struct slot_options options;
	struct age_identities ids;
	int ret;

	ret = slot_options_parse(&options, argc, argv, help,
				 SLOT_MAY_IDENTITY);
	if (ret >= 0)
		return ret;
	signals_catch();
	if (!options.identity)
		return run(&options, NULL);
	ret = age_identities_read(&ids, options.identity) ? EXIT_FAILED :
							    run(&options, &ids);
	age_identities_wipe(&ids);
	return ret;
}
