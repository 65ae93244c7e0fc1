/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Seals dumps as the filter "age" does. For tests: whatever goes wrong ends the
 * program.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_TESTS_AGE_WRITER_H
#define DUMPFLT_TESTS_AGE_WRITER_H

#include <stdbool.h>

#include "../../module/filters/age/age_format.h"
#include "../../module/format/format.h"

/**
 * struct age_writer - an age file in the making
 * @file_key: its secret
 * @origin: key of the machine that an image is of; NULL for a crash dump. For the test
 *	to set
 * @payload_key: of the chunks
 * @stored: what the filter stores at start: the header and the nonce
 * @len: bytes of @stored
 */
struct age_writer {
	__u8	file_key[DUMPFLT_AGE_FILE_KEY];
	const __u8	*origin;
	__u8	payload_key[DUMPFLT_AGE_KEY];
	char	stored[DUMPFLT_FMETA_MAX];
	size_t	len;
};

void age_writer_begin(struct age_writer *age, const char *const *recipients,
		      unsigned int nr);
void age_writer_end(struct age_writer *age);
void age_writer_start(struct age_writer *age, const char *const *recipients,
		      unsigned int nr);
void age_writer_piece(const struct age_writer *age, __u64 counter, bool last,
		      __u8 *data, size_t len, __u8 tag[DUMPFLT_AGE_TAG]);
void age_writer_chunk(const struct age_writer *age, __u64 counter, bool last,
		      __u8 *chunk, __u8 tag[DUMPFLT_AGE_TAG]);
void age_writer_receipt(const struct age_writer *age,
			struct dumpflt_disk_receipt *receipt);

#endif
