/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-256: its header, and one on its way.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_SHA2_H
#define _DUMPFLT_COMPAT_SHA2_H

#include <linux/version.h>

/*
 * One header with SHA-1 before 5.11 (a24d22b225ce "crypto: sha - split sha.h into
 * sha1.h and sha2.h"). Goes when the floor is 6.1.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
#include <crypto/sha2.h>
#else
#include <crypto/sha.h>
#endif

/*
 * The library has a type of its own since 6.17 (b86ced882b8e "lib/crypto: sha256:
 * Make library API use strongly-typed contexts"); before, it shares that of the
 * crypto API. Goes when the floor is 6.17.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define dumpflt_compat_sha256	sha256_ctx
#else
#define dumpflt_compat_sha256	sha256_state
#endif

#endif /* _DUMPFLT_COMPAT_SHA2_H */
