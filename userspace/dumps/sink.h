/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where an extracted dump goes: a new file or standard output, as it was
 * written or rearranged into the file that makedumpfile meant.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SINK_H
#define DUMPFLT_SINK_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "age/identity.h"
#include "dumps/area_json.h"
#include "dumps/holes.h"
#include "dumps/identity.h"
#include "flat/flat.h"
#include "lib/outfile.h"

/* What an output must not replace: source, what that is a loop device of, its receipt, keys */
#define SINK_KEEP_MAX	(3 + AGE_IDENTITIES_MAX)

/**
 * struct sink_keep - a file that is needed
 * @dev: where it is
 * @ino: which it is
 * @words: what it is
 */
struct sink_keep {
	dev_t		dev;
	ino_t		ino;
	const char	*words;
};

/**
 * struct sink - an output under way
 * @job: what is done, for messages; NULL: extracting
 * @from: what the dump comes from, likewise
 * @io: that, if it is read as it is, or NULL
 * @stack: that is the stack whose filters it comes through, or NULL
 * @out: name of the output, "-" for standard output
 * @flattened: makedumpfile's stream is written, not the file it describes
 * @raw: the bytes are written as they are, whatever they are
 * @log: takes the kernel log out of the stream, if that is all that is wanted;
 *	else NULL
 * @only_stream: what is not makedumpfile's stream is refused, unless @raw
 * @salvage: a stream that goes wrong is not reported: what was before that is wanted
 * @verified: they have been verified before they come here
 * @dump: which one of an area it is, filled by who reads one
 * @holes: sink_put_hole() adds to them; NULL if that is not called
 * @given: bytes that sink_put_dump() took, but for those that were left out
 * @partial: what was given out is not the whole dump
 * @lost: where the records of the stream are is not known any more: the rest is left out
 * @keep: what it must not replace, by whatever name
 * @nr_keep: how many
 * @sparse: most of the file may be holes
 * @data: bytes that the stream had for the dump file
 * @blocks: of the disk that these may take, at most
 * @block: of the file, that the last of them went to
 * @to_stdout: the output has no name
 * @position: bytes of the dump taken so far, or written of the kernel log
 * @end: behind the last byte that the stream had for the dump file
 * @flat: the parser of the stream
 * @file: what @out will be, if that is no standard output
 *
 * The caller sets those up to @sparse before sink_open(), but for @given,
 * @partial and @lost.
 */
struct sink {
	const char		*job;
	const char		*from;
	const struct area_io	*io;
	const char		*stack;
	const char		*out;
	bool			flattened;
	bool			raw;
	int			(*log)(struct sink *sink, const unsigned char *data,
				       size_t len);
	bool			only_stream;
	bool			salvage;
	bool			verified;
	struct dump_id		*dump;
	struct holes		*holes;
	__u64			given;
	bool			partial;
	bool			lost;
	struct sink_keep	keep[SINK_KEEP_MAX];
	size_t			nr_keep;
	bool			sparse;
	__u64			data;
	__u64			blocks;
	__u64			block;
	bool			to_stdout;
	__u64			position;
	__u64			end;
	struct flat_parser	flat;
	struct outfile		file;
};

void sink_hint_no_dump(const struct sink *sink);
void sink_hint_bad_stream(const struct sink *sink);
void sink_keep_file(struct sink *sink, int fd, const char *words);
void sink_keep_receipt(struct sink *sink);
int sink_keep_keys(struct sink *sink, const struct identity_files *files);
int sink_open(struct sink *sink, bool replace);
void sink_limit(struct sink *sink, __u64 size);
int sink_put_bytes(struct sink *sink, __u64 offset, const unsigned char *data,
		   size_t len);
int sink_put_stream(struct sink *sink, const unsigned char *data, size_t len);
int sink_put_dump(void *ctx, __u64 offset, const void *data, size_t len);
int sink_put_hole(struct sink *sink, __u64 offset, __u64 len);
int sink_check_end(const struct sink *sink, __u64 size);
__u64 sink_size(const struct sink *sink);
int sink_sync(struct sink *sink);
int sink_close(struct sink *sink, int err);
int sink_report_stop(const struct sink *sink);

#endif
