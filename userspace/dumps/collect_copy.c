// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The bytes of a copy: from a slot into a file, and back from the file.
 *
 * A sealed dump becomes a standard age file, for which no key is needed: its
 * pieces are in the slot. Any other dump is copied as it is.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/text.h"
#include "age/slot.h"
#include "area/ahead.h"
#include "area/filters.h"
#include "dumps/collect.h"
#include "dumps/salvage.h"
#include "lib/progress.h"
#include "lib/signals.h"
#include "lib/report.h"

#define READ_SIZE	1048576

/* A pass over a slot */
struct pass {
	const struct collect_copy	*copy;
	struct outfile			*file;
	EVP_MD_CTX			*sha256;
	__u64				size;
	struct progress			progress;
};

/* Who opens the age file gets what such a filter made of the dump; that can be had nowhere else */
static void warn_of_changed(const struct collect_copy *copy)
{
	const struct dumpflt_disk_fmeta *entry = NULL;

	while ((entry = dumpflt_fmeta_next(copy->slot->fmeta, entry)) && entry != copy->fmeta)
		if (area_filter_changes(entry) || area_filter_denies(entry))
			report_warning("slot %u of '%s': filter '%.*s' has changed the data before 'age' sealed it: what age opens is not the dump, but what that filter made of it",
				       copy->slot->number, copy->open->path,
				       (int)sizeof(entry->name), entry->name);
}

/* Of an age file, when all of it is there */
static __u64 sealed_size(const struct dumpflt_disk_fmeta *age, __u64 chunks)
{
	return le32_to_cpu(age->len) + chunks * (DUMPFLT_CHUNK_SIZE + DUMPFLT_AGE_TAG);
}

/* Returns: -EOPNOTSUPP; of a part, why there is none is in its verdict */
static int refuse_changed(const struct collect_copy *copy,
			  const struct dumpflt_disk_fmeta *by)
{
	report_failure("collecting", copy->open->path,
		       "slot %u: filter '%.*s' has changed the data, and only what 'age' seals is a file",
		       copy->slot->number, (int)sizeof(by->name), by->name);
	if (copy->part)
		copy_string(copy->part->verdict.problem, sizeof(copy->part->verdict.problem),
			    "a filter other than age has changed it");
	return -EOPNOTSUPP;
}

/**
 * collect_understand() - is it sealed, and how long will the copy be?
 * @copy: slot with a receipt, or of which a part is wanted: how long that is, is not known
 *
 * What a filter changed can be kept only if that filter is age, and nothing
 * behind it changed the age file. What one in front of it did is inside.
 *
 * Return: 0, or -EOPNOTSUPP, which is reported
 */
int collect_understand(struct collect_copy *copy)
{
	const struct dumpflt_disk_receipt *receipt = copy->slot->receipt;
	const struct dumpflt_disk_fmeta *last = area_slot_changed_by(copy->slot);

	copy->sealed = last;
	copy->size = copy->part ? 0 : le64_to_cpu(receipt->dump_size);
	if (!last)
		return 0;
	if (!age_slot_is_sealed(copy->slot) ||
	    le16_to_cpu(last->chunk_meta) != DUMPFLT_AGE_TAG)
		return refuse_changed(copy, last);
	copy->tag_at = area_slot_meta_at(copy->slot, last);
	copy->fmeta = last;
	warn_of_changed(copy);
	if (!copy->part)
		copy->size = sealed_size(last, le64_to_cpu(receipt->chunks));
	return 0;
}

static int report_write(const struct pass *pass, int err)
{
	const struct collect_copy *copy = pass->copy;

	report_error("writing the copy", copy->data, -err);
	if (err == -ENOSPC || err == -EDQUOT)
		report_hint("The copy needs %llu bytes; %llu of them were written, and are removed again.",
			    copy->size, pass->size);
	return err;
}

static int put_bytes_of_copy(struct pass *pass, const void *data, size_t len)
{
	int ret = 0;

	if (!EVP_DigestUpdate(pass->sha256, data, len))
		return -ENOMEM;
	if (pass->file)
		ret = outfile_write(pass->file, pass->size, data, len);
	if (ret)
		return report_write(pass, ret);
	pass->size += len;
	return 0;
}

/* Of a dump that is not sealed */
static int put_dump(void *ctx, __u64 offset, const void *data, size_t len)
{
	struct pass *pass = ctx;

	(void)offset;
	return put_bytes_of_copy(pass, data, len);
}

/* Of one that is */
static int put_chunk(void *ctx, const void *chunk, const void *record)
{
	struct pass *pass = ctx;
	int ret;

	ret = put_bytes_of_copy(pass, chunk, DUMPFLT_CHUNK_SIZE);
	if (!ret)
		ret = put_bytes_of_copy(pass, (const char *)record + pass->copy->tag_at,
					DUMPFLT_AGE_TAG);
	return ret;
}

static int show_pass_progress(void *ctx, __u64 done, __u64 total)
{
	struct pass *pass = ctx;

	progress_show(&pass->progress, pass->file ? "Collecting" : "Comparing",
		      (int)(done * 1000 / total), done * DUMPFLT_CHUNK_SIZE);
	return signals_stop() ? -EINTR : 0;
}

/* A part is what is there. Returns: 0, or -ENODATA if that is nothing */
static int take_part(const struct collect_copy *copy, const struct area_verdict *verdict)
{
	copy->part->verdict = *verdict;
	return verdict->withheld || !verdict->good_bytes ? -ENODATA : 0;
}

/* Whatever ended the pass but an error in writing, which was reported */
static int check_pass(const struct pass *pass, int ret,
		      const struct area_verdict *verdict)
{
	const struct collect_copy *copy = pass->copy;
	char problem[AREA_PROBLEM_MAX];

	if (ret == -EINTR && signals_stop())
		report_failure("collecting", copy->open->path, "stopped by %s",
			       signals_stop_name());
	else if (ret == -ENOMEM)
		report_error("collecting", copy->open->path, -ret);
	if (!ret && copy->part)
		return take_part(copy, verdict);
	if (ret || verdict->complete)
		return ret;
	text_clean(verdict->problem, sizeof(verdict->problem), problem);
	*copy->damaged = true;
	report_failure("collecting", copy->open->path, "slot %u: %s",
		       copy->slot->number, problem);
	report_salvage(copy->open->path, copy->slot, "");
	return -EBADMSG;
}

static int scan_pass(struct pass *pass)
{
	const struct collect_copy *copy = pass->copy;
	const struct area_scan wanted = {
		.sink = copy->sealed ? NULL : put_dump,
		.chunk = copy->sealed ? put_chunk : NULL,
		.progress = show_pass_progress,
		.ctx = pass,
		.lanes = area_ahead_lanes(),
	};
	struct area_verdict verdict = { 0 };
	int ret = 0;

	if (copy->sealed)
		ret = put_bytes_of_copy(pass, dumpflt_fmeta_data(copy->fmeta),
					le32_to_cpu(copy->fmeta->len));
	if (ret)
		return ret;
	progress_start(&pass->progress);
	ret = area_scan(&copy->open->area, copy->slot, &wanted, &verdict);
	progress_end(&pass->progress);
	return check_pass(pass, ret, &verdict);
}

static int begin_sum(EVP_MD_CTX **sha256)
{
	*sha256 = EVP_MD_CTX_new();
	if (*sha256 && EVP_DigestInit_ex(*sha256, EVP_sha256(), NULL))
		return 0;
	EVP_MD_CTX_free(*sha256);
	report_error("computing SHA-256", "", ENOMEM);
	return -ENOMEM;
}

/* After an error there is no sum, and nobody asks for it */
static int end_sum(EVP_MD_CTX *sha256, struct collect_sum *sum, int ret)
{
	if (!ret && !EVP_DigestFinal_ex(sha256, sum->sha256, NULL)) {
		report_error("computing SHA-256", "", ENOMEM);
		ret = -ENOMEM;
	}
	EVP_MD_CTX_free(sha256);
	return ret;
}

/**
 * collect_read_slot() - go over a dump, which must be complete and intact, or a part of one
 * @copy: understood
 * @file: gets what the copy is made of; NULL: only look
 * @sum: what the copy must be
 *
 * Needs signals_catch().
 *
 * Return: 0, or a negative errno, which is reported but for -ENODATA: nothing of the part is
 * verified
 */
int collect_read_slot(const struct collect_copy *copy, struct outfile *file,
		      struct collect_sum *sum)
{
	struct pass pass = { .copy = copy, .file = file };
	int ret;

	ret = begin_sum(&pass.sha256);
	if (ret)
		return ret;
	ret = scan_pass(&pass);
	sum->size = pass.size;
	return end_sum(pass.sha256, sum, ret);
}

/* Reads on behind @end, if at all, only until it is known that there is more */
static int sum_fd(int fd, EVP_MD_CTX *sha256, __u64 end, __u64 *size)
{
	void *data = malloc(READ_SIZE);
	ssize_t n = data ? 0 : -1;
	int ret = data ? 0 : -ENOMEM;

	*size = 0;
	while (!ret && *size <= end && (n = pread(fd, data, READ_SIZE, (off_t)*size)) > 0) {
		*size += (__u64)n;
		if (!EVP_DigestUpdate(sha256, data, (size_t)n))
			ret = -ENOMEM;
		else if (signals_stop())
			ret = -EINTR;
	}
	if (!ret && n < 0)
		ret = -errno;
	free(data);
	return ret;
}

/**
 * collect_read_file() - make a file durable, then see what is in it
 * @fd: of it, from its beginning
 * @path: for messages
 * @size: that it should have: what others make longer meanwhile is not read without
 *	an end
 * @sum: filled
 *
 * What is read comes from the disk, not from the memory of what was written.
 *
 * Return: 0, or a negative errno, which is reported
 */
int collect_read_file(int fd, const char *path, __u64 size, struct collect_sum *sum)
{
	EVP_MD_CTX *sha256;
	int ret;

	ret = begin_sum(&sha256);
	if (ret)
		return ret;
	ret = fsync(fd) ? -errno : -posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (!ret)
		ret = sum_fd(fd, sha256, size, &sum->size);
	if (ret == -EINTR && signals_stop())
		report_failure("reading the copy", path, "stopped by %s",
			       signals_stop_name());
	else if (ret)
		report_error("reading the copy", path, -ret);
	return end_sum(sha256, sum, ret);
}
