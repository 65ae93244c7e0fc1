// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A collected dump, where it is kept: is it still what it was?
 *
 * Without a key it is held against the digest in the receipt beside it, which finds
 * damage: who can write to the folder can make another digest. With a key each chunk is
 * opened, and the receipt's MAC is that of the session which sealed it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "age/file.h"
#include "age/slot.h"
#include "dumps/copy_verify.h"
#include "dumps/not_good.h"
#include "dumps/open.h"
#include "lib/progress.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "lib/text.h"

/**
 * struct looking - at a copy
 * @path: of it
 * @io: it, open
 * @beside: the receipt
 * @wrong: with that; NULL if nothing
 * @verdict: to be filled
 */
struct looking {
	const char		*path;
	struct area_io		io;
	struct copy_receipt	beside;
	const char		*wrong;
	struct copy_verdict	*verdict;
};

__printf(2, 3)
static void problem(struct looking *l, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(l->verdict->problem, sizeof(l->verdict->problem), fmt, args);
	va_end(args);
}

/* It is whole, but whose it is that receipt does not say */
static void take_stranger(struct looking *l, const char *wrong)
{
	if (!wrong || l->verdict->stranger)
		return;
	l->verdict->stranger = true;
	copy_string(l->verdict->receipt_problem, sizeof(l->verdict->receipt_problem), wrong);
}

/* A file that is none of ours has no trailer, and then all of it is the dump */
static void take_last(struct looking *l, const struct age_reader *reader, __u64 number)
{
	const struct dumpflt_disk_trailer *trailer = (const void *)reader->opened;
	const struct dumpflt_disk_receipt *receipt = &l->beside.receipt;
	__u64 size = le64_to_cpu(trailer->dump_size);

	l->verdict->trailer = reader->len == DUMPFLT_CHUNK_SIZE &&
			      !dumpflt_trailer_check(reader->opened, trailer->session,
						     size, number + 1);
	l->verdict->size_known = true;
	l->verdict->dump_size = l->verdict->trailer ? size :
				number * DUMPFLT_CHUNK_SIZE + reader->len;
	l->verdict->good_bytes = l->verdict->dump_size;
	if (!l->beside.there || l->wrong)
		return;
	if (!l->verdict->trailer)
		take_stranger(l, "the file ends without the trailer of a dump");
	else
		take_stranger(l, dumpflt_trailer_check(reader->opened, receipt->session,
						       le64_to_cpu(receipt->dump_size),
						       number + 1));
}

static void take_bad(struct looking *l, const char *wrong)
{
	problem(l, "%s", wrong);
	l->verdict->damaged = l->verdict->good_bytes;
}

/* Returns: 0, whatever is wrong with it, or a negative errno, which is reported */
static int open_chunks(struct looking *l, struct age_reader *reader)
{
	__u64 number, nr = reader->file->nr_chunks;
	struct progress progress;
	int ret = 0;

	progress_start(&progress);
	for (number = 0; !ret && number < nr; number++) {
		ret = signals_stop() ? -EINTR : age_reader_chunk(reader, number);
		if (!ret && number + 1 < nr)
			l->verdict->good_bytes += reader->len;
		progress_show(&progress, "Verifying", (int)((number + 1) * 1000 / nr),
			      (number + 1) * DUMPFLT_CHUNK_SIZE);
	}
	progress_end(&progress);
	l->verdict->checked = "tag";
	if (!ret)
		take_last(l, reader, nr - 1);
	else if (ret == -EBADMSG)
		take_bad(l, reader->wrong);
	else if (ret == -EINTR && signals_stop())
		report_failure("reading the dump", l->path, "stopped by %s", signals_stop_name());
	else
		report_error("reading the dump", l->path, -ret);
	return ret == -EBADMSG ? 0 : ret;
}

/* Only the key of the very dump makes this MAC */
static void check_mac(struct looking *l, const struct age_file *file)
{
	if (l->beside.there && !l->wrong && !l->verdict->problem[0])
		take_stranger(l, age_receipt_check(file->keys.receipt, &l->beside.receipt));
}

static int look_with_key(struct looking *l, const struct age_identities *ids)
{
	struct age_reader reader = { .file = NULL };
	struct age_file file;
	const char *wrong = age_file_open(&file, &l->io, ids);
	int ret = 0;

	if (wrong) {
		problem(l, "it cannot be opened: %s", wrong);
		l->verdict->no_key = age_header_no_key(wrong);
		l->verdict->finding = file_finding(wrong);
	} else {
		ret = age_reader_begin(&reader, &file);
		if (ret)
			report_error("reading the dump", l->path, -ret);
		else
			ret = open_chunks(l, &reader);
	}
	if (!ret)
		check_mac(l, &file);
	age_reader_end(&reader);
	age_file_wipe(&file);
	return ret;
}

/*
 * What collect makes of a dump with that receipt: words beside it, which anybody can write,
 * do not make anything else of it. Returns: how long it is; @sealed: it is an age file
 */
static __u64 size_by_receipt(const struct dumpflt_disk_receipt *receipt, bool *sealed)
{
	__u32 i, nr = le32_to_cpu(receipt->nr_filters);

	*sealed = false;
	for (i = 0; i < nr; i++) {
		const struct dumpflt_disk_filter *filter = &receipt->filters[i];

		if (strncmp((const char *)filter->name, "age", sizeof(filter->name)) ||
		    le32_to_cpu(filter->flags) & DUMPFLT_DISK_FILTER_F_LEFT_OUT)
			continue;
		*sealed = true;
		return le32_to_cpu(filter->fmeta_len) +
		       le64_to_cpu(receipt->chunks) * AGE_FILE_SEALED;
	}
	return le64_to_cpu(receipt->dump_size);
}

static bool fits_receipt(struct looking *l)
{
	bool sealed;
	__u64 size = size_by_receipt(&l->beside.receipt, &sealed);

	if (l->io.size != size)
		problem(l, "it has %llu bytes, and by its receipt it should have %llu",
			l->io.size, size);
	else if (sealed && !l->verdict->sealed)
		problem(l, "by its receipt it is sealed, and it is no age file");
	else if (l->beside.sum.size != size)
		problem(l, "its receipt contradicts itself");
	return !l->verdict->problem[0];
}

/* Its length and digest, and what they should be */
static int look_without_key(struct looking *l)
{
	struct copy_verdict *verdict = l->verdict;
	struct collect_sum sum;
	int ret;

	if (l->wrong) {
		verdict->judged = false;
		verdict->finding = verdict->sealed ? FINDING_NO_KEY : FINDING_FAILED;
		problem(l, "without a key it is judged by its receipt, and '%s' %s%s",
			l->beside.path, l->beside.there ? "cannot be used: " : "is not there",
			l->beside.there ? l->wrong : "");
		return 0;
	}
	if (!fits_receipt(l))
		return 0;
	ret = collect_read_file(l->io.fd, l->path, l->io.size, &sum);
	if (ret)
		return ret;
	verdict->checked = "sha256";
	if (memcmp(sum.sha256, l->beside.sum.sha256, sizeof(sum.sha256))) {
		problem(l, "it is damaged: its SHA-256 is not the one in its receipt");
		return 0;
	}
	verdict->size_known = true;
	verdict->dump_size = le64_to_cpu(l->beside.receipt.dump_size);
	verdict->good_bytes = verdict->dump_size;
	return 0;
}

static int look_inside(struct looking *l, const struct age_identities *ids)
{
	if (!strcmp(l->path, l->beside.path)) {
		l->verdict->judged = false;
		l->verdict->finding = FINDING_FAILED;
		problem(l, "%s", l->wrong);
		return 0;
	}
	if (l->beside.part)
		return copy_part_verify(&l->io, l->path, &l->beside, l->wrong, ids, l->verdict);
	if (!ids)
		return look_without_key(l);
	if (l->verdict->sealed)
		return look_with_key(l, ids);
	l->verdict->finding = FINDING_FAILED;
	problem(l, "it is not sealed: no key can tell whose it is");
	return 0;
}

static int look(struct looking *l, const struct age_identities *ids)
{
	struct copy_verdict *verdict = l->verdict;
	int ret;

	l->wrong = copy_receipt_read(&l->beside, l->path);
	copy_string(verdict->receipt_path, sizeof(verdict->receipt_path), l->beside.path);
	if (l->beside.there && l->wrong)
		copy_string(verdict->receipt_problem, sizeof(verdict->receipt_problem), l->wrong);
	verdict->part = l->beside.part;
	verdict->sealed = age_file_begins(&l->io);
	verdict->size = l->io.size;
	verdict->judged = true;
	verdict->finding = FINDING_DAMAGED;
	ret = look_inside(l, ids);
	verdict->good = !ret && !verdict->problem[0];
	verdict->authentic = verdict->good && ids;
	verdict->receipt = verdict->good && !l->wrong && !verdict->stranger;
	if (verdict->receipt)
		dump_id_of_receipt(&verdict->dump, &l->beside.receipt);
	return ret;
}

/**
 * copy_is_one() - is this a file that was collected, and no dump area?
 * @path: of it
 *
 * Return: true for an age file, for what has a receipt beside it, and for what is named as a
 * part of a dump
 */
bool copy_is_one(const char *path)
{
	char receipt[OUTFILE_PATH_MAX];
	struct area_io io;
	bool sealed, area;

	if (area_io_open(&io, path, false))
		return false;
	sealed = age_file_begins(&io) && !age_file_is_text(&io);
	area_io_close(&io);
	if (sealed)
		return true;
	if (!copy_receipt_name(path, receipt) ||
	    (!copy_is_part(path) && access(receipt, F_OK) && errno == ENOENT))
		return false;
	return !area_find(path, &area) && !area;
}

/**
 * copy_verify() - look at all of a collected dump
 * @path: of it
 * @ids: what may open it, or NULL
 * @verdict: filled
 *
 * Needs signals_catch(). Prints the progress.
 *
 * Return: 0, whatever the verdict is, or a negative errno, which is reported
 */
int copy_verify(const char *path, const struct age_identities *ids,
		struct copy_verdict *verdict)
{
	struct looking l = { .path = path, .verdict = verdict };
	int ret;

	memset(verdict, 0, sizeof(*verdict));
	ret = area_io_open(&l.io, path, false);
	if (ret) {
		area_report_open(path, ret);
		return ret;
	}
	ret = look(&l, ids);
	area_io_close(&l.io);
	return ret;
}
