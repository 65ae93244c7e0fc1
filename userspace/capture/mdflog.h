/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makedumpfile says: its progress, and the last of its messages. Pure.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_MDFLOG_H
#define DUMPFLT_MDFLOG_H

#include <stddef.h>

#define MDFLOG_LINES	8	/* messages that are kept */
#define MDFLOG_WIDTH	160	/* of one of them, with the terminating NUL */
#define MDFLOG_PHASE	32

/**
 * struct mdflog - what was understood so far
 * @phase: of makedumpfile's work, as it calls it; empty before the first
 * @permille: how much of that phase is done, or -1
 * @line: the line that is being received
 * @have: bytes in @line
 * @tail: the last messages that were not progress
 * @nr: messages so far; the newest is tail[(nr - 1) % MDFLOG_LINES]
 */
struct mdflog {
	char	phase[MDFLOG_PHASE];
	int	permille;
	char	line[MDFLOG_WIDTH];
	size_t	have;
	char	tail[MDFLOG_LINES][MDFLOG_WIDTH];
	size_t	nr;
};

void mdflog_init(struct mdflog *log);
void mdflog_feed(struct mdflog *log, const char *data, size_t len);
void mdflog_end(struct mdflog *log);
size_t mdflog_count(const struct mdflog *log);
const char *mdflog_message(const struct mdflog *log, size_t index);

#endif
