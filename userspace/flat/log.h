/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel log in a flattened stream, before the dump: pure, no I/O, no
 * allocation.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_FLAT_LOG_H
#define DUMPFLT_FLAT_LOG_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* Where the record ends in the stream: on a multiple of this */
#define FLAT_LOG_ALIGN		65536
/* Of what the record's data begin with */
#define FLAT_LOG_HEADER		32
/* Of what flat_log_begin() writes: both headers of the stream, and that */
#define FLAT_LOG_START		(4096 + 16 + FLAT_LOG_HEADER)
/* Of a text: no capture keeps more, and who reads it has room for so much */
#define FLAT_LOG_MAX		(16U << 20)

#define FLAT_LOG_MAGIC		"dumpflt-log\0\0\0\0\0"
#define FLAT_LOG_MAGIC_SIZE	16
#define FLAT_LOG_VERSION	1

/* Bits of the flags: what the text lacks */
#define FLAT_LOG_CUT	1U	/* its beginning: only the end was kept */
#define FLAT_LOG_TORN	2U	/* its end: who read the log failed before that */

/**
 * struct flat_log - the kernel log of a stream, as far as it has come
 * @there: there is a record for it
 * @flags: FLAT_LOG_*
 * @len: bytes of text
 * @have: of these consumed
 * @problem: why the record holds no text, NULL if it does
 */
struct flat_log {
	bool		there;
	__u32		flags;
	__u64		len;
	__u64		have;
	const char	*problem;
};

bool flat_log_begins(const unsigned char head[FLAT_LOG_HEADER]);
void flat_log_read(struct flat_log *log, const unsigned char head[FLAT_LOG_HEADER],
		   __u64 size);
bool flat_log_whole(const struct flat_log *log);

/* write.c */
__u64 flat_log_size(__u64 len);
__u64 flat_log_place(__u64 vmcore, __u64 memory_end);
void flat_log_begin(unsigned char to[FLAT_LOG_START], __u64 place, __u64 len,
		    __u32 flags);

#endif
