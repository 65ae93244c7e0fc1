// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The receipt that is kept beside a copy: for people, for machines, and byte for
 * byte. It is written last, so that where it is, the copy is.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumps/area_json.h"
#include "lib/json.h"
#include "dumps/collect.h"
#include "lib/report.h"
#include "lib/text.h"

/* No receipt of ours is as large, by far: what is, is not read */
#define RECEIPT_MAX	1048576

/* A receipt in base64, with its NUL */
#define BYTES_TEXT	(4 * ((sizeof(struct dumpflt_disk_receipt) + 2) / 3) + 1)

static void print_bytes(const struct dumpflt_disk_receipt *receipt,
			char text[BYTES_TEXT])
{
	EVP_EncodeBlock((unsigned char *)text, (const void *)receipt,
			sizeof(*receipt));
}

static struct json_object *copy_json(const struct collect_copy *copy,
				     const struct collect_sum *sum)
{
	const struct dumpflt_disk_slot *entry = copy->slot->entry;
	struct json_object *object = json_object_new_object();
	char text[BYTES_TEXT], started[TEXT_TIME_MAX];

	json_add_text(object, "file", text_base(copy->data));
	json_add_flag(object, "sealed", copy->sealed);
	json_add_number(object, "size", sum->size);
	json_add_hex(object, "sha256", sum->sha256, sizeof(sum->sha256));
	json_add_hex(object, "uuid", copy->open->area.header->fixed.uuid, 16);
	json_add_number(object, "slot", copy->slot->number);
	json_add_number(object, "number", le64_to_cpu(entry->number));
	json_add_hex(object, "session", entry->session, sizeof(entry->session));
	text_time(le64_to_cpu(entry->started), started);
	json_add_text(object, "started", started);
	json_object_object_add(object, "receipt",
			       receipt_json(copy->slot->receipt));
	print_bytes(copy->slot->receipt, text);
	json_add_text(object, "receipt_base64", text);
	return object;
}

static bool parse_sum(struct json_object *object, struct collect_sum *sum)
{
	struct json_object *sha256, *size;
	char text[2 * COLLECT_SHA256 + 1];
	size_t i;

	if (!json_object_object_get_ex(object, "size", &size) ||
	    !json_object_object_get_ex(object, "sha256", &sha256))
		return false;
	sum->size = json_object_get_uint64(size);
	for (i = 0; i < COLLECT_SHA256; i++)
		if (json_object_get_string_len(sha256) != 2 * COLLECT_SHA256 ||
		    sscanf(json_object_get_string(sha256) + 2 * i, "%2hhx",
			   &sum->sha256[i]) != 1)
			return false;
	text_hex(sum->sha256, COLLECT_SHA256, text);
	return !strcmp(text, json_object_get_string(sha256));
}

static bool is_ours(const struct collect_copy *copy, struct json_object *object,
		    struct collect_sum *sum)
{
	struct json_object *bytes;
	char text[BYTES_TEXT];

	print_bytes(copy->slot->receipt, text);
	return json_object_is_type(object, json_type_object) &&
	       json_object_object_get_ex(object, "receipt_base64", &bytes) &&
	       json_object_is_type(bytes, json_type_string) &&
	       !strcmp(json_object_get_string(bytes), text) &&
	       parse_sum(object, sum) && sum->size == copy->size;
}

/**
 * collect_receipt_find() - is the receipt there?
 * @copy: named
 * @found: set
 * @sum: if it is there, what it says of the copy
 *
 * Return: 0, or a negative errno, which is reported; -EEXIST if it is one of
 * another dump
 */
int collect_receipt_find(const struct collect_copy *copy, bool *found,
			 struct collect_sum *sum)
{
	struct json_object *object = NULL;
	struct stat st;
	int fd;

	*found = false;
	fd = collect_open(copy->folder, copy->receipt);
	if (fd == -ENOENT)
		return 0;
	if (fd >= 0) {
		if (!fstat(fd, &st) && S_ISREG(st.st_mode) &&
		    st.st_size <= RECEIPT_MAX)
			object = json_object_from_fd(fd);
		close(fd);
	}
	*found = object && is_ours(copy, object, sum);
	json_object_put(object);
	if (*found)
		return 0;
	report_failure("collecting", copy->receipt,
		       "it is there, and is not the receipt of this dump");
	report_hint("Nothing is overwritten. Move it away, or collect into another folder.");
	return -EEXIST;
}

/**
 * collect_text_write() - a small file that is there when it is whole and durable
 * @folder: open
 * @path: of the file: only the last part counts
 * @text: what is in it
 * @len: of it
 * @replace: one of that name is replaced
 *
 * Return: 0 or a negative errno
 */
int collect_text_write(const struct collect_folder *folder, const char *path,
		       const char *text, size_t len, bool replace)
{
	/* Too large for a stack, and there is only one at a time */
	static struct outfile file;
	int ret;

	ret = outfile_open_at(&file, folder->fd, path, replace);
	if (ret)
		return ret;
	ret = outfile_write(&file, 0, (const unsigned char *)text, len);
	if (!ret)
		ret = outfile_sync(&file, len);
	if (!ret)
		ret = outfile_commit(&file);
	if (ret)
		outfile_discard(&file);
	return ret;
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
	struct json_object *object = copy_json(copy, sum);
	char *text;
	int len, ret;

	len = asprintf(&text, "%s\n",
		       json_object_to_json_string_ext(object,
						      JSON_C_TO_STRING_PRETTY |
						      JSON_C_TO_STRING_SPACED |
						      JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	ret = len < 0 ? -ENOMEM :
			collect_text_write(copy->folder, copy->receipt, text,
					   (size_t)len, false);
	if (len >= 0)
		free(text);
	if (ret)
		report_error("writing the receipt", copy->receipt, -ret);
	return ret;
}
