/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a stack device gives, piece after piece: the next ones are read, and opened by the
 * filters, while one is used.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_INTAKE_H
#define DUMPFLT_HIBERNATE_INTAKE_H

#include <stdbool.h>

#include "hibernate/aio.h"

/* In bytes: eight chunks; with all pieces under way two dozen CPUs have one to open */
#define INTAKE_PIECE	524288U

/* Pieces that there is memory for: one is used, the others are read */
#define INTAKE_PIECES	3

/**
 * struct intake - reads under way
 * @fd: of the device, for O_DIRECT
 * @size: how much there is to read, in bytes
 * @aio: of the kernel
 * @pieces: INTAKE_PIECES of them
 * @iocb: the read of each
 * @result: of each, if @arrived: a length or a negative errno
 * @arrived: it has been answered
 * @asked: how far, in bytes
 * @given: how far, in bytes
 */
struct intake {
	int		fd;
	__u64		size;
	aio_context_t	aio;
	unsigned char	*pieces;
	struct iocb	iocb[INTAKE_PIECES];
	__s64		result[INTAKE_PIECES];
	bool		arrived[INTAKE_PIECES];
	__u64		asked;
	__u64		given;
};

int intake_open(struct intake *in, int fd, __u64 size);
int intake_next(struct intake *in, const unsigned char **piece, size_t *len);
void intake_close(struct intake *in);

#endif
