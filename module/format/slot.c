// SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later
/*
 * The on-disk format of what is in a slot before its receipt: filter metadata,
 * chunk records, the trailer.
 *
 * PURE, see format.h. The drawing is in uapi/linux/dumpflt.h.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "format.h"

#define SESSION_SIZE	16

/**
 * dumpflt_fmeta_begin - begin a slot's filter metadata
 * @region: DUMPFLT_AREA_UNIT bytes, aligned to 8
 * @session: of the dump
 */
void dumpflt_fmeta_begin(void *region, const u8 session[16])
{
	struct dumpflt_disk_fmeta_head *head = region;

	memset(region, 0, DUMPFLT_AREA_UNIT);
	memcpy(head->magic, DUMPFLT_MAGIC_FMETA, DUMPFLT_MAGIC_SIZE);
	memcpy(head->session, session, SESSION_SIZE);
	head->used = cpu_to_le32(sizeof(*head));
}

/**
 * dumpflt_fmeta_add - append what one filter wants stored
 * @region: from dumpflt_fmeta_begin()
 * @entry: name, number, chunk_meta, flags and len, ready for the disk
 * @data: @entry->len bytes
 *
 * Return: %NULL, or what is wrong.
 */
const char *dumpflt_fmeta_add(void *region, const struct dumpflt_disk_fmeta *entry,
			      const void *data)
{
	struct dumpflt_disk_fmeta_head *head = region;
	u32 used = le32_to_cpu(head->used), len = le32_to_cpu(entry->len);
	size_t need = sizeof(*entry) + dumpflt_format_pad(len);

	if (len > DUMPFLT_FMETA_MAX || need > DUMPFLT_AREA_UNIT - used ||
	    le32_to_cpu(head->nr_filters) >= DUMPFLT_MAX_FILTERS)
		return "too much metadata";
	memcpy((u8 *)region + used, entry, sizeof(*entry));
	if (len)
		memcpy((u8 *)region + used + sizeof(*entry), data, len);
	head->used = cpu_to_le32((u32)(used + need));
	head->nr_filters = cpu_to_le32(le32_to_cpu(head->nr_filters) + 1);
	return NULL;
}

static u32 fmeta_head_crc(const struct dumpflt_disk_fmeta_head *head)
{
	return dumpflt_format_crc(0, head,
				  offsetof(struct dumpflt_disk_fmeta_head, crc));
}

/* @used is at least the size of the head */
static u32 fmeta_body_crc(const void *region, u32 used)
{
	const u32 head = sizeof(struct dumpflt_disk_fmeta_head);

	return dumpflt_format_crc(0, (const u8 *)region + head, used - head);
}

/**
 * dumpflt_fmeta_seal - make filter metadata valid after the last addition
 * @region: from dumpflt_fmeta_begin(), complete but for its checksums
 */
void dumpflt_fmeta_seal(void *region)
{
	struct dumpflt_disk_fmeta_head *head = region;

	head->body_crc = cpu_to_le32(fmeta_body_crc(region,
						    le32_to_cpu(head->used)));
	head->crc = cpu_to_le32(fmeta_head_crc(head));
}

static const char *fmeta_entries_check(const u8 *region, u32 used, u32 nr,
				       u32 record_size)
{
	u32 at = sizeof(struct dumpflt_disk_fmeta_head), i;
	u32 record = sizeof(struct dumpflt_disk_record);
	int number = -1;

	for (i = 0; i < nr; i++) {
		const struct dumpflt_disk_fmeta *entry = (const void *)(region + at);
		u32 len;

		if (used - at < sizeof(*entry))
			return "its filters go beyond its end";
		at += sizeof(*entry);
		len = le32_to_cpu(entry->len);
		if (len > DUMPFLT_FMETA_MAX ||
		    dumpflt_format_pad(len) > used - at)
			return "its filters go beyond its end";
		if (!dumpflt_format_name_ok(entry->name))
			return "a filter has no proper name";
		if (le16_to_cpu(entry->number) > 99 ||
		    le16_to_cpu(entry->number) <= number)
			return "its filters are not in order";
		number = le16_to_cpu(entry->number);
		if (le32_to_cpu(entry->flags) & ~DUMPFLT_DISK_FILTER_F_ALL ||
		    entry->reserved)
			return "it has bits set that are reserved";
		if (le16_to_cpu(entry->chunk_meta) > DUMPFLT_CHUNK_META_MAX)
			return "a filter has too much metadata per chunk";
		record += le16_to_cpu(entry->chunk_meta);
		if (!dumpflt_format_zero(region + at + len,
					 dumpflt_format_pad(len) - len))
			return "it has bits set that are reserved";
		at += (u32)dumpflt_format_pad(len);
	}
	if (at != used)
		return "it is longer than its filters";
	return record > record_size ? "its filters need larger records" : NULL;
}

/**
 * dumpflt_fmeta_check - is this a dump's filter metadata, and sound?
 * @region: DUMPFLT_AREA_UNIT bytes as they were read, aligned to 8
 * @entry: the slot's entry, of a checked header
 * @record_size: of that header
 *
 * Return: %NULL, or what is wrong.
 */
const char *dumpflt_fmeta_check(const void *region,
				const struct dumpflt_disk_slot *entry,
				u32 record_size)
{
	const struct dumpflt_disk_fmeta_head *head = region;
	u32 used = le32_to_cpu(head->used), nr = le32_to_cpu(head->nr_filters);

	if (memcmp(head->magic, DUMPFLT_MAGIC_FMETA, DUMPFLT_MAGIC_SIZE))
		return "there is none";
	if (le32_to_cpu(head->crc) != fmeta_head_crc(head))
		return "its checksum is wrong";
	if (memcmp(head->session, entry->session, SESSION_SIZE))
		return "it is of another dump";
	if (!dumpflt_format_zero(head->reserved, sizeof(head->reserved)))
		return "it has bits set that are reserved";
	if (used < sizeof(*head) || used > DUMPFLT_AREA_UNIT ||
	    nr > DUMPFLT_MAX_FILTERS)
		return "its length is wrong";
	if (le32_to_cpu(head->body_crc) != fmeta_body_crc(region, used))
		return "its checksum is wrong";
	if (!dumpflt_format_zero((const u8 *)region + used,
				 DUMPFLT_AREA_UNIT - used))
		return "it has bits set that are reserved";
	return fmeta_entries_check(region, used, nr, record_size);
}

/**
 * dumpflt_slot_unbegun - is it known that a dump got no further than the header?
 * @header: the header that counts, checked
 * @other: the other one of this area, older, checked too
 * @slot: the slot, less than nr_slots
 * @block: the first DUMPFLT_AREA_BLOCK bytes of the slot's filter metadata, as they
 *	were read, aligned to 8
 *
 * The filter metadata is durable before the first chunk. Where that of another dump
 * is, or none ever was, nothing of this dump is in the slot, and @other still
 * says what is. That is older, so it has a smaller number, with which it is valid in
 * @header as well; who says otherwise has made it up. A hibernation image that a
 * newer one was to replace is never one again.
 *
 * Return: true if so.
 */
bool dumpflt_slot_unbegun(const struct dumpflt_disk_header *header,
			  const struct dumpflt_disk_header *other, u32 slot,
			  const void *block)
{
	const struct dumpflt_disk_slot *entry = &header->slots[slot];
	const struct dumpflt_disk_slot *older = &other->slots[slot];
	const struct dumpflt_disk_fmeta_head *head = block;

	if (le32_to_cpu(entry->state) != DUMPFLT_SLOT_STARTED ||
	    le64_to_cpu(older->number) >= le64_to_cpu(entry->number) ||
	    !memcmp(entry->session, older->session, SESSION_SIZE) ||
	    dumpflt_header_hibernates(header))
		return false;
	if (dumpflt_format_zero(block, DUMPFLT_AREA_BLOCK))
		return true;
	/* what is damaged may have been this dump's */
	return !memcmp(head->magic, DUMPFLT_MAGIC_FMETA, DUMPFLT_MAGIC_SIZE) &&
	       le32_to_cpu(head->crc) == fmeta_head_crc(head) &&
	       memcmp(head->session, entry->session, SESSION_SIZE);
}

/**
 * dumpflt_fmeta_next - walk the filters of a dump
 * @region: checked filter metadata
 * @entry: the one before, %NULL for the first
 *
 * Return: the next one, or %NULL.
 */
const struct dumpflt_disk_fmeta *
dumpflt_fmeta_next(const void *region, const struct dumpflt_disk_fmeta *entry)
{
	const struct dumpflt_disk_fmeta_head *head = region;
	const u8 *next = (const u8 *)(head + 1);

	if (entry)
		next = (const u8 *)(entry + 1) +
		       dumpflt_format_pad(le32_to_cpu(entry->len));
	if (next >= (const u8 *)region + le32_to_cpu(head->used))
		return NULL;
	return (const void *)next;
}

/**
 * dumpflt_fmeta_data - what a filter stored at start
 * @entry: where it is in the filter metadata: the data follows it there
 *
 * Return: @entry->len bytes.
 */
const void *dumpflt_fmeta_data(const struct dumpflt_disk_fmeta *entry)
{
	return entry + 1;
}

/**
 * dumpflt_fmeta_record_used - how much of each chunk record has a meaning
 * @region: checked filter metadata
 *
 * Return: bytes; the rest of a record is zeros.
 */
u32 dumpflt_fmeta_record_used(const void *region)
{
	const struct dumpflt_disk_fmeta *entry = NULL;
	u32 used = sizeof(struct dumpflt_disk_record);

	while ((entry = dumpflt_fmeta_next(region, entry)))
		used += le16_to_cpu(entry->chunk_meta);
	return used;
}

static u32 record_check(const void *record, u32 record_size,
			const u8 session[16], u64 chunk)
{
	const struct dumpflt_disk_record *head = record;
	const __le64 number = cpu_to_le64(chunk);
	u32 crc;

	crc = dumpflt_format_crc(0, session, SESSION_SIZE);
	crc = dumpflt_format_crc(crc, &number, sizeof(number));
	crc = dumpflt_format_crc(crc, &head->data_crc, sizeof(head->data_crc));
	return dumpflt_format_crc(crc, head + 1, record_size - sizeof(*head));
}

/**
 * dumpflt_record_seal - make a chunk record valid
 * @record: @record_size bytes, the filters' part filled in, aligned to 4
 * @record_size: of the area
 * @session: of the dump
 * @chunk: number of the chunk
 * @data_crc: of the chunk as it is on the disk
 */
void dumpflt_record_seal(void *record, u32 record_size, const u8 session[16],
			 u64 chunk, u32 data_crc)
{
	struct dumpflt_disk_record *head = record;

	head->data_crc = cpu_to_le32(data_crc);
	head->check = cpu_to_le32(record_check(record, record_size, session,
					       chunk));
}

/**
 * dumpflt_record_ok - is this the record of that chunk of that dump?
 * @record: @record_size bytes as they were read, aligned to 4
 * @record_size: of the area
 * @session: of the dump
 * @chunk: number of the chunk
 *
 * Return: true if so.
 */
bool dumpflt_record_ok(const void *record, u32 record_size,
		       const u8 session[16], u64 chunk)
{
	const struct dumpflt_disk_record *head = record;

	return le32_to_cpu(head->check) ==
	       record_check(record, record_size, session, chunk);
}

/**
 * dumpflt_record_ends - is there nothing behind what the filters keep?
 * @record: a checked record
 * @record_size: of the area
 * @used: from dumpflt_fmeta_record_used()
 *
 * Return: true if the rest of it is zeros.
 */
bool dumpflt_record_ends(const void *record, u32 record_size, u32 used)
{
	return dumpflt_format_zero((const u8 *)record + used, record_size - used);
}

/**
 * dumpflt_record_crc - what the CRC of the chunk must be
 * @record: a checked record
 *
 * Return: the CRC.
 */
u32 dumpflt_record_crc(const void *record)
{
	const struct dumpflt_disk_record *head = record;

	return le32_to_cpu(head->data_crc);
}

static u32 trailer_crc(const struct dumpflt_disk_trailer *trailer)
{
	return dumpflt_format_crc(0, trailer,
				  offsetof(struct dumpflt_disk_trailer, crc));
}

/**
 * dumpflt_trailer_fill - make the last chunk of a dump
 * @chunk: DUMPFLT_CHUNK_SIZE bytes, aligned to 8
 * @session: of the dump
 * @dump_size: exact bytes of the dump
 * @chunks: of the dump, this one included
 */
void dumpflt_trailer_fill(void *chunk, const u8 session[16], u64 dump_size,
			  u64 chunks)
{
	struct dumpflt_disk_trailer *trailer = chunk;

	memset(chunk, 0, DUMPFLT_CHUNK_SIZE);
	memcpy(trailer->magic, DUMPFLT_MAGIC_TRAILER, DUMPFLT_MAGIC_SIZE);
	memcpy(trailer->session, session, SESSION_SIZE);
	trailer->dump_size = cpu_to_le64(dump_size);
	trailer->chunks = cpu_to_le64(chunks);
	trailer->crc = cpu_to_le32(trailer_crc(trailer));
}

/**
 * dumpflt_trailer_check - is this the last chunk of that dump?
 * @chunk: DUMPFLT_CHUNK_SIZE bytes, the filters undone, aligned to 8
 * @session: of the dump
 * @dump_size: exact bytes of the dump
 * @chunks: of the dump, this one included
 *
 * The dump ends in the chunk before it, or there is none.
 *
 * Return: %NULL, or what is wrong.
 */
const char *dumpflt_trailer_check(const void *chunk, const u8 session[16],
				  u64 dump_size, u64 chunks)
{
	const struct dumpflt_disk_trailer *trailer = chunk;
	u64 start = (chunks - 1) * DUMPFLT_CHUNK_SIZE;

	if (memcmp(trailer->magic, DUMPFLT_MAGIC_TRAILER, DUMPFLT_MAGIC_SIZE))
		return "there is none";
	if (le32_to_cpu(trailer->crc) != trailer_crc(trailer) ||
	    !dumpflt_format_zero(trailer->reserved, sizeof(trailer->reserved)) ||
	    !dumpflt_format_zero(trailer + 1,
				 DUMPFLT_CHUNK_SIZE - sizeof(*trailer)))
		return "it is damaged";
	if (memcmp(trailer->session, session, SESSION_SIZE))
		return "it is of another dump";
	if (le64_to_cpu(trailer->dump_size) != dump_size ||
	    le64_to_cpu(trailer->chunks) != chunks)
		return "it contradicts the receipt";
	if (dump_size > start || start - dump_size >= DUMPFLT_CHUNK_SIZE)
		return "the dump does not end before it";
	return NULL;
}

/**
 * dumpflt_padding_ok - is there nothing between the dump's end and its trailer?
 * @chunk: the chunk before the trailer, the filters undone
 * @dump_size: exact bytes of the dump, which ends in it
 *
 * Return: true if there are only zeros.
 */
bool dumpflt_padding_ok(const void *chunk, u64 dump_size)
{
	size_t used = dump_size % DUMPFLT_CHUNK_SIZE;

	return !used || dumpflt_format_zero((const u8 *)chunk + used,
					    DUMPFLT_CHUNK_SIZE - used);
}
