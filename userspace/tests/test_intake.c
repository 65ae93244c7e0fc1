// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is read ahead comes in order, each byte once and not before it was read; what cannot be
 * read ends it with an error.
 *
 * The device is one of the worst: it answers the read last that it was asked for first, fills no
 * memory before it answers, and still writes into it until it is closed.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <uapi/linux/dumpflt.h>

#include "hibernate/intake.h"
#include "lib/text.h"
#include "unit.h"
#include "wrapped.h"

#define CHUNK		((size_t)DUMPFLT_CHUNK_SIZE)
/* More pieces than there is memory for, and some chunks */
#define CHUNKS		(3 * INTAKE_PIECES * (INTAKE_PIECE / CHUNK) + 3)
#define FD		4711
#define AIO		((aio_context_t)1)
#define OLD		0xee

static struct device {
	/* in bytes */
	size_t		size;
	/* the read that is refused; none if 0 */
	unsigned int	refuse;
	unsigned int	asked;
	struct iocb	*under_way[INTAKE_PIECES];
	unsigned int	nr;
	unsigned int	most;
	bool		is_open;
} device;

/* Eight bytes of the device say where they are */
static unsigned char byte_at(size_t at)
{
	return (unsigned char)((at / 8 * 0x9e3779b97f4a7c15ULL + 1) >> (at % 8 * 8));
}

static void fill(const struct iocb *iocb, size_t len)
{
	unsigned char *to = (unsigned char *)(uintptr_t)iocb->aio_buf;
	size_t i;

	for (i = 0; i < len; i++)
		to[i] = byte_at((size_t)iocb->aio_offset + i);
}

int __wrap_aio_open(aio_context_t *aio, unsigned int depth)
{
	assert_int_equal(depth, INTAKE_PIECES);
	*aio = AIO;
	device.is_open = true;
	return 0;
}

int __wrap_aio_begin(aio_context_t aio, struct iocb *iocb)
{
	assert_int_equal(aio, AIO);
	assert_int_equal(iocb->aio_fildes, FD);
	assert_int_equal(iocb->aio_lio_opcode, IOCB_CMD_PREAD);
	assert_int_equal(iocb->aio_nbytes % CHUNK, 0);
	assert_int_equal(iocb->aio_buf % 4096, 0);
	assert_true(device.nr < INTAKE_PIECES);
	if (++device.asked == device.refuse)
		return -EBADF;
	memset((void *)(uintptr_t)iocb->aio_buf, OLD, iocb->aio_nbytes);
	device.under_way[device.nr++] = iocb;
	if (device.nr > device.most)
		device.most = device.nr;
	return 0;
}

int __wrap_aio_answer(aio_context_t aio, struct io_event *event)
{
	const struct iocb *iocb;
	size_t at, len;

	assert_int_equal(aio, AIO);
	assert_true(device.nr);
	iocb = device.under_way[--device.nr];
	at = (size_t)iocb->aio_offset;
	len = at < device.size ? device.size - at : 0;
	if (len > iocb->aio_nbytes)
		len = (size_t)iocb->aio_nbytes;
	fill(iocb, len);
	memset(event, 0, sizeof(*event));
	event->data = iocb->aio_data;
	event->res = (__s64)len;
	return 0;
}

/* The sanitizer says so if the memory is gone by now */
void __wrap_aio_close(aio_context_t *aio)
{
	while (device.nr) {
		const struct iocb *iocb = device.under_way[--device.nr];

		fill(iocb, (size_t)iocb->aio_nbytes);
	}
	device.is_open = false;
	*aio = 0;
}

static void new_device(size_t size, unsigned int refuse)
{
	device = (struct device){ .size = size, .refuse = refuse };
}

static void check_piece(const unsigned char *piece, size_t at, size_t len)
{
	size_t i;

	for (i = 0; i < len && piece[i] == byte_at(at + i); i++)
		;
	assert_int_equal(i, len);
}

/* Returns: what the first call that fails says, or 0; @given is what came before that */
static int read_all(size_t size, size_t *given)
{
	struct intake in;
	int ret = intake_open(&in, FD, size);

	assert_int_equal(ret, 0);
	*given = 0;
	while (!ret && in.given < size) {
		const unsigned char *piece;
		size_t len;

		ret = intake_next(&in, &piece, &len);
		if (ret)
			break;
		assert_true(len && len <= INTAKE_PIECE);
		check_piece(piece, *given, len);
		*given += len;
		assert_int_equal(in.given, *given);
	}
	intake_close(&in);
	assert_false(device.is_open);
	return ret;
}

static void test_sizes(void **state)
{
	static const size_t sizes[] = {
		1, CHUNK - 1, CHUNK, CHUNK + 1, INTAKE_PIECE - 1, INTAKE_PIECE, INTAKE_PIECE + 1,
		2 * INTAKE_PIECE, INTAKE_PIECES * INTAKE_PIECE, INTAKE_PIECES * INTAKE_PIECE + 1,
		CHUNKS * CHUNK - 1, CHUNKS * CHUNK,
	};
	size_t i, given;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		new_device(CHUNKS * CHUNK, 0);
		assert_int_equal(read_all(sizes[i], &given), 0);
		assert_int_equal(given, sizes[i]);
		assert_int_equal(device.asked, (sizes[i] + INTAKE_PIECE - 1) / INTAKE_PIECE);
	}
	/* all the memory that there is was read into at once */
	assert_int_equal(device.most, INTAKE_PIECES);
}

/* A piece that is not all there is none, wherever that is; those before it are */
static void test_end_of_device(void **state)
{
	size_t chunks, given;

	(void)state;
	for (chunks = 0; chunks < CHUNKS; chunks += 5) {
		new_device(chunks * CHUNK, 0);
		assert_int_equal(read_all(CHUNKS * CHUNK, &given), -EIO);
		assert_int_equal(given, chunks * CHUNK / INTAKE_PIECE * INTAKE_PIECE);
	}
}

/* A read that cannot even begin, the first one or a later one */
static void test_refused(void **state)
{
	unsigned int refuse;
	size_t given;

	(void)state;
	for (refuse = 1; refuse <= CHUNKS * CHUNK / INTAKE_PIECE; refuse++) {
		new_device(CHUNKS * CHUNK, refuse);
		assert_int_equal(read_all(CHUNKS * CHUNK, &given), -EBADF);
		assert_true(given < refuse * (size_t)INTAKE_PIECE);
	}
}

/* Nobody wants the rest, of which some is under way */
static void test_left(void **state)
{
	const unsigned char *piece;
	struct intake in;
	size_t len;

	(void)state;
	new_device(CHUNKS * CHUNK, 0);
	assert_int_equal(intake_open(&in, FD, CHUNKS * CHUNK), 0);
	assert_int_equal(intake_next(&in, &piece, &len), 0);
	assert_int_equal(intake_next(&in, &piece, &len), 0);
	assert_true(device.nr);
	intake_close(&in);
	assert_false(device.is_open);
	intake_close(&in);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_sizes),
	cmocka_unit_test(test_end_of_device),
	cmocka_unit_test(test_refused),
	cmocka_unit_test(test_left),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
