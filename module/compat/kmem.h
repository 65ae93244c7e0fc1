/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Probes on the allocation tracepoints. For <trace/events/kmem.h>.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_KMEM_H
#define _DUMPFLT_COMPAT_KMEM_H

#include <linux/version.h>

/*
 * Since 6.1 kmalloc has no struct kmem_cache (2c1d697fb8ba), and those with a node
 * are the same events (11e9734bcb6a); before, they are events of their own, and
 * all of them look alike. Goes when the floor is 6.1.
 */
#define DUMPFLT_KMALLOC_NODE_ARGS					\
	void *data, unsigned long call_site, const void *ptr,		\
	size_t bytes_req, size_t bytes_alloc, gfp_t gfp_flags, int node

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
#define DUMPFLT_KMALLOC_ARGS	DUMPFLT_KMALLOC_NODE_ARGS

#define DUMPFLT_KMEM_CACHE_ALLOC_ARGS					\
	void *data, unsigned long call_site, const void *ptr,		\
	struct kmem_cache *s, gfp_t gfp_flags, int node

static inline int
dumpflt_compat_probe_nodes(void (*probe)(DUMPFLT_KMALLOC_NODE_ARGS))
{
	return 0;
}

static inline void
dumpflt_compat_unprobe_nodes(void (*probe)(DUMPFLT_KMALLOC_NODE_ARGS))
{
}
#else
#define DUMPFLT_KMALLOC_ARGS						\
	void *data, unsigned long call_site, const void *ptr,		\
	size_t bytes_req, size_t bytes_alloc, gfp_t gfp_flags

#define DUMPFLT_KMEM_CACHE_ALLOC_ARGS	DUMPFLT_KMALLOC_ARGS

static inline int
dumpflt_compat_probe_nodes(void (*probe)(DUMPFLT_KMALLOC_NODE_ARGS))
{
	int ret = register_trace_kmalloc_node(probe, NULL);

	if (ret)
		return ret;
	ret = register_trace_kmem_cache_alloc_node(probe, NULL);
	if (ret)
		unregister_trace_kmalloc_node(probe, NULL);
	return ret;
}

static inline void
dumpflt_compat_unprobe_nodes(void (*probe)(DUMPFLT_KMALLOC_NODE_ARGS))
{
	unregister_trace_kmem_cache_alloc_node(probe, NULL);
	unregister_trace_kmalloc_node(probe, NULL);
}
#endif

#endif /* _DUMPFLT_COMPAT_KMEM_H */
