// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One pass over a dump in an area: is it whole, and if not, how far is it?
 *
 * The verified prefix is what can be verified to be the beginning of the dump:
 * chunks from the first on whose records are of this session and whose bytes
 * are those the record was made for. It is given out as it is found, so that a
 * reader needs one pass for both.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "area/filters.h"
#include "area/reader.h"

/**
 * struct scan - a pass
 * @area: loaded
 * @slot: loaded; whose dump is judged
 * @wanted: what the caller wants
 * @verdict: what is known so far
 * @reader: of its chunks
 * @forged: what the opener finds wrong with the receipt, NULL if nothing
 * @readable: the data are as the dump was, or opened
 * @pending: the chunk before the present one
 * @pending_chunk: its number
 * @has_pending: there is one
 * @whole: running SHA-256 over records, geometry and filter metadata, for the receipt's digest
 * @filter: over the metadata of one filter
 * @not_summed: libcrypto failed, so that these say nothing
 * @prefix_ended: there was a chunk that is no good, or none is to be given out
 * @trailer_seen: what is behind the present chunk is not of this dump
 */
struct scan {
	const struct area		*area;
	const struct area_slot		*slot;
	const struct area_scan		*wanted;
	struct area_verdict		*verdict;
	struct area_reader		reader;
	const char			*forged;
	bool				readable;
	unsigned char			*pending;
	__u64				pending_chunk;
	bool				has_pending;
	EVP_MD_CTX			*whole;
	EVP_MD_CTX			*filter[DUMPFLT_MAX_FILTERS];
	bool				not_summed;
	bool				prefix_ended;
	bool				trailer_seen;
};

static __attribute__((format(printf, 2, 3)))
void say(struct scan *scan, const char *fmt, ...)
{
	va_list args;

	/* the first thing is what counts */
	if (scan->verdict->problem[0])
		return;
	va_start(args, fmt);
	vsnprintf(scan->verdict->problem, sizeof(scan->verdict->problem), fmt,
		  args);
	va_end(args);
}

/* What may be believed. One that is forged must not even say how long it is */
static const struct dumpflt_disk_receipt *get_receipt(const struct scan *scan)
{
	return scan->forged ? NULL : area_slot_receipt(scan->slot);
}

static bool is_complete(const struct scan *scan)
{
	return !scan->forged && area_slot_is_complete(scan->slot);
}

/* Zeros, as a session leaves that has not ended, or what was a receipt once */
static void say_no_receipt(struct scan *scan)
{
	const char * const *wrong = scan->slot->receipt_wrong;
	const char *what = "the dump is torn: it has no receipt";

	if (area_slot_receipts_damaged(scan->slot))
		what = "both copies of its receipt are damaged: it was complete or not";
	if (wrong[0] == wrong[1])
		say(scan, "%s (%s)", what, wrong[0]);
	else
		say(scan, "%s (A: %s; B: %s)", what, wrong[0], wrong[1]);
}

/* What must be so for the dump to be COMPLETE, before any chunk is looked at */
static void judge_slot(struct scan *scan)
{
	const struct area_opener *opener = scan->wanted ? scan->wanted->opener : NULL;
	const struct area_slot *slot = scan->slot;
	const struct dumpflt_disk_receipt *receipt = slot->receipt;
	struct area_filters filters = { "", false };

	if (opener && receipt)
		scan->forged = opener->receipt(opener->ctx, receipt);
	if (slot->fmeta)
		area_filters_judge(scan->area, slot, &filters);
	/* what a key opens is in no doubt */
	scan->verdict->withheld = filters.doubtful && !opener &&
				  !slot->any_filters;
	if (filters.doubtful)
		say(scan, "%s", filters.problem);
	if (slot->state == DUMPFLT_SLOT_EMPTY) {
		say(scan, "the slot is empty");
	} else if (scan->forged) {
		say(scan, "its receipt: %s", scan->forged);
	} else if (!receipt) {
		say_no_receipt(scan);
	} else if (slot->contradiction) {
		say(scan, "its two receipts contradict each other");
	} else if (!is_complete(scan)) {
		say(scan, "the dump is %s: %.*s",
		    dumpflt_slot_word(le32_to_cpu(receipt->state)),
		    (int)sizeof(receipt->text), receipt->text);
	}
	if (slot->state != DUMPFLT_SLOT_EMPTY && !slot->fmeta)
		say(scan, "its filter metadata is no good: %s",
		    slot->fmeta_wrong);
	if (filters.problem[0])
		say(scan, "%s", filters.problem);
}

/* Is what is opened something else than the dump? */
static bool is_changed(const struct scan *scan)
{
	return scan->reader.opener && scan->reader.opener->changed;
}

/* Is what is given out what a filter has made of the dump, zeros of its own included? */
static bool is_made(const struct scan *scan)
{
	return scan->reader.opener ? is_changed(scan) : !!area_slot_changed_by(scan->slot);
}

static int begin_digest(EVP_MD_CTX **ctx)
{
	*ctx = EVP_MD_CTX_new();
	if (!*ctx || !EVP_DigestInit_ex(*ctx, EVP_sha256(), NULL))
		return -ENOMEM;
	return 0;
}

static bool digest_is(EVP_MD_CTX *ctx, const unsigned char *expected)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	return EVP_DigestFinal_ex(ctx, digest, NULL) &&
	       !memcmp(digest, expected, SHA256_SIZE);
}

static int begin_scan(struct scan *scan)
{
	unsigned int i;
	int ret;

	scan->pending = malloc(DUMPFLT_CHUNK_SIZE);
	ret = area_reader_open(&scan->reader, scan->area, scan->slot,
			       scan->wanted ? scan->wanted->opener : NULL);
	if (!scan->pending)
		ret = -ENOMEM;
	if (!ret)
		ret = begin_digest(&scan->whole);
	for (i = 0; i < DUMPFLT_MAX_FILTERS && !ret; i++)
		ret = begin_digest(&scan->filter[i]);
	return ret;
}

static void end_scan(struct scan *scan)
{
	unsigned int i;

	area_reader_close(&scan->reader);
	EVP_MD_CTX_free(scan->whole);
	for (i = 0; i < DUMPFLT_MAX_FILTERS; i++)
		EVP_MD_CTX_free(scan->filter[i]);
	free(scan->pending);
}

static void add_to_sum(struct scan *scan, EVP_MD_CTX *ctx, const void *data, size_t len)
{
	if (!EVP_DigestUpdate(ctx, data, len))
		scan->not_summed = true;
}

static void add_record(struct scan *scan, const unsigned char *record)
{
	const struct dumpflt_disk_fmeta *entry = NULL;
	size_t at = sizeof(struct dumpflt_disk_record);
	unsigned int i = 0;

	add_to_sum(scan, scan->whole, record, scan->area->geo.record_size);
	while ((entry = dumpflt_fmeta_next(scan->slot->fmeta, entry))) {
		size_t len = le16_to_cpu(entry->chunk_meta);

		add_to_sum(scan, scan->filter[i++], record + at, len);
		at += len;
	}
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
	verdict->good_bytes = offset + len;
	if (!len || !scan->wanted || !scan->wanted->sink)
		return 0;
	return scan->wanted->sink(scan->wanted->ctx, offset, scan->pending, len);
}

/*
 * The prefix ends here. Where nobody has said how long the dump was, zeros at
 * the end of its last chunk may be padding: without them it is a prefix in any
 * case.
 */
static int end_prefix(struct scan *scan)
{
	size_t len = DUMPFLT_CHUNK_SIZE;

	if (scan->has_pending && !scan->verdict->size_known && !is_made(scan))
		while (len && !scan->pending[len - 1])
			len--;
	return put_pending_chunk(scan, len);
}

static __u64 scanned_size(const struct scan *scan)
{
	const struct dumpflt_disk_trailer *trailer = (const void *)scan->reader.data;

	return scan->verdict->size_known ? scan->verdict->dump_size :
					   le64_to_cpu(trailer->dump_size);
}

/* Is this, in the reader, the trailer of this dump? */
static bool is_trailer(const struct scan *scan, __u64 chunk)
{
	/* what others have made of it, nobody can read: age has sealed it as the last one */
	if (is_changed(scan))
		return scan->reader.as_last;
	return !dumpflt_trailer_check(scan->reader.data,
				      scan->slot->entry->session,
				      scanned_size(scan), chunk + 1);
}

/* Is it the trailer? If so the size of the dump is known, if it was not */
static bool take_trailer(struct scan *scan, __u64 chunk)
{
	struct area_verdict *verdict = scan->verdict;

	if (!scan->readable || (scan->reader.opener && !scan->reader.as_last) ||
	    !is_trailer(scan, chunk))
		return false;
	scan->trailer_seen = true;
	if (is_changed(scan))
		return true;
	verdict->dump_size = scanned_size(scan);
	verdict->size_known = true;
	return true;
}

/* What is wrong with the next chunk, NULL if nothing */
static const char *check_next_chunk(struct scan *scan, __u64 chunk,
				    const unsigned char **record)
{
	const struct area_reader *reader = &scan->reader;
	const char *wrong = area_reader_read(&scan->reader, chunk, record);

	if (!wrong && reader->opener && reader->as_last &&
	    !is_trailer(scan, chunk))
		wrong = "it was sealed as the last one, and is not the trailer";
	return wrong;
}

/*
 * One more chunk of the verified prefix, which the reader holds. It is kept
 * until the next one, which may be the trailer and say where the dump ends.
 */
static int extend_prefix(struct scan *scan, __u64 chunk)
{
	unsigned char *data = scan->reader.data;
	bool trailer = take_trailer(scan, chunk);
	int ret;

	scan->verdict->good_chunks = chunk + 1;
	if (trailer && scan->has_pending && !is_changed(scan) &&
	    !dumpflt_padding_ok(scan->pending, scan->verdict->dump_size))
		say(scan, "the padding between the dump's end and its trailer is not zero");
	ret = put_pending_chunk(scan, DUMPFLT_CHUNK_SIZE);
	if (ret || trailer)
		return ret;
	if (scan->verdict->size_known &&
	    scan->verdict->dump_size <= chunk * DUMPFLT_CHUNK_SIZE)
		return 0;
	scan->reader.data = scan->pending;
	scan->pending = data;
	scan->pending_chunk = chunk;
	scan->has_pending = true;
	return 0;
}

/* Behind what is no good there is nothing that could be given out */
static bool goes_on(struct scan *scan, bool more)
{
	struct area_verdict *verdict = scan->verdict;

	if (!is_complete(scan) || !scan->wanted || !scan->wanted->all)
		return false;
	if (verdict->bad_chunks < AREA_BAD_MAX)
		return true;
	verdict->bad_more = more;
	return false;
}

static int scan_chunks(struct scan *scan, __u64 total, bool to_the_end)
{
	const struct area_scan *wanted = scan->wanted;
	const unsigned char *record;
	const char *wrong;
	__u64 chunk;
	int ret;

	for (chunk = 0; chunk < total; chunk++) {
		wrong = check_next_chunk(scan, chunk, &record);
		if (wrong) {
			scan->prefix_ended = true;
			if (!scan->verdict->bad_chunks++)
				scan->verdict->first_bad = chunk;
			say(scan, "chunk %llu, at byte %llu of the dump: %s",
			    chunk, chunk * DUMPFLT_CHUNK_SIZE, wrong);
			if (!goes_on(scan, chunk + 1 < total))
				break;
		} else if (to_the_end) {
			add_record(scan, record);
		}
		ret = 0;
		if (!scan->prefix_ended && wanted && wanted->chunk)
			ret = wanted->chunk(wanted->ctx, scan->reader.data,
					    record);
		if (!ret && !scan->prefix_ended)
			ret = extend_prefix(scan, chunk);
		if (!ret && wanted && wanted->progress)
			ret = wanted->progress(wanted->ctx, chunk + 1, total);
		if (ret)
			return ret;
		/* nothing of this dump is behind its trailer */
		if (scan->trailer_seen && !to_the_end)
			break;
	}
	return end_prefix(scan);
}

static void judge_digests(struct scan *scan)
{
	const struct dumpflt_disk_receipt *receipt = scan->slot->receipt;
	const struct dumpflt_disk_fmeta *entry = NULL;
	unsigned int i = 0;

	if (!digest_is(scan->whole, receipt->digest))
		say(scan, "the receipt's digest does not match what it is over");
	while ((entry = dumpflt_fmeta_next(scan->slot->fmeta, entry))) {
		static const unsigned char none[SHA256_SIZE];
		const unsigned char *digest = receipt->filters[i].meta_digest;

		if (entry->chunk_meta ? !digest_is(scan->filter[i], digest) :
					memcmp(digest, none, sizeof(none)))
			say(scan, "the receipt's digest for filter '%.*s' is wrong",
			    (int)sizeof(entry->name), entry->name);
		i++;
	}
	if (scan->readable && !scan->trailer_seen)
		say(scan, "its last chunk is not the trailer of this dump");
}

/* What a change of a chunk would have to agree with, the strongest of it */
static const char *checked_by(const struct area_reader *reader)
{
	if (reader->opener)
		return "tag";
	return reader->digest_at ? "sha256" : "crc32c";
}

static int scan_slot(struct scan *scan)
{
	const struct area_slot *slot = scan->slot;
	const struct dumpflt_disk_receipt *receipt = get_receipt(scan);
	bool complete = is_complete(scan) && slot->fmeta;
	__u64 total = scan->area->geo.slot_chunks;
	int ret;

	if (receipt)
		total = le64_to_cpu(receipt->chunks);
	if (receipt && complete) {
		scan->verdict->size_known = true;
		scan->verdict->dump_size = le64_to_cpu(receipt->dump_size);
		add_to_sum(scan, scan->whole, &scan->area->header->fixed,
			   sizeof(scan->area->header->fixed));
		add_to_sum(scan, scan->whole, slot->fmeta, DUMPFLT_AREA_UNIT);
	}
	scan->verdict->checked = checked_by(&scan->reader);
	scan->reader.total = total;
	scan->reader.last_known = complete;
	ret = scan_chunks(scan, total, complete);
	/* No reason to say that the dump is another one */
	if (!ret && scan->not_summed)
		return -ENOMEM;
	if (!ret && complete && !scan->verdict->bad_chunks)
		judge_digests(scan);
	return ret;
}

/**
 * area_scan() - judge a dump, and give out as much of it as is verified
 * @area: loaded
 * @slot: loaded
 * @wanted: what else to do, NULL for nothing
 * @verdict: filled
 *
 * Without an opener, what is given out are the bytes on the disk: see
 * area_slot_changed_by().
 *
 * Return: 0, whatever the verdict is; -ENOMEM; or what a callback returned
 */
int area_scan(const struct area *area, const struct area_slot *slot,
	      const struct area_scan *wanted, struct area_verdict *verdict)
{
	struct scan scan = {
		.area = area,
		.slot = slot,
		.wanted = wanted,
		.verdict = verdict,
	};
	int ret = 0;

	memset(verdict, 0, sizeof(*verdict));
	judge_slot(&scan);
	if (slot->state == DUMPFLT_SLOT_EMPTY || !slot->fmeta)
		return 0;
	/* whatever the chunks are: nothing of them is given out */
	if (verdict->withheld && !(wanted && wanted->all))
		return 0;
	scan.prefix_ended = verdict->withheld;
	scan.readable = (wanted && wanted->opener) || !area_slot_changed_by(slot);
	ret = begin_scan(&scan);
	if (!ret)
		ret = scan_slot(&scan);
	end_scan(&scan);
	verdict->complete = !ret && !verdict->problem[0];
	verdict->authentic = verdict->complete && wanted && wanted->opener;
	return ret;
}

/**
 * area_verify() - area_scan() for those who want nothing but a sink
 * @area: loaded
 * @slot: loaded
 * @sink: may be NULL
 * @ctx: for @sink
 * @verdict: filled
 *
 * Return: as area_scan()
 */
int area_verify(const struct area *area, const struct area_slot *slot,
		area_sink sink, void *ctx, struct area_verdict *verdict)
{
	const struct area_scan wanted = { .sink = sink, .ctx = ctx, .all = true };

	return area_scan(area, slot, &wanted, verdict);
}
