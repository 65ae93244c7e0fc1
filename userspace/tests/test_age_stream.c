// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of extract from age files whose chunks are not what they must be,
 * though each was sealed with the right key: all of it or no file.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "age_key.h"
#include "age_writer.h"
#include "dumps/extract.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "unit.h"

#define FULL		DUMPFLT_CHUNK_SIZE
#define PIECES_MAX	4
#define FILE_MAX	((PIECES_MAX + 2) * (FULL + DUMPFLT_AGE_TAG))

static struct age_identities ids;

static char folder[32];
static char from[64], to[64];
static unsigned char file[FILE_MAX], back[FILE_MAX];
static unsigned char plain[FILE_MAX] __attribute__((aligned(8)));
static size_t file_len, plain_len;

/**
 * struct piece - a chunk
 * @len: bytes of plaintext
 * @number: that it is sealed with
 * @last: it is sealed as the last one
 */
struct piece {
	size_t	len;
	__u64	number;
	bool	last;
};

/**
 * struct stream - an age file
 * @nr: how many pieces
 * @pieces: behind the header
 * @cut: bytes taken off the end
 * @behind: bytes added to the end
 * @flip: byte from the end of which a bit is changed, 0 for none
 */
struct stream {
	unsigned int	nr;
	struct piece	pieces[PIECES_MAX];
	size_t		cut;
	size_t		behind;
	size_t		flip;
};

static const struct stream good[] = {
	{ .nr = 1, .pieces = { { 0, 0, true } } },
	{ .nr = 1, .pieces = { { 1, 0, true } } },
	{ .nr = 1, .pieces = { { FULL - 1, 0, true } } },
	{ .nr = 1, .pieces = { { FULL, 0, true } } },
	{ .nr = 2, .pieces = { { FULL, 0, false }, { 1, 1, true } } },
	{ .nr = 2, .pieces = { { FULL, 0, false }, { FULL, 1, true } } },
	{ .nr = 3, .pieces = { { FULL, 0, false }, { FULL, 1, false },
			       { 9, 2, true } } },
};

static const struct stream bad[] = {
	/* no chunk, or not all of one */
	{ .nr = 0 },
	{ .nr = 0, .cut = 1 },
	{ .nr = 0, .cut = DUMPFLT_AGE_NONCE },
	{ .nr = 1, .pieces = { { 0, 0, true } }, .cut = 1 },
	{ .nr = 1, .pieces = { { 9, 0, true } }, .cut = 1 },
	{ .nr = 1, .pieces = { { 9, 0, true } }, .cut = 16 },
	{ .nr = 1, .pieces = { { FULL, 0, true } }, .cut = 1 },
	{ .nr = 2, .pieces = { { FULL, 0, false }, { 9, 1, true } }, .cut = 1 },
	{ .nr = 2, .pieces = { { FULL, 0, false }, { 9, 1, true } }, .cut = 25 },
	/* an empty one, that is not the only one */
	{ .nr = 2, .pieces = { { FULL, 0, false }, { 0, 1, true } } },
	{ .nr = 3, .pieces = { { FULL, 0, false }, { FULL, 1, false },
			       { 0, 2, true } } },
	/* no last one */
	{ .nr = 1, .pieces = { { 0, 0, false } } },
	{ .nr = 1, .pieces = { { 9, 0, false } } },
	{ .nr = 1, .pieces = { { FULL, 0, false } } },
	{ .nr = 2, .pieces = { { FULL, 0, false }, { 9, 1, false } } },
	{ .nr = 2, .pieces = { { FULL, 0, false }, { FULL, 1, false } } },
	/* one too many */
	{ .nr = 2, .pieces = { { 9, 0, true }, { 9, 1, true } } },
	{ .nr = 2, .pieces = { { FULL, 0, true }, { 0, 1, true } } },
	{ .nr = 2, .pieces = { { FULL, 0, true }, { 9, 1, true } } },
	{ .nr = 2, .pieces = { { FULL, 0, true }, { FULL, 1, true } } },
	{ .nr = 3, .pieces = { { FULL, 0, false }, { FULL, 1, true },
			       { 9, 2, true } } },
	/* a short one before the last one */
	{ .nr = 2, .pieces = { { 9, 0, false }, { 9, 1, true } } },
	{ .nr = 3, .pieces = { { FULL, 0, false }, { 9, 1, false },
			       { 9, 2, true } } },
	/* not in order */
	{ .nr = 1, .pieces = { { 9, 1, true } } },
	{ .nr = 2, .pieces = { { FULL, 0, false }, { 9, 0, true } } },
	{ .nr = 2, .pieces = { { FULL, 0, false }, { 9, 2, true } } },
	{ .nr = 3, .pieces = { { FULL, 1, false }, { FULL, 0, false },
			       { 9, 2, true } } },
	{ .nr = 2, .pieces = { { FULL, 0, false }, { 9, 257, true } } },
	/* more behind it */
	{ .nr = 1, .pieces = { { 9, 0, true } }, .behind = 1 },
	{ .nr = 1, .pieces = { { FULL, 0, true } }, .behind = 1 },
	{ .nr = 1, .pieces = { { FULL, 0, true } }, .behind = 16 },
	{ .nr = 1, .pieces = { { FULL, 0, true } }, .behind = FULL + 16 },
	/* a bit of a tag, of a chunk, and of the chunk before that */
	{ .nr = 1, .pieces = { { 0, 0, true } }, .flip = 1 },
	{ .nr = 1, .pieces = { { 9, 0, true } }, .flip = 17 },
	{ .nr = 2, .pieces = { { FULL, 0, false }, { 9, 1, true } }, .flip = 16 },
	{ .nr = 2, .pieces = { { FULL, 0, false }, { 9, 1, true } }, .flip = 26 },
	{ .nr = 2, .pieces = { { FULL, 0, false }, { 9, 1, true } }, .flip = 99 },
	/* of the nonce */
	{ .nr = 1, .pieces = { { 9, 0, true } }, .flip = 26 },
};

static int set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/dumpflt-stream-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(from, sizeof(from), "%s/age", folder);
	snprintf(to, sizeof(to), "%s/plain", folder);
	signals_catch();
	return age_key_get(&ids);
}

static int tear_down(void **state)
{
	(void)state;
	unlink(from);
	unlink(to);
	/* fails if anything else was left there */
	return rmdir(folder);
}

/* What is at the end of @plain */
static void add_piece(const struct age_writer *age, const struct piece *piece)
{
	unsigned char *data = file + file_len;

	memcpy(data, plain + plain_len, piece->len);
	plain_len += piece->len;
	age_writer_piece(age, piece->number, piece->last, data, piece->len,
			 data + piece->len);
	file_len += piece->len + DUMPFLT_AGE_TAG;
}

static void make_data(const struct piece *piece)
{
	unsigned char *data = plain + plain_len;
	size_t i;

	for (i = 0; i < piece->len; i++)
		data[i] = (unsigned char)(i * 31 ^ i >> 8 ^ piece->number);
}

static void begin(struct age_writer *age)
{
	age_writer_start(age, &age_key_recipient, 1);
	memcpy(file, age->stored, age->len);
	file_len = age->len;
	plain_len = 0;
}

static void make(const struct stream *stream)
{
	struct age_writer age;
	unsigned int i;

	begin(&age);
	for (i = 0; i < stream->nr; i++) {
		make_data(&stream->pieces[i]);
		add_piece(&age, &stream->pieces[i]);
	}
	file_len -= stream->cut;
	memset(file + file_len, 0, stream->behind);
	file_len += stream->behind;
	if (stream->flip)
		file[file_len - stream->flip] ^= 0x10;
}

static size_t read_back(void)
{
	int fd = open(to, O_RDONLY);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, back, sizeof(back));
	assert_true(n >= 0);
	close(fd);
	return (size_t)n;
}

static int extract(void)
{
	struct extract_options options = {
		.device = from,
		.identities = &ids,
		.raw = true,
		.out = to,
		.force = true,
	};
	FILE *f = fopen(from, "w");
	struct extract_result result;
	int ret;

	assert_non_null(f);
	assert_int_equal(fwrite(file, 1, file_len, f), file_len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(extract_open(&options), 0);
	/* also what does not begin as one */
	options.kind = EXTRACT_AGE;
	ret = extract_run(&options, &result);
	extract_close(&options);
	return ret;
}

static void test_good(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		make(&good[i]);
		assert_int_equal(extract(), 0);
		assert_int_equal(read_back(), plain_len);
		assert_memory_equal(back, plain, plain_len);
		assert_int_equal(unlink(to), 0);
	}
}

static void test_bad(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		make(&bad[i]);
		if (!extract())
			fail_msg("stream %zu was opened", i);
		assert_int_not_equal(access(to, F_OK), 0);
	}
}

/* Two chunks and a trailer; returns what came out of it */
static size_t with_trailer(__u64 dump_size, __u64 chunks)
{
	static const __u8 session[16] = { 5 };
	const struct piece pieces[] = {
		{ FULL, 0, false }, { FULL, 1, false }, { FULL, 2, true },
	};
	struct age_writer age;
	unsigned int i;

	begin(&age);
	for (i = 0; i < ARRAY_SIZE(pieces); i++) {
		if (pieces[i].last)
			dumpflt_trailer_fill(plain + plain_len, session,
					     dump_size, chunks);
		else
			make_data(&pieces[i]);
		add_piece(&age, &pieces[i]);
	}
	assert_int_equal(extract(), 0);
	i = (unsigned int)read_back();
	assert_memory_equal(back, plain, i);
	return i;
}

/*
 * Anybody can seal anything to a public key: a trailer that does not fit is no
 * trailer, and all is given out, as of any other age file
 */
static void test_trailers(void **state)
{
	static const __u64 sizes[] = {
		0, 1, FULL, 2 * FULL + 1, 3 * FULL, 1ULL << 40, ~0ULL,
	};
	size_t i;

	(void)state;
	assert_int_equal(with_trailer(2 * FULL, 3), 2 * FULL);
	assert_int_equal(with_trailer(2 * FULL - 1, 3), 2 * FULL - 1);
	assert_int_equal(with_trailer(FULL + 1, 3), FULL + 1);
	assert_int_equal(with_trailer(FULL + 1, 2), 3 * FULL);
	assert_int_equal(with_trailer(FULL + 1, 4), 3 * FULL);
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		assert_int_equal(with_trailer(sizes[i], 3), 3 * FULL);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_good),
	cmocka_unit_test(test_bad),
	cmocka_unit_test(test_trailers),
};

int main(void)
{
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
