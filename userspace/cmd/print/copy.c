// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What was found out about a dump that was collected.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "age/file.h"
#include "cmd/print/print.h"
#include "dumps/area_json.h"
#include "lib/json.h"
#include "lib/text.h"

static void print_copy_json(const char *path, const struct copy_verdict *verdict)
{
	struct json_object *array = json_object_new_array();
	struct json_object *object = json_object_new_object();
	char problem[AREA_PROBLEM_MAX];

	text_clean(verdict->problem, sizeof(verdict->problem), problem);
	json_add_text(object, "file", path);
	json_add_number(object, "size", verdict->size);
	json_add_dump(object, &verdict->dump);
	if (verdict->part)
		json_add_flag(object, "part", true);
	json_add_flag(object, "judged", verdict->judged);
	json_add_flag(object, "complete", verdict->receipt);
	json_add_flag(object, "intact", verdict->good);
	json_add_flag(object, "sealed", verdict->sealed);
	json_add_flag(object, "authentic", verdict->authentic);
	if (verdict->checked)
		json_add_text(object, "checked", verdict->checked);
	json_add_flag(object, "receipt", verdict->receipt);
	if (verdict->receipt_problem[0])
		json_add_text(object, "receipt_problem", verdict->receipt_problem);
	if (verdict->size_known)
		json_add_number(object, "dump_size", verdict->dump_size);
	json_add_number(object, "good_bytes", verdict->good_bytes);
	json_add_text(object, "problem", problem);
	json_object_array_add(array, object);
	json_print(array);
}

static void print_bad(const char *path, const struct copy_verdict *verdict)
{
	char problem[AREA_PROBLEM_MAX];

	text_clean(verdict->problem, sizeof(verdict->problem), problem);
	printf("%s: %s: %s\n", path,
	       verdict->judged ? "not complete and intact" : "it cannot be judged", problem);
	if (verdict->damaged)
		printf("  its first %llu bytes are authentic: 'dumpflt extract --salvage --identity KEY --device FILE OUT' gives them out\n",
		       verdict->good_bytes);
	if (!verdict->judged && verdict->sealed)
		puts("  With --identity KEY each chunk is opened; or bring the .json that 'dumpflt collect' has put beside it.");
}

/* With a key the dump is what it is, whatever the receipt says */
static void print_own(const struct copy_verdict *verdict)
{
	char receipt[OUTFILE_PATH_MAX];

	text_clean(verdict->receipt_path, sizeof(receipt) - 1, receipt);
	if (verdict->stranger)
		printf("  but '%s' is not its receipt: %s\n", receipt, verdict->receipt_problem);
	else if (verdict->receipt_problem[0])
		printf("  its receipt '%s' cannot be used: %s\n", receipt,
		       verdict->receipt_problem);
	else if (!verdict->receipt)
		puts("  it has no receipt beside it: of which crash it is, and whether that dump ended well, nothing tells");
	if (!verdict->trailer)
		puts("  it has no trailer, as each collected dump has: whether makedumpfile had finished it tells 'dumpflt extract'");
}

static void print_copy_text(const char *name, const struct copy_verdict *verdict)
{
	char path[OUTFILE_PATH_MAX];

	text_clean(name, sizeof(path) - 1, path);
	if (!verdict->good) {
		print_bad(path, verdict);
		return;
	}
	if (verdict->authentic) {
		printf("%s: %sauthentic and intact, %llu bytes\n", path,
		       verdict->receipt ? "complete, " : "", verdict->dump_size);
		print_own(verdict);
		return;
	}
	printf("%s: complete and intact, %llu bytes\n", path, verdict->dump_size);
	puts("  it agrees with the SHA-256 in its receipt: nothing is damaged");
	if (verdict->sealed)
		puts("  it is sealed: whether it is authentic tells --identity");
}

static void print_beside_json(const char *path, const struct area_io *io,
			      const struct copy_receipt *beside)
{
	const struct dumpflt_disk_receipt *receipt = &beside->receipt;
	struct json_object *object = json_object_new_object();
	char started[TEXT_TIME_MAX];
	struct dump_id dump;

	json_add_text(object, "file", path);
	json_add_number(object, "size", io->size);
	json_add_flag(object, "sealed", age_file_begins(io));
	json_add_flag(object, "part", beside->part);
	if (beside->part) {
		json_add_text(object, "problem", beside->problem);
	} else {
		dump_id_of_receipt(&dump, receipt);
		json_add_dump(object, &dump);
		text_time(le64_to_cpu(receipt->started), started);
		json_add_text(object, "started", started);
		json_object_object_add(object, "receipt", receipt_json(receipt));
	}
	json_print(object);
}

static void print_whose(const struct dumpflt_disk_receipt *receipt)
{
	char id[2 * sizeof(receipt->uuid) + 1], session[2 * sizeof(receipt->session) + 1];
	char started[TEXT_TIME_MAX];

	text_hex(receipt->uuid, sizeof(receipt->uuid), id);
	text_hex(receipt->session, sizeof(receipt->session), session);
	text_time(le64_to_cpu(receipt->started), started);
	printf("id          %s, slot %u\n", id, le32_to_cpu(receipt->slot));
	printf("receipt     COMPLETE; 'dumpflt verify' says whether the file is still that dump\n");
	printf("  session   %llu, %s\n  started   %s\n", le64_to_cpu(receipt->number), session,
	       started);
}

/* What is written beside a collected dump; nothing of the dump is read. @json: for machines */
void print_copy(const char *path, const struct area_io *io,
		const struct copy_receipt *beside, bool json)
{
	char name[OUTFILE_PATH_MAX];

	if (json) {
		print_beside_json(path, io, beside);
		return;
	}
	text_clean(path, sizeof(name) - 1, name);
	printf("copy        %s, %llu bytes, %s\n", name, io->size,
	       age_file_begins(io) ? "sealed" : "not sealed");
	if (beside->part) {
		printf("part        of a dump that %s: %s\n",
		       beside->damaged ? "is damaged" : "was not complete", beside->problem);
		return;
	}
	print_whose(&beside->receipt);
	print_receipt(&beside->receipt);
}

/* @json: for machines, of the shape that a dump area has */
void print_copy_verdict(const char *path, const struct copy_verdict *verdict, bool json)
{
	if (json)
		print_copy_json(path, verdict);
	else
		print_copy_text(path, verdict);
}
