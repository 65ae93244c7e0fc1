/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What test filters that change every byte have in common.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_TEST_BYTES_H
#define _DUMPFLT_TEST_BYTES_H

#include <linux/bvec.h>
#include <linux/dumpflt.h>
#include <linux/types.h>

/* What becomes of the byte at @offset of the target; @n is the filter's own */
typedef u8 (*byte_fn)(u8 byte, u64 offset, u8 n);

static inline void change_bytes(u8 *data, u32 len, u64 offset, byte_fn fn, u8 n)
{
	for (; len; len--, data++, offset++)
		*data = fn(*data, offset, n);
}

static inline void change_write(const struct dumpflt_io *io, byte_fn fn, u8 n)
{
	u8 *data;

	if (dumpflt_in_place(io)) {
		data = dumpflt_segment(io, 0);
	} else {
		data = dumpflt_bounce(io);
		dumpflt_io_copy(io, data, 0, io->len);
		dumpflt_set_buffer(io, data);
	}
	change_bytes(data, io->len, io->offset, fn, n);
}

static inline void change_read(const struct dumpflt_io *io, byte_fn fn, u8 n)
{
	u64 offset = io->offset;
	u32 i;

	for (i = 0; i < io->nr_segs; i++) {
		change_bytes(dumpflt_segment(io, i), io->segs[i].bv_len,
			     offset, fn, n);
		offset += io->segs[i].bv_len;
	}
}

#endif /* _DUMPFLT_TEST_BYTES_H */
