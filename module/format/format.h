/* SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later */
/*
 * The on-disk format of a dump area: made, checked, walked.
 *
 * geometry.c, header.c, policy.c, slot.c and receipt.c are PURE: no allocation, no lock,
 * no I/O, nothing but their arguments. The same files are compiled into
 * the module, the tool and the fuzzers. Whatever comes from a disk is hostile
 * until one of the *_check() functions here has said that it is sound; after
 * that, the fields may be read as they are.
 *
 * A check returns NULL, or what is wrong, in words that fit behind a colon.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_FORMAT_H
#define _DUMPFLT_FORMAT_H

#ifdef __KERNEL__
#include <linux/crc32c.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/byteorder.h>
#else
#include <endian.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include "userspace/area/crc32c.h"
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
#define div_u64(a, b)	((a) / (b))
#define __must_check	__attribute__((warn_unused_result))
#define cpu_to_le16(x)	htole16(x)
#define cpu_to_le32(x)	htole32(x)
#define cpu_to_le64(x)	htole64(x)
/* the kernel's types, so that formats for printing are the same */
#define le16_to_cpu(x)	((u16)le16toh(x))
#define le32_to_cpu(x)	((u32)le32toh(x))
#define le64_to_cpu(x)	((u64)le64toh(x))
#endif

#include <uapi/linux/dumpflt.h>

/*
 * Of sequence and sessions, so that they never wrap, whoever wrote the header. One
 * that has come so far is valid, and is not counted on: what it holds can be read.
 */
#define DUMPFLT_COUNTER_MAX	0x4000000000000000ULL

/**
 * dumpflt_format_crc - CRC-32C of one more piece
 * @crc: of what came before, 0 at the beginning
 * @data: one more piece, of any alignment
 * @len: bytes of @data
 *
 * Return: the CRC of all of it.
 */
static inline u32 dumpflt_format_crc(u32 crc, const void *data, size_t len)
{
#ifdef __KERNEL__
	return ~crc32c(~crc, data, len);
#else
	return crc32c_add(crc, data, len);
#endif
}

/**
 * dumpflt_format_zero - is this all zeros?
 * @data: of any alignment
 * @len: bytes of @data, may be 0
 *
 * Return: true if so.
 */
static inline bool dumpflt_format_zero(const void *data, size_t len)
{
	const u8 *p = data;

	while (len--)
		if (*p++)
			return false;
	return true;
}

/**
 * dumpflt_format_pad - the next multiple of 8
 * @len: bytes without their padding
 *
 * Return: bytes with their padding.
 */
static inline size_t dumpflt_format_pad(size_t len)
{
	return (len + 7) & ~(size_t)7;
}

/**
 * dumpflt_format_name_ok - is this a filter's name?
 * @name: some of a-z, 0-9, '_', then nothing but NULs, if it is
 *
 * Return: true if so.
 */
static inline bool dumpflt_format_name_ok(const u8 name[DUMPFLT_NAME_MAX])
{
	size_t len = 0;

	while (len < DUMPFLT_NAME_MAX &&
	       ((name[len] >= 'a' && name[len] <= 'z') ||
		(name[len] >= '0' && name[len] <= '9') || name[len] == '_'))
		len++;
	return len && len < DUMPFLT_NAME_MAX &&
	       dumpflt_format_zero(name + len, DUMPFLT_NAME_MAX - len);
}

/**
 * struct dumpflt_geometry - where things are in an area, in bytes
 * @area_size: of the area
 * @slot_offset: of slot 0
 * @slot_size: from one slot to the next
 * @nr_slots: 1 to DUMPFLT_AREA_SLOTS_MAX
 * @slot_chunks: chunks of a slot, trailer included
 * @record_size: of a chunk record
 */
struct dumpflt_geometry {
	u64	area_size;
	u64	slot_offset;
	u64	slot_size;
	u32	nr_slots;
	u32	slot_chunks;
	u32	record_size;
};

/* geometry */
const char *dumpflt_geometry_make(struct dumpflt_geometry *geo, u64 size,
				  u32 nr_slots, u32 record_size);
u64 dumpflt_geometry_header(const struct dumpflt_geometry *geo, unsigned int copy);
u64 dumpflt_geometry_header_b(u64 device_size);
u64 dumpflt_geometry_fmeta(const struct dumpflt_geometry *geo, u32 slot);
u64 dumpflt_geometry_chunk(const struct dumpflt_geometry *geo, u32 slot, u64 chunk);
u64 dumpflt_geometry_record(const struct dumpflt_geometry *geo, u32 slot, u64 chunk);
u64 dumpflt_geometry_receipt(const struct dumpflt_geometry *geo, u32 slot,
			     unsigned int copy);

/**
 * struct dumpflt_policy_entry - a filter, as somebody has configured it
 * @name: its name
 * @number: its place
 * @flags: DUMPFLT_POLICY_F_*
 * @options: "name=value" lines
 * @options_len: bytes of @options
 */
struct dumpflt_policy_entry {
	const char	*name;
	unsigned int	number;
	u32		flags;
	const char	*options;
	size_t		options_len;
};

/**
 * struct dumpflt_placed - what is known of a filter in a stack, as to order
 * @name: of it, with a NUL at its end
 * @keeps: it keeps something of each chunk
 * @changes: it may change the data
 *
 * The two may be false of a filter of which only the name is known.
 */
struct dumpflt_placed {
	const char	*name;
	bool		keeps;
	bool		changes;
};

/* header */
void dumpflt_header_init(struct dumpflt_disk_header *header,
			 const struct dumpflt_geometry *geo, const u8 uuid[16],
			 u64 created, u32 flags);
const char *dumpflt_policy_add(struct dumpflt_disk_header *header,
			       const char *name, unsigned int number, u32 flags,
			       const char *options, size_t options_len);
const char *dumpflt_policy_check(const struct dumpflt_disk_header *header);
bool dumpflt_policy_has_origin(const struct dumpflt_disk_header *header);
bool __must_check dumpflt_header_touch(struct dumpflt_disk_header *header);
bool dumpflt_header_is_spent(const struct dumpflt_disk_header *header);
void dumpflt_header_seal(struct dumpflt_disk_header *header);
const char *dumpflt_header_check(const struct dumpflt_disk_header *header,
				 u64 device_size, struct dumpflt_geometry *geo);
bool dumpflt_header_hibernates(const struct dumpflt_disk_header *header);
bool dumpflt_header_is_foreign(const struct dumpflt_disk_header *header);
const char *dumpflt_header_finish(struct dumpflt_disk_header *header,
				  u64 device_size);
bool dumpflt_header_is_other(const struct dumpflt_disk_header *end);
int dumpflt_header_newer(const struct dumpflt_disk_header *a,
			 const struct dumpflt_disk_header *b,
			 const char **wrong);
const struct dumpflt_disk_policy *
dumpflt_policy_next(const struct dumpflt_disk_header *header,
		    const struct dumpflt_disk_policy *policy);
bool dumpflt_options_equal(const char *a, size_t a_len, const char *b,
			   size_t b_len);
size_t dumpflt_options_to_write(const char *name, const char *options, size_t len);
const char *dumpflt_policy_differs(const struct dumpflt_disk_header *header,
				   const struct dumpflt_disk_policy **at,
				   const struct dumpflt_policy_entry *entry);
const char *dumpflt_order_wrong(const struct dumpflt_placed *filter,
				const struct dumpflt_placed *behind);
const char *dumpflt_policy_options(const struct dumpflt_disk_policy *policy);

/* slots */
int dumpflt_slot_choose(const struct dumpflt_disk_header *header);
bool __must_check dumpflt_slot_start(struct dumpflt_disk_header *header, u32 slot,
				     const u8 session[16], u64 started);
bool __must_check dumpflt_slot_collect(struct dumpflt_disk_header *header, u32 slot);
u32 dumpflt_slot_state(const struct dumpflt_disk_slot *entry,
		       const struct dumpflt_disk_receipt *receipt);
bool dumpflt_slot_unbegun(const struct dumpflt_disk_header *header,
			  const struct dumpflt_disk_header *other, u32 slot,
			  const void *block);
bool dumpflt_slot_nothing(const struct dumpflt_disk_slot *entry,
			  const struct dumpflt_disk_receipt *a,
			  const struct dumpflt_disk_receipt *b);
void dumpflt_slot_free(struct dumpflt_disk_header *header, u32 slot);
const char *dumpflt_slot_word(u32 state);

/* filter metadata */
void dumpflt_fmeta_begin(void *region, const u8 session[16]);
const char *dumpflt_fmeta_add(void *region, const struct dumpflt_disk_fmeta *entry,
			      const void *data);
void dumpflt_fmeta_seal(void *region);
const char *dumpflt_fmeta_check(const void *region,
				const struct dumpflt_disk_slot *entry,
				u32 record_size);
const struct dumpflt_disk_fmeta *
dumpflt_fmeta_next(const void *region, const struct dumpflt_disk_fmeta *entry);
const void *dumpflt_fmeta_data(const struct dumpflt_disk_fmeta *entry);
u32 dumpflt_fmeta_record_used(const void *region);

/* chunk records */
void dumpflt_record_seal(void *record, u32 record_size, const u8 session[16],
			 u64 chunk, u32 data_crc);
bool dumpflt_record_ok(const void *record, u32 record_size,
		       const u8 session[16], u64 chunk);
bool dumpflt_record_ends(const void *record, u32 record_size, u32 used);
u32 dumpflt_record_crc(const void *record);

/* trailer */
void dumpflt_trailer_fill(void *chunk, const u8 session[16], u64 dump_size,
			  u64 chunks);
const char *dumpflt_trailer_check(const void *chunk, const u8 session[16],
				  u64 dump_size, u64 chunks);
bool dumpflt_padding_ok(const void *chunk, u64 dump_size);

/* receipt */
void dumpflt_receipt_seal(struct dumpflt_disk_receipt *receipt);
bool dumpflt_receipt_nothing(const struct dumpflt_disk_receipt *receipt);
const char *dumpflt_receipt_check(const struct dumpflt_disk_receipt *receipt,
				  const struct dumpflt_disk_header *header,
				  u32 slot);

#endif /* _DUMPFLT_FORMAT_H */
