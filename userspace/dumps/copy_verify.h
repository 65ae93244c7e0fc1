/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A collected dump, where it is kept: is it still what it was?
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_COPY_VERIFY_H
#define DUMPFLT_COPY_VERIFY_H

#include "age/identity.h"
#include "area/area.h"
#include "dumps/collect.h"

/**
 * struct copy_receipt - what is written beside a copy
 * @path: of that file
 * @there: it is there; what is wrong with it does not matter here
 * @sum: what the copy should be
 * @receipt: as it was in the area
 */
struct copy_receipt {
	char				path[OUTFILE_PATH_MAX];
	bool				there;
	struct collect_sum		sum;
	struct dumpflt_disk_receipt	receipt;
};

/**
 * struct copy_verdict - what was found
 * @good: it is whole and intact, as far as @checked goes
 * @sealed: it is an age file
 * @authentic: it is, and a key vouches for all of it
 * @checked: what it was held against: "tag" or "sha256"; NULL if nothing was read
 * @receipt: there is one beside it, and it was believed
 * @size: of the file, in bytes
 * @size_known: @dump_size is
 * @dump_size: exact bytes of the dump
 * @good_bytes: of the dump, opened, from the first one on
 * @no_key: what is wrong is that no key fits
 * @problem: the first thing that is wrong, empty if @good
 */
struct copy_verdict {
	bool		good;
	bool		sealed;
	bool		authentic;
	const char	*checked;
	bool		receipt;
	__u64		size;
	bool		size_known;
	__u64		dump_size;
	__u64		good_bytes;
	bool		no_key;
	char		problem[AREA_PROBLEM_MAX];
};

/* copy_receipt.c */
const char *copy_receipt_read(struct copy_receipt *beside, const char *path);

/* copy_verify.c */
bool copy_is_one(const char *path);
int copy_verify(const char *path, const struct age_identities *ids,
		struct copy_verdict *verdict);

#endif
