/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One read or write after the other handed to the kernel, and their answers: aio(7).
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_AIO_H
#define DUMPFLT_HIBERNATE_AIO_H

#include <linux/aio_abi.h>
#include <linux/types.h>
#include <stddef.h>

int aio_open(aio_context_t *aio, unsigned int depth);
void aio_prepare(struct iocb *iocb, unsigned int opcode, size_t index, int fd, void *data,
		 size_t len, __u64 at);
int aio_begin(aio_context_t aio, struct iocb *iocb);
int aio_answer(aio_context_t aio, struct io_event *event);
void aio_close(aio_context_t *aio);

#endif
