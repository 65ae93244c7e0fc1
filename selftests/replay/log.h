/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A write log in memory, and what a power cut at some point of it leaves open.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef REPLAY_LOG_H
#define REPLAY_LOG_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define SECTOR	512

/**
 * struct request - a write or a flush
 * @offset: bytes from the start of the disk
 * @len: bytes, 0 for a flush
 * @data: of a write
 * @fua: durable as soon as it is done
 */
struct request {
	__u64		offset;
	__u64		len;
	const __u8	*data;
	bool		fua;
};

/* What a mark says when a dump was called complete */
#define LOG_SAVED	"saved"
#define LOG_MAX_SAVED	16

/**
 * struct log - the requests, in the order of the log
 * @requests: all of them
 * @nr: how many
 * @size: room for how many
 * @nr_flushes: how many of them are flushes
 * @end: where the last byte written is, plus one
 * @saved: by mark LOG_SAVED: requests that were before it
 * @nr_saved: marks
 * @bytes: the file, which the requests' data points into
 */
struct log {
	struct request	*requests;
	size_t		nr;
	size_t		size;
	size_t		nr_flushes;
	__u64		end;
	size_t		saved[LOG_MAX_SAVED];
	size_t		nr_saved;
	__u8		*bytes;
};

int log_read(struct log *log, const char *path);
void log_free(struct log *log);

/* The last request before @cut that is a flush, plus one; 0 if there is none */
size_t log_durable(const struct log *log, size_t cut);
/* Those from log_durable() on that the cut may have taken */
bool log_is_open(const struct request *request);
bool log_is_flush(const struct request *request);

#endif
