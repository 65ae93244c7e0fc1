// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Blocks of an image, compressed.
 *
 * Nothing is allocated after pack_open(): the library does so at its first frame, which is
 * made there.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <lz4frame.h>
#include <stdlib.h>
#include <string.h>

#include "hibernate/pack.h"

/*
 * More than a frame is larger than its block, whatever is in it: header 7, size of the
 * block 4, end 4 bytes (lz4_Frame_format.md)
 */
#define FRAME_MORE	64U

static const LZ4F_preferences_t preferences = {
	.frameInfo = { .blockSizeID = LZ4F_max256KB, .blockMode = LZ4F_blockIndependent },
	/* the block is given as a whole: nothing is to be kept back */
	.autoFlush = 1,
};

static int lz4_open(struct pack *pack)
{
	const unsigned char *packed;
	LZ4F_cctx *lz4;
	ssize_t n;

	if (LZ4F_isError(LZ4F_createCompressionContext(&lz4, LZ4F_VERSION)))
		return -ENOMEM;
	pack->lz4 = lz4;
	pack->size = LZ4F_HEADER_SIZE_MAX + LZ4F_compressBound(PACK_BLOCK, &preferences);
	pack->packed = malloc(pack->size);
	if (!pack->packed)
		return -ENOMEM;
	memset(pack->packed, 0, pack->size);
	n = pack_block(pack, PACK_BLOCK, &packed);
	return n < 0 ? (int)n : 0;
}

/**
 * pack_open() - have all the memory that is needed
 * @pack: for pack_close(), whatever is returned
 * @compressor: not COMPRESSOR_AUTO
 *
 * Return: 0 or a negative errno
 */
int pack_open(struct pack *pack, enum compressor compressor)
{
	memset(pack, 0, sizeof(*pack));
	pack->compressor = compressor;
	pack->block = malloc(PACK_BLOCK);
	if (!pack->block)
		return -ENOMEM;
	memset(pack->block, 0, PACK_BLOCK);
	return compressor == COMPRESSOR_LZ4 ? lz4_open(pack) : 0;
}

/* One of three steps. Returns: false if it failed, and so did all before */
static bool add(size_t step, size_t *len)
{
	if (LZ4F_isError(step))
		return false;
	*len += step;
	return true;
}

/**
 * pack_block() - what is to be written for a block
 * @pack: whose block was filled
 * @len: as far as that goes, at most PACK_BLOCK bytes
 * @packed: filled; there until the next one
 *
 * Allocates nothing, opens nothing.
 *
 * Return: its length, at most what pack_fits() has counted; or a negative errno
 */
ssize_t pack_block(struct pack *pack, size_t len, const unsigned char **packed)
{
	unsigned char *to = pack->packed;
	size_t n = 0;

	if (pack->compressor == COMPRESSOR_NONE) {
		*packed = pack->block;
		return (ssize_t)len;
	}
	if (!add(LZ4F_compressBegin(pack->lz4, to, pack->size, &preferences), &n) ||
	    !add(LZ4F_compressUpdate(pack->lz4, to + n, pack->size - n, pack->block, len, NULL),
		 &n) ||
	    !add(LZ4F_compressEnd(pack->lz4, to + n, pack->size - n, NULL), &n) ||
	    n > len + FRAME_MORE)
		return -EIO;
	*packed = to;
	return (ssize_t)n;
}

/* How large an image may be, so that it fits into @room bytes even if nothing gets smaller */
__u64 pack_fits(enum compressor compressor, __u64 room)
{
	__u64 more = (room / PACK_BLOCK + 1) * FRAME_MORE;

	if (compressor == COMPRESSOR_NONE)
		return room;
	return more < room ? room - more : 0;
}

/* The image is memory of everybody: it does not stay behind */
void pack_close(struct pack *pack)
{
	if (pack->block)
		explicit_bzero(pack->block, PACK_BLOCK);
	if (pack->packed)
		explicit_bzero(pack->packed, pack->size);
	free(pack->block);
	free(pack->packed);
	LZ4F_freeCompressionContext(pack->lz4);
	memset(pack, 0, sizeof(*pack));
}
