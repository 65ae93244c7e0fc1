// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A disk as a power cut may leave it, without copying it.
 *
 * The base is mapped privately, and what was flushed is written into that
 * mapping. What was not flushed is laid over it sector by sector: a sector of
 * 512 bytes is what a disk writes as a whole, so it is the unit that is either
 * there or not. Between two flushes a disk may write in any order. For what is
 * found afterwards that makes no difference: of each write, any of its sectors
 * may be there, whatever became of the writes before it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <uapi/linux/dumpflt.h>

#include "image.h"

#define HEADER_SECTORS	(sizeof(struct dumpflt_disk_header) / SECTOR)

/* It begins as one of ours: over anything else the module does not write */
static const union {
	char	begin[DUMPFLT_MAGIC_SIZE + 3];
	__u8	sector[SECTOR];
} bad = { .begin = DUMPFLT_MAGIC_HEADER "\xba\xad" };

const char *image_word(enum image_kind kind)
{
	static const char * const words[] = {
		[IMAGE_ALL]	= "all of it written",
		[IMAGE_NONE]	= "what was not flushed lost",
		[IMAGE_SAMPLE]	= "what was not flushed written in part",
		[IMAGE_BAD_A]	= "header A bad",
		[IMAGE_BAD_B]	= "header B bad",
	};

	return words[kind];
}

int disk_open(struct disk *disk, const struct log *log, const char *base)
{
	int fd = open(base, O_RDONLY | O_CLOEXEC);
	struct stat st;

	memset(disk, 0, sizeof(*disk));
	disk->log = log;
	disk->durable = MAP_FAILED;
	if (fd >= 0 && !fstat(fd, &st)) {
		disk->size = (__u64)st.st_size;
		disk->durable = mmap(NULL, disk->size, PROT_READ | PROT_WRITE, MAP_PRIVATE,
				     fd, 0);
	}
	if (fd >= 0)
		close(fd);
	if (disk->durable == MAP_FAILED) {
		fprintf(stderr, "ERROR: open failed on '%s': %s\n", base, strerror(errno));
		return -1;
	}
	if (disk->size < log->end || disk->size % SECTOR) {
		fprintf(stderr, "ERROR: replay failed on '%s': the log is not of this disk\n",
			base);
		disk_close(disk);
		return -1;
	}
	disk->over = calloc(disk->size / SECTOR, sizeof(*disk->over));
	if (disk->over)
		return 0;
	perror("ERROR: allocation failed");
	disk_close(disk);
	return -1;
}

void disk_close(struct disk *disk)
{
	munmap(disk->durable, disk->size);
	free(disk->over);
}

/* Which sectors of a write are there, if it is there in part */
struct tear {
	enum { WHOLE, UP_TO, FROM, ALL_BUT, ONLY, ANY } how;
	__u64 at;
};

static bool is_there(const struct tear *tear, __u64 sector, __u64 *random)
{
	switch (tear->how) {
	case WHOLE:
		return true;
	case UP_TO:
		return sector < tear->at;
	case FROM:
		return sector > tear->at;
	case ALL_BUT:
		return sector != tear->at;
	case ONLY:
		return sector == tear->at;
	case ANY:
		return random_next(random) & 1;
	}
	return false;
}

static void lay_over(struct disk *disk, const struct request *r, const struct tear *tear,
		     __u64 *random)
{
	__u64 i;

	for (i = 0; i < r->len / SECTOR; i++)
		if (is_there(tear, i, random))
			disk->over[r->offset / SECTOR + i] = r->data + i * SECTOR;
}

/**
 * struct sampling - how an image is sampled
 * @chance: of a write being there, in 16ths
 * @tears: chance of one that is there being there in part, in 16ths
 * @special: the one write that fares differently; none if @alone is 0
 * @alone: 1: all but @special are there; 2: only @special is
 */
struct sampling {
	unsigned int	chance;
	unsigned int	tears;
	size_t		special;
	int		alone;
};

/* Many of few and few of many: what a lost flush does shows in either */
static void choose_sampling(struct sampling *s, size_t from, size_t to, __u64 *random)
{
	static const unsigned int chances[] = { 1, 8, 15, 16 };
	static const unsigned int tears[] = { 0, 1, 8, 16 };

	s->chance = chances[random_below(random, 4)];
	s->tears = tears[random_below(random, 4)];
	s->special = from + random_below(random, to - from);
	s->alone = (int)random_below(random, 4);
}

static bool is_written(const struct sampling *s, size_t number, __u64 *random)
{
	bool special = number == s->special;

	if (s->alone == 1)
		return !special;
	if (s->alone == 2)
		return special;
	return random_below(random, 16) < s->chance;
}

static void sample(struct disk *disk, __u64 seed)
{
	__u64 random = seed;
	struct sampling s;
	size_t i;

	choose_sampling(&s, disk->from, disk->to, &random);
	for (i = disk->from; i < disk->to; i++) {
		const struct request *r = &disk->log->requests[i];
		struct tear tear = { .how = WHOLE };

		if (log_is_open(r)) {
			if (!is_written(&s, i, &random))
				continue;
			if (random_below(&random, 16) < s.tears) {
				tear.how = UP_TO + random_below(&random, 5);
				tear.at = random_below(&random, r->len / SECTOR);
			}
		}
		lay_over(disk, r, &tear, &random);
	}
}

static void lay_over_all(struct disk *disk, bool only_fua)
{
	const struct tear whole = { .how = WHOLE };
	size_t i;

	for (i = disk->from; i < disk->to; i++) {
		const struct request *r = &disk->log->requests[i];

		if (!only_fua || !log_is_open(r))
			lay_over(disk, r, &whole, NULL);
	}
}

static __u64 header_sector(const struct disk *disk, unsigned int copy)
{
	return copy ? (disk->size / DUMPFLT_AREA_UNIT - 1) * (DUMPFLT_AREA_UNIT / SECTOR) : 0;
}

bool disk_is_header(const struct disk *disk, __u64 offset)
{
	return offset < DUMPFLT_AREA_UNIT || offset / SECTOR >= header_sector(disk, 1);
}

static void set_header(struct disk *disk, unsigned int copy, const __u8 *sector)
{
	__u64 i, first = header_sector(disk, copy);

	for (i = first; i < first + HEADER_SECTORS && i < disk->size / SECTOR; i++)
		disk->over[i] = sector;
}

/* Away with the last image */
static void clear(struct disk *disk)
{
	size_t i;

	for (i = disk->from; i < disk->to; i++) {
		const struct request *r = &disk->log->requests[i];

		memset(&disk->over[r->offset / SECTOR], 0,
		       r->len / SECTOR * sizeof(*disk->over));
	}
	set_header(disk, 0, NULL);
	set_header(disk, 1, NULL);
}

void disk_show(struct disk *disk, const struct image *image)
{
	clear(disk);
	disk->from = log_durable(disk->log, image->cut);
	disk->to = image->cut;
	for (; disk->applied < disk->from; disk->applied++) {
		const struct request *r = &disk->log->requests[disk->applied];

		if (r->len)
			memcpy(disk->durable + r->offset, r->data, r->len);
	}
	if (image->seed && disk->from < disk->to)
		sample(disk, image->seed);
	else
		lay_over_all(disk, image->kind == IMAGE_NONE);
	if (image->kind == IMAGE_BAD_A || image->kind == IMAGE_BAD_B)
		set_header(disk, image->kind == IMAGE_BAD_B, bad.sector);
}

int disk_read(void *ctx, void *buf, size_t len, __u64 offset)
{
	struct disk *disk = ctx;
	__u8 *out = buf;

	if (offset > disk->size || len > disk->size - offset)
		return -ENODATA;
	while (len) {
		__u64 at = offset % SECTOR;
		size_t n = SECTOR - at < len ? SECTOR - at : len;
		const __u8 *over = disk->over[offset / SECTOR];

		memcpy(out, over ? over + at : disk->durable + offset, n);
		out += n;
		offset += n;
		len -= n;
	}
	return 0;
}
