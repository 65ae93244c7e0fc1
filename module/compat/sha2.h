/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A SHA-256 on its way. For <crypto/sha2.h>.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_SHA2_H
#define _DUMPFLT_COMPAT_SHA2_H

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
