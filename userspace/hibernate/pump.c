// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bytes to a stack device, chunk after chunk, several of them under way at once.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uapi/linux/dumpflt.h>

#include "hibernate/pump.h"
#include "lib/blkdev.h"

/* Returns: 0 or a negative errno; pump_close() in any case */
int pump_open(struct pump *pump)
{
	size_t size = (size_t)PUMP_DEPTH * DUMPFLT_CHUNK_SIZE;

	memset(pump, 0, sizeof(*pump));
	pump->fd = -1;
	pump->buffers = alloc_aligned(size);
	if (!pump->buffers)
		return -ENOMEM;
	memset(pump->buffers, 0, size);
	return aio_open(&pump->aio, PUMP_DEPTH);
}

/* One write is waited for */
static void take_answer(struct pump *pump)
{
	struct io_event event;
	int ret = aio_answer(pump->aio, &event);

	if (ret) {
		/* only the end of the context waits for what is under way */
		pump->err = pump->err ? pump->err : ret;
		pump->under_way = 0;
		return;
	}
	pump->busy[event.data] = false;
	pump->under_way--;
	if (event.res != DUMPFLT_CHUNK_SIZE && !pump->err)
		pump->err = event.res < 0 ? (int)event.res : -EIO;
}

/* Returns: room for a chunk, or NULL if a write has failed, see @err */
static unsigned char *take_buffer(struct pump *pump)
{
	unsigned int i;

	if (pump->under_way == PUMP_DEPTH)
		take_answer(pump);
	if (pump->err)
		return NULL;
	for (i = 0; pump->busy[i]; i++)
		;
	return pump->buffers + (size_t)i * DUMPFLT_CHUNK_SIZE;
}

/* Begins to write what is filled, behind what was written before */
static int write_filled(struct pump *pump)
{
	unsigned char *buffer = pump->filling;
	size_t i = (size_t)(buffer - pump->buffers) / DUMPFLT_CHUNK_SIZE;
	struct iocb *iocb = &pump->iocb[i];

	pump->filling = NULL;
	aio_prepare(iocb, IOCB_CMD_PWRITE, i, pump->fd, buffer, DUMPFLT_CHUNK_SIZE, pump->at);
	pump->err = aio_begin(pump->aio, iocb);
	if (pump->err)
		return pump->err;
	pump->busy[i] = true;
	pump->under_way++;
	pump->at += DUMPFLT_CHUNK_SIZE;
	return 0;
}

static int begin_chunk(struct pump *pump)
{
	pump->filling = take_buffer(pump);
	pump->fill = 0;
	if (pump->filling)
		return 0;
	return pump->err ? pump->err : -EIO;
}

/* Behind what was put before. Returns: 0 or a negative errno, also of what went before */
int pump_put(struct pump *pump, const void *data, size_t len)
{
	const unsigned char *from = data;
	int ret = pump->err;

	while (len && !ret) {
		size_t n = len;

		if (!pump->filling)
			ret = begin_chunk(pump);
		if (ret)
			break;
		if (n > DUMPFLT_CHUNK_SIZE - pump->fill)
			n = DUMPFLT_CHUNK_SIZE - pump->fill;
		memcpy(pump->filling + pump->fill, from, n);
		pump->fill += n;
		from += n;
		len -= n;
		if (pump->fill == DUMPFLT_CHUNK_SIZE)
			ret = write_filled(pump);
	}
	return ret;
}

/* That was all. Waits for it. Returns: 0 or a negative errno */
int pump_end(struct pump *pump)
{
	if (pump->filling && !pump->err) {
		/* what is behind the end of a dump must be zeros */
		memset(pump->filling + pump->fill, 0, DUMPFLT_CHUNK_SIZE - pump->fill);
		write_filled(pump);
	}
	return pump_drain(pump);
}

/* Waits for all of them. Returns: 0 or the negative errno of the first that failed */
int pump_drain(struct pump *pump)
{
	while (pump->under_way)
		take_answer(pump);
	return pump->err;
}

void pump_close(struct pump *pump)
{
	aio_close(&pump->aio);
	if (pump->buffers)
		explicit_bzero(pump->buffers, (size_t)PUMP_DEPTH * DUMPFLT_CHUNK_SIZE);
	free(pump->buffers);
	memset(pump, 0, sizeof(*pump));
	pump->fd = -1;
}
