// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hibernation image, judged before any chunk of it is read.
 *
 * Whoever made it runs as the kernel once it is resumed. So it is not looked at chunk by
 * chunk, as a dump is, whose longest prefix is worth something, but: does the receipt
 * come from a session of this machine, and are all records those of that session? Only
 * then is there a reason to open the first chunk, whose tag is in its record.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "area/area.h"
#include "area/filters.h"

static const char no_memory[] = "there is not enough memory";

/* All of them, in their order, each of this session and in its place */
static const char *add_records(const struct area *area, const struct area_slot *slot,
			       EVP_MD_CTX *sum, unsigned char *buffer)
{
	__u64 total = le64_to_cpu(slot->receipt->chunks), chunk, at_once, i;
	__u32 size = area->geo.record_size;

	for (chunk = 0; chunk < total; chunk += at_once) {
		at_once = DUMPFLT_AREA_UNIT / size;
		if (at_once > total - chunk)
			at_once = total - chunk;
		if (area->io->read(area->io->ctx, buffer, (size_t)(at_once * size),
				   dumpflt_geometry_record(&area->geo, slot->number, chunk)))
			return "its records cannot be read";
		for (i = 0; i < at_once; i++)
			if (!dumpflt_record_ok(buffer + i * size, size, slot->entry->session,
					       chunk + i))
				return "a record of it is missing or damaged";
		if (!EVP_DigestUpdate(sum, buffer, (size_t)(at_once * size)))
			return no_memory;
	}
	return NULL;
}

static const char *check_sum(const struct area *area, const struct area_slot *slot,
			     EVP_MD_CTX *sum, unsigned char *buffer)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	const char *wrong;

	if (!EVP_DigestInit_ex(sum, EVP_sha256(), NULL) ||
	    !EVP_DigestUpdate(sum, &area->header->fixed, sizeof(area->header->fixed)) ||
	    !EVP_DigestUpdate(sum, slot->fmeta, DUMPFLT_AREA_UNIT))
		return no_memory;
	wrong = add_records(area, slot, sum, buffer);
	if (wrong)
		return wrong;
	if (!EVP_DigestFinal_ex(sum, digest, NULL))
		return no_memory;
	return memcmp(digest, slot->receipt->digest, SHA256_SIZE) ?
		       "its records are not those that its receipt is about" : NULL;
}

static const char *check_records(const struct area *area, const struct area_slot *slot)
{
	unsigned char *buffer = aligned_alloc(8, DUMPFLT_AREA_UNIT);
	EVP_MD_CTX *sum = EVP_MD_CTX_new();
	const char *wrong = no_memory;

	if (buffer && sum)
		wrong = check_sum(area, slot, sum, buffer);
	EVP_MD_CTX_free(sum);
	free(buffer);
	return wrong;
}

/**
 * area_image_check() - is it an image that a session of this machine has completed?
 * @area: loaded
 * @slot: loaded
 * @opener: of age_slot_open(), with the origin of this machine
 *
 * In this order: is there a receipt that says COMPLETE; its MAC; are the filters those of
 * the policy; the digest over header, filter metadata and all records. What is in the
 * chunks says area_scan() with the same opener, tag after tag; what a filter in front of age
 * has made of it, only that filter.
 *
 * Return: NULL, or what is wrong, in words that fit behind a colon
 */
const char *area_image_check(const struct area *area, const struct area_slot *slot,
			     const struct area_opener *opener)
{
	static struct area_filters filters;
	const char *wrong;

	if (!slot->image)
		return "its dump area is not for hibernation";
	if (slot->contradiction)
		return "its two receipts contradict each other";
	if (slot->state != DUMPFLT_SLOT_COMPLETE)
		return "there is no complete image";
	wrong = opener->receipt(opener->ctx, slot->receipt);
	if (wrong)
		return wrong;
	area_filters_judge(area, slot, &filters);
	return filters.problem[0] ? filters.problem : check_records(area, slot);
}
