/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The dump area of a stack: what is in memory of it, and who does what with it.
 *
 * The order of things on the disk is that of design section 6 and rules F1 to
 * F8 (session.c):
 *
 *	start.c		header, FLUSH, filter metadata and no receipt, FLUSH
 *	write.c		chunks, and from pieces of chunks the open one
 *	records.c	chunk records, as their blocks fill
 *	end.c		rest of the dump, trailer, records, header, FLUSH, receipt,
 *			FLUSH
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_AREA_H
#define _DUMPFLT_AREA_H

#include <linux/mutex.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "format/format.h"
#include "layout/layout.h"
#include "target/target.h"

struct crypto_shash;

#define DUMPFLT_CHUNK_PAGES	(DUMPFLT_CHUNK_SIZE / PAGE_SIZE)
/* Pieces of a chunk, and all of them */
#define DUMPFLT_PIECES		(DUMPFLT_CHUNK_SIZE / DUMPFLT_AREA_BLOCK)
#define DUMPFLT_ALL_PIECES	((1U << DUMPFLT_PIECES) - 1)
/* Blocks of chunk records in memory, in addition to one for each request */
#define DUMPFLT_RECORD_BLOCKS	16
/* And never more, so that they take at most 8 MiB */
#define DUMPFLT_RECORD_BLOCKS_MAX 2048

/**
 * struct dumpflt_record_block - a block of chunk records in memory
 * @index: which, DUMPFLT_NO_BLOCK if none; guarded by records.mutex
 * @filled: records in it; guarded by records.lock
 * @pins: chunks under way whose records will go into it; guarded by records.lock
 * @dirty: has records that were not written; guarded by records.lock
 * @data: DUMPFLT_AREA_BLOCK bytes
 * @sync: writes it, and is busy until somebody has seen what became of it
 */
struct dumpflt_record_block {
	u64			index;
	unsigned int		filled;
	unsigned int		pins;
	bool			dirty;
	void			*data;
	struct dumpflt_sync	sync;
};

#define DUMPFLT_NO_BLOCK	U64_MAX
#define DUMPFLT_NO_PIECE	U64_MAX

/**
 * struct dumpflt_records - the chunk records of a session, as far as in memory
 * @mutex: one at a time finds, evicts and writes blocks; sleeps
 * @lock: for what a completing chunk changes; inside @mutex
 * @blocks: @nr_blocks of them
 * @nr_blocks: how many
 * @per_block: records in a block
 * @evicted: bit per block: it was written before it was full
 * @shadow: a copy of a block that may still change while it is written
 * @sync: writes @shadow, reads evicted blocks
 * @unpinned: a block lost its last pin
 */
struct dumpflt_records {
	struct mutex			mutex;		/* see above */
	spinlock_t			lock;		/* see above */
	struct dumpflt_record_block	*blocks;
	unsigned int			nr_blocks;
	unsigned int			per_block;
	unsigned long			*evicted;
	void				*shadow;
	struct dumpflt_sync		sync;
	wait_queue_head_t		unpinned;
};

/**
 * struct dumpflt_sum - of the records of a session, see sum.c
 * @key: of the session; the disk never sees it
 * @sealed: the sum over all that were sealed
 */
struct dumpflt_sum {
	siphash_key_t	key;
	atomic64_t	sealed;
};

/**
 * struct dumpflt_area - a dump area, while its stack is live
 * @stack: whose target it is on
 * @geo: where things are
 * @header: the header that counts, as it is on the disk
 * @copy: the place where it is, 0 for A
 * @slot: of the session
 * @session: its id
 * @number: sessions that got as far as a slot, since the stack went live
 * @before: what the header says of the slot while the session is not @begun
 * @begun: the header names the session, so that a receipt is owed
 * @says_complete: a receipt that says so was written, or may have been
 * @claimed: bit per chunk: written, being written, or open
 * @buffer: the open chunk; records in a session that reads, and while there is none
 * @is_open: a chunk is open
 * @open_chunk: its number in the slot, if @is_open
 * @present: bit per piece of the open chunk
 * @tail_lock: guards @tail_chunk and @tail_bytes
 * @tail_chunk: the last chunk of those that came whole
 * @tail_bytes: of it, zeros at its end left out
 * @own: takes chunks of the core's own through the filters
 * @own_vecs: its data, twice
 * @in_call: the filter that is called for it at the end of the dump, outside of all lanes
 * @submit_own: sends @own to the target
 * @writing: the target has not answered @own yet
 * @fmeta: DUMPFLT_AREA_UNIT bytes of filter metadata
 * @records: the chunk records
 * @sum: of the records as they were sealed
 * @receipt: of the session
 * @mac: computes its MAC; has the key only during a session
 * @mac_filter: 1 + index of the instance that gave the key, 0 for none
 * @sha: one for the whole, then one for each filter
 * @dump_size: exact bytes of the dump, once they are known
 * @chunks: of the dump, trailer included, once they are known
 * @seen: SHA-256 of each 64 KiB of records, as they were when the session that reads began
 * @read_piece: which of these is in @buffer in a session that reads
 * @phase_ms: milliseconds, by DUMPFLT_PHASE_*
 * @phase_start: when the present phase began
 *
 * The open chunk belongs to lane 0 while the queue runs, and to whoever holds
 * the stack's lock while it is frozen. The rest of the session's state changes
 * only while it is frozen, but for @claimed (atomic bits) and @records.
 */
struct dumpflt_area {
	struct dumpflt_stack		*stack;
	struct dumpflt_geometry		geo;
	struct dumpflt_disk_header	*header;
	unsigned int			copy;

	u32				slot;
	u8				session[16];
	u64				number;
	struct dumpflt_disk_slot	before;
	bool				begun;
	bool				says_complete;
	unsigned long			*claimed;
	void				*buffer;
	bool				is_open;
	u64				open_chunk;
	u32				present;
	spinlock_t			tail_lock;	/* see above */
	u64				tail_chunk;
	u32				tail_bytes;
	struct dumpflt_transfer		own;
	struct bio_vec			own_vecs[2];
	struct dumpflt_instance		*in_call;
	struct work_struct		submit_own;
	struct dumpflt_pending		writing;
	void				*fmeta;
	struct dumpflt_records		records;
	struct dumpflt_sum		sum;

	struct dumpflt_disk_receipt	*receipt;
	struct crypto_shash		*mac;
	u32				mac_filter;
	struct dumpflt_compat_sha256	sha[1 + DUMPFLT_MAX_FILTERS];
	u64				dump_size;
	u64				chunks;
	u8				(*seen)[SHA256_DIGEST_SIZE];
	u64				read_piece;
	u32				phase_ms[DUMPFLT_NR_PHASES];
	u64				phase_start;
};

/**
 * struct dumpflt_found - what is on a target
 * @header: the header that counts, %NULL if there is none
 * @older: the other one, if that is valid too, else %NULL
 * @geo: where things are
 * @copy: the place where it is, 0 for A
 * @wrong: why there is none: of copy A, or of both
 * @wrong_b: of copy B, %NULL if that was not looked at
 * @there: a header was meant to be in one of both places, sound or not
 * @unread_a: why copy A could not be read, 0 if it could
 * @unread_b: likewise of copy B
 * @foreign_a: something else is in its place
 */
struct dumpflt_found {
	struct dumpflt_disk_header	*header;
	struct dumpflt_disk_header	*older;
	struct dumpflt_geometry		geo;
	int				copy;
	const char			*wrong;
	const char			*wrong_b;
	bool				there;
	int				unread_a;
	int				unread_b;
	bool				foreign_a;
};

/* headers.c */
int dumpflt_headers_find(struct dumpflt_stack *stack,
			 struct dumpflt_found *found);
void dumpflt_headers_put(struct dumpflt_found *found);
int dumpflt_headers_free_slots(struct dumpflt_stack *stack,
			       struct dumpflt_found *found);

/* put.c */
void dumpflt_area_phase(struct dumpflt_area *area, unsigned int phase);
int dumpflt_area_write_at(struct dumpflt_area *area, void *data, u32 len,
			  u64 offset, const char *what);
int dumpflt_area_write_header(struct dumpflt_area *area);

/* start.c */
int dumpflt_area_begin(struct dumpflt_stack *stack);
int dumpflt_area_take_slot(struct dumpflt_area *area);
int dumpflt_area_started(struct dumpflt_stack *stack);

/* write.c */
int dumpflt_area_write(struct dumpflt_transfer *transfer, bool *send);
void dumpflt_area_submit(struct dumpflt_transfer *transfer, dumpflt_compat_opf opf,
			 bio_end_io_t *end_io);
void dumpflt_area_written(struct dumpflt_transfer *transfer, bool success);
int dumpflt_area_read(struct dumpflt_transfer *transfer, bool *send);
u32 dumpflt_area_crc(const struct dumpflt_io *io);
int dumpflt_area_write_chunk(struct dumpflt_area *area, u64 chunk, u32 flags,
			     struct dumpflt_instance **in_call);

/* readback.c */
int dumpflt_readback_begin(struct dumpflt_stack *stack);
int dumpflt_readback_started(struct dumpflt_stack *stack);
int dumpflt_readback_ask(struct dumpflt_transfer *transfer, bool *send);
int dumpflt_readback_arrived(struct dumpflt_transfer *transfer);

/* end.c */
void dumpflt_area_close(struct dumpflt_stack *stack, u64 length);
void dumpflt_area_end(struct dumpflt_stack *stack, enum dumpflt_end how);
void dumpflt_area_abandon(struct dumpflt_stack *stack);

/* records.c */
int dumpflt_records_create(struct dumpflt_area *area);
void dumpflt_records_destroy(struct dumpflt_area *area);
void dumpflt_records_reset(struct dumpflt_area *area);
int dumpflt_records_get(struct dumpflt_area *area,
			struct dumpflt_transfer *transfer);
void dumpflt_records_put(struct dumpflt_area *area,
			 struct dumpflt_transfer *transfer, bool written);
int dumpflt_records_write(struct dumpflt_area *area, bool failed);

/* sum.c */
void dumpflt_sum_begin(struct dumpflt_area *area);
u64 dumpflt_sum_of(const struct dumpflt_area *area, const void *record, u64 chunk);
void dumpflt_sum_seal(struct dumpflt_area *area, const void *record, u64 chunk);
bool dumpflt_sum_is(const struct dumpflt_area *area, u64 sum);

/* seen.c */
int dumpflt_seen_create(struct dumpflt_area *area);
void dumpflt_seen_destroy(struct dumpflt_area *area);
int dumpflt_seen_fetch(struct dumpflt_area *area, u64 piece);
void dumpflt_seen_keep(struct dumpflt_area *area, u64 piece);
bool dumpflt_seen_is(const struct dumpflt_area *area, u64 piece);

/* mac.c */
int dumpflt_mac_create(struct dumpflt_area *area);
void dumpflt_mac_destroy(struct dumpflt_area *area);
int dumpflt_mac_set(struct dumpflt_area *area,
		    const u8 key[DUMPFLT_MAC_KEY_SIZE], u32 filter);
void dumpflt_mac_wipe(struct dumpflt_area *area);
void dumpflt_mac_left_out(struct dumpflt_area *area, u32 filter);
int dumpflt_mac_order(struct dumpflt_area *area);
int dumpflt_mac_receipt(struct dumpflt_area *area);
bool dumpflt_mac_is(struct dumpflt_area *area);

/* receipt.c */
u32 dumpflt_receipt_flags(const struct dumpflt_instance *inst);
int dumpflt_receipt_write(struct dumpflt_area *area);
int dumpflt_receipt_take_away(struct dumpflt_area *area);
int dumpflt_receipt_digest(struct dumpflt_area *area);
int dumpflt_receipt_digest_is(struct dumpflt_area *area);
int dumpflt_receipt_fill(struct dumpflt_area *area, u32 state);

#endif /* _DUMPFLT_AREA_H */
