// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chunk records: collected in memory, written block by block as they fill.
 *
 * Chunks may come in any order, but memory is bounded: only some blocks of
 * records are in memory. A block is pinned from before the filters see a chunk
 * until the target has answered; only then does the record go into it. Blocks
 * that have filled are sent when the next one is begun, and not waited for, as they
 * never change again. Those that are written make room when memory runs out. If none
 * is, the emptiest one is written as it is, and read back if another of its chunks comes.
 *
 * A flush from above writes what is there (a checkpoint). A block that may
 * still change is copied first, so that the target never sees it changing. A
 * record never changes once it is written, so that a torn write of a block
 * that was there before takes nothing away.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/bitmap.h>
#include <linux/blkdev.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "base/silence.h"
#include "layout/area.h"

#define WRITE_OPF	(REQ_OP_WRITE | REQ_SYNC | REQ_IDLE)

static u64 nr_disk_blocks(const struct dumpflt_area *area)
{
	return DIV_ROUND_UP((u64)area->geo.slot_chunks * area->geo.record_size,
			    DUMPFLT_AREA_BLOCK);
}

static void *record_in(struct dumpflt_area *area,
		       struct dumpflt_record_block *block, u64 chunk)
{
	/* a power of two, as the size of a record is one */
	return block->data + (chunk & (area->records.per_block - 1)) *
			     area->geo.record_size;
}

static u64 offset_of(const struct dumpflt_area *area, u64 index)
{
	return dumpflt_geometry_record(&area->geo, area->slot,
				       index * area->records.per_block);
}

/**
 * dumpflt_records_create - allocate what a session will need
 * @area: the area, geometry set, limits of the stack known
 *
 * Context: process context; allocates.
 * Return: 0 or -ENOMEM; what was allocated is for dumpflt_records_destroy().
 */
int dumpflt_records_create(struct dumpflt_area *area)
{
	struct dumpflt_records *records = &area->records;
	unsigned int i;

	mutex_init(&records->mutex);
	spin_lock_init(&records->lock);
	init_waitqueue_head(&records->unpinned);
	dumpflt_pending_init(area->stack, &records->sync.pending);
	records->per_block = DUMPFLT_AREA_BLOCK / area->geo.record_size;
	records->nr_blocks = min_t(u64, nr_disk_blocks(area),
				   min_t(u64, area->stack->limits.nr_contexts +
					      DUMPFLT_RECORD_BLOCKS,
					 DUMPFLT_RECORD_BLOCKS_MAX));
	records->shadow = (void *)__get_free_page(GFP_KERNEL);
	records->evicted = kvcalloc(BITS_TO_LONGS(nr_disk_blocks(area)),
				    sizeof(long), GFP_KERNEL);
	records->blocks = kvcalloc(records->nr_blocks,
				   sizeof(*records->blocks), GFP_KERNEL);
	if (!records->shadow || !records->evicted || !records->blocks)
		return -ENOMEM;
	for (i = 0; i < records->nr_blocks; i++) {
		struct dumpflt_record_block *block = &records->blocks[i];

		block->index = DUMPFLT_NO_BLOCK;
		dumpflt_pending_init(area->stack, &block->sync.pending);
		block->data = kzalloc(DUMPFLT_AREA_BLOCK, GFP_KERNEL);
		if (!block->data)
			return -ENOMEM;
	}
	return 0;
}

/**
 * dumpflt_records_destroy - undo dumpflt_records_create(), whole or in part
 * @area: the area; nothing of it is under way
 *
 * Context: process context.
 */
void dumpflt_records_destroy(struct dumpflt_area *area)
{
	struct dumpflt_records *records = &area->records;
	unsigned int i;

	for (i = 0; records->blocks && i < records->nr_blocks; i++) {
		dumpflt_pending_exit(&records->blocks[i].sync.pending);
		kfree(records->blocks[i].data);
	}
	dumpflt_pending_exit(&records->sync.pending);
	kvfree(records->blocks);
	kvfree(records->evicted);
	free_page((unsigned long)records->shadow);
}

/**
 * dumpflt_records_reset - forget the last session's records
 * @area: the area; nothing of it is under way
 *
 * Context: process context, queue frozen.
 */
void dumpflt_records_reset(struct dumpflt_area *area)
{
	struct dumpflt_records *records = &area->records;
	unsigned int i;

	memset(records->evicted, 0,
	       BITS_TO_LONGS(nr_disk_blocks(area)) * sizeof(long));
	for (i = 0; i < records->nr_blocks; i++) {
		records->blocks[i].index = DUMPFLT_NO_BLOCK;
		records->blocks[i].filled = 0;
		records->blocks[i].pins = 0;
		records->blocks[i].dirty = false;
	}
}

static int judge(struct dumpflt_area *area, int err, const char *what,
		 u64 index)
{
	if (err)
		dumpflt_fail(area->stack, NULL, err,
			     "%s the chunk records at %llu failed", what,
			     offset_of(area, index));
	return err;
}

/* Records in the block: all, or fewer in the last one of a slot */
static unsigned int capacity(const struct dumpflt_area *area, u64 index)
{
	return min_t(u64, area->records.per_block, area->geo.slot_chunks -
						   index * area->records.per_block);
}

static bool is_full(const struct dumpflt_area *area,
		    const struct dumpflt_record_block *block)
{
	return block->filled == capacity(area, block->index);
}

static bool is_clean_and_full(const struct dumpflt_area *area,
			      const struct dumpflt_record_block *block)
{
	return !block->dirty && !block->sync.pending.busy && is_full(area, block);
}

/* Into memory that does not change any more, if somebody may still add to it */
static void *stable_copy(struct dumpflt_area *area,
			 struct dumpflt_record_block *block)
{
	struct dumpflt_records *records = &area->records;
	void *data = block->data;
	unsigned long flags;

	spin_lock_irqsave(&records->lock, flags);
	block->dirty = false;
	if (block->pins)
		data = memcpy(records->shadow, block->data, DUMPFLT_AREA_BLOCK);
	spin_unlock_irqrestore(&records->lock, flags);
	return data;
}

static int write_block(struct dumpflt_area *area,
		       struct dumpflt_record_block *block)
{
	struct dumpflt_records *records = &area->records;
	u64 offset = offset_of(area, block->index);
	void *data;

	if (dumpflt_pending_is_busy(&records->sync.pending) ||
	    dumpflt_pending_is_busy(&block->sync.pending))
		return judge(area, -ETIMEDOUT, "writing", block->index);
	data = stable_copy(area, block);
	if (data == block->data) {
		dumpflt_sync_submit(area->stack, &block->sync, WRITE_OPF, data,
				    DUMPFLT_AREA_BLOCK, offset);
		return 0;
	}
	return judge(area, dumpflt_sync_io(area->stack, &records->sync,
					   WRITE_OPF, data, DUMPFLT_AREA_BLOCK,
					   offset),
		      "writing", block->index);
}

static int wait_written(struct dumpflt_area *area,
			struct dumpflt_record_block *block)
{
	unsigned int ms = dumpflt_silence_patience(area->stack);

	return judge(area, dumpflt_sync_wait(&block->sync, ms), "writing",
		     block->index);
}

/* What has become of those that were sent: all, or only where the target has answered */
static int judge_sent(struct dumpflt_area *area, bool wait)
{
	struct dumpflt_records *records = &area->records;
	unsigned int i;
	int ret = 0, err = 0;

	/* one deadline is enough: after it the target is known to be silent */
	for (i = 0; i < records->nr_blocks && err != -ETIMEDOUT; i++) {
		struct dumpflt_record_block *block = &records->blocks[i];

		if (!block->sync.pending.busy ||
		    (!wait && !dumpflt_pending_has_ended(&block->sync.pending)))
			continue;
		err = wait_written(area, block);
		ret = ret ?: err;
	}
	return ret;
}

/* Sends all dirty blocks, or only those that are full */
static int send_blocks(struct dumpflt_area *area, bool only_full)
{
	struct dumpflt_records *records = &area->records;
	unsigned int i;
	int ret = 0;

	lockdep_assert_held(&records->mutex);
	for (i = 0; i < records->nr_blocks && !ret; i++) {
		struct dumpflt_record_block *block = &records->blocks[i];

		if (READ_ONCE(block->dirty) &&
		    (!only_full || is_full(area, block)))
			ret = write_block(area, block);
	}
	return ret;
}

/* Writes them: sends them together, then waits for these and all that were sent before */
static int write_blocks(struct dumpflt_area *area, bool only_full)
{
	int ret = send_blocks(area, only_full);
	int err = ret == -ETIMEDOUT ? ret : judge_sent(area, true);

	return ret ?: err;
}

/* The emptiest block that nobody waits for; NULL if there is none */
static struct dumpflt_record_block *emptiest(struct dumpflt_records *records)
{
	struct dumpflt_record_block *best = NULL;
	unsigned int i;

	for (i = 0; i < records->nr_blocks; i++) {
		struct dumpflt_record_block *block = &records->blocks[i];

		if (!READ_ONCE(block->pins) &&
		    (!best || block->filled < best->filled))
			best = block;
	}
	return best;
}

/* Makes room for at least one block, if not all are pinned */
static int make_room(struct dumpflt_area *area)
{
	struct dumpflt_records *records = &area->records;
	struct dumpflt_record_block *block;
	unsigned long flags;
	bool room = false;
	unsigned int i;
	int ret;

	ret = write_blocks(area, true);
	for (i = 0; i < records->nr_blocks && !ret; i++) {
		block = &records->blocks[i];
		/* its last record may just have come */
		spin_lock_irqsave(&records->lock, flags);
		if (block->index != DUMPFLT_NO_BLOCK && !block->pins &&
		    is_clean_and_full(area, block)) {
			block->index = DUMPFLT_NO_BLOCK;
			room = true;
		}
		spin_unlock_irqrestore(&records->lock, flags);
	}
	if (ret || room)
		return ret;
	block = emptiest(records);
	if (!block)
		return 0;
	ret = write_block(area, block);
	if (!ret && block->sync.pending.busy)
		ret = wait_written(area, block);
	/* what was not written stays what it is, and where it belongs */
	if (ret)
		return ret;
	__set_bit(block->index, records->evicted);
	block->index = DUMPFLT_NO_BLOCK;
	return 0;
}

static struct dumpflt_record_block *find(struct dumpflt_records *records,
					 u64 index)
{
	unsigned int i;

	for (i = 0; i < records->nr_blocks; i++)
		if (records->blocks[i].index == index)
			return &records->blocks[i];
	return NULL;
}

/* What was written when the block was evicted; the rest is zeros still */
static int read_back(struct dumpflt_area *area,
		     struct dumpflt_record_block *block, u64 index)
{
	unsigned int i;
	int ret;

	ret = judge(area, dumpflt_sync_io(area->stack, &area->records.sync,
					  REQ_OP_READ, block->data,
					  DUMPFLT_AREA_BLOCK,
					  offset_of(area, index)),
		     "reading", index);
	for (i = 0; i < capacity(area, index) && !ret; i++) {
		u64 chunk = index * area->records.per_block + i;

		if (dumpflt_record_ok(record_in(area, block, chunk),
				      area->geo.record_size, area->session,
				      chunk))
			block->filled++;
	}
	return ret;
}

/* Gets the block into memory; *@block is NULL if all are pinned */
static int load(struct dumpflt_area *area, u64 index,
		struct dumpflt_record_block **block)
{
	struct dumpflt_records *records = &area->records;
	int ret = 0;

	*block = find(records, index);
	/* only a disk that made up a record has a full block that another one goes to */
	if (*block)
		return (*block)->sync.pending.busy ? wait_written(area, *block) : 0;
	/* what was to be read back may still come, into a block that seems free */
	if (dumpflt_pending_is_busy(&records->sync.pending))
		return judge(area, -ETIMEDOUT, "reading", index);
	/* a new one is begun: those that have filled meanwhile are sent */
	ret = judge_sent(area, false) ?: send_blocks(area, true);
	*block = find(records, DUMPFLT_NO_BLOCK);
	if (!ret && !*block) {
		ret = make_room(area);
		if (!ret)
			*block = find(records, DUMPFLT_NO_BLOCK);
	}
	if (ret || !*block)
		return ret;
	/* the target would read from it what comes now */
	if (WARN_ON_ONCE((*block)->sync.pending.busy))
		return judge(area, -EBUSY, "writing", index);
	(*block)->filled = 0;
	(*block)->dirty = false;
	memset((*block)->data, 0, DUMPFLT_AREA_BLOCK);
	if (test_bit(index, records->evicted))
		ret = read_back(area, *block, index);
	if (!ret)
		(*block)->index = index;
	return ret;
}

static bool has_room(struct dumpflt_records *records)
{
	return emptiest(records);
}

/*
 * Each answer of the target gives a block free, but others may be quicker to take it; so
 * it counts whether the target gets on.
 */
static int wait_for_room(struct dumpflt_area *area, u64 index)
{
	struct dumpflt_stack *stack = area->stack;
	unsigned int ms = dumpflt_silence_patience(stack);
	unsigned long begin = jiffies;

	for (;;) {
		long left = dumpflt_silence_left_all(stack, begin, ms);

		if (wait_event_timeout(area->records.unpinned,
				       has_room(&area->records),
				       clamp_t(long, left, 0, HZ)))
			return 0;
		/* whose chunks have the blocks has waited already */
		if (READ_ONCE(stack->failed))
			return -EIO;
		if (left <= 0)
			return judge(area, -ETIMEDOUT, "finding room for",
				     index);
	}
}

/**
 * dumpflt_records_get - make sure that a chunk's record has a place
 * @area: of a session
 * @transfer: the chunk; @transfer->block is set and pinned
 *
 * Context: process context; sleeps if blocks have to be written. To be undone
 * with dumpflt_records_put().
 * Return: 0 or a negative errno; the session has failed then.
 */
int dumpflt_records_get(struct dumpflt_area *area,
			struct dumpflt_transfer *transfer)
{
	struct dumpflt_records *records = &area->records;
	u64 index = div_u64(transfer->chunk, records->per_block);
	struct dumpflt_record_block *block;
	unsigned long flags;
	int ret;

	for (;;) {
		mutex_lock(&records->mutex);
		/* whoever was here before may have waited for a silent target: once is enough */
		ret = READ_ONCE(area->stack->failed) ? -EIO :
						       load(area, index, &block);
		if (!ret && block) {
			spin_lock_irqsave(&records->lock, flags);
			block->pins++;
			spin_unlock_irqrestore(&records->lock, flags);
		}
		mutex_unlock(&records->mutex);
		if (ret)
			return ret;
		if (block)
			break;
		ret = wait_for_room(area, index);
		if (ret)
			return ret;
	}
	transfer->block = block;
	return 0;
}

/**
 * dumpflt_records_put - the target has answered
 * @area: the same as for dumpflt_records_get()
 * @transfer: the chunk, after dumpflt_records_get(), its record sealed if
 *	@written
 * @written: it is on the target
 *
 * Context: any, interrupts included.
 */
void dumpflt_records_put(struct dumpflt_area *area,
			 struct dumpflt_transfer *transfer, bool written)
{
	struct dumpflt_records *records = &area->records;
	struct dumpflt_record_block *block = transfer->block;
	unsigned long flags;

	transfer->block = NULL;
	spin_lock_irqsave(&records->lock, flags);
	if (written) {
		memcpy(record_in(area, block, transfer->chunk),
		       transfer->call.record, area->geo.record_size);
		block->filled++;
		block->dirty = true;
	}
	block->pins--;
	spin_unlock_irqrestore(&records->lock, flags);
	wake_up(&records->unpinned);
}

/**
 * dumpflt_records_write - write all records that were not written yet
 * @area: of a session; chunks may be written meanwhile
 * @failed: also if the session has failed by now
 *
 * A checkpoint during the session, rule F3 at its end.
 *
 * Context: process context; sleeps.
 * Return: 0 or a negative errno; the session has failed then.
 */
int dumpflt_records_write(struct dumpflt_area *area, bool failed)
{
	int ret;

	mutex_lock(&area->records.mutex);
	ret = READ_ONCE(area->stack->failed) && !failed ?
		      -EIO : write_blocks(area, false);
	mutex_unlock(&area->records.mutex);
	return ret;
}
