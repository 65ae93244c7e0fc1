// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One pass over a dump in an area: is it whole, and if not, how far is it?
 *
 * The verified prefix is what can be proved to be the beginning of the dump:
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

#include "area/scan.h"
#include "lib/util.h"

static __printf(2, 3) void say(struct scan *scan, const char *fmt, ...)
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
	if (scan->forged || scan->slot->contradiction)
		return NULL;
	return scan->slot->receipt;
}

bool scan_is_complete(const struct scan *scan)
{
	const struct dumpflt_disk_receipt *receipt = get_receipt(scan);

	return receipt && le32_to_cpu(receipt->state) == DUMPFLT_SLOT_COMPLETE;
}

/* What must be so for the dump to be COMPLETE, before any chunk is looked at */
static void judge_slot(struct scan *scan)
{
	const struct area_slot *slot = scan->slot;
	const struct dumpflt_disk_receipt *receipt = slot->receipt;

	if (scan->opener && receipt)
		scan->forged = scan->opener->receipt(scan->opener->ctx, receipt);
	if (slot->state == DUMPFLT_SLOT_EMPTY) {
		say(scan, "the slot is empty");
	} else if (scan->forged) {
		say(scan, "its receipt: %s", scan->forged);
	} else if (!receipt && slot->receipt_wrong[0] == slot->receipt_wrong[1]) {
		say(scan, "the dump is torn: it has no receipt (%s)",
		    slot->receipt_wrong[0]);
	} else if (!receipt) {
		say(scan, "the dump is torn: it has no receipt (A: %s; B: %s)",
		    slot->receipt_wrong[0], slot->receipt_wrong[1]);
	} else if (slot->contradiction) {
		say(scan, "its two receipts contradict each other");
	} else if (!scan_is_complete(scan)) {
		say(scan, "the dump is %s: %.*s",
		    dumpflt_slot_word(le32_to_cpu(receipt->state)),
		    (int)sizeof(receipt->text), receipt->text);
	}
	if (slot->state != DUMPFLT_SLOT_EMPTY && !slot->fmeta)
		say(scan, "its filter metadata is no good: %s",
		    slot->fmeta_wrong);
}

/* Receipt and filter metadata must speak of the same filters */
static void judge_filters(struct scan *scan)
{
	const struct dumpflt_disk_receipt *receipt = scan->slot->receipt;
	const struct dumpflt_disk_fmeta *entry = NULL;
	__u32 i = 0, nr = le32_to_cpu(receipt->nr_filters);

	while ((entry = dumpflt_fmeta_next(scan->slot->fmeta, entry))) {
		const struct dumpflt_disk_filter *filter = &receipt->filters[i];

		if (i++ == nr || memcmp(entry->name, filter->name, sizeof(entry->name)) ||
		    entry->number != filter->number ||
		    entry->flags != filter->flags ||
		    entry->chunk_meta != filter->chunk_meta ||
		    entry->len != filter->fmeta_len)
			break;
	}
	if (entry || i != nr)
		say(scan, "receipt and filter metadata name different filters");
}

/* Where the digests of the filter "digest" are, if they are of the disk's bytes */
static void find_digest(struct scan *scan)
{
	const struct dumpflt_disk_fmeta *entry = NULL;

	while ((entry = dumpflt_fmeta_next(scan->slot->fmeta, entry))) {
		__u32 flags = le32_to_cpu(entry->flags);

		if (flags & DUMPFLT_DISK_FILTER_F_CHANGES)
			scan->digest_at = 0;
		if (!strncmp((const char *)entry->name, "digest",
			     sizeof(entry->name)) &&
		    !(flags & DUMPFLT_DISK_FILTER_F_LEFT_OUT) &&
		    le16_to_cpu(entry->chunk_meta) == SHA256_SIZE)
			scan->digest_at = area_slot_meta_at(scan->slot, entry);
	}
}

static int begin_digest(EVP_MD_CTX **ctx)
{
	*ctx = EVP_MD_CTX_new();
	if (!*ctx || !EVP_DigestInit_ex(*ctx, EVP_sha256(), NULL))
		return -ENOMEM;
	return 0;
}

bool scan_digest_is(EVP_MD_CTX *ctx, const unsigned char *expected)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	return EVP_DigestFinal_ex(ctx, digest, NULL) &&
	       !memcmp(digest, expected, SHA256_SIZE);
}

static int prepare(struct scan *scan)
{
	unsigned int i;
	int ret;

	scan->records = malloc(RECORDS_SIZE);
	scan->chunk = malloc(DUMPFLT_CHUNK_SIZE);
	scan->opened = malloc(DUMPFLT_CHUNK_SIZE);
	scan->pending = malloc(DUMPFLT_CHUNK_SIZE);
	if (!scan->records || !scan->chunk || !scan->opened || !scan->pending)
		return -ENOMEM;
	ret = begin_digest(&scan->one);
	if (!ret)
		ret = begin_digest(&scan->whole);
	for (i = 0; i < DUMPFLT_MAX_FILTERS && !ret; i++)
		ret = begin_digest(&scan->filter[i]);
	return ret;
}

static void cleanup(struct scan *scan)
{
	unsigned int i;

	EVP_MD_CTX_free(scan->one);
	EVP_MD_CTX_free(scan->whole);
	for (i = 0; i < DUMPFLT_MAX_FILTERS; i++)
		EVP_MD_CTX_free(scan->filter[i]);
	free(scan->records);
	free(scan->chunk);
	free(scan->opened);
	free(scan->pending);
}

static void sum(struct scan *scan, EVP_MD_CTX *ctx, const void *data, size_t len)
{
	if (!EVP_DigestUpdate(ctx, data, len))
		scan->not_summed = true;
}

static void add_record(struct scan *scan, const unsigned char *record)
{
	const struct dumpflt_disk_fmeta *entry = NULL;
	size_t at = sizeof(struct dumpflt_disk_record);
	unsigned int i = 0;

	sum(scan, scan->whole, record, scan->area->geo.record_size);
	while ((entry = dumpflt_fmeta_next(scan->slot->fmeta, entry))) {
		size_t len = le16_to_cpu(entry->chunk_meta);

		sum(scan, scan->filter[i++], record + at, len);
		at += len;
	}
}

/* The chunk before is given out, as far as it belongs to the dump */
static int put_pending(struct scan *scan, size_t len)
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

	if (scan->has_pending && !scan->verdict->size_known)
		while (len && !scan->pending[len - 1])
			len--;
	return put_pending(scan, len);
}

/*
 * One more chunk of the verified prefix, which scan->chunk holds. It is kept
 * until the next one, which may be the trailer and say where the dump ends.
 */
static int extend_prefix(struct scan *scan, __u64 chunk)
{
	unsigned char *data = scan->chunk;
	bool trailer = scan_take_trailer(scan, chunk);
	int ret;

	scan->verdict->good_chunks = chunk + 1;
	ret = put_pending(scan, DUMPFLT_CHUNK_SIZE);
	if (ret || trailer)
		return ret;
	if (scan->verdict->size_known &&
	    scan->verdict->dump_size <= chunk * DUMPFLT_CHUNK_SIZE)
		return 0;
	scan->chunk = scan->pending;
	scan->pending = data;
	scan->pending_chunk = chunk;
	scan->has_pending = true;
	return 0;
}

static int scan_chunks(struct scan *scan, __u64 total, bool to_the_end)
{
	const struct area_scan *wanted = scan->wanted;
	const unsigned char *record;
	const char *wrong;
	__u64 chunk;
	int ret;

	for (chunk = 0; chunk < total; chunk++) {
		record = scan_record(scan, chunk, total);
		wrong = scan_check_chunk(scan, chunk, total, record);
		if (wrong) {
			scan->prefix_ended = true;
			if (!scan->verdict->bad_chunks++)
				scan->verdict->first_bad = chunk;
			say(scan, "chunk %llu, at byte %llu of the dump: %s",
			    chunk, chunk * DUMPFLT_CHUNK_SIZE, wrong);
			if (!to_the_end)
				break;
		} else if (to_the_end) {
			add_record(scan, record);
		}
		ret = 0;
		if (!scan->prefix_ended && wanted && wanted->chunk)
			ret = wanted->chunk(wanted->ctx, scan->chunk, record);
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

	if (!scan_digest_is(scan->whole, receipt->digest))
		say(scan, "the receipt's digest does not match what it is over");
	while ((entry = dumpflt_fmeta_next(scan->slot->fmeta, entry))) {
		static const unsigned char none[SHA256_SIZE];
		const unsigned char *digest = receipt->filters[i].meta_digest;

		if (entry->chunk_meta ? !scan_digest_is(scan->filter[i], digest) :
					memcmp(digest, none, sizeof(none)))
			say(scan, "the receipt's digest for filter '%.*s' is wrong",
			    (int)sizeof(entry->name), entry->name);
		i++;
	}
	if (scan->readable && !scan->trailer_seen)
		say(scan, "its last chunk is not the trailer of this dump");
}

static int run(struct scan *scan)
{
	const struct area_slot *slot = scan->slot;
	const struct dumpflt_disk_receipt *receipt = get_receipt(scan);
	bool complete = scan_is_complete(scan) && slot->fmeta;
	__u64 total = scan->area->geo.slot_chunks;
	int ret;

	if (receipt)
		total = le64_to_cpu(receipt->chunks);
	if (receipt && complete) {
		judge_filters(scan);
		scan->verdict->size_known = true;
		scan->verdict->dump_size = le64_to_cpu(receipt->dump_size);
		sum(scan, scan->whole, &scan->area->header->fixed,
		    sizeof(scan->area->header->fixed));
		sum(scan, scan->whole, slot->fmeta, DUMPFLT_AREA_UNIT);
	}
	ret = scan_chunks(scan, total, complete);
	/* No reason to say that the dump is another one */
	if (!ret && scan->not_summed)
		return -ENOMEM;
	if (!ret && complete && !scan->verdict->bad_chunks)
		judge_digests(scan);
	return ret;
}

/**
 * area_scan() - judge a dump, and give out as much of it as is proved
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
		.opener = wanted ? wanted->opener : NULL,
	};
	int ret = 0;

	memset(verdict, 0, sizeof(*verdict));
	judge_slot(&scan);
	if (slot->state == DUMPFLT_SLOT_EMPTY || !slot->fmeta)
		return 0;
	scan.readable = scan.opener || !area_slot_changed_by(slot);
	find_digest(&scan);
	ret = prepare(&scan);
	if (!ret)
		ret = run(&scan);
	cleanup(&scan);
	verdict->complete = !ret && !verdict->problem[0];
	verdict->authentic = verdict->complete && scan.opener;
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
	const struct area_scan wanted = { .sink = sink, .ctx = ctx };

	return area_scan(area, slot, &wanted, verdict);
}
