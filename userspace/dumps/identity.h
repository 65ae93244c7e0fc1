/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options --identity: files of secret keys, and --origin: the key of a machine.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_IDENTITY_H
#define DUMPFLT_IDENTITY_H

#include "age/identity.h"
#include "kernel/spec.h"

/* Each has a key at least, and no more of those are tried */
#define IDENTITY_FILES_MAX	AGE_IDENTITIES_MAX

/* What to do if age_header_no_key() */
#define IDENTITY_ADVICE \
	"'age-keygen -y KEYFILE' prints the recipient that a key is for; 'dumpflt show' of the dump area lists those that can open its dumps"

/**
 * struct identity_files - what was given with --identity, each time
 * @paths: of the files
 * @nr: how many, 0 if the option was not given
 * @origin: what was given with --origin, or NULL
 * @no_stdin: the command has no use for KEY_FILE_STDIN among them: another program reads them
 */
struct identity_files {
	const char	*paths[IDENTITY_FILES_MAX];
	size_t		nr;
	const char	*origin;
	bool		no_stdin;
};

bool identity_files_add(struct identity_files *files, const char *path);
bool identity_files_take(struct identity_files *files, const char *path,
			 char error[SPEC_ERROR_MAX]);
int origin_read(const char *path, unsigned char origin[DUMPFLT_AGE_ORIGIN]);
int identities_read(struct age_identities *ids,
		    const struct identity_files *files);

#endif
