/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies of dumps from an area into a folder, where they are kept.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_COLLECT_H
#define DUMPFLT_COLLECT_H

#include <json-c/json.h>

#include "dumps/open.h"
#include "lib/outfile.h"

#define COLLECT_SHA256	32
#define COLLECT_NAME	64	/* of a file, without its extension */
#define COLLECT_PART	".part"	/* in the names of what is not the whole dump */

/**
 * struct collect_sum - what there should be, or is, in a file
 * @size: of it, in bytes
 * @sha256: of them
 */
struct collect_sum {
	__u64	size;
	__u8	sha256[COLLECT_SHA256];
};

/**
 * struct collect_part - what is salvaged of a dump that is not COMPLETE and intact
 * @damaged: it was completed once, or nobody knows, and it is not as it was written
 * @verdict: of the last pass over it, or of one that was kept before: how far it is verified,
 *	and what is wrong behind
 */
struct collect_part {
	bool			damaged;
	struct area_verdict	verdict;
};

/**
 * struct collect_folder - where the copies go
 * @path: of it
 * @fd: open
 * @lock: held in it, against other collectors; negative if there is none
 * @contested: others may keep us from having one: nothing old is to be removed
 */
struct collect_folder {
	const char	*path;
	int		fd;
	int		lock;
	bool		contested;
};

/**
 * struct collect_copy - a slot and its copy
 * @open: loaded, for as long as the copy is made
 * @slot: loaded
 * @folder: open
 * @sealed: it is an age file
 * @size: how long the copy must be
 * @tag_at: where the tag of a chunk is in its record, if it is sealed
 * @fmeta: what comes before the chunks of an age file
 * @part: only a part of a dump is to be had, and its files are named so; NULL: a whole one
 * @damaged: set if the slot is not as it was written
 * @data: path of the copy
 * @receipt: path of what the receipt says
 */
struct collect_copy {
	struct open_area		*open;
	const struct area_slot		*slot;
	const struct collect_folder	*folder;
	bool				sealed;
	__u64				size;
	size_t				tag_at;
	const struct dumpflt_disk_fmeta	*fmeta;
	struct collect_part		*part;
	bool				*damaged;
	char				data[OUTFILE_PATH_MAX];
	char				receipt[OUTFILE_PATH_MAX];
};

/* What became of a slot's dump */
enum collect_result {
	COLLECT_COPIED,		/* now */
	COLLECT_PRESENT,	/* before */
	COLLECT_REFUSED,	/* it is not COMPLETE; of a part: nothing of it is verified */
	COLLECT_FAILED,		/* reported */
	COLLECT_NOTHING,	/* it failed before its first chunk */
};

/* collect_folder.c */
int collect_folder_open(struct collect_folder *folder, const char *path,
			const struct open_area *open);
int collect_folder_make(struct collect_folder *folder, const struct collect_folder *above,
			const char *path, const struct open_area *open);
void collect_folder_close(struct collect_folder *folder);
void collect_dump_name(const struct open_area *open, const struct area_slot *slot,
		       char name[COLLECT_NAME]);
int collect_name(struct collect_copy *copy);
int collect_sync(const struct collect_folder *folder, const char *path);

/* collect_lock.c */
int collect_lock(struct collect_folder *folder);
void collect_unlock(struct collect_folder *folder);

/* collect_own.c */
int collect_open(const struct collect_folder *folder, const char *path);
int collect_open_own(const struct collect_folder *folder, const char *path);

/* collect_copy.c */
int collect_understand(struct collect_copy *copy);
int collect_read_slot(const struct collect_copy *copy, struct outfile *file,
		      struct collect_sum *sum);
int collect_read_file(int fd, const char *path, __u64 size, struct collect_sum *sum);

/* collect_part.c */
struct copy_receipt;
int collect_part_find(const struct collect_copy *copy, struct copy_receipt *beside, bool *found);
void collect_part_take(struct collect_copy *copy, const struct copy_receipt *beside);

/* collect_receipt.c */
int collect_receipt_find(const struct collect_copy *copy, bool *found,
			 struct collect_sum *sum);
int collect_receipt_write(const struct collect_copy *copy,
			  const struct collect_sum *sum);

/* collect.c */
enum collect_result collect_slot(struct collect_copy *copy, bool release);
int collect_release(struct collect_copy *copy);
int collect_forget_unbegun(struct open_area *open);

#endif
