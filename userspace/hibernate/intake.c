// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a stack device gives, piece after piece: the next ones are read, and opened by the
 * filters, while one is used.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uapi/linux/dumpflt.h>

#include "hibernate/intake.h"
#include "lib/blkdev.h"

#define ALL_PIECES ((size_t)INTAKE_PIECES * INTAKE_PIECE)

static size_t index_of(__u64 at)
{
	return (size_t)(at / INTAKE_PIECE % INTAKE_PIECES);
}

/* Of the piece there, without what only fills the last chunk */
static size_t length_of(const struct intake *in, __u64 at)
{
	__u64 left = in->size - at;

	return left < INTAKE_PIECE ? (size_t)left : INTAKE_PIECE;
}

/* The stack gives whole chunks only */
static size_t in_chunks(size_t len)
{
	return (len + DUMPFLT_CHUNK_SIZE - 1) / DUMPFLT_CHUNK_SIZE * DUMPFLT_CHUNK_SIZE;
}

static unsigned char *piece_at(const struct intake *in, __u64 at)
{
	return in->pieces + index_of(at) * INTAKE_PIECE;
}

static int ask(struct intake *in)
{
	size_t i = index_of(in->asked);
	struct iocb *iocb = &in->iocb[i];

	aio_prepare(iocb, IOCB_CMD_PREAD, i, in->fd, piece_at(in, in->asked),
		    in_chunks(length_of(in, in->asked)), in->asked);
	in->arrived[i] = false;
	in->asked += length_of(in, in->asked);
	return aio_begin(in->aio, iocb);
}

/* For as many as there is room for beside the one that is given */
static int ask_ahead(struct intake *in)
{
	int ret = 0;

	while (!ret && in->asked < in->size &&
	       in->asked < in->given + (__u64)INTAKE_PIECES * INTAKE_PIECE)
		ret = ask(in);
	return ret;
}

static int wait_for(struct intake *in, size_t i)
{
	while (!in->arrived[i]) {
		struct io_event event;
		int ret = aio_answer(in->aio, &event);

		if (ret)
			return ret;
		in->arrived[event.data] = true;
		in->result[event.data] = event.res;
	}
	return 0;
}

/**
 * intake_open() - begin to read
 * @in: for intake_close(), whatever is returned
 * @fd: of the stack device, for O_DIRECT
 * @size: of what there is, in bytes
 *
 * Return: 0 or a negative errno
 */
int intake_open(struct intake *in, int fd, __u64 size)
{
	memset(in, 0, sizeof(*in));
	in->fd = fd;
	in->size = size;
	in->pieces = alloc_aligned(ALL_PIECES);
	if (!in->pieces)
		return -ENOMEM;
	return aio_open(&in->aio, INTAKE_PIECES);
}

/**
 * intake_next() - the piece behind the one that was given last, which ends by this
 * @in: some of it has not been given yet
 * @piece: set to it
 * @len: set to how long it is, in bytes
 *
 * Return: 0, or a negative errno: there is nothing more to be had
 */
int intake_next(struct intake *in, const unsigned char **piece, size_t *len)
{
	__u64 at = in->given;
	size_t i = index_of(at);
	int ret = ask_ahead(in);

	if (!ret)
		ret = wait_for(in, i);
	if (ret)
		return ret;
	*piece = piece_at(in, at);
	*len = length_of(in, at);
	if (in->result[i] != (__s64)in_chunks(*len))
		return in->result[i] < 0 ? (int)in->result[i] : -EIO;
	in->given += *len;
	return 0;
}

/* Waits for what is under way. Nothing of it stays in the memory */
void intake_close(struct intake *in)
{
	aio_close(&in->aio);
	if (in->pieces)
		explicit_bzero(in->pieces, ALL_PIECES);
	free(in->pieces);
	in->pieces = NULL;
}
