// SPDX-License-Identifier: GPL-2.0-only
/*
 * One chunk of an age payload (c2sp.org/age, "Payload"), sealed or opened:
 * ChaCha20-Poly1305 under the payload key, with a nonce that is made of its
 * number (nonce.h).
 *
 * A nonce must never serve twice under one key. The counter is the number of
 * the chunk in the dump, which the core lets through once in a session (design
 * 5.11), and each session has a key of its own.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <crypto/chacha20poly1305.h>
#include <linux/bvec.h>
#include <linux/string.h>

#include "age.h"
#include "nonce.h"

static_assert(DUMPFLT_AGE_TAG <= DUMPFLT_BOUNCE_ROOM);

static u64 nonce_of(const struct dumpflt_io *io)
{
	return dumpflt_age_nonce(io->offset / DUMPFLT_CHUNK_SIZE,
				 !!(io->flags & DUMPFLT_IO_F_LAST));
}

/**
 * dumpflt_age_seal - seal a chunk
 * @age: the instance, with a payload key
 * @io: a write of that chunk; its tag goes to @io->meta
 * @to: where to: DUMPFLT_CHUNK_SIZE bytes, physically contiguous, and room for a tag
 *	behind them. The first segment, if the chunk is to be sealed in place
 *
 * In one pass if the source is in one piece: then @to never has a byte of it in the
 * clear. Else the pieces are put together there first.
 *
 * Context: process context; does not sleep or allocate.
 */
void dumpflt_age_seal(const struct dumpflt_age *age, const struct dumpflt_io *io,
		      u8 *to)
{
	const u8 *from = to;

	if (io->nr_segs == 1)
		from = dumpflt_segment(io, 0);
	else
		dumpflt_io_copy(io, to, 0, DUMPFLT_CHUNK_SIZE);
	chacha20poly1305_encrypt(to, from, DUMPFLT_CHUNK_SIZE, NULL, 0,
				 nonce_of(io), age->payload_key);
	memcpy(io->meta, to + DUMPFLT_CHUNK_SIZE, DUMPFLT_AGE_TAG);
}

/**
 * dumpflt_age_open - open a chunk in place
 * @age: the instance, with the payload key of the dump
 * @io: a read of that chunk, with its tag
 *
 * Context: process context; does not sleep or allocate.
 * Return: 0; -EBADMSG if it is not what was sealed, and then it is zeros; -EINVAL
 * if it comes in more pieces than there is room for.
 */
int dumpflt_age_open(struct dumpflt_age *age, const struct dumpflt_io *io)
{
	struct dumpflt_age_lane *mine = &age->lanes[io->lane];
	u32 i;

	if (io->nr_segs > DUMPFLT_AGE_PIECES)
		return -EINVAL;
	sg_init_table(mine->sg, io->nr_segs + 1);
	for (i = 0; i < io->nr_segs; i++)
		sg_set_page(&mine->sg[i], io->segs[i].bv_page,
			    io->segs[i].bv_len, io->segs[i].bv_offset);
	memcpy(mine->tag, io->meta, sizeof(mine->tag));
	sg_set_buf(&mine->sg[i], mine->tag, sizeof(mine->tag));
	if (chacha20poly1305_decrypt_sg_inplace(mine->sg, DUMPFLT_CHUNK_SIZE +
						sizeof(mine->tag), NULL, 0,
						nonce_of(io), age->payload_key))
		return 0;
	/* nobody vouches for what that has made of it */
	for (i = 0; i < io->nr_segs; i++)
		memset(dumpflt_segment(io, i), 0, io->segs[i].bv_len);
	return -EBADMSG;
}
