/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Probes on the allocation tracepoints. For <trace/events/kmem.h>.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_KMEM_H
#define _DUMPFLT_COMPAT_KMEM_H

/* kmalloc has no struct kmem_cache since 6.1 (2c1d697fb8ba) */
#define DUMPFLT_KMALLOC_ARGS						\
	void *data, unsigned long call_site, const void *ptr,		\
	size_t bytes_req, size_t bytes_alloc, gfp_t gfp_flags, int node

#define DUMPFLT_KMEM_CACHE_ALLOC_ARGS					\
	void *data, unsigned long call_site, const void *ptr,		\
	struct kmem_cache *s, gfp_t gfp_flags, int node

#endif /* _DUMPFLT_COMPAT_KMEM_H */
