// SPDX-License-Identifier: GPL-2.0-only
/*
 * AES-XTS for one data unit at a time, without sleeping or allocating.
 *
 * Should a call be queued, although xts_choose.c has seen to it that none is, the
 * API writes to the caller's memory at some later time. It is waited for, in
 * spite of the rule against sleeping, because giving the buffers back earlier
 * would corrupt memory, and then it fails: the dump ends, whatever the result
 * was.
 *
 * The API promises not to allocate (CRYPTO_ALG_ALLOCATES_MEMORY unset) if the
 * tweak and the data have the alignment that the implementation asks for, and
 * no step of its internal walk straddles a page. Steps are a few AES blocks and
 * divide a sector, so it is enough that data begins at a multiple of
 * SECTOR_SIZE.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <crypto/skcipher.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "crypt.h"

/**
 * struct xts_lane - what a call needs; lanes may run at the same time
 * @req: the request, with room for the implementation's own state
 * @wait: only used if the implementation breaks its word, see above
 * @from: describes the input
 * @to: describes the output
 * @tweak: number of the data unit, little-endian, aligned for the implementation
 * @scratch: a data unit, for data that is not contiguous
 */
struct xts_lane {
	struct skcipher_request	*req;
	struct crypto_wait	wait;
	struct scatterlist	from;
	struct scatterlist	to;
	__le64			*tweak;
	u8			*scratch;
};

struct dumpflt_xts {
	struct crypto_skcipher	*tfm;
	u32			nr_lanes;
	struct xts_lane		lanes[];
};

static void destroy_lane(struct xts_lane *lane)
{
	skcipher_request_free(lane->req);
	kfree_sensitive(lane->tweak);
	kfree_sensitive(lane->scratch);
}

static int create_lane(struct xts_lane *lane, struct crypto_skcipher *tfm)
{
	/* kmalloc() aligns a power of two to itself */
	size_t tweak_size = max_t(size_t, crypto_skcipher_ivsize(tfm),
				  crypto_skcipher_alignmask(tfm) + 1);

	lane->req = skcipher_request_alloc(tfm, GFP_KERNEL);
	lane->tweak = kzalloc(tweak_size, GFP_KERNEL);
	lane->scratch = kzalloc(DUMPFLT_CRYPT_UNIT, GFP_KERNEL);
	if (!lane->req || !lane->tweak || !lane->scratch) {
		destroy_lane(lane);
		return -ENOMEM;
	}

	/* Not MAY_SLEEP. BACKLOG, so that -EBUSY too means "queued" */
	crypto_init_wait(&lane->wait);
	skcipher_request_set_callback(lane->req, CRYPTO_TFM_REQ_MAY_BACKLOG,
				      crypto_req_done, &lane->wait);
	sg_init_table(&lane->from, 1);
	sg_init_table(&lane->to, 1);
	return 0;
}

/**
 * dumpflt_xts_destroy() - free and wipe
 * @xts: what dumpflt_xts_create() returned
 */
void dumpflt_xts_destroy(struct dumpflt_xts *xts)
{
	u32 i;

	for (i = 0; i < xts->nr_lanes; i++)
		destroy_lane(&xts->lanes[i]);
	crypto_free_skcipher(xts->tfm);
	kfree(xts);
}

/**
 * dumpflt_xts_create() - set up an implementation
 * @nr_lanes: how many calls may run at once
 * @mask: flags of implementations that will not do
 *
 * Context: process context, sleeps.
 * Return: a cipher without a key, or an ERR_PTR().
 */
struct dumpflt_xts *dumpflt_xts_create(u32 nr_lanes, u32 mask)
{
	struct dumpflt_xts *xts;
	int err;
	u32 i;

	xts = kzalloc(struct_size(xts, lanes, nr_lanes), GFP_KERNEL);
	if (!xts)
		return ERR_PTR(-ENOMEM);

	xts->tfm = crypto_alloc_skcipher("xts(aes)", 0, mask);
	if (IS_ERR(xts->tfm)) {
		err = PTR_ERR(xts->tfm);
		kfree(xts);
		return ERR_PTR(err);
	}

	for (i = 0; i < nr_lanes; i++) {
		err = create_lane(&xts->lanes[i], xts->tfm);
		if (err) {
			dumpflt_xts_destroy(xts);
			return ERR_PTR(err);
		}
		xts->nr_lanes++;
	}
	return xts;
}

/**
 * dumpflt_xts_set_key() - set the key
 * @xts: with or without a key; no call uses it meanwhile
 * @key: DUMPFLT_CRYPT_KEY_SIZE bytes
 *
 * Context: process context, sleeps.
 * Return: 0 or a negative errno.
 */
int dumpflt_xts_set_key(struct dumpflt_xts *xts, const u8 *key)
{
	return crypto_skcipher_setkey(xts->tfm, key, DUMPFLT_CRYPT_KEY_SIZE);
}

/**
 * dumpflt_xts_scratch() - memory of a lane, wiped when the cipher is destroyed
 * @xts: what dumpflt_xts_create() returned
 * @lane: less than the number that @xts was created with
 *
 * Return: DUMPFLT_CRYPT_UNIT bytes, aligned to their size.
 */
u8 *dumpflt_xts_scratch(struct dumpflt_xts *xts, u32 lane)
{
	return xts->lanes[lane].scratch;
}

/**
 * dumpflt_xts_crypt() - encrypt or decrypt one data unit
 * @xts: has a key
 * @lane_number: not in use by another call
 * @direction: which of the two
 * @number: of the data unit, the tweak
 * @from: input, physically contiguous, a multiple of SECTOR_SIZE
 * @to: output, likewise; may be the same as @from
 * @len: bytes of @from, and of @to
 *
 * Context: process context. Neither sleeps nor allocates.
 * Return: 0 or a negative errno; -EINPROGRESS if the implementation did not
 * work at once (it has completed all the same, and touches nothing any more).
 */
int dumpflt_xts_crypt(struct dumpflt_xts *xts, u32 lane_number,
		      enum dumpflt_xts_direction direction, u64 number,
		      const u8 *from, u8 *to, u32 len)
{
	struct xts_lane *lane = &xts->lanes[lane_number];
	int err;

	sg_set_buf(&lane->from, from, len);
	sg_set_buf(&lane->to, to, len);
	lane->tweak[0] = cpu_to_le64(number);
	lane->tweak[1] = 0;
	skcipher_request_set_crypt(lane->req, &lane->from,
				   from == to ? &lane->from : &lane->to, len,
				   lane->tweak);

	if (direction == DUMPFLT_XTS_ENCRYPT)
		err = crypto_skcipher_encrypt(lane->req);
	else
		err = crypto_skcipher_decrypt(lane->req);

	if (unlikely(err == -EINPROGRESS || err == -EBUSY)) {
		crypto_wait_req(err, &lane->wait);
		err = -EINPROGRESS;
	}
	return err;
}
