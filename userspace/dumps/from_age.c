// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump from an age file, as 'dumpflt collect' writes it, or from any other.
 *
 *	header | nonce | chunk 0 | tag 0 | chunk 1 | tag 1 | ... | last, its tag
 *
 * The last chunk of a dump of ours is its trailer, which says how long the dump
 * is. So a chunk is only given out when the next one has been opened, with the hole
 * between them, if holes are wanted.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdlib.h>

#include "age/file.h"
#include "area/area.h"
#include "dumps/from.h"
#include "dumps/not_good.h"
#include "dumps/rest.h"
#include "lib/finding.h"
#include "lib/progress.h"
#include "lib/signals.h"
#include "lib/report.h"

#define CHUNK		DUMPFLT_CHUNK_SIZE

/**
 * struct age_stream - an age file under way
 * @sink: where it goes
 * @progress: what was shown of it
 * @file: open
 * @reader: has the chunk that was read last
 * @pending: the chunk before it
 * @pending_len: bytes of that, 0 if there is none
 * @pending_number: of it
 * @hole: chunks behind it that do not open
 * @number: chunks that were taken, or are in @hole
 * @size: of the dump, once that is known
 * @wrong: what of it is good is wanted: why that is not all, once it is known
 * @cut: its end is no good
 */
struct age_stream {
	struct sink		*sink;
	struct progress		progress;
	struct age_file		file;
	struct age_reader	reader;
	unsigned char		*pending;
	size_t			pending_len;
	__u64			pending_number;
	__u64			hole;
	__u64			number;
	__u64			size;
	const char		*wrong;
	bool			cut;
};

/* What is kept back, as far as it is in the dump, of which @size bytes there can be */
static int put_pending(struct age_stream *s, __u64 size)
{
	__u64 from = (s->number - s->hole) * CHUNK, to = s->number * CHUNK;
	__u64 offset = s->pending_number * CHUNK;
	size_t len = s->pending_len;
	int ret = 0;

	if (len > size - offset)
		len = (size_t)(size - offset);
	if (len)
		ret = sink_put_dump(s->sink, offset, s->pending, len);
	if (to > size)
		to = size;
	if (!ret && to > from)
		ret = sink_put_hole(s->sink, from, to - from);
	s->pending_len = 0;
	s->hole = 0;
	return ret;
}

/* How long the dump is if this chunk is its trailer, else ~0 */
static __u64 age_dump_size(const struct age_stream *s)
{
	const struct dumpflt_disk_trailer *trailer = (const void *)s->reader.opened;
	__u64 size = le64_to_cpu(trailer->dump_size);

	if (s->reader.len != CHUNK ||
	    dumpflt_trailer_check(s->reader.opened, trailer->session, size,
				  s->number + 1))
		return ~0ULL;
	return size;
}

/* The chunk that was read is right: the one before it can go */
static int take_chunk(struct age_stream *s, bool last)
{
	unsigned char *swap = s->pending;
	__u64 size = last ? age_dump_size(s) : ~0ULL;
	int ret = put_pending(s, size);

	if (size != ~0ULL) {
		s->size = size;
		return ret;
	}
	s->pending = s->reader.opened;
	s->pending_len = s->reader.len;
	s->pending_number = s->number;
	s->reader.opened = swap;
	s->number++;
	if (ret || !last)
		return ret;
	/* it is no dump of ours, and all of it */
	s->size = s->pending_number * CHUNK + s->pending_len;
	return put_pending(s, ~0ULL);
}

/* Behind the header: what came before is good */
static int report_bad_chunk(struct age_stream *s, bool salvage)
{
	if (salvage) {
		if (!s->wrong)
			s->wrong = s->reader.wrong;
		s->cut = true;
		return -EBADMSG;
	}
	finding_add(FINDING_DAMAGED);
	report_failure("opening", s->sink->from, "%s", s->reader.wrong);
	if (s->number)
		report_hint("--salvage gives out what is before that.");
	return -EBADMSG;
}

/* This one does not open. Behind the last one there is nothing that makes it a hole */
static bool is_hole(struct age_stream *s)
{
	if (!s->sink->holes || s->number + 1 == s->file.nr_chunks)
		return false;
	if (!s->wrong)
		s->wrong = s->reader.wrong;
	s->number++;
	s->hole++;
	return true;
}

/* @done: chunks */
static void show_age_progress(struct age_stream *s, __u64 done)
{
	progress_show(&s->progress, "Extracting", (int)(done * 1000 / s->file.nr_chunks),
		      done * CHUNK);
}

static int copy_chunks(struct age_stream *s, bool salvage)
{
	__u64 nr = s->file.nr_chunks;
	int ret = 0;

	while (!ret && s->number < nr) {
		if (signals_stop())
			return sink_report_stop(s->sink);
		ret = age_reader_chunk(&s->reader, s->number);
		if (ret == -EBADMSG && is_hole(s)) {
			show_age_progress(s, s->number);
			ret = 0;
			continue;
		}
		if (ret == -EBADMSG)
			return report_bad_chunk(s, salvage);
		if (ret) {
			report_error("reading the age file", s->sink->from, -ret);
			return ret;
		}
		/* there may be none behind it, and then it ends the loop */
		if (s->number + 1 == nr) {
			ret = take_chunk(s, true);
			show_age_progress(s, nr);
			return ret;
		}
		ret = take_chunk(s, false);
		show_age_progress(s, s->number);
	}
	return ret;
}

/* The end is missing, and what was taken for it may be whole */
static int keep_opened(struct age_stream *s)
{
	int ret = 0;

	if (s->number + 1 == s->file.nr_chunks && age_reader_retry(&s->reader, s->number))
		ret = take_chunk(s, false);
	return ret ? ret : put_pending(s, ~0ULL);
}

static int copy_age_file(struct age_stream *s, bool salvage)
{
	int ret;

	s->pending = malloc(CHUNK);
	ret = age_reader_begin(&s->reader, &s->file);
	if (ret || !s->pending) {
		report_error("opening", s->sink->from, ENOMEM);
		return -ENOMEM;
	}
	progress_start(&s->progress);
	ret = copy_chunks(s, salvage);
	progress_end(&s->progress);
	if (s->cut)
		ret = keep_opened(s);
	return ret || !s->wrong ? ret : rest_keep(s->sink, s->wrong, s->size, FINDING_DAMAGED);
}

/**
 * from_age_open() - open an age file for a command
 * @file: filled; to be wiped whatever is returned
 * @io: of it
 * @path: of it
 * @ids: what may open it
 *
 * Return: 0 or a negative errno, which is reported
 */
int from_age_open(struct age_file *file, const struct area_io *io, const char *path,
		  const struct age_identities *ids)
{
	const char *wrong = age_file_open(file, io, ids);

	if (!wrong)
		return 0;
	finding_add(file_finding(wrong));
	report_failure("opening", path, "%s", wrong);
	if (age_header_no_key(wrong))
		report_hint("%s.", IDENTITY_ADVICE);
	else if (age_header_is_cut(wrong))
		report_hint("Nothing of a dump is in what is left of it: copy it again from where it was collected.");
	else if (age_header_is_armor(wrong))
		report_hint("'age -d -i KEY %s >STREAM', and then 'dumpflt extract --device STREAM OUT'.",
			    path);
	return -EBADMSG;
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
	struct age_stream s = { .sink = sink };
	int ret;

	ret = from_age_open(&s.file, &options->io, options->device, options->identities);
	if (!ret)
		ret = copy_age_file(&s, options->salvage);
	age_file_wipe(&s.file);
	age_reader_end(&s.reader);
	free(s.pending);
	/* of what was salvaged that was said, and it is durable */
	if (ret || s.wrong)
		return ret;
	ret = sink_check_end(sink, sink->position);
	return ret ? ret : sink_sync(sink);
}
