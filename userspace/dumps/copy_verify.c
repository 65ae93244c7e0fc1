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

#include "age/file.h"
#include "age/slot.h"
#include "dumps/copy_verify.h"
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

/* A file that is none of ours has no trailer, and then all of it is the dump */
static void take_last(struct looking *l, const struct age_reader *reader, __u64 number)
{
	const struct dumpflt_disk_trailer *trailer = (const void *)reader->opened;
	__u64 size = le64_to_cpu(trailer->dump_size);
	const char *wrong = NULL;
	bool ours;

	ours = reader->len == DUMPFLT_CHUNK_SIZE &&
	       !dumpflt_trailer_check(reader->opened, trailer->session, size, number + 1);
	l->verdict->size_known = true;
	l->verdict->dump_size = ours ? size : number * DUMPFLT_CHUNK_SIZE + reader->len;
	l->verdict->good_bytes = l->verdict->dump_size;
	if (l->beside.there && !l->wrong && !ours)
		wrong = "it ends without the trailer of a dump";
	else if (l->beside.there && !l->wrong)
		wrong = dumpflt_trailer_check(reader->opened, l->beside.receipt.session,
					      le64_to_cpu(l->beside.receipt.dump_size),
					      number + 1);
	if (wrong)
		problem(l, "its trailer: %s", wrong);
}

/* Returns: 0, whatever is wrong with it, or a negative errno, which is reported */
static int open_chunks(struct looking *l, struct age_reader *reader)
{
	__u64 number, nr = reader->file->nr_chunks;
	struct progress progress;
	int ret = 0;

	progress_start(&progress);
	for (number = 0; !ret && number < nr; number++) {
		progress_show(&progress, "Verifying", (int)(number * 1000 / nr),
			      number * DUMPFLT_CHUNK_SIZE);
		ret = signals_stop() ? -EINTR : age_reader_chunk(reader, number);
		if (!ret && number + 1 < nr)
			l->verdict->good_bytes += reader->len;
	}
	progress_end(&progress);
	l->verdict->checked = "tag";
	if (!ret)
		take_last(l, reader, nr - 1);
	else if (ret == -EBADMSG)
		problem(l, "%s", reader->wrong);
	else if (ret == -EINTR && signals_stop())
		report_failure("reading the dump", l->path, "stopped by %s", signals_stop_name());
	else
		report_error("reading the dump", l->path, -ret);
	return ret == -EBADMSG ? 0 : ret;
}

/* Only the key of the very dump makes this MAC */
static void check_mac(struct looking *l, const struct age_file *file)
{
	const char *wrong;

	if (!l->beside.there || l->wrong || l->verdict->problem[0])
		return;
	wrong = age_receipt_check(file->keys.receipt, &l->beside.receipt);
	if (wrong)
		problem(l, "its receipt '%s': %s", l->beside.path, wrong);
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
	l->verdict->authentic = !ret && !l->verdict->problem[0];
	return ret;
}

/* Its length and digest, and what they should be */
static int look_without_key(struct looking *l)
{
	struct copy_verdict *verdict = l->verdict;
	struct collect_sum sum;
	int ret;

	if (l->wrong || !l->beside.there) {
		problem(l, "it cannot be judged: without a key that takes its receipt, and '%s' %s%s",
			l->beside.path, l->beside.there ? "cannot be used: " : "is not there",
			l->beside.there ? l->wrong : "");
		return 0;
	}
	if (l->io.size != l->beside.sum.size) {
		problem(l, "it has %llu bytes, and by its receipt it should have %llu",
			l->io.size, l->beside.sum.size);
		return 0;
	}
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
	return 0;
}

static int look(struct looking *l, const struct age_identities *ids)
{
	struct copy_verdict *verdict = l->verdict;
	int ret;

	l->wrong = copy_receipt_read(&l->beside, l->path);
	verdict->sealed = age_file_begins(&l->io);
	verdict->size = l->io.size;
	verdict->receipt = l->beside.there && !l->wrong;
	if (ids && !verdict->sealed) {
		problem(l, "it is not sealed: no key can tell whose it is");
		return 0;
	}
	ret = ids ? look_with_key(l, ids) : look_without_key(l);
	/* what is not to be believed is not to be passed over either */
	if (!ret && l->beside.there && l->wrong && !verdict->problem[0])
		problem(l, "its receipt '%s' cannot be used: %s", l->beside.path, l->wrong);
	verdict->good = !ret && !verdict->problem[0];
	verdict->authentic = verdict->authentic && verdict->good;
	return ret;
}

/**
 * copy_is_one() - is this a file that was collected, and no dump area?
 * @path: of it
 *
 * Return: true for an age file, and for what has a receipt beside it
 */
bool copy_is_one(const char *path)
{
	struct copy_receipt beside;
	struct area_io io;
	bool sealed, area;

	if (area_io_open(&io, path, false))
		return false;
	sealed = age_file_begins(&io);
	area_io_close(&io);
	if (sealed)
		return true;
	copy_receipt_read(&beside, path);
	return beside.there && !area_find(path, &area) && !area;
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
