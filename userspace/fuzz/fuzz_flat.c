// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A flattened stream with a kernel log before its dump, changed here and there:
 * what is given out of it lies in what was given in, and where the input is cut
 * does not matter. Where the index has a byte of the dump file is where the last record had it.
 *
 * The last byte of the input is how large the pieces are.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <endian.h>
#include <limits.h>

#include "flat/flat.h"
#include "flat/index.h"
#include "fuzz.h"

#define LOG_LEN		100
#define STREAM_MAX	(FLAT_LOG_ALIGN + 1024)

/* What came out: how much, and a sum over what and where */
struct outcome {
	enum flat_event	event;
	__u64		log;
	__u64		data;
	__u64		sum;
	__u64		position;
	__u64		file_size;
};

static void put_record(__u8 *stream, size_t *len, __s64 offset, __s64 size)
{
	__u64 raw[2] = { htobe64((__u64)offset), htobe64((__u64)size) };

	memcpy(stream + *len, raw, sizeof(raw));
	*len += sizeof(raw) + (size > 0 ? (size_t)size : 0);
}

static size_t make_stream(__u8 *stream)
{
	size_t len = flat_log_size(LOG_LEN);

	memset(stream, 'x', STREAM_MAX);
	flat_log_begin(stream, 1 << 30, LOG_LEN, FLAT_LOG_CUT);
	put_record(stream, &len, 100, 200);
	put_record(stream, &len, 0, 50);
	put_record(stream, &len, -1, -1);
	return len;
}

/* In order, without overlaps, out of the stream; and the last record counts */
static void look_up(struct flat_index *index, const struct flat_extent *last, __u64 position)
{
	const struct flat_extent *found;
	size_t i;

	promise(!flat_index_end(index));
	for (i = 0; i < index->nr; i++) {
		const struct flat_extent *extent = &index->extents[i];

		promise(extent->len && extent->from + extent->len <= position);
		promise(!i || extent->at >= extent[-1].at + extent[-1].len);
		promise(flat_index_find(index, extent->at) == i);
		promise(flat_index_find(index, extent->at + extent->len - 1) == i);
	}
	if (!last->len)
		return;
	i = flat_index_find(index, last->at);
	promise(i < index->nr);
	found = &index->extents[i];
	promise(found->at <= last->at && found->at + found->len >= last->at + last->len);
	promise(found->from + (last->at - found->at) == last->from);
}

static void take(struct outcome *out, const struct flat_parser *flat,
		 const struct flat_span *span)
{
	size_t i;

	promise(span->len && span->offset <= (__u64)LLONG_MAX - span->len);
	if (out->event == FLAT_LOG) {
		promise(span->offset == out->log && !flat->log.problem);
		out->log += span->len;
		promise(out->log == flat->log.have && out->log <= flat->log.len);
	} else {
		promise(span->offset + span->len <= flat->file_size);
		out->data += span->len;
	}
	for (i = 0; i < span->len; i++)
		out->sum += (span->offset + i + 1) * (span->data[i] + 1U);
}

static void parse(struct outcome *out, const __u8 *stream, size_t len, size_t piece)
{
	struct flat_index index = { .nr = 0 };
	struct flat_extent last = { .len = 0 };
	struct flat_parser flat;
	struct flat_span span;
	size_t at, n, left;

	memset(out, 0, sizeof(*out));
	flat_init(&flat);
	for (at = 0; at < len; at += n) {
		/* on the heap, so that its end is known */
		__u8 *copy;
		const __u8 *input;

		n = piece < len - at ? piece : len - at;
		left = n;
		copy = malloc(n);
		promise(copy);
		input = memcpy(copy, stream + at, n);
		do {
			out->event = flat_next(&flat, &input, &left, &span);
			if (out->event == FLAT_DATA || out->event == FLAT_LOG)
				take(out, &flat, &span);
			if (out->event == FLAT_DATA) {
				last = (struct flat_extent){
					span.offset, span.len, flat.position - span.len,
				};
				promise(!flat_index_add(&index, last.at, last.len, last.from));
			}
		} while (out->event == FLAT_DATA || out->event == FLAT_LOG);
		promise(out->event != FLAT_MORE || !left);
		free(copy);
	}
	look_up(&index, &last, flat.position);
	flat_index_free(&index);
	out->position = flat.position;
	out->file_size = flat.file_size;
	promise(flat.position <= len && out->log + out->data <= len);
	promise(!flat_log_whole(&flat.log) || out->log == flat.log.len);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	static const struct fuzz_range ranges[] = {
		{ 0, 32 }, { FLAT_HEADER_SIZE, 16 }, { FLAT_HEADER_SIZE + 16, 32 },
		{ FLAT_LOG_ALIGN, 400 },
	};
	static __u8 stream[STREAM_MAX];
	struct outcome whole, pieces;
	size_t len;

	if (!size)
		return 0;
	len = make_stream(stream);
	fuzz_change(stream, len, ranges, 4, data, size - 1);
	parse(&whole, stream, len, len);
	parse(&pieces, stream, len, 16 + data[size - 1] * 64U);
	promise(!memcmp(&whole, &pieces, sizeof(whole)));
	return 0;
}
