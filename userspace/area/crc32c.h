/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CRC-32C, as the on-disk format has it: the one place of user space that computes it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AREA_CRC32C_H
#define DUMPFLT_AREA_CRC32C_H

#include <linux/types.h>
#include <stddef.h>

__u32 crc32c_add(__u32 crc, const void *data, size_t len);

#endif
