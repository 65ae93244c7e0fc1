// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is written before makedumpfile's records if the kernel log is kept: pure,
 * no I/O, no allocation. log.c has the format.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <endian.h>
#include <string.h>

#include "flat/flat.h"
#include "flat/log.h"

/* Whatever a dump file has beside pages, their descriptors and bitmaps */
#define ROOM_HEADERS	(64ULL << 20)
/* The descriptor of a page, or half of an ELF segment's header, is 28 bytes at most */
#define ROOM_PER_PAGE	64
/* Two bits for a page, of the smallest pages that there are */
#define PAGES_PER_BYTE	(4 * 4096ULL)
#define PLACE_ALIGN	(64ULL << 20)

static void put32(unsigned char *to, __u32 value)
{
	__u32 raw = htobe32(value);

	memcpy(to, &raw, sizeof(raw));
}

static void put64(unsigned char *to, __u64 value)
{
	__u64 raw = htobe64(value);

	memcpy(to, &raw, sizeof(raw));
}

/* The header of a stream */
static void put_header(unsigned char to[FLAT_HEADER_SIZE])
{
	static const unsigned char signature[FLAT_SIGNATURE_SIZE] = FLAT_SIGNATURE;

	memset(to, 0, FLAT_HEADER_SIZE);
	memcpy(to, signature, sizeof(signature));
	put64(to + 16, FLAT_TYPE);
	put64(to + 24, FLAT_VERSION);
}

static __u64 round_up(__u64 value, __u64 to)
{
	return (value + to - 1) / to * to;
}

/* Bytes of the stream up to where makedumpfile's first record begins */
__u64 flat_log_size(__u64 len)
{
	return round_up(FLAT_LOG_START + len, FLAT_LOG_ALIGN);
}

/**
 * flat_log_place() - an offset behind all that the dump file can have
 * @vmcore: size of /proc/vmcore
 * @memory_end: where the physical memory in it ends
 */
__u64 flat_log_place(__u64 vmcore, __u64 memory_end)
{
	return round_up(vmcore + vmcore / ROOM_PER_PAGE +
			memory_end / PAGES_PER_BYTE + ROOM_HEADERS, PLACE_ALIGN);
}

/**
 * flat_log_begin() - what is to be written before the text
 * @to: all of it, from the first byte of the stream on
 * @place: where the record belongs in the dump file
 * @len: of the text; behind it zeros are to follow, up to flat_log_size()
 * @flags: FLAT_LOG_*
 */
void flat_log_begin(unsigned char to[FLAT_LOG_START], __u64 place, __u64 len,
		    __u32 flags)
{
	static const unsigned char magic[FLAT_LOG_MAGIC_SIZE] = FLAT_LOG_MAGIC;
	unsigned char *record = to + FLAT_HEADER_SIZE;
	unsigned char *head = record + FLAT_RECORD_SIZE;

	put_header(to);
	put64(record, place);
	put64(record + 8, flat_log_size(len) - FLAT_HEADER_SIZE - FLAT_RECORD_SIZE);
	memcpy(head, magic, sizeof(magic));
	put32(head + 16, FLAT_LOG_VERSION);
	put32(head + 20, flags);
	put64(head + 24, len);
}
