/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two sealed dumps, and an attacker who may write to the disk but has no key.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_TESTS_AREA_ATTACK_H
#define DUMPFLT_TESTS_AREA_ATTACK_H

#include "age/identity.h"
#include "area_fixture.h"

#define ATTACK_DUMPS	2
#define ATTACK_CHUNKS	4	/* of each dump, trailer included */

/* What the attacker mends after a change: all that needs no key, or nothing */
enum attack_mend {
	ATTACK_AS_IT_IS,
	ATTACK_MENDED,
};

/**
 * struct attack - a disk under attack
 * @f: the area, with a dump in slot 0 and another one in slot 1
 * @before: the whole image as it was
 * @data: what was dumped
 * @data_size: bytes of @data
 * @ids: the secret key
 * @tried: attacks so far
 * @detected: not called authentic, and nothing but a true prefix given out
 * @harmless: called authentic, and all that was given out is true
 * @prefix: bytes that the last one gave out
 */
struct attack {
	struct fixture		f;
	unsigned char		*before;
	unsigned char		*data[ATTACK_DUMPS];
	__u64			data_size[ATTACK_DUMPS];
	struct age_identities	ids;
	unsigned long		tried;
	unsigned long		detected;
	unsigned long		harmless;
	__u64			prefix;
};

void attack_make(struct attack *a);
void attack_free(struct attack *a);
struct dumpflt_disk_header *attack_header(struct attack *a, unsigned int copy);
unsigned char *attack_fmeta(struct attack *a, __u32 slot);
unsigned char *attack_chunk(struct attack *a, __u32 slot, __u64 chunk);
unsigned char *attack_record(struct attack *a, __u32 slot, __u64 chunk);
struct dumpflt_disk_receipt *attack_receipt(struct attack *a, __u32 slot);
bool attack_try(struct attack *a, enum attack_mend mend);
void attack_report(struct attack *a, const char *what, unsigned long harmless);

#endif
