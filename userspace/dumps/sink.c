// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where an extracted dump goes: a new file or standard output, as it was
 * written or rearranged into the file that makedumpfile meant.
 *
 * The functions print what went wrong and return a negative errno.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <linux/major.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "dumps/copy_verify.h"
#include "dumps/key_file.h"
#include "dumps/sink.h"
#include "lib/signals.h"
#include "lib/report.h"
#include "lib/blkdev.h"
#include "lib/finding.h"

int sink_report_stop(const struct sink *sink)
{
	report_failure(sink->job ? sink->job : "extracting", sink->from, "stopped by %s",
		       signals_stop_name());
	return -EINTR;
}

static int report_output(const struct sink *sink, int ret)
{
	if (ret == -EINTR && signals_stop())
		return sink_report_stop(sink);
	report_error("writing the dump", sink->out, -ret);
	if (ret == -EFBIG && sink->io && !sink->raw)
		report_hint("If the dump was cut, and older data follow, --salvage gives out what is before them.");
	return ret;
}

/* A file is suspect that is larger than this, and than so many times its data */
#define HOLES_SIZE	1073741824ULL
#define HOLES_RATIO	64

/*
 * And while it grows, one that takes more of the disk than this, and than so many
 * times its data: a byte takes a block
 */
#define BLOCK		4096
#define SPREAD_BLOCKS	16384
#define SPREAD_RATIO	16

static void keep(struct sink *sink, dev_t dev, ino_t ino, const char *words)
{
	if (sink->nr_keep < SINK_KEEP_MAX)
		sink->keep[sink->nr_keep++] = (struct sink_keep){ dev, ino, words };
}

/**
 * sink_keep_file() - do not replace this
 * @sink: not yet open
 * @fd: of a file, or of a loop device: then also the file behind that
 * @words: what it is
 */
void sink_keep_file(struct sink *sink, int fd, const char *words)
{
	struct loop_info64 loop;
	struct stat st;

	if (fstat(fd, &st))
		return;
	keep(sink, st.st_dev, st.st_ino, words);
	if (S_ISBLK(st.st_mode) && major(st.st_rdev) == LOOP_MAJOR &&
	    !ioctl(fd, LOOP_GET_STATUS64, &loop))
		keep(sink, loop.lo_device, loop.lo_inode, words);
}

/* What is written beside a collected dump, which comes from @sink->from */
void sink_keep_receipt(struct sink *sink)
{
	char name[OUTFILE_PATH_MAX];
	int fd;

	if (!copy_receipt_name(sink->from, name))
		return;
	fd = open(name, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return;
	sink_keep_file(sink, fd, "the receipt of what is read");
	close(fd);
}

static int keep_key(struct sink *sink, const char *op, const char *path, const char *what)
{
	int fd = open(path, O_PATH | O_CLOEXEC), ret;

	if (fd < 0) {
		ret = -errno;
		report_error(op, path, -ret);
		return ret;
	}
	sink_keep_file(sink, fd, what);
	close(fd);
	return 0;
}

/**
 * sink_keep_keys() - do not replace any of these
 * @sink: not yet open
 * @files: of the keys that open the dump
 *
 * Return: 0 or a negative errno, which is reported
 */
int sink_keep_keys(struct sink *sink, const struct identity_files *files)
{
	static const char key[] = "the secret key that opens it";
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < files->nr; i++)
		if (key_file_is_stdin(files->paths[i]))
			sink_keep_file(sink, STDIN_FILENO, key);
		else
			ret = keep_key(sink, "opening the identity", files->paths[i], key);
	if (!ret && files->origin)
		ret = keep_key(sink, "opening the origin key", files->origin,
			       "the origin key");
	return ret;
}

static int report_kept(const struct sink *sink, const char *words)
{
	report_failure("creating the output", sink->out, "it is %s", words);
	return -EEXIST;
}

/* A shell may have opened anything as that */
static int check_stdout(const struct sink *sink)
{
	struct stat st;
	size_t i;

	for (i = 0; i < sink->nr_keep && !fstat(STDOUT_FILENO, &st); i++)
		if (st.st_dev == sink->keep[i].dev && st.st_ino == sink->keep[i].ino)
			return report_kept(sink, sink->keep[i].words);
	return 0;
}

/* Whatever names it has: what the dump comes from and what opens it are needed */
static int check_kept(const struct sink *sink)
{
	size_t i;

	for (i = 0; i < sink->nr_keep; i++)
		if (outfile_replaces(&sink->file, sink->keep[i].dev,
				     sink->keep[i].ino))
			return report_kept(sink, sink->keep[i].words);
	return 0;
}

/**
 * sink_limit() - let a stream end before a record that it cannot have
 * @sink: open, a dump is to be salvaged for it
 * @size: of all that the dump can be in
 *
 * What follows a dump that was cut may be anything: one time in eight a random
 * number is a place that no file has. sink_sync() would refuse such a file.
 */
void sink_limit(struct sink *sink, __u64 size)
{
	if (sink->sparse)
		return;
	sink->flat.limit = size > HOLES_SIZE / HOLES_RATIO ? size * HOLES_RATIO :
							     HOLES_SIZE;
}

/* @replace: a file of that name. On error there is nothing to close */
int sink_open(struct sink *sink, bool replace)
{
	int ret;

	flat_init(&sink->flat);
	sink->to_stdout = !strcmp(sink->out, "-");
	if (sink->to_stdout)
		return check_stdout(sink);
	ret = outfile_open(&sink->file, sink->out, replace);
	if (!ret) {
		ret = check_kept(sink);
		if (ret)
			outfile_discard(&sink->file);
		return ret;
	}
	report_error("creating the output", sink->out, -ret);
	if (ret == -EEXIST)
		report_hint("%s", replace ? "It is no file, and stays." :
					    "To replace it, use --force.");
	return ret;
}

/* Standard output takes them in order only */
int sink_put_bytes(struct sink *sink, __u64 offset, const unsigned char *data,
		   size_t len)
{
	int ret;

	if (sink->to_stdout)
		ret = write_all(STDOUT_FILENO, data, len);
	else
		ret = outfile_write(&sink->file, offset, data, len);
	return ret ? report_output(sink, ret) : 0;
}

static int check_spread(struct sink *sink, const struct flat_span *span)
{
	__u64 first = span->offset / BLOCK;
	__u64 last = (span->offset + span->len - 1) / BLOCK;

	/* a record comes in pieces, and the next one often goes where it ended */
	sink->blocks += last - first + (first != sink->block);
	sink->block = last;
	if (sink->sparse || sink->blocks <= SPREAD_BLOCKS ||
	    sink->blocks / SPREAD_RATIO <= sink->data / BLOCK)
		return 0;
	report_failure("reading the dump", sink->from,
		       "its first %llu bytes would take %llu bytes of the disk: they are spread over it in small pieces",
		       sink->data, sink->blocks * BLOCK);
	report_hint("That is no dump of makedumpfile's. Use --sparse to have it all the same.");
	return -EFBIG;
}

static int put_span(struct sink *sink, const struct flat_span *span)
{
	int ret;

	sink->data += span->len;
	if (span->offset + span->len > sink->end)
		sink->end = span->offset + span->len;
	if (sink->flattened)
		return 0;
	ret = check_spread(sink, span);
	return ret ? ret : sink_put_bytes(sink, span->offset, span->data, span->len);
}

/**
 * sink_put_stream() - take some of a flattened stream
 * @sink: open
 * @data: the next bytes; those behind the end marker are ignored
 * @len: how many, 0 for none
 *
 * Return: 0 or a negative errno, which is reported
 */
int sink_put_stream(struct sink *sink, const unsigned char *data, size_t len)
{
	const unsigned char *start = data;
	__u64 position = sink->flat.position;
	enum flat_event event;
	struct flat_span span;
	int ret = 0;

	if (sink->lost)
		return 0;
	if (sink->log)
		return sink->log(sink, data, len);
	do {
		event = flat_next(&sink->flat, &data, &len, &span);
		/* it belongs to no dump file */
		if (event == FLAT_LOG)
			continue;
		if (event != FLAT_DATA)
			break;
		ret = put_span(sink, &span);
	} while (!ret);
	if (event == FLAT_BAD && !sink->salvage) {
		finding_add(sink->flat.position ? FINDING_DAMAGED : FINDING_NO_DUMP);
		report_failure("reading the dump", sink->from, "%s, at byte %llu",
			       sink->flat.problem, sink->flat.position);
		sink_hint_bad_stream(sink);
		return -EBADMSG;
	}
	if (!ret && sink->flattened)
		ret = sink_put_bytes(sink, position, start, (size_t)(data - start));
	sink->position = sink->flat.position;
	return !ret && event == FLAT_BAD ? -EBADMSG : ret;
}

/**
 * sink_put_dump() - take some of a dump, which need not be a flattened stream
 * @ctx: the sink, open
 * @offset: in the dump; in order, without a gap
 * @data: bytes of the dump at @offset
 * @len: more than 0
 *
 * Return: 0 or a negative errno, which is reported
 */
int sink_put_dump(void *ctx, __u64 offset, const void *data, size_t len)
{
	struct sink *sink = ctx;
	int ret;

	if (!offset && !sink->raw && !sink->log && !flat_begins(data, len)) {
		if (sink->flattened || sink->only_stream) {
			if (!sink->verified)
				finding_add(FINDING_NO_DUMP);
			report_failure("reading the dump", sink->from,
				       "it is not in makedumpfile's flattened format");
			report_hint("Use --raw%s to have it as it is.",
				    sink->flattened ? " instead of --flattened" : "");
			return -EBADMSG;
		}
		report_warning("the dump is not in makedumpfile's flattened format: written as it is");
		sink->raw = true;
	}
	if (!sink->lost)
		sink->given += len;
	if (!sink->raw)
		return sink_put_stream(sink, data, len);
	ret = sink_put_bytes(sink, offset, data, len);
	sink->position = offset + len;
	return ret;
}

static int put_zeros(struct sink *sink, __u64 offset, __u64 len)
{
	static const unsigned char zeros[DUMPFLT_CHUNK_SIZE];
	int ret = 0;

	while (!ret && len) {
		size_t n = len < sizeof(zeros) ? (size_t)len : sizeof(zeros);

		if (signals_stop())
			return sink_report_stop(sink);
		ret = sink->raw ? sink_put_bytes(sink, offset, zeros, n) :
				  sink_put_stream(sink, zeros, n);
		offset += n;
		len -= n;
	}
	return ret;
}

/**
 * sink_put_hole() - take zeros for some of a dump
 * @sink: open, with holes, for no kernel log
 * @offset: in the dump, in order with what sink_put_dump() takes
 * @len: more than 0
 *
 * Return: 0 or a negative errno, which is reported
 */
int sink_put_hole(struct sink *sink, __u64 offset, __u64 len)
{
	__u64 data = sink->data;
	int ret = 0;

	holes_add(sink->holes, offset, len);
	if (!sink->raw && !flat_bridges(&sink->flat, len))
		sink->lost = true;
	/* of a file, what is not written is zeros */
	else if (!sink->raw || sink->to_stdout)
		ret = put_zeros(sink, offset, len);
	/* it is nothing that the dump has */
	sink->data = data;
	if (sink->raw)
		sink->position = offset + len;
	return ret;
}

/**
 * sink_check_end() - had makedumpfile finished what it wrote?
 * @sink: has taken all of the dump
 * @size: of the dump
 *
 * Return: 0 or -EBADMSG, which is reported
 */
int sink_check_end(const struct sink *sink, __u64 size)
{
	if (sink->raw || sink->log || !size || sink->flat.state == FLAT_AT_END)
		return 0;
	finding_add(FINDING_INCOMPLETE);
	report_failure("reading the dump", sink->from,
		       "it is whole, but has no end marker: makedumpfile had not finished it");
	report_hint("Use --raw to have it as it is.");
	return -EBADMSG;
}

/* How long the output should be */
__u64 sink_size(const struct sink *sink)
{
	if (sink->raw || sink->flattened || sink->log)
		return sink->position;
	/* of a stream that was cut: as far as it goes, not as it was meant */
	return sink->flat.state == FLAT_AT_END ? sink->flat.file_size : sink->end;
}

/*
 * makedumpfile leaves no holes, but for a few. Who has made the stream up can
 * have a file of any size of a few bytes, and who copies it fills a disk.
 */
static int check_holes(const struct sink *sink)
{
	__u64 size = sink_size(sink), data = sink->data;

	if (sink->raw && sink->holes)
		data = size - sink->holes->bytes;
	if (sink->flattened || sink->log || (sink->raw && !sink->holes) ||
	    size <= HOLES_SIZE || size / HOLES_RATIO <= data)
		return 0;
	if (sink->sparse) {
		report_warning("'%s' has %llu bytes, of which the dump has %llu: the rest is a hole",
			       sink->out, size, data);
		return 0;
	}
	report_failure("reading the dump", sink->from,
		       "it would be a file of %llu bytes, of which it has %llu: the rest would be a hole",
		       size, data);
	report_hint("That is no dump of makedumpfile's. Use --sparse to have it all the same.");
	return -EFBIG;
}

/* Make the output durable, as long as it should be */
int sink_sync(struct sink *sink)
{
	int ret;

	if (sink->to_stdout)
		return 0;
	ret = check_holes(sink);
	if (ret)
		return ret;
	ret = outfile_sync(&sink->file, sink_size(sink));
	return ret ? report_output(sink, ret) : 0;
}

static int name_output(struct sink *sink)
{
	int ret = check_kept(sink);

	if (ret)
		return ret;
	ret = outfile_commit(&sink->file);
	return ret ? report_output(sink, ret) : 0;
}

/*
 * Give the output its name if there was no error, else leave nothing behind.
 * Returns: @err, or what the naming failed with
 */
int sink_close(struct sink *sink, int err)
{
	if (sink->to_stdout)
		return err;
	if (!err)
		err = name_output(sink);
	if (err)
		outfile_discard(&sink->file);
	return err;
}
