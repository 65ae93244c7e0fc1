/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tool makes of an image, held against what is true.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef REPLAY_JUDGE_H
#define REPLAY_JUDGE_H

#include "../../userspace/area/area.h"
#include "image.h"

/**
 * enum finding - what must not be
 * @FALSE_COMPLETE: a dump is called COMPLETE and is not there byte for byte
 * @NO_PREFIX: what is salvaged is not the beginning of the dump
 * @TOO_SHORT: more of the dump is there than is salvaged
 * @AREA_LOST: there is no dump area any more
 * @OLD_LOST: a dump that was COMPLETE before is no more, and was not replaced, or
 *	the header does not know of that yet
 * @SAVED_LOST: a dump was called complete by then, and yet is not COMPLETE
 * @CRASHED: the reader died, or did not come to an end
 */
enum finding {
	FALSE_COMPLETE,
	NO_PREFIX,
	TOO_SHORT,
	AREA_LOST,
	OLD_LOST,
	SAVED_LOST,
	CRASHED,
	NR_FINDINGS,
};

/**
 * struct counts - how it went
 * @images: judged
 * @complete: of them, those where all dumps of the log are COMPLETE
 * @salvaged: dumps of the log of which some can be salvaged in the others
 * @longest: most bytes that could be salvaged of a dump that is not COMPLETE
 * @found: images with a finding
 */
struct counts {
	__u64	images;
	__u64	complete;
	__u64	salvaged;
	__u64	longest;
	__u64	found[NR_FINDINGS];
};

/**
 * struct dump - a dump, as it ought to be
 * @session: its id
 * @slot: where it is
 * @bytes: of it
 * @size: how many
 * @stays: nobody has taken its slot by the end of the log
 * @saved: of one of the log: requests after which it was called complete
 * @chunks: of one of the log: chunks, trailer included
 * @written: these chunks, as they are on the disk at the end of the log
 * @records: the same of their records
 */
struct dump {
	__u8	session[16];
	__u32	slot;
	__u8	*bytes;
	__u64	size;
	bool	stays;
	size_t	saved;
	__u64	chunks;
	__u8	*written;
	__u8	*records;
};

/**
 * struct truth - what is known to be true
 * @disk: of the log
 * @io: the same, for the tool's reader
 * @dumps: first those of the log, in their order; the others were there before
 * @nr_new: those of the log
 * @nr_dumps: all
 * @record_size: of a chunk record
 */
struct truth {
	struct disk	*disk;
	struct area_io	io;
	struct dump	dumps[2 * DUMPFLT_AREA_SLOTS_MAX];
	size_t		nr_new;
	size_t		nr_dumps;
	__u32		record_size;
};

/* truth.c */
int truth_find(struct truth *truth, struct disk *before, struct disk *after,
	       char **references, size_t nr);
void truth_free(struct truth *truth);
const struct dump *truth_of(const struct truth *truth, const __u8 session[16]);

/* reference.c */
__u8 *read_reference(const char *path, __u64 *size);

/* judge.c */
void judge(const struct truth *truth, const struct image *image, struct counts *counts,
	   bool explain);

/* judge_raw.c */
void judge_raw(struct disk *disk, const struct image *image, const __u8 *reference,
	       __u64 size, struct counts *counts);

#endif
