// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a pass over a dump gives out, in order: its verified prefix, or all that is
 * good of it, with holes.
 *
 * A chunk is kept until the next one that is good, as that may be the trailer, which
 * says where the dump ends; so are the chunks between them that are no good.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "area/scan.h"

/* Is what is given out what a filter has made of the dump, zeros of its own included? */
static bool is_made(const struct scan *scan)
{
	return scan->reader->opener ? scan_is_changed(scan) : !!area_slot_changed_by(scan->slot);
}

/* The chunk before is given out, as far as it belongs to the dump */
static int put_pending_chunk(struct scan *scan, size_t len)
{
	struct area_verdict *verdict = scan->verdict;
	__u64 offset = scan->pending_chunk * DUMPFLT_CHUNK_SIZE;

	if (!scan->has_pending)
		return 0;
	scan->has_pending = false;
	if (verdict->size_known && verdict->dump_size - offset < len)
		len = (size_t)(verdict->dump_size - offset);
	if (!verdict->bad_chunks || scan->pending_chunk < verdict->first_bad)
		verdict->good_bytes = offset + len;
	if (!len || !scan->wanted || !scan->wanted->sink)
		return 0;
	return scan->wanted->sink(scan->wanted->ctx, offset, scan->pending, len);
}

bool scan_wants_holes(const struct scan *scan)
{
	return scan->wanted && scan->wanted->hole;
}

/* One more chunk is no good. Is it one of the dump's, or is there no more of that? */
void scan_give_none(struct scan *scan, __u64 chunk)
{
	if (!scan->in_hole) {
		scan->in_hole = true;
		scan->hole = chunk;
		scan->hole_chunks = 0;
	}
	if (scan_receipt(scan) || scan->reader->recorded)
		scan->hole_chunks = chunk + 1 - scan->hole;
}

/* What is no good ends, before the chunk @end */
static int put_hole(struct scan *scan, __u64 end)
{
	const struct area_verdict *verdict = scan->verdict;
	__u64 from = scan->hole * DUMPFLT_CHUNK_SIZE;
	__u64 to = end * DUMPFLT_CHUNK_SIZE;

	if (!scan->in_hole)
		return 0;
	scan->in_hole = false;
	if (verdict->size_known && verdict->dump_size < to)
		to = verdict->dump_size;
	return to > from ? scan->wanted->hole(scan->wanted->ctx, from, to - from) : 0;
}

/*
 * What is given out ends here. Where nobody has said how long the dump was, zeros
 * at the end of its last chunk may be padding: without them it is a prefix in any
 * case.
 */
int scan_give_end(struct scan *scan)
{
	size_t len = DUMPFLT_CHUNK_SIZE;
	int ret;

	if (scan->in_hole && scan->hole_chunks) {
		ret = put_pending_chunk(scan, len);
		return ret ? ret : put_hole(scan, scan->hole + scan->hole_chunks);
	}
	if (scan->has_pending && !scan->verdict->size_known && !is_made(scan))
		while (len && !scan->pending[len - 1])
			len--;
	return put_pending_chunk(scan, len);
}

static __u64 scanned_size(const struct scan *scan)
{
	const struct dumpflt_disk_trailer *trailer = (const void *)scan->reader->data;

	return scan->verdict->size_known ? scan->verdict->dump_size :
					   le64_to_cpu(trailer->dump_size);
}

/* Is this, in the reader, the trailer of this dump? */
bool scan_is_trailer(const struct scan *scan, __u64 chunk)
{
	/* what others have made of it, nobody can read: age has sealed it as the last one */
	if (scan_is_changed(scan))
		return scan->reader->as_last;
	return !dumpflt_trailer_check(scan->reader->data,
				      scan->slot->entry->session,
				      scanned_size(scan), chunk + 1);
}

/* Is it the trailer? If so the size of the dump is known, if it was not */
static bool take_trailer(struct scan *scan, __u64 chunk)
{
	struct area_verdict *verdict = scan->verdict;

	if (!scan->readable || (scan->reader->opener && !scan->reader->as_last) ||
	    !scan_is_trailer(scan, chunk))
		return false;
	scan->trailer_seen = true;
	if (scan_is_changed(scan))
		return true;
	verdict->dump_size = scanned_size(scan);
	verdict->size_known = true;
	return true;
}

/* One more chunk that is good, which the reader holds */
int scan_give_chunk(struct scan *scan, __u64 chunk)
{
	unsigned char *data = scan->reader->data;
	bool trailer = take_trailer(scan, chunk);
	int ret;

	if (!scan->prefix_ended)
		scan->verdict->good_chunks = chunk + 1;
	if (trailer && scan->has_pending && !scan->in_hole && !scan_is_changed(scan) &&
	    !dumpflt_padding_ok(scan->pending, scan->verdict->dump_size))
		scan->padding_wrong = true;
	ret = put_pending_chunk(scan, DUMPFLT_CHUNK_SIZE);
	if (!ret)
		ret = put_hole(scan, chunk);
	if (ret || trailer)
		return ret;
	if (scan->verdict->size_known &&
	    scan->verdict->dump_size <= chunk * DUMPFLT_CHUNK_SIZE)
		return 0;
	scan->reader->data = scan->pending;
	scan->pending = data;
	scan->pending_chunk = chunk;
	scan->has_pending = true;
	return 0;
}
