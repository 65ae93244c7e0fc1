// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CRC-32C by a library: every chunk of a dump that is read goes through it.
 *
 * ISA-L's takes the processor's own instructions, and is used where it was found
 * when this was built and has them (see the Makefile); libext2fs's is everywhere.
 * Both take and return the register as it is, whose bits are all set before the
 * first byte and inverted behind the last one.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifdef DUMPFLT_ISAL
#include <isa-l/crc.h>
#else
#include <ext2fs/ext2fs.h>
#endif

#include "area/crc32c.h"

/* ISA-L's length is an int */
#define PIECE_MAX	0x40000000U

static __u32 add_piece(__u32 reg, const unsigned char *data, size_t len)
{
#ifdef DUMPFLT_ISAL
	/* it changes nothing there, and does not say so */
	return crc32_iscsi((unsigned char *)data, (int)len, reg);
#else
	return ext2fs_crc32c_le(reg, data, len);
#endif
}

/**
 * crc32c_add() - CRC-32C of one more piece
 * @crc: of what came before, 0 at the beginning
 * @data: one more piece, of any alignment
 * @len: bytes of @data, as many as there are
 *
 * Return: the CRC of all of it
 */
__u32 crc32c_add(__u32 crc, const void *data, size_t len)
{
	const unsigned char *next = data;
	__u32 reg = ~crc;

	while (len) {
		size_t piece = len < PIECE_MAX ? len : PIECE_MAX;

		reg = add_piece(reg, next, piece);
		next += piece;
		len -= piece;
	}
	return ~reg;
}
