// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An image, as the kernel has given it, out of what was stored.
 *
 * What comes here was checked: a tag vouches for each byte, the machine key for all of
 * them. All the same nothing is believed that the library does not believe.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <lz4frame.h>
#include <stdlib.h>
#include <string.h>

#include "hibernate/pack.h"

/**
 * unpack_open() - get ready
 * @unpack: sink and ctx are there; for unpack_close(), whatever is returned
 * @compressor: of the image's header
 *
 * Return: 0 or a negative errno
 */
int unpack_open(struct unpack *unpack, enum compressor compressor)
{
	LZ4F_dctx *lz4;

	unpack->compressor = compressor;
	unpack->inside = false;
	unpack->lz4 = NULL;
	unpack->block = malloc(PACK_BLOCK);
	if (!unpack->block)
		return -ENOMEM;
	if (compressor == COMPRESSOR_NONE)
		return 0;
	if (LZ4F_isError(LZ4F_createDecompressionContext(&lz4, LZ4F_VERSION)))
		return -ENOMEM;
	unpack->lz4 = lz4;
	return 0;
}

/* Returns: how much was taken of @len, or a negative errno */
static ssize_t unpack_some(struct unpack *unpack, const unsigned char *data, size_t len,
			   const char **wrong)
{
	size_t made = PACK_BLOCK, taken = len, more;
	int ret = 0;

	more = LZ4F_decompress(unpack->lz4, unpack->block, &made, data, &taken, NULL);
	if (LZ4F_isError(more) || (!taken && !made)) {
		*wrong = "what is compressed in it cannot be unpacked";
		return -EBADMSG;
	}
	unpack->inside = more;
	if (made)
		ret = unpack->sink(unpack->ctx, unpack->block, made);
	return ret ? ret : (ssize_t)taken;
}

/**
 * unpack_put() - unpack what comes next
 * @unpack: for it
 * @data: as it was stored
 * @len: of it, in bytes
 * @wrong: set to words that fit behind a colon if it is no image; else nothing of it
 *
 * Return: 0 or a negative errno: what the sink says, or -EBADMSG with @wrong
 */
int unpack_put(struct unpack *unpack, const void *data, size_t len, const char **wrong)
{
	const unsigned char *from = data;

	*wrong = NULL;
	if (unpack->compressor == COMPRESSOR_NONE)
		return len ? unpack->sink(unpack->ctx, data, len) : 0;
	while (len) {
		ssize_t n = unpack_some(unpack, from, len, wrong);

		if (n < 0)
			return (int)n;
		from += n;
		len -= (size_t)n;
	}
	return 0;
}

/* That was all. Returns: NULL, or what is wrong with it, as unpack_put() */
const char *unpack_end(const struct unpack *unpack)
{
	return unpack->inside ? "it ends in the middle of what is compressed" : NULL;
}

void unpack_close(struct unpack *unpack)
{
	if (unpack->block)
		explicit_bzero(unpack->block, PACK_BLOCK);
	free(unpack->block);
	unpack->block = NULL;
	LZ4F_freeDecompressionContext(unpack->lz4);
	unpack->lz4 = NULL;
}
