/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Limits and the on-disk format that the dumpflt module and its users share.
 * The limits come first, the format of a dump area follows them; the names of
 * the control interface are in dumpflt_control.h.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _UAPI_LINUX_DUMPFLT_H
#define _UAPI_LINUX_DUMPFLT_H

#include <linux/types.h>
#include "dumpflt_control.h"

/* Longest filter name, with its terminating NUL: "dumpflt-" + name is a module */
#define DUMPFLT_NAME_MAX	24
/* Longest stack name, with its terminating NUL */
#define DUMPFLT_STACK_NAME_MAX	32
/* Filters in one stack */
#define DUMPFLT_MAX_FILTERS	16
/* Bytes of one filter's options, with the terminating NUL */
#define DUMPFLT_OPTIONS_MAX	4096
/* Pages of one write: what a stack may set, and what it gets if it sets nothing */
#define DUMPFLT_MAX_PAGES_LIMIT	256
#define DUMPFLT_MAX_PAGES_DEF	16
/*
 * Milliseconds without an answer from the target before the dump fails. Most targets
 * that fall silent come back: a path fails over, a server restarts
 */
#define DUMPFLT_TIMEOUT_MS_DEF	300000
#define DUMPFLT_TIMEOUT_MS_MIN	100
#define DUMPFLT_TIMEOUT_MS_MAX	3600000

/*
 * The dump area, format version 1
 * ===============================
 *
 * A dump area fills a block device (or an image file) and holds a fixed number
 * of dumps, one in each slot. All numbers are little-endian; sizes and offsets
 * are in bytes; times are seconds since 1970; what is reserved is zero, and is
 * refused otherwise. CRC is CRC-32C (Castagnoli). Every part begins at a
 * multiple of 64 KiB, so that 512-byte and 4096-byte blocks serve alike.
 *
 *   0          64 KiB                                            area_size
 *   +----------+--------+--------+--  ...  --+----------+--------+----------+
 *   | header A | slot 0 | slot 1 |           | slot n-1 | unused | header B |
 *   +----------+--------+--------+--  ...  --+----------+--------+----------+
 *                 |
 *                 |  0          64 KiB                            slot_size
 *                 |  +----------+---------+--- ... ---+--------+----------+
 *                 +->| filter   | chunk 0 | chunk 1   | chunk  | receipts |
 *                    | metadata |         |           | records|  A    B  |
 *                    +----------+---------+--- ... ---+--------+----------+
 *                                |<- slot_chunks ---->|        |<-64 KiB->|
 *
 * Header: struct dumpflt_disk_header, the same in both places but for what the
 * last change made different. A change goes to the copy with the lower
 * sequence number, so that a torn write leaves the other one. The valid copy
 * with the higher number counts, unless it has fewer sessions: then none does.
 * The end of a dump is a change, too, so that
 * both copies know it. Header A is at 0; header B is the last whole
 * 64 KiB of the area, and is looked for at the end of the device if A is bad.
 *
 * Filter metadata: struct dumpflt_disk_fmeta_head, then for each filter of the
 * session, in list order, struct dumpflt_disk_fmeta and the bytes that the
 * filter wanted stored at start, padded with zeros to a multiple of 8. Written
 * and flushed before the first chunk.
 *
 * Chunks: 64 KiB each, as the filters left them, in the order of the dump. The
 * last one of a complete dump is the trailer: before the filters it was a
 * struct dumpflt_disk_trailer and zeros. Between the dump's end and the trailer
 * there are zeros.
 *
 * Chunk records: record i belongs to chunk i. A record is record_size bytes: a
 * struct dumpflt_disk_record, then each filter's metadata for this chunk, in
 * list order, then zeros. Records never cross a 4096-byte block, as record_size
 * is a power of two, and never change once they are written; each carries its
 * own check over session, chunk number and contents, so that a record that was
 * torn, or is left over from an older dump, is known as such.
 *
 * Receipts: struct dumpflt_disk_receipt, copy A at 0 and copy B at 32 KiB of
 * the part. Zeroed before the first chunk; written, and then flushed, after
 * everything else is known to be on stable storage.
 *
 * An area for hibernation
 * -----------------------
 * has the flag HIBERNATION, OVERWRITE with it, and one slot, for the image of the
 * machine; the filter "age" is in its policy, CRITICAL, with an option "origin=...".
 * Only a stack of type hibernation writes to it, and such a stack to no other area.
 * An image is taken at most once: whoever takes it, or knows that it is too old,
 * first zeroes both receipts, then makes the slot COLLECTED.
 *
 * What a slot holds
 * -----------------
 * The header's slot entry says EMPTY, STARTED or COLLECTED. For STARTED and
 * COLLECTED, a valid receipt of that very session says what became of the
 * dump: COMPLETE, FAILED or INTERRUPTED. STARTED without such a receipt is a
 * torn dump. Only a receipt makes a dump complete. A slot whose receipt is
 * FAILED or INTERRUPTED with chunks, dump_size and written 0 is as good as
 * COLLECTED for who looks for a slot. One that is STARTED, whose filter
 * metadata is that of another session, or zeros, has no chunk of its session:
 * it is what the other header says of it, if that names another session, with
 * a smaller number. An image for hibernation never comes back like that.
 *
 * Digests (SHA-256)
 * -----------------
 *   receipt.digest        over header.fixed (all of it), the 64 KiB of filter
 *                         metadata, and the records 0 .. chunks - 1
 *   filter.meta_digest    over that filter's metadata of the chunks
 *                         0 .. chunks - 1, zeros if it has none
 *   receipt.mac           HMAC-SHA-256 over the receipt up to crc, with mac
 *                         itself zero, under a key that the filter number
 *                         mac_filter - 1 of the receipt gave at start; zeros
 *                         if mac_filter is 0
 *
 * A slot that the filter "age" sealed
 * -----------------------------------
 * holds an age file (c2sp.org/age, age-encryption.org/v1) in pieces. The filter
 * stored the file's header, from "age-encryption.org/v1" to the end of the line
 * that begins with "---", and the 16 bytes of nonce that follow it. Chunk i is
 * the ciphertext of the file's chunk i, and the filter's 16 bytes of metadata
 * for it are the tag. The trailer is the file's last chunk. So the file is
 *
 *   stored bytes | chunk 0 | tag 0 | chunk 1 | tag 1 | ... | trailer | its tag
 *
 * and its plaintext is the dump, zeros to the end of a chunk, and the trailer.
 * The key of receipt.mac is HKDF-SHA-256 of the file key, without a salt, with
 * the info "dumpflt receipt v1". In an area for hibernation it is that of the file
 * key, and behind it the 32 bytes of the machine's origin key, with the info
 * "dumpflt hibernation v1". Filters behind "age" in the list must not
 * change data, or the slot is no age file.
 */
#define DUMPFLT_FORMAT_VERSION	1

/* Every part of an area begins at a multiple of this */
#define DUMPFLT_AREA_UNIT	65536
#define DUMPFLT_CHUNK_SIZE	65536
/* The unit of writing chunk records, and the block size of the stack device */
#define DUMPFLT_AREA_BLOCK	4096
#define DUMPFLT_AREA_SLOTS_MAX	64
#define DUMPFLT_POLICY_MAX	16384
/* Bytes that one filter can store at start */
#define DUMPFLT_FMETA_MAX	3968
/* Bytes that one filter can have per chunk */
#define DUMPFLT_CHUNK_META_MAX	64
/* Bytes of a chunk record; a power of two in between */
#define DUMPFLT_RECORD_MIN	16
#define DUMPFLT_RECORD_DEF	64
#define DUMPFLT_RECORD_MAX	2048
/* Where receipt B is in its part; A is at 0 */
#define DUMPFLT_RECEIPT_B	32768
#define DUMPFLT_RECEIPT_TEXT	256
/* Bytes that one filter can store at finish */
#define DUMPFLT_RESULT_MAX	58

#define DUMPFLT_MAGIC_SIZE	16
#define DUMPFLT_MAGIC_HEADER	"DUMPFLT-AREA\r\n\032\n"
#define DUMPFLT_MAGIC_FMETA	"DUMPFLT-FILTERS\n"
#define DUMPFLT_MAGIC_TRAILER	"DUMPFLT-TRAILER\n"
#define DUMPFLT_MAGIC_RECEIPT	"DUMPFLT-RECEIPT\n"

/* States of a slot; all values of dumpflt_disk_slot.state and receipt.state */
#define DUMPFLT_SLOT_EMPTY		0
#define DUMPFLT_SLOT_STARTED		1	/* entry: in use; alone: torn */
#define DUMPFLT_SLOT_COMPLETE		2	/* receipt only */
#define DUMPFLT_SLOT_FAILED		3	/* receipt only */
#define DUMPFLT_SLOT_INTERRUPTED	4	/* receipt only */
#define DUMPFLT_SLOT_COLLECTED		5	/* entry only */

/*
 * dumpflt_disk_receipt.durability, and in words what sysfs says. Where the driver
 * says that there is no volatile cache, the block layer answers a flush by itself:
 * that the dump is durable is then his word alone.
 */
#define DUMPFLT_DURABLE_UNKNOWN		0	/* written before there was this field */
#define DUMPFLT_DURABLE_FLUSH		1	/* a flush reached the target */
#define DUMPFLT_DURABLE_WRITE_THROUGH	2	/* its driver needs none */
#define DUMPFLT_DURABLE_WORD_FLUSH		"flush"
#define DUMPFLT_DURABLE_WORD_WRITE_THROUGH	"write-through"

/* dumpflt_disk_fixed.flags */
#define DUMPFLT_AREA_F_OVERWRITE	0x1	/* no free slot: take the oldest */
#define DUMPFLT_AREA_F_HIBERNATION	0x2	/* for an image, never a crash dump */
#define DUMPFLT_AREA_F_ALL		0x3

/* dumpflt_disk_policy.flags */
#define DUMPFLT_POLICY_F_CRITICAL	0x1
#define DUMPFLT_POLICY_F_START_OPTIONAL	0x2
#define DUMPFLT_POLICY_F_ALL		0x3

/* dumpflt_disk_fmeta.flags and dumpflt_disk_filter.flags */
#define DUMPFLT_DISK_FILTER_F_CHANGES	0x1	/* may change the data */
#define DUMPFLT_DISK_FILTER_F_CRITICAL	0x2
#define DUMPFLT_DISK_FILTER_F_LEFT_OUT	0x4	/* its start failed, the dump began without it */
#define DUMPFLT_DISK_FILTER_F_ALL	0x7

/**
 * struct dumpflt_disk_policy - one filter that every dump must pass
 * @name: NUL-padded
 * @number: order, as in <NN>-<filter>
 * @flags: DUMPFLT_POLICY_F_*
 * @options_len: bytes of options that follow, padded with zeros to a multiple
 *	of 8; "name=value" lines, no NUL
 */
struct dumpflt_disk_policy {
	__u8	name[DUMPFLT_NAME_MAX];
	__le16	number;
	__le16	flags;
	__le32	options_len;
};

/**
 * struct dumpflt_disk_fixed - what never changes once the area is formatted
 * @magic: DUMPFLT_MAGIC_HEADER
 * @version: DUMPFLT_FORMAT_VERSION
 * @header_size: sizeof(struct dumpflt_disk_header)
 * @area_size: of the area, a multiple of DUMPFLT_AREA_UNIT
 * @uuid: of the area
 * @chunk_size: DUMPFLT_CHUNK_SIZE
 * @record_size: of a chunk record
 * @nr_slots: 1..DUMPFLT_AREA_SLOTS_MAX
 * @slot_chunks: chunks of a slot, the trailer's included
 * @slot_offset: where slot 0 begins
 * @slot_size: from one slot to the next
 * @created: when the area was formatted
 * @flags: DUMPFLT_AREA_F_*
 * @policy_len: bytes of @policy in use; 0: any filters, or none
 * @reserved: 0
 * @policy: struct dumpflt_disk_policy and options, one after the other
 */
struct dumpflt_disk_fixed {
	__u8	magic[DUMPFLT_MAGIC_SIZE];
	__le32	version;
	__le32	header_size;
	__le64	area_size;
	__u8	uuid[16];
	__le32	chunk_size;
	__le32	record_size;
	__le32	nr_slots;
	__le32	slot_chunks;
	__le64	slot_offset;
	__le64	slot_size;
	__le64	created;
	__le32	flags;
	__le32	policy_len;
	__u8	reserved[416];
	__u8	policy[DUMPFLT_POLICY_MAX];
};

/**
 * struct dumpflt_disk_slot - a slot's entry in the header
 * @state: DUMPFLT_SLOT_EMPTY, _STARTED or _COLLECTED
 * @reserved: 0
 * @session: of the dump in it; zeros if EMPTY
 * @number: of the session, counted from 1 in this area; 0 if EMPTY
 * @started: when
 * @reserved2: 0
 */
struct dumpflt_disk_slot {
	__le32	state;
	__le32	reserved;
	__u8	session[16];
	__le64	number;
	__le64	started;
	__u8	reserved2[24];
};

/**
 * struct dumpflt_disk_header - header A or B
 * @fixed: see there
 * @sequence: rises by one with each change, from 1; at most 2^62
 * @sessions: number of the last session; 0 if there was none; at most 2^62
 * @reserved: 0
 * @slots: their entries; zeros from nr_slots on
 * @reserved2: 0
 * @crc: over all before it
 */
struct dumpflt_disk_header {
	struct dumpflt_disk_fixed	fixed;
	__le64				sequence;
	__le64				sessions;
	__u8				reserved[496];
	struct dumpflt_disk_slot	slots[DUMPFLT_AREA_SLOTS_MAX];
	__u8				reserved2[11260];
	__le32				crc;
};

/**
 * struct dumpflt_disk_fmeta_head - begins the filter metadata of a slot
 * @magic: DUMPFLT_MAGIC_FMETA
 * @session: of the dump
 * @nr_filters: entries that follow
 * @used: bytes from here to the end of the last entry; zeros behind it
 * @reserved: 0
 * @body_crc: over the bytes from the end of this structure to @used
 * @crc: over all of this structure before it
 */
struct dumpflt_disk_fmeta_head {
	__u8	magic[DUMPFLT_MAGIC_SIZE];
	__u8	session[16];
	__le32	nr_filters;
	__le32	used;
	__u8	reserved[16];
	__le32	body_crc;
	__le32	crc;
};

/**
 * struct dumpflt_disk_fmeta - one filter of a session
 * @name: NUL-padded
 * @number: order, as in <NN>-<filter>
 * @chunk_meta: bytes that it has in every chunk record
 * @flags: DUMPFLT_DISK_FILTER_F_*
 * @len: bytes that it stored at start, padded with zeros to a multiple of 8
 * @reserved: 0
 */
struct dumpflt_disk_fmeta {
	__u8	name[DUMPFLT_NAME_MAX];
	__le16	number;
	__le16	chunk_meta;
	__le32	flags;
	__le32	len;
	__le32	reserved;
};

/**
 * struct dumpflt_disk_record - begins a chunk record
 * @data_crc: of the chunk's 64 KiB as they are on the disk
 * @check: CRC over session, chunk number (__le64), @data_crc and the rest of
 *	the record behind @check
 */
struct dumpflt_disk_record {
	__le32	data_crc;
	__le32	check;
};

/**
 * struct dumpflt_disk_trailer - begins the last chunk, before the filters
 * @magic: DUMPFLT_MAGIC_TRAILER
 * @session: of the dump
 * @dump_size: exact bytes of the dump
 * @chunks: of the dump, this one included
 * @reserved: 0
 * @crc: over all before it
 */
struct dumpflt_disk_trailer {
	__u8	magic[DUMPFLT_MAGIC_SIZE];
	__u8	session[16];
	__le64	dump_size;
	__le64	chunks;
	__u8	reserved[12];
	__le32	crc;
};

/**
 * struct dumpflt_disk_filter - what one filter did, in a receipt
 * @name: NUL-padded
 * @number: order, as in <NN>-<filter>
 * @chunk_meta: bytes that it has in every chunk record
 * @flags: DUMPFLT_DISK_FILTER_F_*
 * @start_err: positive errno, 0 for success
 * @finish_err: positive errno, 0 for success
 * @fmeta_len: bytes that it stored at start
 * @reserved: 0
 * @writes: calls of write()
 * @bytes: that went through it
 * @errors: calls of any callback that failed
 * @ns: spent in its callbacks
 * @meta_digest: see above
 * @reserved2: 0
 */
struct dumpflt_disk_filter {
	__u8	name[DUMPFLT_NAME_MAX];
	__le16	number;
	__le16	chunk_meta;
	__le32	flags;
	__le32	start_err;
	__le32	finish_err;
	__le32	fmeta_len;
	__le32	reserved;
	__le64	writes;
	__le64	bytes;
	__le64	errors;
	__le64	ns;
	__u8	meta_digest[32];
	__u8	reserved2[16];
};

/**
 * struct dumpflt_disk_result - what one filter stored at finish, in a receipt
 * @len: bytes of @data, 0 if it stored nothing
 * @data: in the clear, padded with zeros
 */
struct dumpflt_disk_result {
	__le16	len;
	__u8	data[DUMPFLT_RESULT_MAX];
};

/* Index of dumpflt_disk_receipt.phase_ms */
#define DUMPFLT_PHASE_START	0	/* header, starts, filter metadata */
#define DUMPFLT_PHASE_WRITE	1	/* from start to finish */
#define DUMPFLT_PHASE_CLOSE	2	/* rest of the dump, trailer */
#define DUMPFLT_PHASE_FINISH	3	/* the filters' finish */
#define DUMPFLT_PHASE_RECORDS	4	/* rest of the chunk records */
#define DUMPFLT_PHASE_FLUSH	5	/* of the target's cache */
#define DUMPFLT_PHASE_DIGEST	6	/* reading the records back */
#define DUMPFLT_NR_PHASES	7

/**
 * struct dumpflt_disk_receipt - what became of a dump
 * @magic: DUMPFLT_MAGIC_RECEIPT
 * @version: DUMPFLT_FORMAT_VERSION
 * @state: DUMPFLT_SLOT_COMPLETE, _FAILED or _INTERRUPTED
 * @uuid: of the area
 * @session: of the dump
 * @number: of the session
 * @slot: number of the slot that it is in, from 0
 * @nr_filters: entries of @filters in use
 * @started: when
 * @ended: when
 * @dump_size: exact bytes of the dump; if it is not COMPLETE, bytes up to the
 *	first chunk that was not written
 * @chunks: chunks without a gap, from the first; COMPLETE: all, trailer included
 * @written: bytes that reached the target
 * @err: positive errno of the first error, 0 if COMPLETE
 * @flush_err: positive errno of the flush before this receipt
 * @phase_ms: milliseconds, by DUMPFLT_PHASE_*
 * @mac_filter: 1 + index in @filters of who made @mac, 0 for none
 * @digest: see above; zeros if it is not COMPLETE
 * @mac: see above
 * @text: the first error in words, NUL-padded; empty if COMPLETE
 * @durability: DUMPFLT_DURABLE_*: how the target makes durable what was written
 * @reserved: 0
 * @filters: what each filter did
 * @results: what each filter stored at finish, in the same order
 * @reserved2: 0
 * @crc: over all before it
 */
struct dumpflt_disk_receipt {
	__u8				magic[DUMPFLT_MAGIC_SIZE];
	__le32				version;
	__le32				state;
	__u8				uuid[16];
	__u8				session[16];
	__le64				number;
	__le32				slot;
	__le32				nr_filters;
	__le64				started;
	__le64				ended;
	__le64				dump_size;
	__le64				chunks;
	__le64				written;
	__le32				err;
	__le32				flush_err;
	__le32				phase_ms[DUMPFLT_NR_PHASES];
	__le32				mac_filter;
	__u8				digest[32];
	__u8				mac[32];
	__u8				text[DUMPFLT_RECEIPT_TEXT];
	__le32				durability;
	__u8				reserved[548];
	struct dumpflt_disk_filter	filters[DUMPFLT_MAX_FILTERS];
	struct dumpflt_disk_result	results[DUMPFLT_MAX_FILTERS];
	__u8				reserved2[60];
	__le32				crc;
};

#endif /* _UAPI_LINUX_DUMPFLT_H */
