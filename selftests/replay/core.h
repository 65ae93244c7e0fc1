/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The writes and flushes of one dump, in the order of the module, or not.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef REPLAY_CORE_H
#define REPLAY_CORE_H

#include <stdio.h>

#include "../../module/format/format.h"

/**
 * enum rule - what can be left out, or done wrong
 * @NO_HEADER_FLUSH: no flush between the header and what it makes room for
 * @SAME_HEADER: the header goes to the copy that counts, not to the other one
 * @BOTH_HEADERS: the header goes to both copies at once
 * @NO_START_FLUSH: no flush between filter metadata and chunks
 * @NO_ZEROING: the old receipts stay until the new ones are written
 * @NO_ZERO_FLUSH: no flush between zeroed receipts and filter metadata
 * @WRONG_SLOT: the chunks go to another slot than the header says
 * @RECEIPT_FIRST: the receipt is there before the chunks
 * @NO_RECORDS: not all records are written (F3)
 * @ONE_HEADER: only one copy of the header ever learns of the dump
 * @NO_FINAL_FLUSH: no flush before the receipt (F4)
 * @NO_RECEIPT_FLUSH: none after it (F5)
 */
enum rule {
	NO_HEADER_FLUSH,
	SAME_HEADER,
	BOTH_HEADERS,
	NO_START_FLUSH,
	NO_ZEROING,
	NO_ZERO_FLUSH,
	WRONG_SLOT,
	RECEIPT_FIRST,
	NO_RECORDS,
	ONE_HEADER,
	NO_FINAL_FLUSH,
	NO_RECEIPT_FLUSH,
	NR_RULES,
};

/**
 * struct core - writes dumps into an area
 * @log: where writes and flushes go; NULL: writes go to @disk
 * @nr_entries: of @log
 * @disk: memory, as large as the area
 * @geo: of the area
 * @header: of the area
 * @copy: the copy of it that counts
 * @broken: bit by enum rule
 * @flush_every: chunks between flushes from above, 0 for none
 */
struct core {
	FILE				*log;
	u64				nr_entries;
	u8				*disk;
	struct dumpflt_geometry		geo;
	struct dumpflt_disk_header	header;
	unsigned int			copy;
	unsigned int			broken;
	unsigned int			flush_every;
};

/* core_out.c */
void core_put(struct core *core, const void *data, size_t len, u64 offset);
void core_flush(struct core *core);
void core_mark(struct core *core, const char *text);
void core_begin_log(struct core *core, FILE *log);
void core_end_log(struct core *core);
void *core_alloc(size_t size);

/* core.c */
bool core_breaks(const struct core *core, enum rule rule);
void core_dump(struct core *core, const void *data, u64 size);

#endif
