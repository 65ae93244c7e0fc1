/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The block device below a stack. All offsets are from its start.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_TARGET_H
#define _DUMPFLT_TARGET_H

#include "base/types.h"

/* target.c */
int dumpflt_target_open(struct dumpflt_stack *stack);
void dumpflt_target_close(struct dumpflt_stack *stack);
int dumpflt_target_read(struct dumpflt_stack *stack, void *data, u32 len,
			u64 offset);
void dumpflt_target_submit(struct dumpflt_stack *stack, struct bio *bio,
			   dumpflt_compat_opf opf, const struct dumpflt_io *data,
			   u64 offset, bio_end_io_t *end_io);

/* cache.c */
void dumpflt_target_cache_init(struct dumpflt_stack *stack);
void dumpflt_target_forget_cache(struct block_device *bdev);
void dumpflt_target_empty_cache(struct block_device *bdev);
int dumpflt_target_clean(struct dumpflt_stack *stack);

/* flush.c */
int dumpflt_flush_judge(struct dumpflt_stack *stack);
int dumpflt_flush_target(struct dumpflt_stack *stack);

/* sync.c */
void dumpflt_sync_submit(struct dumpflt_stack *stack, struct dumpflt_sync *sync,
			 dumpflt_compat_opf opf, void *data, u32 len, u64 offset);
int dumpflt_sync_wait(struct dumpflt_sync *sync, unsigned int ms);
int dumpflt_sync_io(struct dumpflt_stack *stack, struct dumpflt_sync *sync,
		    dumpflt_compat_opf opf, void *data, u32 len, u64 offset);

#endif /* _DUMPFLT_TARGET_H */
