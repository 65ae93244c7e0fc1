// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump from an age file, as 'dumpflt collect' writes it, or from any other.
 *
 *	header | nonce | chunk 0 | tag 0 | chunk 1 | tag 1 | ... | last, its tag
 *
 * The last chunk of a dump of ours is its trailer, which says how long the dump
 * is. So a chunk is only given out when the next one has been opened.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "age/crypto.h"
#include "age/header.h"
#include "area/area.h"
#include "dumps/from.h"
#include "dumps/rest.h"
#include "dumps/source.h"
#include "lib/progress.h"
#include "lib/signals.h"
#include "lib/report.h"

#define CHUNK		DUMPFLT_CHUNK_SIZE
#define SEALED_CHUNK	(CHUNK + DUMPFLT_AGE_TAG)

static const char bad_chunk[] = "it is damaged: a chunk does not open";
static const char no_last_chunk[] =
	"it is cut or damaged: its last chunk does not open as such";

/**
 * struct age_stream - an age file under way
 * @sink: where it goes
 * @source: where it is read from
 * @progress: what was shown of it
 * @ids: what may open it
 * @keys: of the file
 * @sealed: the next chunk and its tag, as far as they have come
 * @have: bytes that are in @sealed
 * @number: of that chunk
 * @opened: what was in it
 * @pending: the chunk before it
 * @pending_len: bytes of that, 0 if there is none
 * @salvage: what was opened is wanted, even if it is not all
 * @wrong: then why it is not, once that is known
 */
struct age_stream {
	struct sink		*sink;
	struct source		source;
	struct progress		progress;
	const struct age_identities *ids;
	struct age_keys		keys;
	unsigned char		*sealed;
	size_t			have;
	__u64			number;
	unsigned char		*opened;
	unsigned char		*pending;
	size_t			pending_len;
	bool			salvage;
	const char		*wrong;
};

static int report_bad_file(const struct age_stream *s, const char *wrong)
{
	report_failure("opening", s->sink->from, "%s", wrong);
	return -EBADMSG;
}

/* Behind the header: what came before is good */
static int report_bad_chunk(struct age_stream *s, const char *wrong)
{
	if (s->salvage) {
		s->wrong = wrong;
		return -EBADMSG;
	}
	report_bad_file(s, wrong);
	if (s->number)
		report_hint("--salvage gives out what is before that.");
	return -EBADMSG;
}

static int put_age_chunk(struct age_stream *s, size_t len)
{
	__u64 offset = (s->number - 1) * CHUNK;

	if (!s->pending_len || !len)
		return 0;
	return sink_put_dump(s->sink, offset, s->pending, len);
}

/* How long the dump is if this chunk is its trailer, else ~0 */
static __u64 age_dump_size(const struct age_stream *s, size_t len)
{
	const struct dumpflt_disk_trailer *trailer = (const void *)s->opened;
	__u64 size = le64_to_cpu(trailer->dump_size);

	if (len != CHUNK ||
	    dumpflt_trailer_check(s->opened, trailer->session, size,
				  s->number + 1))
		return ~0ULL;
	return size;
}

/* The chunk in s->opened is right: the one before it can go */
static int take_chunk(struct age_stream *s, size_t len, bool last)
{
	unsigned char *swap = s->pending;
	__u64 size = last ? age_dump_size(s, len) : ~0ULL;
	int ret;

	if (size != ~0ULL)
		return put_age_chunk(s, s->number ?
				   (size_t)(size - (s->number - 1) * CHUNK) : 0);
	ret = put_age_chunk(s, s->pending_len);
	s->pending = s->opened;
	s->pending_len = len;
	s->opened = swap;
	s->number++;
	return !ret && last ? put_age_chunk(s, len) : ret;
}

static int open_chunk(struct age_stream *s, bool last)
{
	size_t len;

	if (s->have < DUMPFLT_AGE_TAG)
		return report_bad_chunk(s, "it is cut: its last chunk is missing");
	len = s->have - DUMPFLT_AGE_TAG;
	if (!len && s->number)
		return report_bad_chunk(s, "its last chunk is empty");
	if (!age_unseal_chunk(s->keys.payload, s->number, last, s->sealed, len,
			      s->sealed + len, s->opened))
		return report_bad_chunk(s, last ? no_last_chunk : bad_chunk);
	s->have = 0;
	return take_chunk(s, len, last);
}

/* A chunk is known not to be the last one when there is more behind it */
static int feed_chunks(struct age_stream *s, const unsigned char *data, size_t len)
{
	int ret = 0;

	while (len && !ret) {
		size_t n = SEALED_CHUNK - s->have;

		if (!n) {
			ret = open_chunk(s, false);
			continue;
		}
		if (n > len)
			n = len;
		memcpy(s->sealed + s->have, data, n);
		s->have += n;
		data += n;
		len -= n;
	}
	return ret;
}

static int report_age_read(struct age_stream *s, int err)
{
	if (err == -EINTR && signals_stop())
		return sink_report_stop(s->sink);
	report_error("reading the age file", s->sink->from, -err);
	return err;
}

static void show_age_progress(struct age_stream *s)
{
	progress_show(&s->progress, "Extracting",
		      s->source.size ? (int)(s->source.position * 1000 /
					     s->source.size) : -1,
		      s->source.position);
}

/* The header is in what is read first, whole */
static int open_header(struct age_stream *s, size_t len, size_t *used)
{
	const char *wrong;

	wrong = age_header_open(s->source.buffer,
				len < AGE_HEADER_MAX ? len : AGE_HEADER_MAX,
				s->ids, &s->keys, used);
	if (!wrong)
		return 0;
	report_bad_file(s, wrong);
	if (age_header_no_key(wrong))
		report_hint("%s.", IDENTITY_ADVICE);
	else if (age_header_is_cut(wrong))
		report_hint("Nothing of a dump is in what is left of it: copy it again from where it was collected.");
	else if (age_header_is_armored(s->source.buffer, len))
		report_hint("'age -d -i KEY %s >STREAM', and then 'dumpflt extract --device STREAM OUT'.",
			    s->sink->from);
	return -EBADMSG;
}

static int copy_chunks(struct age_stream *s)
{
	size_t used = 0;
	bool first = true;
	ssize_t n;
	int ret = 0;

	while (!ret) {
		n = source_read(&s->source);
		if (n < 0)
			return report_age_read(s, (int)n);
		if (first)
			ret = open_header(s, (size_t)n, &used);
		first = false;
		if (!ret && !n)
			return open_chunk(s, true);
		if (!ret)
			ret = feed_chunks(s, s->source.buffer + used, (size_t)n - used);
		used = 0;
		if (!ret && signals_stop())
			ret = report_age_read(s, -EINTR);
		show_age_progress(s);
	}
	return ret;
}

/* The end is missing, and what was taken for it may be whole */
static int keep_opened(struct age_stream *s)
{
	int ret = 0;

	if (s->have == SEALED_CHUNK &&
	    age_unseal_chunk(s->keys.payload, s->number, false, s->sealed, CHUNK,
			     s->sealed + CHUNK, s->opened))
		ret = take_chunk(s, CHUNK, false);
	if (!ret)
		ret = put_age_chunk(s, s->pending_len);
	return ret ? ret : rest_keep(s->sink, s->wrong);
}

static int copy_age_file(struct age_stream *s)
{
	int ret;

	s->sealed = malloc(SEALED_CHUNK);
	s->opened = malloc(CHUNK);
	s->pending = malloc(CHUNK);
	if (!s->sealed || !s->opened || !s->pending) {
		report_error("opening", s->sink->from, ENOMEM);
		return -ENOMEM;
	}
	progress_start(&s->progress);
	ret = copy_chunks(s);
	progress_end(&s->progress);
	return s->wrong ? keep_opened(s) : ret;
}

/**
 * from_age() - extract what is in an age file
 * @options: whose device is one
 * @sink: open
 *
 * Return: 0 if the output is what was asked for, and durable; else a negative
 * errno, which is reported
 */
int from_age(const struct extract_options *options, struct sink *sink)
{
	struct age_stream s = { .sink = sink, .ids = options->identities,
				.salvage = options->salvage };
	int ret = source_open(&s.source, &options->io);

	if (ret) {
		report_error("opening the age file", options->device, -ret);
		return ret;
	}
	ret = copy_age_file(&s);
	OPENSSL_cleanse(&s.keys, sizeof(s.keys));
	free(s.sealed);
	free(s.opened);
	free(s.pending);
	source_close(&s.source);
	/* of what was salvaged that was said, and it is durable */
	if (ret || s.wrong)
		return ret;
	ret = sink_check_end(sink, sink->position);
	return ret ? ret : sink_sync(sink);
}

/**
 * from_age_probe() - is a file an age file?
 * @io: it, open
 */
bool from_age_probe(const struct area_io *io)
{
	unsigned char begin[32];
	size_t len = io->size < sizeof(begin) ? (size_t)io->size : sizeof(begin);

	return !io->read(io->ctx, begin, len, 0) && age_header_begins(begin, len);
}
