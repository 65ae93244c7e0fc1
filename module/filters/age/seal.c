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

/**
 * dumpflt_age_seal - seal a chunk in place
 * @age: the instance, with a payload key
 * @lane: calls with the same lane never overlap
 * @chunk: DUMPFLT_CHUNK_SIZE bytes, physically contiguous
 * @counter: its number
 * @last: there is none behind it
 * @tag: where to put its tag
 *
 * Context: process context; does not sleep or allocate.
 * Return: 0 or a negative errno.
 */
int dumpflt_age_seal(struct dumpflt_age *age, unsigned int lane, void *chunk,
		     u64 counter, bool last, u8 tag[DUMPFLT_AGE_TAG])
{
	struct dumpflt_age_lane *mine = &age->lanes[lane];

	sg_init_table(mine->sg, 2);
	sg_set_buf(&mine->sg[0], chunk, DUMPFLT_CHUNK_SIZE);
	sg_set_buf(&mine->sg[1], mine->tag, sizeof(mine->tag));
	if (!chacha20poly1305_encrypt_sg_inplace(mine->sg, DUMPFLT_CHUNK_SIZE,
						 NULL, 0,
						 dumpflt_age_nonce(counter, last),
						 age->payload_key))
		return -EIO;
	memcpy(tag, mine->tag, sizeof(mine->tag));
	return 0;
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
	u64 nonce = dumpflt_age_nonce(io->offset / DUMPFLT_CHUNK_SIZE,
				      !!(io->flags & DUMPFLT_IO_F_LAST));
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
						nonce, age->payload_key))
		return 0;
	/* nobody vouches for what that has made of it */
	for (i = 0; i < io->nr_segs; i++)
		memset(dumpflt_segment(io, i), 0, io->segs[i].bv_len);
	return -EBADMSG;
}
