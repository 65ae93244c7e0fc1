// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of what a stream may take of the disk that it is extracted to.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumps/sink.h"
#include "unit.h"

#define BLOCK		4096
/* What may be taken before anything is asked, and more than that */
#define SLACK		(64ULL << 20)
#define PIECES		20000
#define PIECE_MAX	2048

static char folder[32], path[64];
static struct sink sink;
static unsigned char piece[PIECE_MAX];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/dumpflt-sink-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/out", folder);
	memset(piece, 'A', sizeof(piece));
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static void begin(bool sparse)
{
	static unsigned char header[FLAT_HEADER_SIZE] = FLAT_SIGNATURE;

	header[23] = FLAT_TYPE;
	header[31] = FLAT_VERSION;
	memset(&sink, 0, sizeof(sink));
	sink.from = "test";
	sink.out = path;
	sink.sparse = sparse;
	assert_int_equal(sink_open(&sink, false), 0);
	assert_int_equal(sink_put_stream(&sink, header, sizeof(header)), 0);
}

static int put_record(__u64 offset, size_t len)
{
	__u64 head[2] = { htobe64(offset), htobe64(len) };
	int ret = sink_put_stream(&sink, (unsigned char *)head, sizeof(head));

	return ret ? ret : sink_put_stream(&sink, piece, len);
}

/* As many as there are, or up to the first that is refused */
static int put_records(__u64 distance, size_t len)
{
	int ret = 0;
	__u64 i;

	for (i = 0; !ret && i < PIECES; i++)
		ret = put_record(5 + i * distance, len);
	return ret;
}

static __u64 taken(void)
{
	struct stat st;

	assert_int_equal(fstat(sink.file.fd, &st), 0);
	return (__u64)st.st_blocks * 512;
}

static void end(void)
{
	assert_int_equal(sink_close(&sink, -EIO), -EIO);
}

/* Each byte takes a block: refused while the file grows, not when it is there */
static void test_small_pieces(void **state)
{
	(void)state;
	begin(false);
	assert_int_equal(put_records(BLOCK, 1), -EFBIG);
	assert_true(taken() <= SLACK + (1 << 20));
	end();
}

/* However they come: two places in turn, or from the end to the beginning */
static void test_other_orders(void **state)
{
	int ret = 0;
	__u64 i;

	(void)state;
	begin(false);
	for (i = 0; !ret && i < PIECES; i++)
		ret = put_record((i & 1 ? 0 : 1ULL << 30) + i * BLOCK, 1);
	assert_int_equal(ret, -EFBIG);
	end();
	begin(false);
	for (ret = 0, i = PIECES; !ret && i; i--)
		ret = put_record(i * BLOCK, 1);
	assert_int_equal(ret, -EFBIG);
	end();
}

static void test_wanted(void **state)
{
	(void)state;
	begin(true);
	assert_int_equal(put_records(BLOCK, 1), 0);
	end();
}

/* Small ones that follow each other, and ones with some room between them */
static void test_innocent(void **state)
{
	(void)state;
	begin(false);
	assert_int_equal(put_records(1, 1), 0);
	assert_int_equal(put_records(PIECE_MAX, PIECE_MAX), 0);
	end();
	begin(false);
	assert_int_equal(put_records(BLOCK, PIECE_MAX), 0);
	end();
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_small_pieces),
	cmocka_unit_test(test_other_orders),
	cmocka_unit_test(test_wanted),
	cmocka_unit_test(test_innocent),
};

int main(void)
{
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
