// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The public header, alone: compiled by test_uapi.sh as C and as C++, for 64
 * and for 32 bits. The sizes and offsets are those of the format's description.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <uapi/linux/dumpflt.h>

/* No header of the C library: the one for 32 bits need not be installed */
#ifdef __cplusplus
#define CHECK(what)	static_assert(what, #what)
#else
#define CHECK(what)	_Static_assert(what, #what)
#endif
#define SIZE(name, size) \
	CHECK(sizeof(struct dumpflt_disk_##name) == (size))
#define AT(name, member, offset) \
	CHECK(__builtin_offsetof(struct dumpflt_disk_##name, member) == (offset))

SIZE(policy, 32);
AT(policy, options_len, 28);
SIZE(fixed, 16896);
AT(fixed, version, 16);
AT(fixed, area_size, 24);
AT(fixed, uuid, 32);
AT(fixed, chunk_size, 48);
AT(fixed, slot_offset, 64);
AT(fixed, policy_len, 92);
AT(fixed, policy, 512);
SIZE(slot, 64);
AT(slot, session, 8);
AT(slot, number, 24);
SIZE(header, 32768);
AT(header, sequence, 16896);
AT(header, slots, 17408);
AT(header, crc, 32764);
SIZE(fmeta_head, 64);
AT(fmeta_head, crc, 60);
SIZE(fmeta, 40);
AT(fmeta, flags, 28);
SIZE(record, 8);
SIZE(trailer, 64);
AT(trailer, dump_size, 32);
AT(trailer, crc, 60);
SIZE(filter, 128);
AT(filter, writes, 48);
AT(filter, meta_digest, 80);
SIZE(receipt, 4096);
AT(receipt, state, 20);
AT(receipt, number, 56);
AT(receipt, dump_size, 88);
AT(receipt, err, 112);
AT(receipt, phase_ms, 120);
AT(receipt, digest, 152);
AT(receipt, text, 216);
AT(receipt, filters, 1024);
AT(receipt, crc, 4092);

/* Each magic is as long as its place, with or without its terminating NUL */
CHECK(sizeof(DUMPFLT_MAGIC_HEADER) - 1 == DUMPFLT_MAGIC_SIZE);
CHECK(sizeof(DUMPFLT_MAGIC_FMETA) - 1 == DUMPFLT_MAGIC_SIZE);
CHECK(sizeof(DUMPFLT_MAGIC_TRAILER) - 1 == DUMPFLT_MAGIC_SIZE);
CHECK(sizeof(DUMPFLT_MAGIC_RECEIPT) - 1 == DUMPFLT_MAGIC_SIZE);
