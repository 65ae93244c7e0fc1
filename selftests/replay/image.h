/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk as a power cut may leave it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef REPLAY_IMAGE_H
#define REPLAY_IMAGE_H

#include "log.h"
#include "random.h"

/**
 * enum image_kind - what became of the writes that were not flushed
 * @IMAGE_ALL: all of them are there
 * @IMAGE_NONE: all of them are lost
 * @IMAGE_SAMPLE: some are lost, some are there, some in part
 * @IMAGE_BAD_A: all are there, or some, and header A went bad afterwards
 * @IMAGE_BAD_B: the same of header B
 */
enum image_kind {
	IMAGE_ALL,
	IMAGE_NONE,
	IMAGE_SAMPLE,
	IMAGE_BAD_A,
	IMAGE_BAD_B,
};

/**
 * struct image - which one
 * @cut: requests that were sent before the power cut
 * @kind: see there
 * @seed: decides what became of each write, 0 if @kind does
 */
struct image {
	size_t		cut;
	enum image_kind	kind;
	__u64		seed;
};

/**
 * struct disk - the disk, as one image after the other
 * @log: what was written to it
 * @size: bytes
 * @durable: bytes as the flushes have left them
 * @applied: requests that @durable includes
 * @over: by sector: what is there instead; NULL for what is in @durable
 * @from: first request that @over has something of
 * @to: the last such request, plus one
 */
struct disk {
	const struct log	*log;
	__u64			size;
	__u8			*durable;
	size_t			applied;
	const __u8		**over;
	size_t			from;
	size_t			to;
};

int disk_open(struct disk *disk, const struct log *log, const char *base);
void disk_close(struct disk *disk);

/* Images with an ever larger cut. Then the disk can be read */
void disk_show(struct disk *disk, const struct image *image);
/* Is something written there one of the two headers? */
bool disk_is_header(const struct disk *disk, __u64 offset);
int disk_read(void *disk, void *buf, size_t len, __u64 offset);

const char *image_word(enum image_kind kind);

#endif
