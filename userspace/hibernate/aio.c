// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One read or write after the other handed to the kernel, and their answers: aio(7).
 *
 * By its system calls, not by a library: nothing may begin to run while the machine stands
 * still, no thread and no helper of the kernel's.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hibernate/aio.h"

/* @aio: zero. Returns: 0 or a negative errno; aio_close() in any case */
int aio_open(aio_context_t *aio, unsigned int depth)
{
	return syscall(SYS_io_setup, depth, aio) ? -errno : 0;
}

/* What goes from @data to @at of @fd, or back: @opcode is IOCB_CMD_*; the answer has @index */
void aio_prepare(struct iocb *iocb, unsigned int opcode, size_t index, int fd, void *data,
		 size_t len, __u64 at)
{
	memset(iocb, 0, sizeof(*iocb));
	iocb->aio_lio_opcode = (__u16)opcode;
	iocb->aio_data = index;
	iocb->aio_fildes = (__u32)fd;
	iocb->aio_buf = (__u64)(uintptr_t)data;
	iocb->aio_nbytes = len;
	iocb->aio_offset = (__s64)at;
}

/* Returns: 0, and there will be an answer; or a negative errno */
int aio_begin(aio_context_t aio, struct iocb *iocb)
{
	if (syscall(SYS_io_submit, aio, 1L, &iocb) == 1)
		return 0;
	return errno ? -errno : -EIO;
}

/* Waits for one. Returns: 0, or -EIO if nobody knows any more what is under way */
int aio_answer(aio_context_t aio, struct io_event *event)
{
	long n;

	do {
		n = syscall(SYS_io_getevents, aio, 1L, 1L, event, NULL);
	} while (n < 0 && errno == EINTR);
	return n == 1 ? 0 : -EIO;
}

/* Waits for all that is under way: their memory is the caller's again */
void aio_close(aio_context_t *aio)
{
	if (*aio)
		syscall(SYS_io_destroy, *aio);
	*aio = 0;
}
