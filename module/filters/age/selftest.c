// SPDX-License-Identifier: GPL-2.0-only
/*
 * Known-answer test: a whole age file of two chunks for two recipients, and back.
 *
 * The vector was made for this with OpenSSL's X25519, HKDF, HMAC and
 * ChaCha20-Poly1305, and the file opened with the program age and either
 * recipient's secret key. Its inputs count upwards: file key 00..0f, nonce
 * a0..af, ephemeral secrets 10..2f and 30..4f, the recipients' secret keys
 * 80..9f and a0..bf, the machine's key of an image c0..df. Byte i of a chunk is i * 7 + i / 256.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "age.h"

static const u8 vector_recipients[][DUMPFLT_AGE_KEY] = {
	{
		0x49, 0x3e, 0x82, 0xfc, 0x74, 0x46, 0x4a, 0x59,
		0x26, 0x88, 0x17, 0x62, 0x3d, 0x20, 0x53, 0xc5,
		0xeb, 0x8e, 0x2c, 0xc4, 0xa9, 0x88, 0xb4, 0xfe,
		0xe1, 0x79, 0xec, 0x6b, 0x01, 0x0d, 0x53, 0x1d,
	}, {
		0x60, 0x5a, 0x72, 0x5d, 0x2a, 0x4a, 0xdf, 0xee,
		0xb1, 0xa2, 0x9e, 0x17, 0xed, 0xd6, 0x21, 0xc1,
		0xb7, 0x59, 0x3e, 0xe8, 0xcd, 0xbc, 0x44, 0xac,
		0x6c, 0x4a, 0xb6, 0xe2, 0xf8, 0x05, 0xd2, 0x3c,
	},
};

static const char vector_header[] =
	"age-encryption.org/v1\n"
	"-> X25519 2J47rXlDfb7Z+ENBgwT0YP8Fx/6B/kqVd6gEy5Nn/2Y\n"
	"uPPdCqt6qyovdaN2PAnlJkseMGTx86KkgnLvfB+PsXI\n"
	"-> X25519 NOQtSvXvlKB6OoQgG4idTNGnQ8snsRtqEEOKj+uOWEc\n"
	"ODOySYU6jZFdQOrLteYrUTik8LCtJ5FaeQxlBy5ZfXA\n"
	"--- 9HIC6dpHZizKhPjyeqmEBO+Gihw32xpUBz43WWysVg0\n";

static const u8 vector_receipt_key[DUMPFLT_AGE_KEY] = {
	0x3e, 0xb9, 0x79, 0x39, 0xb2, 0xf5, 0x94, 0xa5,
	0xef, 0xc8, 0xf8, 0x28, 0xa1, 0x5f, 0x86, 0x86,
	0xcc, 0x39, 0x7f, 0x24, 0x6f, 0x58, 0x32, 0x3c,
	0x90, 0x2f, 0x05, 0x98, 0xd0, 0x6c, 0x9d, 0xfe,
};

/* The same of an image, with the machine's key */
static const u8 vector_image_key[DUMPFLT_AGE_KEY] = {
	0x1c, 0x48, 0x33, 0x8c, 0x0b, 0xc7, 0x70, 0xbc,
	0x91, 0x36, 0x7f, 0x38, 0x28, 0xa1, 0x38, 0xea,
	0xfc, 0xe5, 0x94, 0xd9, 0x75, 0xdb, 0x78, 0xf5,
	0x9a, 0x85, 0x23, 0x2f, 0x0d, 0x29, 0xf1, 0x59,
};

/* The two chunks of the file, and two more with a counter of four bytes */
static const struct {
	u32	counter;
	bool	last;
	u8	tag[DUMPFLT_AGE_TAG];
} vector_chunks[] = {
	{ 0, false, {
		0x43, 0x83, 0xc3, 0xf5, 0x89, 0xdd, 0x23, 0xdb,
		0x45, 0x7f, 0xf5, 0x03, 0xdc, 0x4d, 0xdd, 0x35,
	} },
	{ 1, true, {
		0x47, 0xd3, 0x12, 0x22, 0x33, 0x99, 0xa0, 0x1f,
		0x7c, 0x9a, 0x56, 0xe0, 0xb3, 0x45, 0x91, 0xb2,
	} },
	{ 0x01020304, false, {
		0x4d, 0x15, 0xee, 0x97, 0xb9, 0xb5, 0xcc, 0x4d,
		0x4f, 0x11, 0xec, 0x2b, 0x7d, 0x66, 0x90, 0xcb,
	} },
	{ 0x01020304, true, {
		0xa1, 0x80, 0x1d, 0x54, 0x08, 0x7d, 0xe9, 0x15,
		0x31, 0x6a, 0x45, 0x47, 0x5f, 0x4f, 0x38, 0xa4,
	} },
};

static void count_up(u8 *to, unsigned int len, u8 from)
{
	while (len--)
		*to++ = from++;
}

static void fill(struct dumpflt_age *age)
{
	unsigned int i;

	memcpy(age->recipients, vector_recipients, sizeof(vector_recipients));
	age->nr_recipients = ARRAY_SIZE(vector_recipients);
	count_up(age->secrets.file_key, DUMPFLT_AGE_FILE_KEY, 0);
	count_up(age->secrets.nonce, DUMPFLT_AGE_NONCE, 0xa0);
	count_up(age->origin, DUMPFLT_AGE_ORIGIN, 0xc0);
	for (i = 0; i < age->nr_recipients; i++)
		count_up(age->secrets.ephemeral[i], DUMPFLT_AGE_KEY,
			 0x10 + i * DUMPFLT_AGE_KEY);
}

static bool header_is_right(const struct dumpflt_age *age, const u8 *receipt_key)
{
	u32 len = sizeof(vector_header) - 1;

	return age->header_len == len + DUMPFLT_AGE_NONCE &&
	       !memcmp(age->header, vector_header, len) &&
	       !memcmp(age->header + len, age->secrets.nonce,
		       DUMPFLT_AGE_NONCE) &&
	       !memcmp(age->receipt_key, receipt_key, DUMPFLT_AGE_KEY);
}

/* Of a crash dump, and of an image: only the key of its receipt is another one */
static int test_header(struct dumpflt_age *age, bool corrupt, bool image)
{
	int ret;

	fill(age);
	age->has_origin = image;
	age->secrets.file_key[0] ^= corrupt;
	ret = dumpflt_age_header(age);
	if (!ret && !header_is_right(age, image ? vector_image_key :
						  vector_receipt_key))
		ret = -EBADMSG;
	return ret;
}

static u8 *fill_chunk(u8 *chunk)
{
	unsigned int i;

	for (i = 0; i < DUMPFLT_CHUNK_SIZE; i++)
		chunk[i] = i * 7 + i / 256;
	return chunk;
}

static bool is_filled(const u8 *chunk)
{
	unsigned int i;

	for (i = 0; i < DUMPFLT_CHUNK_SIZE; i++)
		if (chunk[i] != (u8)(i * 7 + i / 256))
			return false;
	return true;
}

/* Vector @nr: the chunk is at @chunk, in @nr_segs pieces, its tag at @tag */
static void make_io(struct dumpflt_io *io, struct bio_vec segs[2], unsigned int nr_segs,
		    u8 *chunk, unsigned int nr, u8 *tag)
{
	u32 len = DUMPFLT_CHUNK_SIZE / nr_segs, i;

	for (i = 0; i < nr_segs; i++, chunk += len)
		segs[i] = (struct bio_vec) {
			.bv_page	= virt_to_page(chunk),
			.bv_len		= len,
			.bv_offset	= offset_in_page(chunk),
		};
	*io = (struct dumpflt_io) {
		.offset	= (u64)vector_chunks[nr].counter * DUMPFLT_CHUNK_SIZE,
		.len	= DUMPFLT_CHUNK_SIZE,
		.nr_segs = nr_segs,
		.segs	= segs,
		.flags	= vector_chunks[nr].last ? DUMPFLT_IO_F_LAST : 0,
		.meta	= tag,
	};
}

/* The tag is computed over the ciphertext, so that it stands for both */
static int test_seal(struct dumpflt_age *age, u8 *from, unsigned int nr_segs, u8 *to,
		     unsigned int nr)
{
	u8 tag[DUMPFLT_AGE_TAG];
	struct bio_vec segs[2];
	struct dumpflt_io io;

	make_io(&io, segs, nr_segs, fill_chunk(from), nr, tag);
	dumpflt_age_seal(age, &io, to);
	if (memcmp(tag, vector_chunks[nr].tag, DUMPFLT_AGE_TAG))
		return -EBADMSG;
	/* the source belongs to the writer */
	return from == to || is_filled(from) ? 0 : -EBADMSG;
}

static int test_open(struct dumpflt_age *age, u8 *chunk, unsigned int nr)
{
	u8 tag[DUMPFLT_AGE_TAG];
	struct bio_vec segs[2];
	struct dumpflt_io io;

	memcpy(tag, vector_chunks[nr].tag, sizeof(tag));
	make_io(&io, segs, 1, chunk, nr, tag);
	return dumpflt_age_open(age, &io);
}

/* Sealed from one piece, from two and in place, and opened each time */
static int test_chunk(struct dumpflt_age *age, u8 *from, u8 *to, unsigned int nr)
{
	int ret;

	ret = test_seal(age, from, 1, to, nr) ?: test_open(age, to, nr);
	if (!ret && !is_filled(to))
		ret = -EBADMSG;
	if (!ret)
		ret = test_seal(age, from, 2, to, nr) ?: test_open(age, to, nr);
	if (!ret && !is_filled(to))
		ret = -EBADMSG;
	if (!ret)
		ret = test_seal(age, to, 1, to, nr);
	if (ret)
		return ret;
	/* one bit has changed: refused, and nothing of it left */
	to[nr] ^= 1;
	ret = test_open(age, to, nr);
	return ret == -EBADMSG && !memchr_inv(to, 0, DUMPFLT_CHUNK_SIZE) ?
		       0 : -EBADMSG;
}

/**
 * dumpflt_age_selftest - does this kernel compute what it must?
 * @corrupt: no: it is given another file key than that of the answers
 *
 * Context: process context; sleeps, allocates.
 * Return: 0; -EBADMSG if it does not; a negative errno.
 */
int dumpflt_age_selftest(bool corrupt)
{
	struct dumpflt_age *age;
	u8 *from, *to;
	unsigned int i;
	int ret;

	age = dumpflt_age_create(1);
	if (IS_ERR(age))
		return PTR_ERR(age);
	from = kmalloc(DUMPFLT_CHUNK_SIZE, GFP_KERNEL);
	to = kmalloc(DUMPFLT_CHUNK_SIZE + DUMPFLT_BOUNCE_ROOM, GFP_KERNEL);
	ret = from && to ? 0 : -ENOMEM;
	if (!ret)
		ret = test_header(age, corrupt, true);
	if (!ret)
		ret = test_header(age, corrupt, false);
	for (i = 0; i < ARRAY_SIZE(vector_chunks) && !ret; i++)
		ret = test_chunk(age, from, to, i);
	kfree(to);
	kfree(from);
	dumpflt_age_destroy(age);
	return ret;
}
