// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A part of a dump that was salvaged by 'dumpflt collect --salvage': is it still what it was?
 *
 * It is never good, whatever is found, as the dump was not: what is told apart is whether the
 * part itself has suffered since. Without a key it is held against the digest beside it. With a
 * key each chunk is opened; what is sealed as the last one need not be there.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "age/file.h"
#include "dumps/copy_verify.h"
#include "dumps/not_good.h"
#include "lib/progress.h"
#include "lib/report.h"
#include "lib/signals.h"

__printf(3, 4)
static void find(struct copy_verdict *verdict, enum finding finding, const char *fmt, ...)
{
	va_list args;

	verdict->finding = finding;
	va_start(args, fmt);
	vsnprintf(verdict->problem, sizeof(verdict->problem), fmt, args);
	va_end(args);
}

/* All of the part is there: what there is to say is about the dump */
static void find_part(struct copy_verdict *verdict, const struct copy_receipt *beside)
{
	find(verdict, beside->damaged ? FINDING_DAMAGED : FINDING_INCOMPLETE,
	     beside->problem[0] ? "it is a part of a dump: %s" :
				  "it is a part of a dump, as its name says%s",
	     beside->problem);
}

/* Returns: whether it is as long as it was made, if that is known */
static bool has_size(const struct area_io *io, const struct copy_receipt *beside,
		     const char *wrong, struct copy_verdict *verdict)
{
	if (wrong || io->size == beside->sum.size)
		return true;
	find(verdict, FINDING_DAMAGED,
	     "it has %llu bytes, and by what is written beside it, it should have %llu",
	     io->size, beside->sum.size);
	return false;
}

static int look_without_key(const struct area_io *io, const char *path,
			    const struct copy_receipt *beside, const char *wrong,
			    struct copy_verdict *verdict)
{
	struct collect_sum sum;
	int ret;

	find_part(verdict, beside);
	if (wrong || !has_size(io, beside, wrong, verdict))
		return 0;
	ret = collect_read_file(io->fd, path, io->size, &sum);
	if (ret)
		return ret;
	verdict->checked = "sha256";
	if (memcmp(sum.sha256, beside->sum.sha256, sizeof(sum.sha256)))
		find(verdict, FINDING_DAMAGED,
		     "it is damaged: its SHA-256 is not the one that is written beside it");
	return 0;
}

/* Of a dump that failed, or was damaged in other places, the trailer may be there */
static void take_last(const struct age_reader *reader, __u64 number, struct copy_verdict *verdict)
{
	const struct dumpflt_disk_trailer *trailer = (const void *)reader->opened;
	__u64 size = le64_to_cpu(trailer->dump_size);

	verdict->trailer = reader->len == DUMPFLT_CHUNK_SIZE &&
			   !dumpflt_trailer_check(reader->opened, trailer->session, size,
						  number + 1);
	verdict->size_known = verdict->trailer;
	if (!verdict->trailer)
		return;
	verdict->dump_size = size;
	verdict->good_bytes = size;
}

/* Returns: 0, -EBADMSG if a chunk does not open, or another negative errno */
static int open_chunks(struct age_reader *reader, struct copy_verdict *verdict)
{
	__u64 number, nr = reader->file->nr_chunks;
	struct progress progress;
	int ret = 0;

	progress_start(&progress);
	for (number = 0; !ret && number < nr; number++) {
		ret = signals_stop() ? -EINTR : age_reader_chunk(reader, number);
		/* behind it there was one more, in the dump */
		if (ret == -EBADMSG && number + 1 == nr && age_reader_retry(reader, number))
			ret = 0;
		if (!ret)
			verdict->good_bytes += reader->len;
		if (!ret && number + 1 == nr)
			take_last(reader, number, verdict);
		progress_show(&progress, "Verifying", (int)((number + 1) * 1000 / nr),
			      (number + 1) * DUMPFLT_CHUNK_SIZE);
	}
	progress_end(&progress);
	return ret;
}

static int look_at_chunks(const char *path, const struct age_file *file,
			  const struct copy_receipt *beside, const char *wrong,
			  struct copy_verdict *verdict)
{
	struct age_reader reader;
	int ret = age_reader_begin(&reader, file);

	if (!ret)
		ret = open_chunks(&reader, verdict);
	verdict->checked = "tag";
	verdict->damaged = verdict->good_bytes;
	if (!ret) {
		find_part(verdict, beside);
		has_size(file->io, beside, wrong, verdict);
	} else if (ret == -EBADMSG) {
		find(verdict, FINDING_DAMAGED, "%s", reader.wrong);
		ret = 0;
	} else if (ret == -EINTR && signals_stop()) {
		report_failure("reading the dump", path, "stopped by %s", signals_stop_name());
	} else {
		report_error("reading the dump", path, -ret);
	}
	age_reader_end(&reader);
	return ret;
}

static int look_with_key(const struct area_io *io, const char *path,
			 const struct copy_receipt *beside, const char *wrong,
			 const struct age_identities *ids, struct copy_verdict *verdict)
{
	struct age_file file;
	const char *closed = age_file_open(&file, io, ids);
	int ret = 0;

	if (closed) {
		find(verdict, file_finding(closed), "it cannot be opened: %s", closed);
		verdict->no_key = age_header_no_key(closed);
	} else {
		ret = look_at_chunks(path, &file, beside, wrong, verdict);
	}
	age_file_wipe(&file);
	return ret;
}

/**
 * copy_part_verify() - look at all of a part
 * @io: of it, open
 * @path: of it
 * @beside: what is written beside it, or only that it is a part
 * @wrong: with that; NULL if nothing
 * @ids: what may open it, or NULL
 * @verdict: what is wrong, and what that is for the exit code, are filled in
 *
 * Needs signals_catch(). Prints the progress.
 *
 * Return: 0, or a negative errno, which is reported
 */
int copy_part_verify(const struct area_io *io, const char *path,
		     const struct copy_receipt *beside, const char *wrong,
		     const struct age_identities *ids, struct copy_verdict *verdict)
{
	/* no key can tell anything of what is not sealed */
	if (ids && verdict->sealed)
		return look_with_key(io, path, beside, wrong, ids, verdict);
	return look_without_key(io, path, beside, wrong, verdict);
}
