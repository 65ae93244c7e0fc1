// SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later
/*
 * The on-disk format of the receipt, which says what became of a dump.
 *
 * PURE, see format.h. The drawing is in uapi/linux/dumpflt.h.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "format.h"

static u32 receipt_crc(const struct dumpflt_disk_receipt *receipt)
{
	return dumpflt_format_crc(0, receipt,
				  offsetof(struct dumpflt_disk_receipt, crc));
}

/**
 * dumpflt_receipt_seal - make a receipt valid
 * @receipt: complete, but for its checksum
 */
void dumpflt_receipt_seal(struct dumpflt_disk_receipt *receipt)
{
	receipt->crc = cpu_to_le32(receipt_crc(receipt));
}

/**
 * dumpflt_receipt_nothing - did the dump end before anything of it was there?
 * @receipt: a checked receipt
 *
 * Return: true if it failed, or was interrupted, before its first chunk.
 */
bool dumpflt_receipt_nothing(const struct dumpflt_disk_receipt *receipt)
{
	u32 state = le32_to_cpu(receipt->state);

	return (state == DUMPFLT_SLOT_FAILED ||
		state == DUMPFLT_SLOT_INTERRUPTED) &&
	       !receipt->chunks && !receipt->dump_size && !receipt->written;
}

static const char *receipt_filter_check(const struct dumpflt_disk_filter *filter,
					bool complete)
{
	if (!dumpflt_format_name_ok(filter->name))
		return "a filter has no proper name";
	if (le32_to_cpu(filter->flags) & ~DUMPFLT_DISK_FILTER_F_ALL ||
	    filter->reserved ||
	    !dumpflt_format_zero(filter->reserved2, sizeof(filter->reserved2)))
		return "it has bits set that are reserved";
	if (le16_to_cpu(filter->chunk_meta) > DUMPFLT_CHUNK_META_MAX ||
	    le32_to_cpu(filter->fmeta_len) > DUMPFLT_FMETA_MAX)
		return "a filter has too much metadata";
	/* of what is not all there, or is nothing, there is no digest */
	if ((!complete || !filter->chunk_meta) &&
	    !dumpflt_format_zero(filter->meta_digest, sizeof(filter->meta_digest)))
		return "a filter has a digest over nothing";
	if (complete && filter->finish_err)
		return "it contradicts itself";
	return NULL;
}

/* What is not there is zeros; who did not take part had no finish */
static const char *receipt_results_check(const struct dumpflt_disk_receipt *receipt)
{
	u32 i, nr = le32_to_cpu(receipt->nr_filters);

	for (i = 0; i < DUMPFLT_MAX_FILTERS; i++) {
		const struct dumpflt_disk_result *result = &receipt->results[i];
		size_t len = le16_to_cpu(result->len);

		if (len > sizeof(result->data))
			return "a filter has too much of a result";
		if (len && (i >= nr || le32_to_cpu(receipt->filters[i].flags) &
				       DUMPFLT_DISK_FILTER_F_LEFT_OUT))
			return "it has a result of no filter";
		if (!dumpflt_format_zero(result->data + len,
					 sizeof(result->data) - len))
			return "it has bits set that are reserved";
	}
	return NULL;
}

/* Who made it must have taken part; who made none left nothing there */
static const char *receipt_mac_check(const struct dumpflt_disk_receipt *receipt)
{
	u32 nr = le32_to_cpu(receipt->mac_filter);
	bool none = dumpflt_format_zero(receipt->mac, sizeof(receipt->mac));

	if (!nr)
		return none ? NULL : "it has a MAC of no filter";
	if (none)
		return "a filter is to have made its MAC, and there is none";
	if (le32_to_cpu(receipt->filters[nr - 1].flags) &
	    DUMPFLT_DISK_FILTER_F_LEFT_OUT)
		return "its MAC is of a filter that was left out";
	return NULL;
}

static const char *receipt_filters_check(const struct dumpflt_disk_receipt *receipt)
{
	bool complete = le32_to_cpu(receipt->state) == DUMPFLT_SLOT_COMPLETE;
	u32 i, nr = le32_to_cpu(receipt->nr_filters);
	const char *wrong;
	int number = -1;

	if (nr > DUMPFLT_MAX_FILTERS || le32_to_cpu(receipt->mac_filter) > nr)
		return "its number of filters is out of range";
	for (i = 0; i < nr; i++) {
		const struct dumpflt_disk_filter *filter = &receipt->filters[i];

		wrong = receipt_filter_check(filter, complete);
		if (wrong)
			return wrong;
		if (le16_to_cpu(filter->number) > 99 ||
		    le16_to_cpu(filter->number) <= number)
			return "its filters are not in order";
		number = le16_to_cpu(filter->number);
	}
	if (!dumpflt_format_zero(&receipt->filters[nr],
				 (DUMPFLT_MAX_FILTERS - nr) *
				 sizeof(receipt->filters[0])))
		return "it has bits set that are reserved";
	return receipt_results_check(receipt) ?: receipt_mac_check(receipt);
}

/* Text, and NULs to its end */
static bool receipt_text_ok(const struct dumpflt_disk_receipt *receipt)
{
	const size_t size = sizeof(receipt->text);
	size_t len = strnlen((const char *)receipt->text, size);

	return len < size && dumpflt_format_zero(receipt->text + len, size - len);
}

/* Do the counts fit the slot, and each other? */
static const char *receipt_counts_check(const struct dumpflt_disk_receipt *receipt,
					u32 slot_chunks)
{
	u64 size = le64_to_cpu(receipt->dump_size);
	u64 chunks = le64_to_cpu(receipt->chunks);
	u64 data = size / DUMPFLT_CHUNK_SIZE + !!(size % DUMPFLT_CHUNK_SIZE);

	if (chunks > slot_chunks || data > chunks)
		return "its counts are out of range";
	switch (le32_to_cpu(receipt->state)) {
	case DUMPFLT_SLOT_COMPLETE:
		if (data + 1 != chunks || receipt->err || receipt->flush_err ||
		    receipt->text[0])
			return "it contradicts itself";
		return NULL;
	case DUMPFLT_SLOT_FAILED:
	case DUMPFLT_SLOT_INTERRUPTED:
		if (!dumpflt_format_zero(receipt->digest, sizeof(receipt->digest)))
			return "it has a digest of a dump that is not complete";
		return NULL;
	default:
		return "it has an unknown state";
	}
}

/**
 * dumpflt_receipt_check - is this the receipt of the dump in a slot, and sound?
 * @receipt: as it was read
 * @header: a checked header
 * @slot: the slot, less than nr_slots
 *
 * Return: %NULL, or what is wrong.
 */
const char *dumpflt_receipt_check(const struct dumpflt_disk_receipt *receipt,
				  const struct dumpflt_disk_header *header,
				  u32 slot)
{
	const struct dumpflt_disk_slot *entry = &header->slots[slot];
	const char *wrong;

	if (memcmp(receipt->magic, DUMPFLT_MAGIC_RECEIPT, DUMPFLT_MAGIC_SIZE))
		return "there is none";
	if (le32_to_cpu(receipt->version) != DUMPFLT_FORMAT_VERSION)
		return "its format version is not known here";
	if (le32_to_cpu(receipt->crc) != receipt_crc(receipt))
		return "its checksum is wrong";
	if (memcmp(receipt->uuid, header->fixed.uuid, sizeof(receipt->uuid)))
		return "it is of another area";
	if (le32_to_cpu(entry->state) == DUMPFLT_SLOT_EMPTY ||
	    memcmp(receipt->session, entry->session, sizeof(receipt->session)) ||
	    receipt->number != entry->number ||
	    receipt->started != entry->started ||
	    le32_to_cpu(receipt->slot) != slot)
		return "it is of another dump";
	if (!receipt_text_ok(receipt) ||
	    le32_to_cpu(receipt->durability) > DUMPFLT_DURABLE_WRITE_THROUGH ||
	    !dumpflt_format_zero(receipt->reserved, sizeof(receipt->reserved)) ||
	    !dumpflt_format_zero(receipt->reserved2, sizeof(receipt->reserved2)))
		return "it has bits set that are reserved";
	wrong = receipt_filters_check(receipt);
	if (wrong)
		return wrong;
	return receipt_counts_check(receipt,
				    le32_to_cpu(header->fixed.slot_chunks));
}
