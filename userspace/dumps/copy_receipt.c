// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The receipt beside a collected dump, read where it is kept: others may have changed it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumps/copy_verify.h"
#include "lib/json.h"
#include "lib/read_all.h"
#include "lib/text.h"

/* collect writes some 4 KiB */
#define JSON_MAX	65536
#define JSON_DEPTH	8
#define BASE64_LEN	(4 * ((sizeof(struct dumpflt_disk_receipt) + 2) / 3))

static const char no_receipt[] = "it is not a receipt that 'dumpflt collect' wrote";

/* Says its name that it is not a whole dump? */
bool copy_is_part(const char *path)
{
	return text_ends(path, COLLECT_PART) || text_ends(path, COLLECT_PART ".age");
}

/**
 * copy_receipt_name() - where is the receipt of a copy?
 * @path: of the copy, "NAME.age"
 * @name: filled: "NAME.json"; of a part "NAME.part.json", whether it is sealed or not
 *
 * Return: false if that is too long
 */
bool copy_receipt_name(const char *path, char name[OUTFILE_PATH_MAX])
{
	const char *base = text_base(path), *dot = strrchr(base, '.');
	size_t len = dot && strcmp(dot, COLLECT_PART) ? (size_t)(dot - path) : strlen(path);

	return len < OUTFILE_PATH_MAX &&
	       format_string(name, OUTFILE_PATH_MAX, "%.*s.json", (int)len, path);
}

/* Returns: bytes in @text, or a negative errno */
static ssize_t read_text(const char *path, char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		n = -errno;
	else if (!S_ISREG(st.st_mode))
		n = -EINVAL;
	else
		n = read_all(fd, text, JSON_MAX);
	close(fd);
	return n == JSON_MAX ? -EFBIG : n;
}

static struct json_object *parse(const char *text, size_t len)
{
	struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH);
	struct json_object *object = NULL;

	if (tokener)
		object = json_tokener_parse_ex(tokener, text, (int)len);
	json_tokener_free(tokener);
	if (json_object_is_type(object, json_type_object))
		return object;
	json_object_put(object);
	return NULL;
}

static bool take_hex(const char *text, unsigned char *bytes, size_t nr)
{
	size_t i;

	if (strlen(text) != 2 * nr || strspn(text, "0123456789abcdef") != 2 * nr)
		return false;
	for (i = 0; i < nr; i++)
		if (sscanf(text + 2 * i, "%2hhx", &bytes[i]) != 1)
			return false;
	return true;
}

static bool take_receipt(const char *text, struct dumpflt_disk_receipt *receipt)
{
	unsigned char bytes[3 * BASE64_LEN / 4];

	if (strlen(text) != BASE64_LEN ||
	    EVP_DecodeBlock(bytes, (const unsigned char *)text, BASE64_LEN) != sizeof(bytes))
		return false;
	memcpy(receipt, bytes, sizeof(*receipt));
	return true;
}

/* Only a part has the word, and it is never true: another receipt is of a whole dump */
static bool says_part(struct json_object *object)
{
	struct json_object *complete;

	return json_object_object_get_ex(object, "complete", &complete);
}

static void take_part(struct copy_receipt *beside, struct json_object *object)
{
	const char *problem = json_text(object, "problem");

	beside->damaged = json_flag(object, "damaged");
	beside->verified_bytes = json_number(object, "verified_bytes");
	beside->number = json_number(object, "number");
	/* what is not there stays 0 */
	take_hex(json_text(object, "uuid"), beside->uuid, sizeof(beside->uuid));
	take_hex(json_text(object, "session"), beside->session, sizeof(beside->session));
	text_clean(problem, strnlen(problem, sizeof(beside->problem) - 1), beside->problem);
}

/* As it is checked in an area, of which all that is known is the receipt itself */
static const char *judge(const struct dumpflt_disk_receipt *receipt)
{
	struct dumpflt_disk_header *header;
	struct dumpflt_disk_slot *entry;
	__u32 slot = le32_to_cpu(receipt->slot);
	const char *wrong;

	if (slot >= DUMPFLT_AREA_SLOTS_MAX)
		return no_receipt;
	header = calloc(1, sizeof(*header));
	if (!header)
		return "there is not enough memory";
	entry = &header->slots[slot];
	memcpy(header->fixed.uuid, receipt->uuid, sizeof(receipt->uuid));
	header->fixed.slot_chunks = cpu_to_le32(~0U);
	memcpy(entry->session, receipt->session, sizeof(receipt->session));
	entry->number = receipt->number;
	entry->started = receipt->started;
	entry->state = cpu_to_le32(DUMPFLT_SLOT_STARTED);
	wrong = dumpflt_receipt_check(receipt, header, slot);
	free(header);
	if (!wrong && le32_to_cpu(receipt->state) != DUMPFLT_SLOT_COMPLETE)
		return "it is not that of a dump which is COMPLETE";
	return wrong;
}

/**
 * copy_receipt_read() - read what is written beside a copy
 * @beside: filled
 * @path: of the copy
 *
 * Return: NULL, or what is wrong with it, or that it is not there, in words that fit
 * behind a colon
 */
const char *copy_receipt_read(struct copy_receipt *beside, const char *path)
{
	struct json_object *object = NULL;
	char *text;
	bool good;
	ssize_t n;

	memset(beside, 0, sizeof(*beside));
	beside->part = copy_is_part(path);
	if (!copy_receipt_name(path, beside->path))
		return "its name is too long";
	if (!strcmp(path, beside->path))
		return "it is the receipt of a dump: name the dump itself, the file beside it";
	text = malloc(JSON_MAX);
	if (!text)
		return "there is not enough memory";
	n = read_text(beside->path, text);
	beside->there = n != -ENOENT;
	if (n > 0)
		object = parse(text, (size_t)n);
	free(text);
	if (n < 0)
		return n == -EINVAL || n == -EFBIG ? no_receipt : strerror((int)-n);
	beside->sum.size = json_number(object, "size");
	good = object && take_hex(json_text(object, "sha256"), beside->sum.sha256,
				  COLLECT_SHA256);
	beside->part |= says_part(object);
	if (beside->part)
		take_part(beside, object);
	else
		good = good && take_receipt(json_text(object, "receipt_base64"), &beside->receipt);
	json_object_put(object);
	if (!good)
		return no_receipt;
	return beside->part ? NULL : judge(&beside->receipt);
}

/* Says its name, or what is beside it, that it is not a whole dump? */
bool copy_is_known_part(const char *path)
{
	struct copy_receipt beside;

	(void)copy_receipt_read(&beside, path);
	return beside.part;
}
