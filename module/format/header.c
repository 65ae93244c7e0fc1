// SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later
/*
 * The header of a dump area: made, checked, changed.
 *
 * PURE, see format.h. The drawing is in uapi/linux/dumpflt.h.
 *
 * What is checked of a header reduces its geometry to three numbers: the size
 * of the area, the number of slots and the size of a record. Everything else
 * follows from them, and a header that says otherwise is refused, so that no
 * part of an area can overlap another one.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "format.h"

#ifdef __KERNEL__
#include <linux/build_bug.h>
#include <linux/stddef.h>
#else
#include <assert.h>
#endif

static_assert(sizeof(struct dumpflt_disk_policy) == 32, "policy");
static_assert(sizeof(struct dumpflt_disk_fixed) == 16896, "fixed");
static_assert(offsetof(struct dumpflt_disk_fixed, policy) == 512, "policy text");
static_assert(sizeof(struct dumpflt_disk_slot) == 64, "slot");
static_assert(sizeof(struct dumpflt_disk_header) == 32768, "header");
static_assert(offsetof(struct dumpflt_disk_header, slots) == 17408, "slots");
static_assert(offsetof(struct dumpflt_disk_header, crc) == 32764, "header crc");
static_assert(sizeof(struct dumpflt_disk_fmeta_head) == 64, "fmeta head");
static_assert(sizeof(struct dumpflt_disk_fmeta) == 40, "fmeta");
static_assert(sizeof(struct dumpflt_disk_record) == 8, "record");
static_assert(sizeof(struct dumpflt_disk_trailer) == 64, "trailer");
static_assert(sizeof(struct dumpflt_disk_filter) == 128, "filter");
static_assert(sizeof(struct dumpflt_disk_receipt) == 4096, "receipt");
static_assert(offsetof(struct dumpflt_disk_receipt, filters) == 1024, "filters");
static_assert(offsetof(struct dumpflt_disk_receipt, crc) == 4092, "receipt crc");
static_assert(sizeof(struct dumpflt_disk_fmeta_head) +
	      DUMPFLT_MAX_FILTERS * (sizeof(struct dumpflt_disk_fmeta) +
				     DUMPFLT_FMETA_MAX) <= DUMPFLT_AREA_UNIT,
	      "filter metadata");
static_assert(sizeof(struct dumpflt_disk_record) +
	      DUMPFLT_MAX_FILTERS * (size_t)DUMPFLT_CHUNK_META_MAX <= DUMPFLT_RECORD_MAX,
	      "record size");

/* What a session adds to the sequence: at its start, and at its end */
#define SESSION_TOUCHES	2

/**
 * dumpflt_header_init - the header of a new area, without a policy
 * @header: filled; to be sealed
 * @geo: from dumpflt_geometry_make()
 * @uuid: of the area
 * @created: seconds since 1970
 * @flags: DUMPFLT_AREA_F_*
 */
void dumpflt_header_init(struct dumpflt_disk_header *header,
			 const struct dumpflt_geometry *geo, const u8 uuid[16],
			 u64 created, u32 flags)
{
	struct dumpflt_disk_fixed *fixed = &header->fixed;

	memset(header, 0, sizeof(*header));
	memcpy(fixed->magic, DUMPFLT_MAGIC_HEADER, DUMPFLT_MAGIC_SIZE);
	fixed->version = cpu_to_le32(DUMPFLT_FORMAT_VERSION);
	fixed->header_size = cpu_to_le32(sizeof(*header));
	fixed->area_size = cpu_to_le64(geo->area_size);
	memcpy(fixed->uuid, uuid, sizeof(fixed->uuid));
	fixed->chunk_size = cpu_to_le32(DUMPFLT_CHUNK_SIZE);
	fixed->record_size = cpu_to_le32(geo->record_size);
	fixed->nr_slots = cpu_to_le32(geo->nr_slots);
	fixed->slot_chunks = cpu_to_le32(geo->slot_chunks);
	fixed->slot_offset = cpu_to_le64(geo->slot_offset);
	fixed->slot_size = cpu_to_le64(geo->slot_size);
	fixed->created = cpu_to_le64(created);
	fixed->flags = cpu_to_le32(flags);
	header->sequence = cpu_to_le64(1);
}

/**
 * dumpflt_header_touch - make a header newer than the other copy
 * @header: a checked header; to be sealed
 *
 * Return: false, and nothing has changed, if it would not be valid any more: it
 * was somebody else who counted that far.
 */
bool dumpflt_header_touch(struct dumpflt_disk_header *header)
{
	u64 sequence = le64_to_cpu(header->sequence);

	if (sequence >= DUMPFLT_COUNTER_MAX)
		return false;
	header->sequence = cpu_to_le64(sequence + 1);
	return true;
}

/**
 * dumpflt_header_is_spent - is there no room in the counters for one more dump?
 * @header: a checked header
 *
 * Return: true if so; the dumps that are there can still be read.
 */
bool dumpflt_header_is_spent(const struct dumpflt_disk_header *header)
{
	return le64_to_cpu(header->sequence) >
	       DUMPFLT_COUNTER_MAX - SESSION_TOUCHES ||
	       le64_to_cpu(header->sessions) >= DUMPFLT_COUNTER_MAX;
}

static u32 header_crc(const struct dumpflt_disk_header *header)
{
	return dumpflt_format_crc(0, header,
				  offsetof(struct dumpflt_disk_header, crc));
}

/**
 * dumpflt_header_seal - make a header valid after it was changed
 * @header: complete, but for its checksum
 */
void dumpflt_header_seal(struct dumpflt_disk_header *header)
{
	header->crc = cpu_to_le32(header_crc(header));
}

static const char *geometry_check(const struct dumpflt_disk_fixed *fixed,
				  u64 device_size, struct dumpflt_geometry *geo)
{
	const char *wrong;

	if (le32_to_cpu(fixed->chunk_size) != DUMPFLT_CHUNK_SIZE)
		return "its chunk size is not 64 KiB";
	wrong = dumpflt_geometry_make(geo, le64_to_cpu(fixed->area_size),
				      le32_to_cpu(fixed->nr_slots),
				      le32_to_cpu(fixed->record_size));
	if (wrong)
		return wrong;
	if (geo->area_size != le64_to_cpu(fixed->area_size) ||
	    geo->slot_offset != le64_to_cpu(fixed->slot_offset) ||
	    geo->slot_size != le64_to_cpu(fixed->slot_size) ||
	    geo->slot_chunks != le32_to_cpu(fixed->slot_chunks))
		return "its sizes contradict each other";
	if (geo->area_size > device_size)
		return "the area is larger than the device that holds it";
	return NULL;
}

static const char no_origin[] =
	"it is for hibernation, and its policy has no critical filter 'age' with an origin";

/*
 * An image that is not the newest would be resumed onto file systems that have gone
 * on: there is never more than one, and nothing keeps the next one from being
 * written. And one that anybody could have made would run as the kernel.
 */
static const char *hibernation_check(const struct dumpflt_disk_header *header)
{
	const struct dumpflt_disk_fixed *fixed = &header->fixed;

	if (!dumpflt_header_hibernates(header))
		return NULL;
	if (le32_to_cpu(fixed->nr_slots) != 1 ||
	    !(le32_to_cpu(fixed->flags) & DUMPFLT_AREA_F_OVERWRITE))
		return "it is for hibernation, but not one slot that is written over";
	return dumpflt_policy_has_origin(header) ? NULL : no_origin;
}

static const char *slots_check(const struct dumpflt_disk_header *header)
{
	u32 i, nr = le32_to_cpu(header->fixed.nr_slots);

	for (i = 0; i < nr; i++) {
		const struct dumpflt_disk_slot *entry = &header->slots[i];
		u64 number = le64_to_cpu(entry->number);

		if (entry->reserved ||
		    !dumpflt_format_zero(entry->reserved2, sizeof(entry->reserved2)))
			return "a slot has bits set that are reserved";
		switch (le32_to_cpu(entry->state)) {
		case DUMPFLT_SLOT_EMPTY:
			if (!dumpflt_format_zero(entry, sizeof(*entry)))
				return "an empty slot is not empty";
			break;
		case DUMPFLT_SLOT_STARTED:
		case DUMPFLT_SLOT_COLLECTED:
			if (!number || number > le64_to_cpu(header->sessions))
				return "a slot's session number is out of range";
			break;
		default:
			return "a slot has an unknown state";
		}
	}
	if (!dumpflt_format_zero(&header->slots[nr],
				 (DUMPFLT_AREA_SLOTS_MAX - nr) *
				 sizeof(header->slots[0])))
		return "a slot that does not exist is in use";
	return NULL;
}

/**
 * dumpflt_header_check - is this a header of this version, and sound?
 * @header: as it was read
 * @device_size: bytes that there are
 * @geo: filled if it is
 *
 * Return: %NULL, or what is wrong.
 */
const char *dumpflt_header_check(const struct dumpflt_disk_header *header,
				 u64 device_size, struct dumpflt_geometry *geo)
{
	const struct dumpflt_disk_fixed *fixed = &header->fixed;
	const char *wrong;

	if (memcmp(fixed->magic, DUMPFLT_MAGIC_HEADER, DUMPFLT_MAGIC_SIZE))
		return "there is no header of a dump area";
	if (le32_to_cpu(fixed->version) != DUMPFLT_FORMAT_VERSION)
		return "its format version is not known here";
	if (le32_to_cpu(fixed->header_size) != sizeof(*header))
		return "its header size is wrong";
	if (le32_to_cpu(header->crc) != header_crc(header))
		return "its checksum is wrong";
	wrong = geometry_check(fixed, device_size, geo);
	if (wrong)
		return wrong;
	if (le32_to_cpu(fixed->flags) & ~DUMPFLT_AREA_F_ALL)
		return "it has unknown flags";
	if (!header->sequence || le64_to_cpu(header->sequence) > DUMPFLT_COUNTER_MAX ||
	    le64_to_cpu(header->sessions) > DUMPFLT_COUNTER_MAX)
		return "its counters are out of range";
	if (!dumpflt_format_zero(fixed->reserved, sizeof(fixed->reserved)) ||
	    !dumpflt_format_zero(header->reserved, sizeof(header->reserved)) ||
	    !dumpflt_format_zero(header->reserved2, sizeof(header->reserved2)))
		return "it has bits set that are reserved";
	wrong = dumpflt_policy_check(header);
	if (!wrong)
		wrong = hibernation_check(header);
	return wrong ? wrong : slots_check(header);
}

/**
 * dumpflt_header_hibernates - is the area for hibernation images?
 * @header: a checked header
 *
 * Return: true if so: it takes no crash dump.
 */
bool dumpflt_header_hibernates(const struct dumpflt_disk_header *header)
{
	return le32_to_cpu(header->fixed.flags) & DUMPFLT_AREA_F_HIBERNATION;
}

/**
 * dumpflt_header_finish - make a header valid that is to be written over a copy
 * @header: of a checked one, changed
 * @device_size: bytes that there are
 *
 * What readers refuse in one place they refuse in both, once the next change goes
 * there: and all dumps are lost with it.
 *
 * Return: %NULL, or what readers would say of it: it must not be written.
 */
const char *dumpflt_header_finish(struct dumpflt_disk_header *header,
				  u64 device_size)
{
	struct dumpflt_geometry geo;

	dumpflt_header_seal(header);
	return dumpflt_header_check(header, device_size, &geo);
}

/**
 * dumpflt_header_is_foreign - has something else taken the place of header A?
 * @header: as it was read at the start of the device, not valid
 *
 * A header that was torn, or hit somewhere, begins as one, and one that was wiped is
 * zeros. What begins in any other way is somebody's, who made a file system of the
 * device, or anything else that leaves its last 64 KiB alone.
 *
 * Return: true if so.
 */
bool dumpflt_header_is_foreign(const struct dumpflt_disk_header *header)
{
	return memcmp(header->fixed.magic, DUMPFLT_MAGIC_HEADER,
		      DUMPFLT_MAGIC_SIZE) &&
	       !dumpflt_format_zero(header, sizeof(*header));
}

/**
 * dumpflt_header_is_other - is there another area behind the one that was found?
 * @end: what is where an area as large as the device has its header B, if the one
 *	that was found ends before that
 *
 * Whoever puts a small area in front of one whose policy seals would else get
 * what is dumped as that small one wants it. Which of the two is right, nobody
 * can tell; a damaged one may be the right one, too. Its id says nothing, as
 * whoever writes the one in front can copy it.
 *
 * Return: true if so.
 */
bool dumpflt_header_is_other(const struct dumpflt_disk_header *end)
{
	return !memcmp(end->fixed.magic, DUMPFLT_MAGIC_HEADER,
		       DUMPFLT_MAGIC_SIZE);
}

/**
 * dumpflt_header_newer - which of two valid copies counts?
 * @a: header A
 * @b: header B
 * @wrong: set if neither does
 *
 * Sessions are only counted up: where the newer copy has fewer, somebody made
 * one of the two, and nobody knows which.
 *
 * Return: 0 for @a, 1 for @b, -1 for neither.
 */
int dumpflt_header_newer(const struct dumpflt_disk_header *a,
			 const struct dumpflt_disk_header *b,
			 const char **wrong)
{
	int newer = le64_to_cpu(b->sequence) > le64_to_cpu(a->sequence);
	u64 sessions_a = le64_to_cpu(a->sessions);
	u64 sessions_b = le64_to_cpu(b->sessions);

	*wrong = NULL;
	if (memcmp(&a->fixed, &b->fixed, sizeof(a->fixed)))
		*wrong = "the two headers are of different areas";
	else if (newer ? sessions_b < sessions_a : sessions_a < sessions_b)
		*wrong = "the newer one of its two headers counts fewer dumps than the older one";
	return *wrong ? -1 : newer;
}

/**
 * dumpflt_slot_choose - the slot for a new dump
 * @header: a checked header
 *
 * An EMPTY one, else the COLLECTED one that is oldest, else the oldest of all
 * if the area says that it may be overwritten.
 *
 * Return: the slot, or -1 if there is none.
 */
int dumpflt_slot_choose(const struct dumpflt_disk_header *header)
{
	bool overwrite = le32_to_cpu(header->fixed.flags) & DUMPFLT_AREA_F_OVERWRITE;
	u32 i, nr = le32_to_cpu(header->fixed.nr_slots);
	int collected = -1, oldest = -1;

	for (i = 0; i < nr; i++) {
		const struct dumpflt_disk_slot *entry = &header->slots[i];
		u64 number = le64_to_cpu(entry->number);
		u32 state = le32_to_cpu(entry->state);

		if (state == DUMPFLT_SLOT_EMPTY)
			return (int)i;
		if (state == DUMPFLT_SLOT_COLLECTED &&
		    (collected < 0 ||
		     number < le64_to_cpu(header->slots[collected].number)))
			collected = (int)i;
		if (oldest < 0 ||
		    number < le64_to_cpu(header->slots[oldest].number))
			oldest = (int)i;
	}
	if (collected >= 0)
		return collected;
	return overwrite ? oldest : -1;
}

/**
 * dumpflt_slot_start - enter a new dump into the header
 * @header: a checked header; to be sealed
 * @slot: from dumpflt_slot_choose()
 * @session: of the dump
 * @started: seconds since 1970
 *
 * Return: false, and nothing has changed, if dumpflt_header_is_spent().
 */
bool dumpflt_slot_start(struct dumpflt_disk_header *header, u32 slot,
			const u8 session[16], u64 started)
{
	struct dumpflt_disk_slot *entry = &header->slots[slot];

	if (dumpflt_header_is_spent(header) || !dumpflt_header_touch(header))
		return false;
	header->sessions = cpu_to_le64(le64_to_cpu(header->sessions) + 1);
	memset(entry, 0, sizeof(*entry));
	entry->state = cpu_to_le32(DUMPFLT_SLOT_STARTED);
	memcpy(entry->session, session, sizeof(entry->session));
	entry->number = header->sessions;
	entry->started = cpu_to_le64(started);
	return true;
}

/**
 * dumpflt_slot_collect - say in the header that a dump may be overwritten
 * @header: a checked header; to be sealed if it was changed
 * @slot: the slot, less than nr_slots
 *
 * Return: false, and nothing has changed, if it is EMPTY or COLLECTED already, or
 * if dumpflt_header_touch() says so.
 */
bool dumpflt_slot_collect(struct dumpflt_disk_header *header, u32 slot)
{
	if (le32_to_cpu(header->slots[slot].state) != DUMPFLT_SLOT_STARTED ||
	    !dumpflt_header_touch(header))
		return false;
	header->slots[slot].state = cpu_to_le32(DUMPFLT_SLOT_COLLECTED);
	return true;
}

/**
 * dumpflt_slot_state - what a slot holds
 * @entry: its entry in the header
 * @receipt: its receipt if that is valid, else %NULL
 *
 * Return: DUMPFLT_SLOT_*; STARTED is a torn dump, or one being written.
 */
u32 dumpflt_slot_state(const struct dumpflt_disk_slot *entry,
		       const struct dumpflt_disk_receipt *receipt)
{
	u32 state = le32_to_cpu(entry->state);

	if (state == DUMPFLT_SLOT_STARTED && receipt)
		return le32_to_cpu(receipt->state);
	return state;
}

/**
 * dumpflt_slot_nothing - is it known that nothing is in a slot?
 * @entry: its entry in the header
 * @a: receipt A if that is valid, else %NULL
 * @b: receipt B likewise
 *
 * A dump that came to its end before anything of it reached the disk is not
 * worth a slot: two filters that do not start would be two lost dumps. But one
 * receipt is no proof against the other: both are written alike.
 *
 * Return: true for a dump that failed, or was interrupted, before its first
 * chunk, and no receipt says otherwise.
 */
bool dumpflt_slot_nothing(const struct dumpflt_disk_slot *entry,
			  const struct dumpflt_disk_receipt *a,
			  const struct dumpflt_disk_receipt *b)
{
	if (le32_to_cpu(entry->state) != DUMPFLT_SLOT_STARTED || (!a && !b))
		return false;
	if (a && b && memcmp(a, b, sizeof(*a)))
		return false;
	return dumpflt_receipt_nothing(a ? a : b);
}

/**
 * dumpflt_slot_free - let the next dump have a slot
 * @header: in memory; what is on the disk changes when that dump begins
 * @slot: the slot, in which there is nothing: dumpflt_slot_nothing()
 */
void dumpflt_slot_free(struct dumpflt_disk_header *header, u32 slot)
{
	header->slots[slot].state = cpu_to_le32(DUMPFLT_SLOT_COLLECTED);
}

/**
 * dumpflt_slot_word - a slot's state in a word
 * @state: DUMPFLT_SLOT_*
 *
 * Return: the word.
 */
const char *dumpflt_slot_word(u32 state)
{
	static const char * const words[] = {
		[DUMPFLT_SLOT_EMPTY]		= "EMPTY",
		[DUMPFLT_SLOT_STARTED]		= "STARTED",
		[DUMPFLT_SLOT_COMPLETE]		= "COMPLETE",
		[DUMPFLT_SLOT_FAILED]		= "FAILED",
		[DUMPFLT_SLOT_INTERRUPTED]	= "INTERRUPTED",
		[DUMPFLT_SLOT_COLLECTED]	= "COLLECTED",
	};

	return state <= DUMPFLT_SLOT_COLLECTED ? words[state] : "?";
}
