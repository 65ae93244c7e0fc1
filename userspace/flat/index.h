/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in makedumpfile's stream the bytes of its dump file are.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_FLAT_INDEX_H
#define DUMPFLT_FLAT_INDEX_H

#include <linux/types.h>
#include <stddef.h>

/*
 * More pieces have no dump of makedumpfile's: 24 MiB of memory, and five times that for a moment
 * if they overlap
 */
#define FLAT_INDEX_MAX	1048576U

/**
 * struct flat_extent - a piece of the dump file
 * @at: where it begins there
 * @len: bytes of it
 * @from: where it begins in the stream
 */
struct flat_extent {
	__u64	at;
	__u64	len;
	__u64	from;
};

/**
 * struct flat_index - all of them
 * @extents: as they came; in the order of the file, without overlaps, once it is ended
 * @nr: of them
 * @room: for so many
 */
struct flat_index {
	struct flat_extent	*extents;
	size_t			nr;
	size_t			room;
};

int flat_index_add(struct flat_index *index, __u64 at, __u64 len, __u64 from);
int flat_index_end(struct flat_index *index);
size_t flat_index_find(const struct flat_index *index, __u64 at);
void flat_index_free(struct flat_index *index);

#endif
