// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How an image is stored: what comes out is what went in, whatever is in it and wherever it
 * is cut on the way; it never takes more than was counted; and what is damaged, cut off or
 * made by somebody else ends in words.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <lz4frame.h>
#include <stdlib.h>
#include <string.h>

#include "hibernate/pack.h"
#include "lib/text.h"
#include "unit.h"

#define IMAGE	(3 * PACK_BLOCK + 4096)
/* Pages of the kernel, which gives whole ones */
#define PAGE	4096U

/* What was unpacked */
struct heap {
	unsigned char	*data;
	size_t		len, size;
	int		err;
};

static int take(void *ctx, const void *data, size_t len)
{
	struct heap *heap = ctx;

	if (heap->err)
		return heap->err;
	if (len > heap->size - heap->len)
		return -EFBIG;
	memcpy(heap->data + heap->len, data, len);
	heap->len += len;
	return 0;
}

enum { ZEROS, TEXT, NOISE, MIXED, KINDS };

static void fill(unsigned char *image, int kind)
{
	size_t i;

	for (i = 0; i < IMAGE; i++)
		switch (kind == MIXED ? (int)(i / PAGE % 3) : kind) {
		case ZEROS:
			image[i] = 0;
			break;
		case TEXT:
			image[i] = (unsigned char)"what can be compressed "[i % 23];
			break;
		default:
			image[i] = (unsigned char)random();
		}
}

/* Returns: how long it got */
static size_t store(enum compressor how, const unsigned char *image, size_t len,
		    unsigned char *stored)
{
	struct pack pack;
	size_t at, n = 0;

	assert_int_equal(pack_open(&pack, how), 0);
	for (at = 0; at < len; at += PACK_BLOCK) {
		size_t block = len - at < PACK_BLOCK ? len - at : PACK_BLOCK;
		const unsigned char *packed;
		ssize_t got;

		memcpy(pack.block, image + at, block);
		got = pack_block(&pack, block, &packed);
		assert_true(got > 0);
		memcpy(stored + n, packed, (size_t)got);
		n += (size_t)got;
	}
	pack_close(&pack);
	return n;
}

/* In pieces of @piece bytes. Returns: 0, or what the last call said; *@wrong, too */
static int restore(enum compressor how, const unsigned char *stored, size_t len,
		   size_t piece, struct heap *heap, const char **wrong)
{
	struct unpack unpack = { .sink = take, .ctx = heap };
	size_t at;
	int ret;

	heap->len = 0;
	*wrong = NULL;
	ret = unpack_open(&unpack, how);
	for (at = 0; at < len && !ret; at += piece)
		ret = unpack_put(&unpack, stored + at, len - at < piece ? len - at : piece, wrong);
	if (!ret)
		*wrong = unpack_end(&unpack);
	unpack_close(&unpack);
	return ret;
}

struct fixture {
	unsigned char	*image, *stored;
	struct heap	heap;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	fixture.image = malloc(IMAGE);
	fixture.stored = malloc(2 * IMAGE);
	fixture.heap = (struct heap){ .data = malloc(IMAGE), .size = IMAGE };
	*state = &fixture;
	srandom(16);
	return !fixture.image || !fixture.stored || !fixture.heap.data;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	free(f->image);
	free(f->stored);
	free(f->heap.data);
	return 0;
}

static void expect_same(struct fixture *f, enum compressor how, size_t len)
{
	static const size_t pieces[] = { 1, 7, 4096, 65536, 2 * IMAGE };
	const char *wrong;
	size_t n, i;

	n = store(how, f->image, len, f->stored);
	assert_true(pack_fits(how, n) <= n);
	for (i = n > 1000 ? 1 : 0; i < ARRAY_SIZE(pieces); i++) {
		assert_int_equal(restore(how, f->stored, n, pieces[i], &f->heap, &wrong),
				 0);
		assert_null(wrong);
		assert_int_equal(f->heap.len, len);
		assert_memory_equal(f->heap.data, f->image, len);
	}
}

static void test_round(void **state)
{
	static const size_t lengths[] = {
		PAGE, PACK_BLOCK - PAGE, PACK_BLOCK, PACK_BLOCK + PAGE, IMAGE,
	};
	size_t i;
	int kind;

	for (kind = ZEROS; kind < KINDS; kind++) {
		fill((*(struct fixture **)state)->image, kind);
		for (i = 0; i < ARRAY_SIZE(lengths); i++) {
			expect_same(*state, COMPRESSOR_LZ4, lengths[i]);
			expect_same(*state, COMPRESSOR_NONE, lengths[i]);
		}
	}
}

/* An image that there is room for fits, whatever is in it */
static void test_fits(void **state)
{
	struct fixture *f = *state;
	__u64 room = IMAGE, most = pack_fits(COMPRESSOR_LZ4, room);

	assert_int_equal(pack_fits(COMPRESSOR_NONE, room), room);
	assert_true(most > room - room / 1000);
	fill(f->image, NOISE);
	assert_true(store(COMPRESSOR_LZ4, f->image, most, f->stored) <= room);
	fill(f->image, ZEROS);
	assert_true(store(COMPRESSOR_LZ4, f->image, IMAGE, f->stored) < IMAGE / 100);
	assert_int_equal(pack_fits(COMPRESSOR_LZ4, 10), 0);
}

/* Cut off anywhere, it is said; but at the end of a block, where the receipt has to */
static void test_cut(void **state)
{
	struct fixture *f = *state;
	const char *wrong;
	size_t n, first, cut;

	fill(f->image, MIXED);
	first = store(COMPRESSOR_LZ4, f->image, PACK_BLOCK, f->stored);
	n = store(COMPRESSOR_LZ4, f->image, 2 * PACK_BLOCK, f->stored);
	for (cut = 1; cut < n; cut += cut + 40 < n && cut > 40 ? 977 : 1) {
		if (cut == first)
			continue;
		assert_int_equal(restore(COMPRESSOR_LZ4, f->stored, cut, 65536, &f->heap, &wrong),
				 0);
		assert_non_null(wrong);
		assert_true(f->heap.len <= 2 * PACK_BLOCK);
	}
}

/* Whatever it is: never more than the sink takes, and the error is that of one of the two */
static void test_damaged(void **state)
{
	struct fixture *f = *state;
	const char *wrong;
	size_t n, i;
	int ret, refused = 0;

	fill(f->image, TEXT);
	n = store(COMPRESSOR_LZ4, f->image, 4 * PAGE, f->stored);
	for (i = 0; i < 8 * n; i++) {
		f->stored[i / 8] ^= (unsigned char)(1 << i % 8);
		ret = restore(COMPRESSOR_LZ4, f->stored, n, 65536, &f->heap, &wrong);
		f->stored[i / 8] ^= (unsigned char)(1 << i % 8);
		assert_true(!ret || ret == -EFBIG || (ret == -EBADMSG && wrong));
		refused += ret || wrong;
	}
	/* each bit of the magic number, of the frame's header, of the end */
	assert_true(refused > 8 * 7);
	for (i = 0; i < 300; i++) {
		size_t k;

		for (k = 0; k < 5000; k++)
			f->stored[k] = (unsigned char)random();
		/* a frame, then anything */
		if (i % 2)
			store(COMPRESSOR_LZ4, f->image, PAGE, f->stored);
		ret = restore(COMPRESSOR_LZ4, f->stored, 5000, 1 + i * 7, &f->heap, &wrong);
		assert_true(!ret || ret == -EFBIG || (ret == -EBADMSG && wrong));
	}
}

/* Frames of others are larger, linked, or more than the kernel takes */
static void test_foreign(void **state)
{
	static const LZ4F_preferences_t large = {
		.frameInfo = { .blockSizeID = LZ4F_max4MB,
			       .contentChecksumFlag = LZ4F_contentChecksumEnabled },
		.compressionLevel = 3,
	};
	struct fixture *f = *state;
	const char *wrong;
	size_t n;

	fill(f->image, MIXED);
	n = LZ4F_compressFrame(f->stored, 2 * IMAGE, f->image, IMAGE, &large);
	assert_false(LZ4F_isError(n));
	assert_int_equal(restore(COMPRESSOR_LZ4, f->stored, n, 65536, &f->heap, &wrong), 0);
	assert_int_equal(f->heap.len, IMAGE);
	assert_memory_equal(f->heap.data, f->image, IMAGE);

	f->heap.size = PAGE;
	assert_int_equal(restore(COMPRESSOR_LZ4, f->stored, n, 65536, &f->heap, &wrong), -EFBIG);
	assert_null(wrong);
	f->heap.size = IMAGE;
	f->heap.err = -EPERM;
	assert_int_equal(restore(COMPRESSOR_LZ4, f->stored, n, 65536, &f->heap, &wrong), -EPERM);
	f->heap.err = 0;
}

static void test_names(void **state)
{
	enum compressor found = COMPRESSOR_AUTO;

	(void)state;
	assert_true(compressor_parse("lz4", &found));
	assert_int_equal(found, COMPRESSOR_LZ4);
	assert_true(compressor_parse(compressor_word(COMPRESSOR_NONE), &found));
	assert_int_equal(found, COMPRESSOR_NONE);
	assert_false(compressor_parse("", &found));
	assert_false(compressor_parse("zstd", &found));
}

int main(void)
{
	UNIT_TESTS(tests) = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("pack", tests, set_up, tear_down);
}
