/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump area, as it is read: on a block device, in an image, or in memory.
 *
 * No kernel module is needed, and no byte that was read is trusted: only what
 * the format's own checks (module/format/format.h) have passed is looked at.
 * Nothing here prints.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AREA_H
#define DUMPFLT_AREA_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "../../module/format/format.h"

#define AREA_PROBLEM_MAX	256

/* Chunks that are no good, before a pass over all of them ends: 4 GiB of them */
#define AREA_BAD_MAX		65536

#define SHA256_SIZE	32	/* what the filter digest keeps of each chunk */

/**
 * struct area_io - where the bytes come from
 * @read: reads exactly so many; 0 or a negative errno, -ENODATA beyond the end
 * @ctx: for @read
 * @size: bytes that there are
 * @fd: of area_io_open()
 * @lock: likewise, of a device that is claimed: this one holds the lock
 * @unlocked: it is to be changed, and cannot be locked where it is
 */
struct area_io {
	int	(*read)(void *ctx, void *buf, size_t len, __u64 offset);
	void	*ctx;
	__u64	size;
	int	fd;
	int	lock;
	bool	unlocked;
};

/**
 * struct area - a dump area
 * @io: where it is
 * @geo: where things are in it
 * @header: the copy that counts, but for what is @unbegun
 * @older: the other copy, NULL if that is no good
 * @unbegun: by slot: the copy that counts names a dump that got no further than that.
 *	@header says what was there before, and @older has what @header had
 * @copy: which that is, 0 for A
 * @wrong: what is wrong with copy A and B, NULL if nothing
 */
struct area {
	struct area_io			*io;
	struct dumpflt_geometry		geo;
	struct dumpflt_disk_header	*header;
	struct dumpflt_disk_header	*older;
	bool				unbegun[DUMPFLT_AREA_SLOTS_MAX];
	unsigned int			copy;
	const char			*wrong[2];
};

/**
 * struct area_slot - a slot of it
 * @number: of the slot, from 0
 * @state: DUMPFLT_SLOT_*
 * @entry: in the header
 * @fmeta: the filter metadata, NULL if it is no good
 * @fmeta_wrong: why @fmeta is not to be used, NULL if it is
 * @receipt: NULL if there is no valid one; which may be believed, area_slot_receipt() says
 * @receipt_wrong: what is wrong with copy A and B, NULL if nothing
 * @receipt_damaged: something is in copy A and B, and it is no receipt of any dump
 * @contradiction: both are valid, and say different things
 * @contrary: then the other one; else NULL
 * @unbegun: a dump that was begun here, and of which nothing is there; NULL if none was
 * @image: it is for a hibernation image, not for a crash dump
 * @any_filters: for the caller to set: give out what is on the disk, even if it
 *	is in doubt whether that is what was dumped
 */
struct area_slot {
	__u32				number;
	__u32				state;
	const struct dumpflt_disk_slot	*entry;
	void				*fmeta;
	const char			*fmeta_wrong;
	struct dumpflt_disk_receipt	*receipt;
	const char			*receipt_wrong[2];
	bool				receipt_damaged[2];
	bool				contradiction;
	struct dumpflt_disk_receipt	*contrary;
	const struct dumpflt_disk_slot	*unbegun;
	bool				image;
	bool				any_filters;
};

/**
 * struct area_changers - the filters that changed the data
 * @nr: how many
 * @words: they by name, with a verb: "filter 'a' has", "filters 'a', 'b' have"
 */
struct area_changers {
	unsigned int	nr;
	char		words[DUMPFLT_MAX_FILTERS * (DUMPFLT_NAME_MAX + 4) + 16];
};

/* Bytes of the dump, in order; not 0 stops */
typedef int (*area_sink)(void *ctx, __u64 offset, const void *data, size_t len);

/* Bytes of the dump that are no good, between what a sink gets; as long as can be; not 0 stops */
typedef int (*area_hole)(void *ctx, __u64 offset, __u64 len);

/**
 * struct area_opener - undoes what a filter did, and knows its forgeries
 * @chunk: from @sealed, of DUMPFLT_CHUNK_SIZE bytes, to @out
 * @receipt: is it the one that the session wrote?
 * @ctx: for both
 * @changed: what it opens is not the dump, but what other filters made of it:
 *	their trailer cannot be read
 *
 * Both return NULL, or what is wrong, in words that fit behind a colon.
 */
struct area_opener {
	const char	*(*chunk)(void *ctx, const unsigned char *sealed,
				  __u64 number, bool last,
				  const unsigned char *record,
				  unsigned char *out);
	const char	*(*receipt)(void *ctx,
				    const struct dumpflt_disk_receipt *receipt);
	void		*ctx;
	bool		changed;
};

/**
 * struct area_scan - what area_scan() is to do beside looking
 * @sink: is given the verified prefix of the dump
 * @hole: is told what of the dump is no good; then the sink gets all else, too, up to
 *	the end that the receipt tells, or the last record of the session
 * @chunk: is given the verified prefix as it is on the disk, trailer included:
 *	DUMPFLT_CHUNK_SIZE bytes, and their record; not with @opener
 * @progress: is told how far it is, in chunks; not 0 stops
 * @ctx: for all of them
 * @all: goes on behind the first chunk that is no good, to count them: only who
 *	asks for that, as what is read may have been made to take hours
 * @opener: opens a sealed dump: then the sink gets what was sealed, and only
 *	what the key vouches for is verified
 * @lanes: so many chunks are read and checked at once, each by a thread: see
 *	area_ahead_lanes(). All of the above are called by the caller's, in order. 0 is 1
 *
 * Each may be NULL.
 */
struct area_scan {
	area_sink	sink;
	area_hole	hole;
	int		(*chunk)(void *ctx, const void *data, const void *record);
	int		(*progress)(void *ctx, __u64 done, __u64 total);
	void		*ctx;
	bool		all;
	const struct area_opener *opener;
	unsigned int	lanes;
};

/**
 * struct area_verdict - what area_scan() found
 * @complete: the dump is COMPLETE, and intact
 * @authentic: it is, and was opened: the key vouches for all of it
 * @checked: what each chunk was held against: "tag", "sha256" or "crc32c"; NULL if none
 *	was looked at
 * @withheld: nothing was given out, as it may not be what was dumped: see
 *	area_filters_judge()
 * @size_known: @dump_size is
 * @dump_size: exact bytes of the dump
 * @good_chunks: chunks of the verified prefix, with the trailer if it is there
 * @good_bytes: bytes of the dump in it
 * @bad_chunks: chunks that are no good, among those that were looked at: without a
 *	receipt some of them may be behind the end of the dump
 * @bad_more: there may be more of them: AREA_BAD_MAX were enough
 * @first_bad: the first of them, if there is one
 * @problem: the first thing that is wrong, empty if @complete
 */
struct area_verdict {
	bool	complete;
	bool	authentic;
	const char *checked;
	bool	withheld;
	bool	size_known;
	__u64	dump_size;
	__u64	good_chunks;
	__u64	good_bytes;
	__u64	bad_chunks;
	bool	bad_more;
	__u64	first_bad;
	char	problem[AREA_PROBLEM_MAX];
};

/* area_io.c */
int area_io_open(struct area_io *io, const char *path, bool writable);
void area_io_close(struct area_io *io);

/* area.c */
bool area_header_is_sealed(const struct dumpflt_disk_header *header);
int area_load(struct area *area, struct area_io *io);
void area_unload(struct area *area);
__u64 area_newest(const struct area *area);
int area_slot_load(const struct area *area, __u32 number,
		   struct area_slot *slot);
const struct dumpflt_disk_receipt *area_slot_receipt(const struct area_slot *slot);
bool area_slot_is_complete(const struct area_slot *slot);
bool area_slot_nothing(const struct area_slot *slot);
bool area_slot_receipts_damaged(const struct area_slot *slot);
bool area_slot_has_other(const struct area *area, __u32 number);
void area_free_slots(struct area *area);
void area_slot_unload(struct area_slot *slot);
const struct dumpflt_disk_fmeta *area_slot_changed_by(const struct area_slot *slot);
void area_slot_changers(const struct area_slot *slot,
			const struct dumpflt_disk_fmeta *before,
			struct area_changers *changers);
size_t area_slot_meta_at(const struct area_slot *slot,
			 const struct dumpflt_disk_fmeta *filter);

/* area_scan.c */
int area_scan(const struct area *area, const struct area_slot *slot,
	      const struct area_scan *wanted, struct area_verdict *verdict);
int area_verify(const struct area *area, const struct area_slot *slot,
		area_sink sink, void *ctx, struct area_verdict *verdict);

/* image.c */
const char *area_image_check(const struct area *area, const struct area_slot *slot,
			     const struct area_opener *opener);

/* area_write.c */
int area_write_header(struct area *area);
int area_restore_header(struct area *area);
int area_drop_image(struct area *area);
int area_create(const struct area_io *io, struct dumpflt_disk_header *header,
		const struct dumpflt_geometry *geo);

#endif
