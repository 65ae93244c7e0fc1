/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The dump filter contract: all that the author of a filter needs.
 *
 * This is the contract of the Windows crash-dump filters (ntdddump.h), on the
 * block path of the kdump capture kernel. The table says what became of each
 * part of the original, and why anything differs.
 *
 *  original                     here                       differences, and why
 *  ---------------------------  -------------------------  -----------------------------------
 *  DriverEntry(ext, init)       dumpflt_filter.init        registered by name, so that one
 *                                                          module serves any number of stacks;
 *                                                          arguments need no cast
 *  FILTER_EXTENSION             struct dumpflt_extension   size first; start and size of the
 *                                                          partition added, which the original
 *                                                          speaks of and does not have
 *  FILTER_INITIALIZATION_DATA   struct dumpflt_init_data   size first; flags in and out apart
 *  FILTER_DUMP_TYPE             enum dumpflt_type          same values
 *  Dump_Start                   dumpflt_ops.start          an error stops the dump
 *  Dump_Write                   dumpflt_ops.write          an error stops the dump: in the
 *                                                          original the data may still reach
 *                                                          the disk
 *  Dump_Read                    dumpflt_ops.read           contents may change, descriptor not
 *  Dump_Finish                  dumpflt_ops.finish         once per start, failed dumps too
 *  Dump_Unload                  dumpflt_ops.unload         never if init failed
 *  DumpPreReadWrite             dumpflt_ops.reserved       not documented there, NULL here
 *  MDL                          struct dumpflt_io          bio_vecs; to be replaced only by
 *                                                          dumpflt_set_buffer()
 *  secondary buffer             dumpflt_bounce()           allocated by the core
 *  MaxPagesPerWrite             init_data.max_pages        a filter may lower it
 *  DUMP_FILTER_CRITICAL         DUMPFLT_F_CRITICAL         the original uses 0x1 for two things;
 *  ..._SYSTEM_SUPPORT_READ      DUMPFLT_F_READ,            here each has a bit, and what the
 *                               DUMPFLT_IN_F_READ          core says is apart from what the
 *  ..._FILTER_EXTENSION_EX      DUMPFLT_IN_F_EXTENSION_EX  filter says
 *  ..._DUMP_DEVICE_POWER_OFF    -                          without meaning on Linux
 *  NTSTATUS                     int                        0 or negative errno; a positive
 *                                                          value breaks the rules
 *
 * A minimal filter is module/filters/template/template.c.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _LINUX_DUMPFLT_H
#define _LINUX_DUMPFLT_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/bvec.h>
#include <linux/device/driver.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/types.h>
#include <uapi/linux/dumpflt.h>

struct block_device;
struct dumpflt_io;
struct dumpflt_options;

/* The original's version numbers: 1 has no read callback, 2 has one */
#define DUMPFLT_MAJOR_VERSION_1	1
#define DUMPFLT_MAJOR_VERSION	2
#define DUMPFLT_MINOR_VERSION	0

/**
 * enum dumpflt_type - what a stack dumps (FILTER_DUMP_TYPE)
 * @DUMPFLT_TYPE_UNDEFINED: never seen by a live instance
 * @DUMPFLT_TYPE_CRASH: a crash dump, written by the capture kernel
 * @DUMPFLT_TYPE_HIBERNATION: a hibernation image
 */
enum dumpflt_type {
	DUMPFLT_TYPE_UNDEFINED		= 0,
	DUMPFLT_TYPE_CRASH		= 1,
	DUMPFLT_TYPE_HIBERNATION	= 2,
};

/* Bytes of the key for the MAC of a receipt, see dumpflt_set_mac_key() */
#define DUMPFLT_MAC_KEY_SIZE	32

/* dumpflt_extension.flags */
#define DUMPFLT_EXT_F_READ_SESSION	BIT(0)	/* this session reads a dump back */
#define DUMPFLT_EXT_F_PARTITION		BIT(1)	/* the target is a partition */
#define DUMPFLT_EXT_F_AREA		BIT(2)	/* the target holds a dump area */

/**
 * struct dumpflt_extension - what an instance is told (FILTER_EXTENSION)
 * @size: bytes of this structure that are valid. A field exists if its end is
 *	not beyond @size.
 * @flags: DUMPFLT_EXT_F_*
 * @type: which kind of dump this instance serves, never UNDEFINED
 * @logical_block_size: bytes; offsets and lengths are multiples of it. The
 *	target's own during init(), the stack's, which may be larger, later
 * @physical_block_size: bytes; likewise
 * @nr_lanes: callbacks run in lanes 0..@nr_lanes - 1, see &dumpflt_io.lane.
 *	The most there can be during init(), may be fewer later
 * @size_bytes: size of the stack device in bytes; may shrink after init() by
 *	less than a block. In a dump area: of the data of one dump
 * @part_start: where the target begins on its disk, in bytes (0 for a disk)
 * @part_size: size of the target in bytes
 * @part_uuid: the partition's UUID as text, or empty
 * @bdev: the target. For init() and unload(); the other callbacks must not
 *	touch it
 * @data: what the instance put into &dumpflt_init_data.data
 *
 * One per instance, valid from init() to the end of unload(), at the same
 * address all the time. The filter may read it and must not write to it; if
 * start(), write(), read() or finish() does, the call has failed and the core restores
 * the extension. init() and unload() are not judged: what they write there is lost
 * behind them, and what the instance wants to keep goes to &dumpflt_init_data.data.
 */
struct dumpflt_extension {
	u32			size;
	u32			flags;
	enum dumpflt_type	type;
	u32			logical_block_size;
	u32			physical_block_size;
	u32			nr_lanes;
	u64			size_bytes;
	u64			part_start;
	u64			part_size;
	char			part_uuid[40];
	struct block_device	*bdev;
	void			*data;
};

/* dumpflt_init_data.flags_in: what the core can do */
#define DUMPFLT_IN_F_READ		BIT(0)	/* reads pass through the filters */
#define DUMPFLT_IN_F_EXTENSION_EX	BIT(1)	/* the extension has size and flags */

/* dumpflt_init_data.flags_out: what the instance asks for */
#define DUMPFLT_F_CRITICAL	BIT(0)	/* no dump without this filter */
#define DUMPFLT_F_READ		BIT(1)	/* the read callback is to be used */
#define DUMPFLT_F_BOUNCE	BIT(2)	/* changes data in write, wants bounce buffers */
#define DUMPFLT_F_CONCURRENT	BIT(3)	/* different lanes may run at once */
#define DUMPFLT_F_PASS		BIT(4)	/* with BOUNCE: may leave data as it is */
#define DUMPFLT_F_ROOM		BIT(5)	/* with BOUNCE: wants room behind them */
#define DUMPFLT_F_ALL		(DUMPFLT_F_CRITICAL | DUMPFLT_F_READ | \
				 DUMPFLT_F_BOUNCE | DUMPFLT_F_CONCURRENT | \
				 DUMPFLT_F_PASS | DUMPFLT_F_ROOM)

/*
 * Bytes behind the max_pages pages of every bounce buffer of a stack in which an
 * instance has DUMPFLT_F_ROOM: for a cipher that puts its tag behind what it has
 * encrypted. Anybody may write to them at any time in write(); they go nowhere.
 */
#define DUMPFLT_BOUNCE_ROOM	64

/**
 * struct dumpflt_ops - the callbacks of an instance
 * @start: see "Callbacks"
 * @reserved: must be NULL (the place of DumpPreReadWrite)
 * @write: see "Callbacks"
 * @read: see "Callbacks"
 * @finish: see "Callbacks"
 * @unload: see "Callbacks"
 *
 * All are optional; an absent one is skipped. All return 0 or a negative
 * errno of user space (<uapi/linux/errno.h>). A positive value, and one that is for
 * the kernel alone (-ERESTARTSYS, -ENOTSUPP and their like), is a broken rule. The
 * errno is in last_error, and in the receipt of a dump area. The writer gets EIO,
 * or what the block layer has a status for: ENOSPC, EOPNOTSUPP, ETIMEDOUT, ENODATA
 * and a few others.
 *
 * Environment of start, write, read and finish: process context, on a worker
 * of the stack or in the task that begins or ends the session. They must not
 * sleep, must not allocate and must not take a lock that anything else may hold
 * for long; the core runs them inside a NOIO scope and non_block_start(), and
 * fails the dump if a callback slept. To give the CPU away without a sleep (yield(),
 * cond_resched(), schedule() of a task that can run) is not counted as one, and not
 * allowed either: a kernel with DEBUG_ATOMIC_SLEEP complains. The self-tests find one
 * that allocates.
 * Without DUMPFLT_F_CONCURRENT callbacks of one instance never overlap; with
 * it, only write and read overlap, and only in different lanes.
 * One instance without it makes the whole stack serial: there is one lane then, for
 * all of them, which the kernel log says when the stack goes live.
 *
 * Callbacks:
 *
 * start(ext): once per session, before its first write or read, in list
 * order. The target is open and usable. On error the session does not begin, an
 * old dump that its own would have replaced stays as it is, and the instances
 * that had started get finish(); if the configuration says start_optional for
 * the failed one and it is not critical, it is left out of this session instead.
 * dumpflt_reason() puts the error into words, here and in write(), read() and finish().
 *
 * write(ext, io): exactly once for each write, in list order, before the data
 * reaches the target. The instance sees what the one before it installed. It
 * may look at the data, and replace it by filling the buffer it gets from
 * dumpflt_bounce(), no further than &dumpflt_io.len bytes (but see
 * DUMPFLT_BOUNCE_ROOM), and calling dumpflt_set_buffer(). It must not write to the
 * pages it was given, unless dumpflt_in_place() says that they are a bounce
 * buffer already. An instance with DUMPFLT_F_BOUNCE that returns 0 and has not
 * called dumpflt_set_buffer(), with data that is in no bounce buffer yet, has
 * broken a rule: what it was to change would leave as it came. With
 * DUMPFLT_F_PASS it means it. Offset and length are fixed. On error, and if a rule was
 * broken, nothing of this write reaches the target, the session has failed
 * and no later write is accepted.
 *
 * In a dump area the core's own writes come here, too. The last chunk of the dump's
 * data is filled up with zeros; it is a chunk like the others, and nothing in @io
 * says where the dump ends in it. Behind it comes one chunk more, the trailer,
 * flagged DUMPFLT_IO_F_LAST, which begins with the exact length of the dump. A
 * filter does with both what it does with the rest, or who reads the dump cannot
 * undo it. A dump of n bytes is n / DUMPFLT_CHUNK_SIZE chunks, rounded up, and one.
 * A dump that fails or is aborted has no trailer.
 *
 * read(ext, io): once for each read, in reverse list order, after the target's
 * read succeeded. Contents may be changed in place; the descriptor may not. In a dump
 * area &dumpflt_io.meta is what write() left for this chunk: an instance that keeps a tag
 * there checks it, and returns -EBADMSG if it is wrong. What start() of the dump stored
 * dumpflt_stored() gives back to start() of the session that reads.
 * Only called if the instance is read-capable: major version 2,
 * DUMPFLT_F_READ set and @read not NULL.
 *
 * finish(ext): once for every start() that succeeded, in list order, after
 * the last write or read of the session completed, even if the session failed.
 * No write or read follows before the next start(). An error makes the dump
 * failed; the others' finish() and the flush still run. Here an instance may
 * publish with dumpflt_store() what it has found out; it is in the receipt.
 *
 * unload(ext): once for every init() that succeeded, in reverse list order.
 * May sleep and allocate. An error is logged and ignored.
 */
struct dumpflt_ops {
	int (*start)(const struct dumpflt_extension *ext);
	int (*reserved)(const struct dumpflt_extension *ext,
			const struct dumpflt_io *io);
	int (*write)(const struct dumpflt_extension *ext,
		     const struct dumpflt_io *io);
	int (*read)(const struct dumpflt_extension *ext,
		    const struct dumpflt_io *io);
	int (*finish)(const struct dumpflt_extension *ext);
	int (*unload)(const struct dumpflt_extension *ext);
};

/**
 * struct dumpflt_init_data - filled by init (FILTER_INITIALIZATION_DATA)
 * @size: in: bytes of this structure that the core reads
 * @major: out: DUMPFLT_MAJOR_VERSION, or 1 for a filter without reads
 * @minor: out: DUMPFLT_MINOR_VERSION
 * @flags_in: in: DUMPFLT_IN_F_*
 * @flags_out: out: DUMPFLT_F_*. Read even if init() fails, so set CRITICAL
 *	first of all. BOUNCE needs a write callback, unless PASS is set as well;
 *	ROOM needs BOUNCE;
 *	READ without a read callback says nothing
 * @max_pages: in: cap of one write or read, in pages, never 0. out: may be
 *	lowered to no less than one block, never raised; in a dump area
 *	(DUMPFLT_EXT_F_AREA) not at all
 * @block_size: in: the target's logical block size in bytes. out: may be
 *	raised, to a power of two up to PAGE_SIZE: offsets and lengths are then
 *	multiples of it
 * @chunk_meta: out: bytes of metadata that the instance wants to keep for each
 *	chunk, at most DUMPFLT_CHUNK_META_MAX; must be 0 without
 *	DUMPFLT_EXT_F_AREA. See &dumpflt_io.meta
 * @options: in: what the configuration says, see dumpflt_option()
 * @ops: out: the callbacks, must stay valid until unload() returned. The core
 *	checks at every session start that they have not changed
 * @data: out: the instance's own, handed back in &dumpflt_extension.data
 *
 * Zero but for the fields marked "in". Gone when init() returns.
 */
struct dumpflt_init_data {
	u32				size;
	u16				major;
	u16				minor;
	u32				flags_in;
	u32				flags_out;
	u32				max_pages;
	u32				block_size;
	u32				chunk_meta;
	const struct dumpflt_options	*options;
	const struct dumpflt_ops	*ops;
	void				*data;
};

/* dumpflt_io.flags */
#define DUMPFLT_IO_F_LAST	BIT(0)	/* the last chunk of the dump: its trailer */

/**
 * struct dumpflt_io - one write or read on its way through the filters
 * @offset: in bytes from the start of the target; a multiple of the block size.
 *	In a dump area: from the start of the dump, a multiple of
 *	DUMPFLT_CHUNK_SIZE
 * @len: in bytes; a multiple of the block size, at most max_pages pages. In a
 *	dump area: DUMPFLT_CHUNK_SIZE
 * @lane: calls with the same lane never overlap, so per-lane state needs no
 *	lock. 0 for instances that are not CONCURRENT
 * @nr_segs: entries of @segs that are in use
 * @segs: where the data is; each entry may span several contiguous pages. All
 *	pages are resident and mapped
 * @flags: DUMPFLT_IO_F_*
 * @meta: the instance's chunk_meta bytes for this chunk, zeroed, to be filled
 *	in by write(), and not a byte more; in read() what that has left, not to be
 *	written to; kept in the area in the clear, so that a
 *	filter behind which another one seals must want none. %NULL if it wants none
 *
 * In a dump area every chunk of a dump is written once, in any order, and the
 * one with DUMPFLT_IO_F_LAST after all others.
 *
 * All of it may be read and must not be written to, which is why it is const: the
 * filter changes it by dumpflt_set_buffer() in write() alone. What is behind @segs
 * may be changed where the callbacks say so. The core compares all of them after every
 * call, and names the filter that broke the rule.
 */
struct dumpflt_io {
	u64			offset;
	u32			len;
	u32			lane;
	u32			nr_segs;
	const struct bio_vec	*segs;
	u32			flags;
	void			*meta;
};

/**
 * struct dumpflt_filter - a filter, as its module registers it
 * @name: without the "dumpflt-" of the module's name: 1 to 23 characters out
 *	of a-z, 0-9, '_'
 * @owner: THIS_MODULE; pinned while any instance exists, so that @init is in it
 * @size: sizeof(struct dumpflt_filter), through DUMPFLT_FILTER_SIZES
 * @ext_size: sizeof(struct dumpflt_extension), likewise
 * @init_size: sizeof(struct dumpflt_init_data), likewise
 * @ops_size: sizeof(struct dumpflt_ops), likewise
 * @init: makes an instance: reads the options, allocates everything that the
 *	dump will need, fills @init_data. Process context, may sleep and
 *	allocate. Called once per stack, with all modules of the stack loaded,
 *	in list order. If it fails, no other callback of that instance is
 *	called, so it must undo what it did itself. Not __init: it is called long
 *	after the module was loaded
 *
 * The sizes tell the core which generation of this header the filter was
 * built with; it never touches fields beyond them. None is above
 * DUMPFLT_STRUCT_SIZE_MAX.
 */
struct dumpflt_filter {
	const char	*name;
	struct module	*owner;
	u32		size;
	u32		ext_size;
	u32		init_size;
	u32		ops_size;
	int (*init)(const struct dumpflt_extension *ext,
		    struct dumpflt_init_data *init_data);
};

/* No structure of this header, of any generation, is larger */
#define DUMPFLT_STRUCT_SIZE_MAX	4096

#define DUMPFLT_FILTER_SIZES					\
	.size = sizeof(struct dumpflt_filter),			\
	.ext_size = sizeof(struct dumpflt_extension),		\
	.init_size = sizeof(struct dumpflt_init_data),		\
	.ops_size = sizeof(struct dumpflt_ops)

int dumpflt_register_filter(const struct dumpflt_filter *filter);
void dumpflt_unregister_filter(const struct dumpflt_filter *filter);

const char *dumpflt_option(const struct dumpflt_init_data *init_data,
			   const char *name, unsigned int index);
int dumpflt_option_u64(const struct dumpflt_init_data *init_data,
		       const char *name, u64 min, u64 max, u64 *value);
__printf(2, 3)
void dumpflt_explain(const struct dumpflt_init_data *init_data,
		     const char *fmt, ...);

__printf(2, 3)
void dumpflt_reason(const struct dumpflt_extension *ext, const char *fmt, ...);
int dumpflt_key(const struct dumpflt_init_data *init_data,
		const char *description, void *key, u32 len);

int dumpflt_store(const struct dumpflt_extension *ext, const void *data, u32 len);
const void *dumpflt_stored(const struct dumpflt_extension *ext, u32 *len);
int dumpflt_set_mac_key(const struct dumpflt_extension *ext,
			const u8 key[DUMPFLT_MAC_KEY_SIZE]);

void *dumpflt_bounce(const struct dumpflt_io *io);
void dumpflt_set_buffer(const struct dumpflt_io *io, void *buffer);
bool dumpflt_in_place(const struct dumpflt_io *io);
void dumpflt_io_copy(const struct dumpflt_io *io, void *dst, u32 from, u32 len);

/**
 * dumpflt_segment - where the bytes of a segment are
 * @io: what write() or read() was given
 * @index: of the segment, less than @io->nr_segs
 *
 * They may be changed in read(), and in write() if dumpflt_in_place() says so.
 *
 * Context: from write() or read() only.
 * Return: @io->segs[@index].bv_len bytes, one behind the other.
 */
static inline void *dumpflt_segment(const struct dumpflt_io *io, u32 index)
{
	const struct bio_vec *seg = &io->segs[index];

	return page_address(seg->bv_page) + seg->bv_offset;
}

/**
 * module_dumpflt_filter() - module_init and module_exit of a plain filter
 * @__filter: a struct dumpflt_filter (not a pointer to one)
 *
 * Defines two functions whose names are that of @__filter with _init and _exit behind
 * it. So the filter's own init() is called something else: with mine_filter here and
 * mine_init() there nothing clashes, with mine here it does.
 */
#define module_dumpflt_filter(__filter) \
	module_driver(__filter, dumpflt_register_filter, \
		      dumpflt_unregister_filter)

/* "dumpflt-<name>" is what the core asks modprobe for */
#define MODULE_ALIAS_DUMPFLT(__name)	MODULE_ALIAS("dumpflt-" __name)

/*
 * The core's symbols are in the namespace DUMPFLT. Written as MODULE_INFO()
 * because the argument of MODULE_IMPORT_NS() was an identifier before Linux
 * 6.13 and is a string since, while what ends up in the module is the same.
 */
#define DUMPFLT_IMPORT_NS	MODULE_INFO(import_ns, "DUMPFLT")

#endif /* _LINUX_DUMPFLT_H */
