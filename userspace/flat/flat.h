/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parser of makedumpfile's flattened stream: pure, no I/O, no allocation.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_FLAT_H
#define DUMPFLT_FLAT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "flat/log.h"

#define FLAT_SIGNATURE		"makedumpfile\0\0\0\0"
#define FLAT_SIGNATURE_SIZE	16
#define FLAT_TYPE		1
#define FLAT_VERSION		1

#define FLAT_HEADER_SIZE	4096	/* of the stream's header, with padding */
#define FLAT_RECORD_SIZE	16	/* of a record's header */

/**
 * enum flat_event - what flat_next() found
 * @FLAT_MORE: all input is consumed, the stream goes on
 * @FLAT_DATA: &flat_span is filled; call again, there may be more
 * @FLAT_LOG: the same, with a piece of the kernel log and where in its text that is
 * @FLAT_END: the end marker; nothing behind it is consumed, ever
 * @FLAT_BAD: this is no valid stream; &flat_parser.problem says why
 */
enum flat_event {
	FLAT_MORE,
	FLAT_DATA,
	FLAT_LOG,
	FLAT_END,
	FLAT_BAD,
};

enum flat_state {
	FLAT_IN_HEADER,
	FLAT_IN_PADDING,
	FLAT_IN_RECORD,
	FLAT_IN_DATA,
	FLAT_IN_LOG_HEADER,
	FLAT_IN_LOG,
	FLAT_AT_END,
	FLAT_AT_FAULT,
};

/**
 * struct flat_parser - where in the stream the parser is
 * @state: what the next byte belongs to
 * @position: bytes of the stream consumed so far; on FLAT_BAD the start of
 *	what is wrong
 * @file_size: size of the dump file that the records so far make
 * @limit: where the dump file must have ended, 0 if that is not known; the
 *	caller's, behind flat_init()
 * @records: records so far; that of the kernel log is none
 * @log: the kernel log, if the stream has one
 * @offset: where in the dump file the next byte of data belongs
 * @left: bytes that the current padding or record still has
 * @have: valid bytes in @head
 * @head: a header that did not arrive in one piece
 * @problem: why the stream is bad, NULL as long as it is not
 */
struct flat_parser {
	enum flat_state	state;
	__u64		position;
	__u64		file_size;
	__u64		limit;
	__u64		records;
	struct flat_log	log;
	__u64		offset;
	__u64		left;
	size_t		have;
	unsigned char	head[FLAT_LOG_HEADER];
	const char	*problem;
};

/**
 * struct flat_span - a piece of the dump file
 * @offset: where it belongs
 * @data: points into the caller's input, or the parser
 * @len: never 0
 */
struct flat_span {
	__u64			offset;
	const unsigned char	*data;
	size_t			len;
};

void flat_init(struct flat_parser *flat);
bool flat_bridges(const struct flat_parser *flat, __u64 len);
bool flat_begins(const void *data, size_t len);
enum flat_event flat_next(struct flat_parser *flat, const unsigned char **input,
			  size_t *len, struct flat_span *span);

#endif
