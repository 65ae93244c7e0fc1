// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump that is read in place: verified once, then any bytes of it.
 *
 * All of it is read before anything is given out, as 'dumpflt extract' does; and each chunk of
 * an area or an age file is checked again when it is given out: the disk may be somebody else's.
 * No byte of it is written anywhere.
 *
 * The functions return 0 or a negative errno, which is reported but for view_read().
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dumps/choose.h"
#include "dumps/from.h"
#include "dumps/not_good.h"
#include "dumps/view.h"
#include "dumps/walk.h"
#include "lib/blkdev.h"
#include "lib/finding.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "lib/text.h"

/* Bytes that are read at once of what is in no chunks */
#define AT_ONCE		1048576U

static const char op[] = "opening";

static int refuse(const struct view *view, const char *wrong)
{
	char clean[AREA_PROBLEM_MAX];

	text_clean(wrong, strlen(wrong), clean);
	report_failure(op, view->options->path, "%s", clean);
	return -EBADMSG;
}

static int report_stop(const struct view *view)
{
	report_failure(op, view->options->path, "stopped by %s", signals_stop_name());
	return -EINTR;
}

static int report_index(const struct view *view, int err)
{
	if (err == -EFBIG)
		return refuse(view, "it is in more pieces than a dump of makedumpfile's");
	if (err)
		report_error(op, view->options->path, -err);
	return err;
}

static int add_span(struct view *view, const struct flat_span *span)
{
	return report_index(view, flat_index_add(&view->index, span->offset, span->len,
						 view->flat.position - span->len));
}

/* Of the stream, in order: where things are in it. An area_sink */
static int take(void *ctx, __u64 offset, const void *data, size_t len)
{
	struct view *view = ctx;
	const unsigned char *input = data;
	enum flat_event event = FLAT_MORE;
	struct flat_span span;
	int ret = 0;

	if (view->options->raw)
		return 0;
	if (!offset && !flat_begins(data, len)) {
		if (view->source.kind == DUMP_PLAIN)
			finding_add(FINDING_NO_DUMP);
		refuse(view, "it is not in makedumpfile's flattened format");
		report_hint("--view raw shows it as it is.");
		return -EBADMSG;
	}
	do {
		event = flat_next(&view->flat, &input, &len, &span);
		if (event == FLAT_DATA)
			ret = add_span(view, &span);
	} while (!ret && (event == FLAT_DATA || event == FLAT_LOG));
	if (event != FLAT_BAD)
		return ret;
	finding_add(FINDING_DAMAGED);
	report_failure(op, view->options->path, "%s, at byte %llu", view->flat.problem,
		       view->flat.position);
	return -EBADMSG;
}

/* What opens it, if it has to be opened */
static int open_sealed(struct view *view)
{
	static const char changed[] = {
		"a filter in front of age has changed the dump, which only its own means undo"
	};
	const char *wrong = age_slot_open(&view->sealed, &view->slot, &view->ids);
	int ret;

	if (wrong)
		slot_not_opened(&view->slot, wrong);
	if (!wrong && view->sealed.opener.changed)
		wrong = changed;
	if (!wrong) {
		view->source.opener = &view->sealed.opener;
		return 0;
	}
	ret = refuse(view, wrong);
	if (age_header_no_key(wrong))
		report_hint("%s.", IDENTITY_ADVICE);
	return ret;
}

static int open_slot_to_read(struct view *view)
{
	if (view->options->identity.nr)
		return open_sealed(view);
	if (!area_slot_changed_by(&view->slot))
		return 0;
	if (age_slot_is_sealed(&view->slot)) {
		finding_add(FINDING_NO_KEY);
		refuse(view, "the dump is sealed");
		report_hint("--identity KEYFILE opens it.");
	} else {
		refuse(view, "a filter has changed the dump, which only its own means undo");
		report_hint("'dumpflt extract --stack' reads it through a stack of the same filters.");
	}
	return -EOPNOTSUPP;
}

static int verify_slot(struct view *view)
{
	struct area_verdict verdict;
	int ret = walk_slot(&view->area, &view->slot, "Verifying", view->source.opener, take,
			    view, &verdict);

	if (ret)
		return ret;
	if (!verdict.complete) {
		slot_not_good(&view->slot);
		ret = refuse(view, verdict.problem);
		report_hint("Only a whole dump is opened. 'dumpflt extract --salvage' gives out what is good of it.");
		return ret;
	}
	view->source.size = verdict.dump_size;
	view->doubt = !verdict.authentic;
	view->trust = verdict.authentic ? "authentic: a key vouches for each byte" :
					  "not authentic: only checksums were there to be checked";
	return 0;
}

static int view_area(struct view *view)
{
	__u64 number = view->options->slot;
	__u32 chosen;
	int ret;

	ret = open_area_of(&view->area, view->options->path, &view->found.io);
	if (ret)
		return ret;
	view->source.area = &view->area.area;
	if (dumpflt_header_hibernates(view->area.area.header))
		return refuse(view, "it holds a hibernation image, and no crash dump");
	if (number == AREA_NO_SLOT) {
		ret = choose_to_extract(&view->area, false, &chosen);
		number = chosen;
	}
	if (!ret)
		ret = open_slot(&view->area, number, &view->slot);
	if (ret)
		return ret;
	view->source.slot = &view->slot;
	ret = open_slot_to_read(view);
	return ret ? ret : verify_slot(view);
}

/* How long the dump is: the last chunk of one of ours is no part of it, and says so */
static __u64 file_size(const struct view *view, const struct age_reader *last)
{
	const struct age_file *file = &view->file;
	__u64 begin = (file->nr_chunks - 1) * DUMPFLT_CHUNK_SIZE, size;
	const struct dumpflt_disk_trailer *trailer = (const void *)last->opened;

	size = le64_to_cpu(trailer->dump_size);
	if (last->len == DUMPFLT_CHUNK_SIZE &&
	    !dumpflt_trailer_check(last->opened, trailer->session, size, file->nr_chunks))
		return size;
	return begin + last->len;
}

static int report_chunk(const struct view *view, const struct age_reader *reader, int err)
{
	if (err == -EBADMSG) {
		finding_add(FINDING_DAMAGED);
		return refuse(view, reader->wrong);
	}
	report_error("reading the age file", view->options->path, -err);
	return err;
}

/* The last one first: only it says where the dump ends */
static int verify_chunks(struct view *view, struct age_reader *reader)
{
	__u64 nr = view->file.nr_chunks, i, at;
	int ret = age_reader_chunk(reader, nr - 1);

	if (ret)
		return report_chunk(view, reader, ret);
	view->source.size = file_size(view, reader);
	progress_start(&view->progress);
	for (i = 0; i < nr && !ret; i++) {
		at = i * DUMPFLT_CHUNK_SIZE;
		if (signals_stop()) {
			ret = report_stop(view);
			break;
		}
		ret = age_reader_chunk(reader, i);
		if (ret) {
			ret = report_chunk(view, reader, ret);
			break;
		}
		if (at < view->source.size)
			ret = take(view, at, reader->opened,
				   view->source.size - at < reader->len ?
				   (size_t)(view->source.size - at) : reader->len);
		if (ret)
			break;
		progress_show(&view->progress, "Verifying", (int)((i + 1) * 1000 / nr),
			      at + reader->len);
	}
	progress_end(&view->progress);
	return ret;
}

static int view_age_file(struct view *view)
{
	struct age_reader reader;
	int ret;

	if (!view->options->identity.nr) {
		finding_add(FINDING_NO_KEY);
		refuse(view, "it is an age file");
		report_hint("--identity KEYFILE opens it.");
		return -EOPNOTSUPP;
	}
	ret = from_age_open(&view->file, &view->found.io, view->options->path, &view->ids);
	if (ret)
		return ret;
	view->source.kind = DUMP_IN_AGE_FILE;
	view->source.file = &view->file;
	view->trust = "opened by a key: each byte is what was sealed for it, by whom is not known";
	ret = age_reader_begin(&reader, &view->file);
	if (ret)
		report_error(op, view->options->path, -ret);
	else
		ret = verify_chunks(view, &reader);
	age_reader_end(&reader);
	return ret;
}

/* A stream on a device ends before that does */
static int find_end(struct view *view, unsigned char *buffer)
{
	const struct area_io *io = view->source.io;
	__u64 at;
	int ret = 0;

	for (at = 0; at < io->size && !ret && view->flat.state != FLAT_AT_END; at += AT_ONCE) {
		size_t len = io->size - at < AT_ONCE ? (size_t)(io->size - at) : AT_ONCE;

		if (signals_stop())
			return report_stop(view);
		ret = io->read(io->ctx, buffer, len, at);
		if (ret)
			report_failure("reading the dump", view->options->path, "%s, at byte %llu",
				       strerror(-ret), at);
		else
			ret = take(view, at, buffer, len);
		progress_show(&view->progress, "Reading", (int)((at + len) * 1000 / io->size),
			      at + len);
	}
	return ret;
}

static int view_plain(struct view *view)
{
	unsigned char *buffer;
	int ret;

	if (view->options->identity.nr)
		return refuse(view, "it holds neither a dump area nor an age file: --identity opens nothing there");
	view->source.kind = DUMP_PLAIN;
	view->source.io = &view->found.io;
	view->source.size = view->found.io.size;
	view->doubt = true;
	view->trust = "not verified: a plain dump has nothing to be verified by";
	if (view->options->raw)
		return 0;
	buffer = alloc_aligned(AT_ONCE);
	if (!buffer) {
		report_error(op, view->options->path, ENOMEM);
		return -ENOMEM;
	}
	progress_start(&view->progress);
	ret = find_end(view, buffer);
	progress_end(&view->progress);
	free(buffer);
	return ret;
}

/* The file is as long as it was meant to be, or there is none */
static int end_index(struct view *view)
{
	if (view->options->raw) {
		view->size = view->source.size;
		return 0;
	}
	if (view->flat.state != FLAT_AT_END) {
		finding_add(view->flat.state == FLAT_IN_HEADER ? FINDING_NO_DUMP :
								 FINDING_INCOMPLETE);
		refuse(view, "it has no end marker: makedumpfile had not finished it");
		report_hint("--view raw shows it as it is.");
		return -EBADMSG;
	}
	view->size = view->flat.file_size;
	return report_index(view, flat_index_end(&view->index));
}

static int view_kind(struct view *view)
{
	switch (view->found.kind) {
	case EXTRACT_AREA:
		return view_area(view);
	case EXTRACT_AGE:
		return view_age_file(view);
	default:
		return view_plain(view);
	}
}

static int verify(struct view *view)
{
	int ret = 0;

	if (view->options->identity.nr)
		ret = identities_read(&view->ids, &view->options->identity);
	if (!ret)
		ret = view_kind(view);
	/* what opens this one dump is enough from here on */
	age_identities_wipe(&view->ids);
	return ret ? ret : end_index(view);
}

/**
 * view_open() - open a dump, and verify all of it
 * @view: filled; for view_close() if this succeeds
 * @options: what is wanted; they stay
 *
 * Needs signals_catch().
 */
int view_open(struct view *view, const struct view_options *options)
{
	int ret;

	memset(view, 0, sizeof(*view));
	view->options = options;
	view->found.device = options->path;
	view->found.slot = options->slot;
	flat_init(&view->flat);
	ret = extract_open(&view->found);
	if (ret)
		return ret;
	ret = verify(view);
	if (ret)
		view_close(view);
	return ret;
}

/* What no record is about is zero, as in the file that makedumpfile would have made */
static int read_file(const struct view *view, struct dump_reader *reader, unsigned char *to,
		     size_t len, __u64 offset)
{
	const struct flat_index *index = &view->index;
	size_t i = flat_index_find(index, offset), n;
	int ret = 0;

	for (; len && !ret; to += n, offset += n, len -= n) {
		const struct flat_extent *extent = i < index->nr ? &index->extents[i] : NULL;

		n = len;
		if (!extent || extent->at > offset) {
			if (extent && extent->at - offset < n)
				n = (size_t)(extent->at - offset);
			memset(to, 0, n);
			continue;
		}
		if (extent->at + extent->len - offset < n)
			n = (size_t)(extent->at + extent->len - offset);
		ret = dump_reader_read(reader, to, n, extent->from + (offset - extent->at));
		i += offset + n == extent->at + extent->len;
	}
	return ret;
}

/**
 * view_read() - read bytes of what is seen
 * @view: open; any number of threads may read it
 * @reader: of this thread, of @view->source
 * @to: where to
 * @len: how many
 * @offset: of the first one
 *
 * Return: 0 or a negative errno, as dump_reader_read()
 */
int view_read(const struct view *view, struct dump_reader *reader, void *to, size_t len,
	      __u64 offset)
{
	if (offset > view->size || len > view->size - offset)
		return -ENODATA;
	return view->options->raw ? dump_reader_read(reader, to, len, offset) :
				    read_file(view, reader, to, len, offset);
}

void view_close(struct view *view)
{
	flat_index_free(&view->index);
	age_slot_wipe(&view->sealed);
	age_file_wipe(&view->file);
	area_slot_unload(&view->slot);
	area_unload(&view->area.area);
	extract_close(&view->found);
}
