/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes to a stack device, chunk after chunk, several of them under way at once.
 *
 * All memory is there when pump_open() returns.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_PUMP_H
#define DUMPFLT_HIBERNATE_PUMP_H

#include <stdbool.h>

#include "hibernate/aio.h"

/*
 * Under way at once, at most. The stack hands neighbours to one of its lanes, sixteen over all
 * of them: with as many again each lane has what comes next while it is with the filters
 */
#define PUMP_DEPTH	32

/**
 * struct pump - writes under way
 * @fd: of the device, for O_DIRECT
 * @aio: of the kernel
 * @buffers: PUMP_DEPTH chunks
 * @iocb: the write of each
 * @busy: it has not been answered
 * @filling: the one that is being filled, or NULL
 * @fill: how far, in bytes
 * @under_way: how many are busy
 * @at: where the next chunk goes
 * @err: of the first write that failed
 */
struct pump {
	int		fd;
	aio_context_t	aio;
	unsigned char	*buffers;
	struct iocb	iocb[PUMP_DEPTH];
	bool		busy[PUMP_DEPTH];
	unsigned char	*filling;
	size_t		fill;
	unsigned int	under_way;
	__u64		at;
	int		err;
};

int pump_open(struct pump *pump);
int pump_put(struct pump *pump, const void *data, size_t len);
int pump_end(struct pump *pump);
int pump_drain(struct pump *pump);
void pump_close(struct pump *pump);

#endif
