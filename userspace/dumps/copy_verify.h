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
#include "area/find.h"
#include "dumps/area_json.h"
#include "dumps/collect.h"
#include "lib/finding.h"

/**
 * struct copy_receipt - what is written beside a copy
 * @path: of that file
 * @there: it is there; what is wrong with it does not matter here
 * @part: it says, or the name of the copy does, that this is a part of a dump
 * @damaged: of a part: the dump is not as it was written, and not just without an end
 * @problem: of a part: why there is no more, as it was salvaged; empty if nothing says so
 * @verified_bytes: of a part: so much of the dump is in it
 * @uuid: of a part: of the area that it is from
 * @number: likewise, of the dump
 * @session: likewise
 * @sum: what the copy should be
 * @receipt: as it was in the area
 */
struct copy_receipt {
	char				path[OUTFILE_PATH_MAX];
	bool				there;
	bool				part;
	bool				damaged;
	char				problem[AREA_PROBLEM_MAX];
	__u64				verified_bytes;
	__u8				uuid[AREA_ID_SIZE];
	__u64				number;
	__u8				session[16];
	struct collect_sum		sum;
	struct dumpflt_disk_receipt	receipt;
};

/**
 * struct copy_verdict - what was found
 * @part: of a dump that was not COMPLETE, or damaged, when it was salvaged: never @good
 * @judged: it could be looked at: with a key, or by the receipt
 * @good: it is whole and intact, as far as @checked goes
 * @sealed: it is an age file
 * @authentic: it is good, and a key vouches for all of it
 * @trailer: the key found one: it is a dump of ours, up to its end
 * @checked: what it was held against: "tag" or "sha256"; NULL if nothing was read
 * @receipt: it is @good, and the receipt beside it is its own: the dump was COMPLETE
 * @stranger: there is one, and it is that of something else
 * @size: of the file, in bytes
 * @size_known: @dump_size is
 * @dump_size: exact bytes of the dump
 * @good_bytes: of the dump, from the first one on
 * @damaged: some of it cannot be opened, and what is before can
 * @no_key: what is wrong is that no key fits
 * @finding: if it is not @good, or there is a @stranger: what that is for the exit code
 * @problem: the first thing that is wrong with it, empty if @good
 * @dump: with @receipt: which one it is
 * @receipt_path: where the receipt should be
 * @receipt_problem: what is wrong with that, empty if nothing
 */
struct copy_verdict {
	bool		part;
	bool		judged;
	bool		good;
	bool		sealed;
	bool		authentic;
	bool		trailer;
	const char	*checked;
	bool		receipt;
	bool		stranger;
	__u64		size;
	bool		size_known;
	__u64		dump_size;
	__u64		good_bytes;
	bool		damaged;
	bool		no_key;
	enum finding	finding;
	char		problem[AREA_PROBLEM_MAX];
	struct dump_id	dump;
	char		receipt_path[OUTFILE_PATH_MAX];
	char		receipt_problem[AREA_PROBLEM_MAX];
};

/* copy_receipt.c */
bool copy_is_part(const char *path);
bool copy_receipt_name(const char *path, char name[OUTFILE_PATH_MAX]);
bool copy_is_known_part(const char *path);
const char *copy_receipt_read(struct copy_receipt *beside, const char *path);

/* copy_part.c */
int copy_part_verify(const struct area_io *io, const char *path,
		     const struct copy_receipt *beside, const char *wrong,
		     const struct age_identities *ids, struct copy_verdict *verdict);

/* copy_verify.c */
bool copy_is_one(const char *path);
int copy_verify(const char *path, const struct age_identities *ids,
		struct copy_verdict *verdict);

#endif
