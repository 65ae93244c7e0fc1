// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Parser of makedumpfile's flattened stream: pure, no I/O, no allocation.
 *
 * All numbers are 64-bit big-endian and signed:
 *
 *	| "makedumpfile", NUL to 16 | type 1 | version 1 | padding to 4096 |
 *	| offset | size | size bytes that belong at offset of the dump file |
 *	| offset | size | ...
 *	| -1 | -1 |						end marker
 *
 * Records come in any order and may overlap; later ones win. The stream comes
 * from a disk or a pipe and is not trusted. What is accepted is exactly what
 * makedumpfile -R accepts, and beyond that:
 *
 *  P1  the version must be 1, as another one may have other records
 *  P2  an offset and a size that together exceed a signed 64-bit number are
 *      refused, so no caller can overflow
 *  P3  a record that ends behind the limit that the caller has set, if any,
 *      before any of it is given out: what follows a stream that was cut may
 *      look like one
 *
 * A stream without any record and a record without data are refused here as
 * they are there. A first record with the kernel log, see log.c, belongs to no
 * dump file, and does not count.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <endian.h>
#include <limits.h>
#include <string.h>

#include "flat/flat.h"

#define START_SIZE	32	/* of what is used of the header */

static __s64 number_at(const unsigned char *from)
{
	__u64 raw;

	memcpy(&raw, from, sizeof(raw));
	return (__s64)be64toh(raw);
}

void flat_init(struct flat_parser *flat)
{
	memset(flat, 0, sizeof(*flat));
	flat->state = FLAT_IN_HEADER;
}

static enum flat_event refuse_stream(struct flat_parser *flat, size_t header_size,
				     const char *problem)
{
	flat->position -= header_size;
	flat->problem = problem;
	flat->state = FLAT_AT_FAULT;
	return FLAT_BAD;
}

static void consume(struct flat_parser *flat, const unsigned char **input,
		    size_t *len, size_t n)
{
	*input += n;
	*len -= n;
	flat->position += n;
}

/* Returns: whether all @size bytes of a header are in flat->head */
static int gather(struct flat_parser *flat, const unsigned char **input,
		  size_t *len, size_t size)
{
	size_t n = size - flat->have;

	if (n > *len)
		n = *len;
	memcpy(flat->head + flat->have, *input, n);
	flat->have += n;
	consume(flat, input, len, n);
	if (flat->have < size)
		return 0;
	flat->have = 0;
	return 1;
}

static enum flat_event check_header(struct flat_parser *flat)
{
	if (memcmp(flat->head, FLAT_SIGNATURE, FLAT_SIGNATURE_SIZE))
		return refuse_stream(flat, START_SIZE,
			      "no makedumpfile signature: not a flattened dump");
	if (number_at(flat->head + 16) != FLAT_TYPE)
		return refuse_stream(flat, START_SIZE,
			      "unknown type in the header of the flattened dump");
	if (number_at(flat->head + 24) != FLAT_VERSION)
		return refuse_stream(flat, START_SIZE,
			      "unknown version in the header of the flattened dump");
	flat->state = FLAT_IN_PADDING;
	flat->left = FLAT_HEADER_SIZE - START_SIZE;
	return FLAT_MORE;
}

/* @header_size: what of the record was gathered */
static enum flat_event begin_data(struct flat_parser *flat, size_t header_size)
{
	__u64 end = flat->offset + flat->left;

	if (flat->limit && end > flat->limit)
		return refuse_stream(flat, header_size,
			      "record far behind all that there can be");
	flat->records++;
	if (end > flat->file_size)
		flat->file_size = end;
	flat->state = FLAT_IN_DATA;
	return FLAT_MORE;
}

/* Only the first record, and only if it ends where the log's has to */
static bool may_be_log(const struct flat_parser *flat)
{
	return !flat->records && !flat->log.there && flat->left >= FLAT_LOG_HEADER &&
	       !((flat->position + flat->left) % FLAT_LOG_ALIGN);
}

static enum flat_event check_record(struct flat_parser *flat)
{
	__s64 offset = number_at(flat->head);
	__s64 size = number_at(flat->head + 8);

	if (offset == -1 && size == -1) {
		if (!flat->records)
			return refuse_stream(flat, FLAT_RECORD_SIZE,
				      "end marker before any data");
		flat->state = FLAT_AT_END;
		return FLAT_END;
	}
	if (offset < 0)
		return refuse_stream(flat, FLAT_RECORD_SIZE,
			      "record with a negative offset");
	if (size <= 0)
		return refuse_stream(flat, FLAT_RECORD_SIZE,
			      "record without a valid size");
	if (offset > LLONG_MAX - size)
		return refuse_stream(flat, FLAT_RECORD_SIZE,
			      "record beyond the largest possible file");
	flat->offset = (__u64)offset;
	flat->left = (__u64)size;
	if (!may_be_log(flat))
		return begin_data(flat, FLAT_RECORD_SIZE);
	flat->state = FLAT_IN_LOG_HEADER;
	return FLAT_MORE;
}

/* The record that may be the log's: is it? If not, it is one as any other */
static enum flat_event check_log(struct flat_parser *flat, struct flat_span *span)
{
	if (flat_log_begins(flat->head)) {
		flat_log_read(&flat->log, flat->head, flat->left);
		flat->left -= FLAT_LOG_HEADER;
		flat->state = flat->left ? FLAT_IN_LOG : FLAT_IN_RECORD;
		return FLAT_MORE;
	}
	if (begin_data(flat, FLAT_RECORD_SIZE + FLAT_LOG_HEADER) == FLAT_BAD)
		return FLAT_BAD;
	span->offset = flat->offset;
	span->data = flat->head;
	span->len = FLAT_LOG_HEADER;
	flat->offset += FLAT_LOG_HEADER;
	flat->left -= FLAT_LOG_HEADER;
	if (!flat->left)
		flat->state = FLAT_IN_RECORD;
	return FLAT_DATA;
}

/* Takes what is there of the padding, or of the data of a record */
static size_t take_data(struct flat_parser *flat, const unsigned char **input,
			size_t *len)
{
	size_t n = *len;

	if (n > flat->left)
		n = (size_t)flat->left;
	flat->left -= n;
	if (!flat->left)
		flat->state = FLAT_IN_RECORD;
	consume(flat, input, len, n);
	return n;
}

/* A piece of the log's text, or some of the zeros behind it, which nobody wants */
static enum flat_event take_log(struct flat_parser *flat, const unsigned char **input,
				size_t *len, struct flat_span *span)
{
	struct flat_log *log = &flat->log;
	size_t room = *len, n;

	if (log->have == log->len) {
		take_data(flat, input, len);
		return FLAT_MORE;
	}
	span->offset = log->have;
	span->data = *input;
	if (room > log->len - log->have)
		room = (size_t)(log->len - log->have);
	n = room;
	span->len = take_data(flat, input, &room);
	*len -= n - room;
	log->have += span->len;
	return FLAT_LOG;
}

/**
 * flat_next() - parse on
 * @flat: set up with flat_init()
 * @input: the next bytes of the stream; moved behind what was consumed
 * @len: of @input, reduced by what was consumed
 * @span: filled on FLAT_DATA and FLAT_LOG
 *
 * The input may be cut anywhere between two calls. FLAT_END and FLAT_BAD are
 * final: every further call returns the same and consumes nothing.
 */
enum flat_event flat_next(struct flat_parser *flat, const unsigned char **input,
			  size_t *len, struct flat_span *span)
{
	enum flat_event event = FLAT_MORE;

	while (*len && event == FLAT_MORE) {
		switch (flat->state) {
		case FLAT_IN_HEADER:
			if (gather(flat, input, len, START_SIZE))
				event = check_header(flat);
			break;
		case FLAT_IN_PADDING:
			take_data(flat, input, len);
			break;
		case FLAT_IN_RECORD:
			if (gather(flat, input, len, FLAT_RECORD_SIZE))
				event = check_record(flat);
			break;
		case FLAT_IN_DATA:
			span->offset = flat->offset;
			span->data = *input;
			span->len = take_data(flat, input, len);
			flat->offset += span->len;
			event = FLAT_DATA;
			break;
		case FLAT_IN_LOG_HEADER:
			if (gather(flat, input, len, FLAT_LOG_HEADER))
				event = check_log(flat, span);
			break;
		case FLAT_IN_LOG:
			event = take_log(flat, input, len, span);
			break;
		case FLAT_AT_END:
			return FLAT_END;
		case FLAT_AT_FAULT:
			return FLAT_BAD;
		}
	}
	if (event != FLAT_MORE)
		return event;
	/* No input: the final states answer all the same */
	if (flat->state == FLAT_AT_END)
		return FLAT_END;
	return flat->state == FLAT_AT_FAULT ? FLAT_BAD : FLAT_MORE;
}

/**
 * flat_bridges() - can the stream be followed behind bytes of it that are lost?
 * @flat: where they should have come
 * @len: how many
 *
 * Only if each is data, or padding, of which the length is known; a record's header of
 * which any byte is lost may say anything.
 *
 * Return: true if so: zeros may be taken for them
 */
bool flat_bridges(const struct flat_parser *flat, __u64 len)
{
	switch (flat->state) {
	case FLAT_IN_PADDING:
	case FLAT_IN_DATA:
	case FLAT_IN_LOG:
		return len <= flat->left;
	default:
		return flat->state == FLAT_AT_END;
	}
}

/**
 * flat_begins() - does a flattened stream begin here?
 * @data: its first bytes
 * @len: how many; too few of them are no beginning
 */
bool flat_begins(const void *data, size_t len)
{
	const unsigned char *input = data;
	struct flat_parser flat;
	struct flat_span span;

	flat_init(&flat);
	if (len > FLAT_HEADER_SIZE)
		len = FLAT_HEADER_SIZE;
	return len == FLAT_HEADER_SIZE &&
	       flat_next(&flat, &input, &len, &span) == FLAT_MORE;
}
