// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A slot that the filter age sealed, opened with a secret key.
 *
 * See "A slot that the filter age sealed" in uapi/linux/dumpflt.h.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <openssl/crypto.h>
#include <string.h>

#include "age/crypto.h"
#include "age/slot.h"
#include "area/filters.h"

static const char no_origin[] =
	"it cannot be judged: the machine's origin key is needed (--origin)";
static const char no_image[] = "it is no hibernation image, and has no origin";
static const char behind[] = "a filter behind 'age' has changed what it sealed";
static const char not_sealed[] = "it is not sealed: no key can tell whose it is";

static bool is_age(const struct dumpflt_disk_fmeta *entry)
{
	return !strncmp((const char *)entry->name, "age",
			sizeof(entry->name)) &&
	       !(le32_to_cpu(entry->flags) & DUMPFLT_DISK_FILTER_F_LEFT_OUT);
}

/**
 * age_slot_is_sealed() - is what is on the disk an age file in pieces?
 * @slot: loaded
 *
 * Return: true if age was the last filter that changed the data
 */
bool age_slot_is_sealed(const struct area_slot *slot)
{
	const struct dumpflt_disk_fmeta *last = area_slot_changed_by(slot);

	return last && is_age(last);
}

/* Whoever has the public keys can seal an image: what the disk says of it proves nothing */
static const char *check_origin(const struct area_slot *slot, const struct age_identities *ids)
{
	if (slot->image && !ids->has_origin)
		return no_origin;
	if (!slot->image && ids->has_origin)
		return no_image;
	return NULL;
}

static const char *open_sealed_chunk(void *ctx, const unsigned char *sealed,
				     __u64 number, bool last,
				     const unsigned char *record, unsigned char *out)
{
	const struct age_slot *slot = ctx;

	if (age_unseal_chunk(slot->keys.payload, number, last, sealed,
			     DUMPFLT_CHUNK_SIZE, record + slot->tag_at, out))
		return NULL;
	return "its tag is wrong: it is not what the filter age sealed";
}

/**
 * age_receipt_check() - was a receipt written by the session that has this key?
 * @key: of receipts, from the header
 * @receipt: sound
 *
 * The MAC is over the receipt up to the CRC, with the MAC itself zero.
 *
 * Return: NULL, or what is wrong
 */
const char *age_receipt_check(const unsigned char key[DUMPFLT_AGE_KEY],
			      const struct dumpflt_disk_receipt *receipt)
{
	struct dumpflt_disk_receipt copy = *receipt;
	unsigned char mac[sizeof(copy.mac)];

	memset(copy.mac, 0, sizeof(copy.mac));
	if (age_hmac(key, &copy, offsetof(struct dumpflt_disk_receipt, crc), mac))
		return "its MAC cannot be computed";
	if (!age_same(mac, receipt->mac, sizeof(mac)))
		return "its MAC is wrong: it was not written by the session that sealed the dump";
	return NULL;
}

static const char *check_sealed_receipt(void *ctx,
					const struct dumpflt_disk_receipt *receipt)
{
	const struct age_slot *slot = ctx;

	return age_receipt_check(slot->keys.receipt, receipt);
}

/**
 * age_slot_open() - get what opens a slot
 * @sealed: filled; to be wiped whatever is returned
 * @slot: loaded
 * @ids: what may open it
 *
 * What filters in front of age made of the dump is opened, and is not the dump:
 * @sealed->opener.changed. area_slot_changers() names them.
 *
 * Return: NULL, or why not, in words that fit behind a colon
 */
const char *age_slot_open(struct age_slot *sealed, const struct area_slot *slot,
			  const struct age_identities *ids)
{
	const struct dumpflt_disk_fmeta *entry = NULL, *age = NULL;
	bool changed = false;
	size_t used;
	const char *wrong;

	memset(sealed, 0, sizeof(*sealed));
	if (!slot->fmeta)
		return "its filter metadata is no good";
	while ((entry = dumpflt_fmeta_next(slot->fmeta, entry))) {
		bool changes = area_filter_changes(entry) || area_filter_denies(entry);

		if (is_age(entry) && !age)
			age = entry;
		else if (changes && age)
			return behind;
		else if (changes)
			changed = true;
	}
	if (!age)
		return not_sealed;
	if (le16_to_cpu(age->chunk_meta) != DUMPFLT_AGE_TAG)
		return "its filter metadata is no good";
	sealed->tag_at = area_slot_meta_at(slot, age);
	wrong = check_origin(slot, ids);
	if (wrong)
		return wrong;
	wrong = age_header_open(dumpflt_fmeta_data(age), le32_to_cpu(age->len),
				ids, &sealed->keys, &used);
	if (!wrong && used != le32_to_cpu(age->len))
		wrong = "there is more than a header in its filter metadata";
	sealed->opener = (struct area_opener){
		.chunk = open_sealed_chunk,
		.receipt = check_sealed_receipt,
		.ctx = sealed,
		/* what age was given is not the dump, whoever says so */
		.changed = changed,
	};
	sealed->age = age;
	return wrong;
}

/**
 * age_slot_fault() - what it was that is not right
 * @wrong: what age_slot_open() returned
 */
enum age_fault age_slot_fault(const char *wrong)
{
	if (wrong == no_origin)
		return AGE_FAULT_KEY;
	if (wrong == no_image || wrong == behind || wrong == not_sealed)
		return AGE_FAULT_OTHER;
	return age_header_fault(wrong);
}

void age_slot_wipe(struct age_slot *sealed)
{
	OPENSSL_cleanse(&sealed->keys, sizeof(sealed->keys));
}
