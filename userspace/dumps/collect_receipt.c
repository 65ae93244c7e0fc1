// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The receipt that is kept beside a copy: for people, for machines, and byte for
 * byte. It is written last, so that where it is, the copy is. Beside a part of a dump it says
 * that it is one, and why; of the receipts it has what there is.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dumps/area_json.h"
#include "lib/json.h"
#include "dumps/collect.h"
#include "lib/outfile.h"
#include "lib/read_all.h"
#include "lib/report.h"
#include "lib/text.h"

/* A receipt in base64, with its NUL */
#define BYTES_TEXT	(4 * ((sizeof(struct dumpflt_disk_receipt) + 2) / 3) + 1)

static void add_receipt(struct json_object *object, const char *key,
			const struct dumpflt_disk_receipt *receipt)
{
	char text[BYTES_TEXT];

	EVP_EncodeBlock((unsigned char *)text, (const void *)receipt,
			sizeof(*receipt));
	json_add_text(object, key, text);
}

static void add_part(struct json_object *object, const struct collect_copy *copy)
{
	const struct area_verdict *verdict = &copy->part->verdict;
	char problem[AREA_PROBLEM_MAX];

	text_clean(verdict->problem, sizeof(verdict->problem), problem);
	json_add_flag(object, "complete", false);
	json_add_text(object, "state", dumpflt_slot_word(copy->slot->state));
	json_add_flag(object, "damaged", copy->part->damaged);
	json_add_text(object, "problem", problem);
	json_add_number(object, "verified_chunks", verdict->good_chunks);
	json_add_number(object, "verified_bytes", verdict->good_bytes);
	if (verdict->size_known)
		json_add_number(object, "dump_size", verdict->dump_size);
}

static struct json_object *copy_json(const struct collect_copy *copy,
				     const struct collect_sum *sum)
{
	const struct dumpflt_disk_slot *entry = copy->slot->entry;
	struct json_object *object = json_object_new_object();
	char started[TEXT_TIME_MAX];
	struct dump_id dump;

	json_add_text(object, "file", text_base(copy->data));
	if (copy->part)
		add_part(object, copy);
	json_add_flag(object, "sealed", copy->sealed);
	json_add_number(object, "size", sum->size);
	json_add_hex(object, "sha256", sum->sha256, sizeof(sum->sha256));
	dump_id_of_slot(&dump, &copy->open->area, copy->slot->number, entry);
	json_add_dump(object, &dump);
	text_time(le64_to_cpu(entry->started), started);
	json_add_text(object, "started", started);
	if (copy->slot->receipt) {
		json_object_object_add(object, "receipt",
				       receipt_json(copy->slot->receipt));
		add_receipt(object, "receipt_base64", copy->slot->receipt);
	}
	if (copy->slot->contrary)
		add_receipt(object, "other_receipt_base64", copy->slot->contrary);
	return object;
}

/* Byte for byte what is in the file. Returns: NULL without memory */
static char *receipt_text(const struct collect_copy *copy,
			  const struct collect_sum *sum)
{
	struct json_object *object = copy_json(copy, sum);
	char *text;
	int len;

	len = asprintf(&text, "%s\n",
		       json_object_to_json_string_ext(object,
						      JSON_C_TO_STRING_PRETTY |
						      JSON_C_TO_STRING_SPACED |
						      JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	return len < 0 ? NULL : text;
}

/* Returns: what is in the file if it is exactly so long, else NULL */
static char *read_exactly(int fd, size_t len)
{
	char *text = malloc(len + 1);

	if (text && read_all(fd, text, len + 1) == (ssize_t)len)
		return text;
	free(text);
	return NULL;
}

/* Where the digest is in the text, which is as long whatever the digest is */
static size_t digest_at(const char *text)
{
	static const char key[] = "\"sha256\": \"";
	const char *found = strstr(text, key);

	return found ? (size_t)(found - text) + sizeof(key) - 1 : 0;
}

static bool parse_digest(const char *text, struct collect_sum *sum)
{
	size_t i;

	for (i = 0; i < COLLECT_SHA256; i++)
		if (sscanf(text + 2 * i, "%2hhx", &sum->sha256[i]) != 1)
			return false;
	return true;
}

static bool is_text_for(const struct collect_copy *copy, const char *got,
			const struct collect_sum *sum)
{
	char *text = receipt_text(copy, sum);
	bool same = text && !strcmp(got, text);

	free(text);
	return same;
}

/*
 * What we would have written ourselves: of a folder that others write to, too,
 * nothing is believed. Only the digest has to be taken from there, until the copy
 * has been read.
 */
static bool is_ours(const struct collect_copy *copy, int fd,
		    struct collect_sum *sum)
{
	char *text, *got = NULL;
	bool ours = false;
	size_t at;

	memset(sum, 0, sizeof(*sum));
	sum->size = copy->size;
	text = receipt_text(copy, sum);
	if (text)
		got = read_exactly(fd, strlen(text));
	if (got) {
		at = digest_at(text);
		got[strlen(text)] = '\0';
		ours = at && parse_digest(got + at, sum) &&
		       is_text_for(copy, got, sum);
	}
	free(got);
	free(text);
	return ours;
}

/**
 * collect_receipt_find() - is the receipt there?
 * @copy: named
 * @found: set
 * @sum: if it is there, what it says of the copy
 *
 * Return: 0, or a negative errno, which is reported; -EEXIST if it is not what
 * would be written for this dump
 */
int collect_receipt_find(const struct collect_copy *copy, bool *found,
			 struct collect_sum *sum)
{
	int fd = collect_open_own(copy->folder, copy->receipt);

	*found = false;
	if (fd == -ENOENT)
		return 0;
	if (fd < 0 && fd != -EEXIST)
		return fd;
	if (fd >= 0) {
		*found = is_ours(copy, fd, sum);
		close(fd);
	}
	if (*found)
		return 0;
	report_failure("collecting", copy->receipt,
		       "it is there, and is not the receipt of this dump");
	report_hint("Nothing is overwritten. Move it away, or collect into another folder.");
	return -EEXIST;
}

/**
 * collect_receipt_write() - write it, durable as the copy
 * @copy: named, and there
 * @sum: of the copy
 *
 * Return: 0, or a negative errno, which is reported
 */
int collect_receipt_write(const struct collect_copy *copy,
			  const struct collect_sum *sum)
{
	char *text = receipt_text(copy, sum);
	int ret = -ENOMEM;

	if (text)
		ret = outfile_put(copy->folder->fd, copy->receipt, text, strlen(text), false);
	free(text);
	if (ret)
		report_error("writing the receipt", copy->receipt, -ret);
	return ret;
}
