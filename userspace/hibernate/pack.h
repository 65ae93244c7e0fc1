/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel's image takes on the disk: less, if it is compressed.
 *
 * LZ4 in its frame format, each block of the image a frame of its own, so that what is
 * behind the header of an image is opened by lz4(1), too. A page of zeros, of which a
 * memory has many, costs next to nothing; what cannot be compressed is stored as it is.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_PACK_H
#define DUMPFLT_HIBERNATE_PACK_H

#include <linux/types.h>
#include <stdbool.h>
#include <sys/types.h>

/* What is compressed at once, in bytes */
#define PACK_BLOCK	262144U

/* How an image is stored; part of its header */
enum compressor {
	COMPRESSOR_AUTO,	/* nothing was said; not in a header */
	COMPRESSOR_NONE,
	COMPRESSOR_LZ4,
};

/**
 * struct pack - an image on its way to the disk
 * @compressor: not COMPRESSOR_AUTO
 * @block: PACK_BLOCK bytes, to be filled
 * @packed: what came of the last block
 * @size: that there is room for in there
 * @lz4: of the library, as its own type is private
 */
struct pack {
	enum compressor	compressor;
	unsigned char	*block;
	unsigned char	*packed;
	size_t		size;
	void		*lz4;
};

/* Gets what was unpacked. Returns: 0 or a negative errno, which it reports itself */
typedef int (*unpack_sink)(void *ctx, const void *data, size_t len);

/**
 * struct unpack - an image on its way back
 * @compressor: from its header
 * @block: PACK_BLOCK bytes
 * @lz4: of the library
 * @inside: the last frame has not ended
 * @sink: gets the image
 * @ctx: for @sink
 */
struct unpack {
	enum compressor	compressor;
	unsigned char	*block;
	void		*lz4;
	bool		inside;
	unpack_sink	sink;
	void		*ctx;
};

const char *compressor_word(enum compressor compressor);
bool compressor_parse(const char *word, enum compressor *compressor);

int pack_open(struct pack *pack, enum compressor compressor);
ssize_t pack_block(struct pack *pack, size_t len, const unsigned char **packed);
__u64 pack_fits(enum compressor compressor, __u64 room);
void pack_close(struct pack *pack);

int unpack_open(struct unpack *unpack, enum compressor compressor);
int unpack_put(struct unpack *unpack, const void *data, size_t len, const char **wrong);
const char *unpack_end(const struct unpack *unpack);
void unpack_close(struct unpack *unpack);

#endif
