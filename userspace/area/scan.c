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
#include "area/scan.h"

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
	ret = scan->pending ? begin_digest(&scan->whole) : -ENOMEM;
	for (i = 0; i < DUMPFLT_MAX_FILTERS && !ret; i++)
		ret = begin_digest(&scan->filter[i]);
	return ret;
}

static void end_scan(struct scan *scan)
{
	unsigned int i;

	area_ahead_close(&scan->ahead);
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

/* What is wrong with the next chunk, NULL if nothing */
static const char *check_next_chunk(struct scan *scan, __u64 chunk,
				    const unsigned char **record)
{
	const char *wrong = area_ahead_next(&scan->ahead, &scan->reader, record);

	if (!wrong && scan->reader->opener && scan->reader->as_last &&
	    !scan_is_trailer(scan, chunk))
		wrong = "it was sealed as the last one, and is not the trailer";
	return wrong;
}

static int give_chunk(struct scan *scan, __u64 chunk)
{
	int ret = scan_give_chunk(scan, chunk);

	if (scan->padding_wrong)
		say(scan, "the padding between the dump's end and its trailer is not zero");
	return ret;
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
			if (scan_wants_holes(scan))
				scan_give_none(scan, chunk);
			else if (!goes_on(scan, chunk + 1 < total))
				break;
		} else if (to_the_end) {
			add_record(scan, record);
		}
		ret = 0;
		if (!scan->prefix_ended && wanted && wanted->chunk)
			ret = wanted->chunk(wanted->ctx, scan->reader->data,
					    record);
		if (!ret && !wrong && (!scan->prefix_ended || scan_wants_holes(scan)))
			ret = give_chunk(scan, chunk);
		if (!ret && wanted && wanted->progress)
			ret = wanted->progress(wanted->ctx, chunk + 1, total);
		if (ret)
			return ret;
		/* nothing of this dump is behind its trailer */
		if (scan->trailer_seen && !to_the_end)
			break;
	}
	return scan_give_end(scan);
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
	const struct dumpflt_disk_receipt *receipt = scan_receipt(scan);
	bool complete = is_complete(scan) && slot->fmeta;
	struct area_reader like = {
		.area = scan->area,
		.slot = slot,
		.opener = scan->wanted ? scan->wanted->opener : NULL,
		.total = scan->area->geo.slot_chunks,
		.last_known = complete,
	};
	int ret;

	if (receipt)
		like.total = le64_to_cpu(receipt->chunks);
	if (receipt && complete) {
		scan->verdict->size_known = true;
		scan->verdict->dump_size = le64_to_cpu(receipt->dump_size);
		add_to_sum(scan, scan->whole, &scan->area->header->fixed,
			   sizeof(scan->area->header->fixed));
		add_to_sum(scan, scan->whole, slot->fmeta, DUMPFLT_AREA_UNIT);
	}
	ret = area_ahead_open(&scan->ahead, scan->wanted ? scan->wanted->lanes : 0, &like,
			      &scan->reader);
	if (ret)
		return ret;
	scan->verdict->checked = checked_by(scan->reader);
	ret = scan_chunks(scan, like.total, complete);
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
