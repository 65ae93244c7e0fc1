/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flags, callbacks and locks of blk-mq. For <linux/blk-mq.h>.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_MQ_H
#define _DUMPFLT_COMPAT_MQ_H

#include <linux/atomic.h>
#include <linux/blk-mq.h>
#include <linux/percpu-refcount.h>
#include <linux/version.h>

/*
 * Merging is the rule since 6.14, and no flag any more (cc76ace465d6). Goes
 * when the floor is 6.14.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
#define DUMPFLT_COMPAT_MQ_MERGE	0
#else
#define DUMPFLT_COMPAT_MQ_MERGE	BLK_MQ_F_SHOULD_MERGE
#endif

/*
 * No scheduler unless one is asked for, since 5.14 (90b7198001f2); before, there
 * is one of a single queue, or none at all. Goes when the floor is 6.1.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
#define DUMPFLT_COMPAT_MQ_NO_SCHED	BLK_MQ_F_NO_SCHED_BY_DEFAULT
#else
#define DUMPFLT_COMPAT_MQ_NO_SCHED	BLK_MQ_F_NO_SCHED
#endif

/*
 * Undoes blk_freeze_queue_start(). blk_mq_unfreeze_queue() also restores what
 * blk_mq_freeze_queue() returned since 6.14 (1e1a9cecfab3). Goes when the floor
 * is 6.14.
 */
static inline void dumpflt_compat_unfreeze(struct request_queue *q)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
	blk_mq_unfreeze_queue_nomemrestore(q);
#else
	blk_mq_unfreeze_queue(q);
#endif
}

/*
 * Who is in a queue that lets nobody in any more: its requests, and who waits for one
 * to be free, whom nothing else counts. Negative until no CPU counts by itself: until
 * then somebody may still come in. No call of the block layer says this; it goes when
 * there is one.
 */
static inline long dumpflt_compat_queue_users(struct request_queue *q)
{
	return atomic_long_read_acquire(&q->q_usage_counter.data->count);
}

/*
 * The node that init_request() gets: an int since 7.1, unsigned before; asked of
 * the compiler, as that was a fix, which stable kernels may take. Goes when the
 * floor is 7.1.
 */
#define dumpflt_compat_node						\
	typeof(__builtin_choose_expr(					\
		__builtin_types_compatible_p(				\
			typeof_member(struct blk_mq_ops, init_request),	\
			int (*)(struct blk_mq_tag_set *,		\
				struct request *, unsigned int, int)),	\
		0, 0U))

/*
 * What timeout() gets: until 6.0 also whether the request is a reserved one, of
 * which there are none (9bdb4833dd39). Goes when the floor is 6.1.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0)
#define DUMPFLT_COMPAT_TIMEOUT_ARGS	struct request *rq
#else
#define DUMPFLT_COMPAT_TIMEOUT_ARGS	struct request *rq, bool reserved
#endif

/*
 * Each flush queue has a class of its own for lockdep before 5.11; since, it has to
 * be given one where that is needed (fb01a2932e81). Goes when the floor is 6.1.
 */
static inline void dumpflt_compat_set_flush_class(struct blk_mq_hw_ctx *hctx,
						  struct lock_class_key *key)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
	blk_mq_hctx_set_fq_lock_class(hctx, key);
#endif
}

#endif /* _DUMPFLT_COMPAT_MQ_H */
