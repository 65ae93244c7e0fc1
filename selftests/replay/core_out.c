// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the simulated module's writes go: to memory, or to a write log.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <err.h>
#include <stdlib.h>

#include "../helpers/writelog.h"
#include "core.h"

#define BLOCK	512

static void append(struct core *core, const void *data, size_t len)
{
	if (fwrite(data, len, 1, core->log) != 1)
		err(1, "write of the log");
}

static void append_block(struct core *core, const void *data, size_t len)
{
	u8 block[BLOCK] = { 0 };

	memcpy(block, data, len);
	append(core, block, sizeof(block));
}

void core_mark(struct core *core, const char *text)
{
	u8 block[BLOCK] = { 0 };
	const struct log_entry entry = {
		.flags = cpu_to_le64(LOG_MARK),
		.data_len = cpu_to_le64(strlen(text)),
	};

	memcpy(block, &entry, sizeof(entry));
	memcpy(block + sizeof(entry), text, strlen(text));
	append(core, block, sizeof(block));
	core->nr_entries++;
}

static void append_entry(struct core *core, u64 sector, u64 nr_sectors, u64 flags)
{
	const struct log_entry entry = {
		.sector = cpu_to_le64(sector),
		.nr_sectors = cpu_to_le64(nr_sectors),
		.flags = cpu_to_le64(flags),
	};

	append_block(core, &entry, sizeof(entry));
	core->nr_entries++;
}

void core_put(struct core *core, const void *data, size_t len, u64 offset)
{
	if (!core->log) {
		memcpy(core->disk + offset, data, len);
		return;
	}
	append_entry(core, offset / BLOCK, len / BLOCK, 0);
	append(core, data, len);
}

void core_flush(struct core *core)
{
	if (core->log)
		append_entry(core, 0, 0, LOG_FLUSH);
}

static void put_super(struct core *core)
{
	const struct log_super super = {
		.magic = cpu_to_le64(LOG_MAGIC),
		.version = cpu_to_le64(LOG_VERSION),
		.nr_entries = cpu_to_le64(core->nr_entries),
		.block_size = cpu_to_le32(BLOCK),
	};

	rewind(core->log);
	append_block(core, &super, sizeof(super));
}

void core_begin_log(struct core *core, FILE *log)
{
	core->log = log;
	core->nr_entries = 0;
	put_super(core);
}

void core_end_log(struct core *core)
{
	put_super(core);
	if (fclose(core->log))
		err(1, "write of the log");
	core->log = NULL;
}

void *core_alloc(size_t size)
{
	void *memory = aligned_alloc(64, (size + 63) & ~(size_t)63);

	if (!memory)
		err(1, "allocation");
	memset(memory, 0, size);
	return memory;
}
