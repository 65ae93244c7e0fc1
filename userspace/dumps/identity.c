// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The options --identity: files of secret keys, and --origin: the key of a machine.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumps/identity.h"
#include "dumps/key_file.h"
#include "lib/read_all.h"
#include "lib/report.h"
#include "lib/signals.h"

static bool is_stopped(void)
{
	return signals_stop();
}

/* One more of them. Returns: false if there are too many */
bool identity_files_add(struct identity_files *files, const char *path)
{
	if (files->nr == IDENTITY_FILES_MAX)
		return false;
	files->paths[files->nr++] = path;
	return true;
}

/* Returns: NULL, or why this cannot be the next one */
static const char *stdin_wrong(const struct identity_files *files)
{
	static const char no_stdin[] = {
		"--identity: this command cannot take a key from standard input: name a file"
	};
	static const char twice[] = {
		"--identity: standard input can be read once, and '-' was given twice"
	};
	size_t i;

	if (files->no_stdin)
		return no_stdin;
	for (i = 0; i < files->nr; i++)
		if (key_file_is_stdin(files->paths[i]))
			return twice;
	return NULL;
}

/* The same for an option. Returns: true, or false with @error */
bool identity_files_take(struct identity_files *files, const char *path,
			 char error[SPEC_ERROR_MAX])
{
	const char *wrong = key_file_is_stdin(path) ? stdin_wrong(files) : NULL;

	if (wrong) {
		snprintf(error, SPEC_ERROR_MAX, "%s", wrong);
		return false;
	}
	if (identity_files_add(files, path))
		return true;
	snprintf(error, SPEC_ERROR_MAX, "--identity can be given %d times",
		 IDENTITY_FILES_MAX);
	return false;
}

static int read_identity(struct age_identities *ids, const char *path)
{
	static const char op[] = "reading the identity";
	struct age_identities_problem problem;
	struct key_file file;
	int opened, ret;

	ret = key_file_is_stdin(path) ? key_file_stdin(&file, op) : key_file_open(&file, op, path);
	if (ret)
		return ret;
	ret = age_identities_read(ids, file.fd, &problem);
	opened = key_file_close(&file, op, path);
	/* what came was not what is in it */
	if (opened)
		return opened;
	path = key_file_words(path);
	if (problem.shared)
		report_warning("others may read the secret key in '%s': chmod 600 it",
			       path);
	if (!ret)
		return 0;
	if (!problem.wrong)
		report_error(op, path, -ret);
	else if (problem.line)
		report_failure(op, path, "line %u: %s", problem.line, problem.wrong);
	else
		report_failure(op, path, "%s", problem.wrong);
	if (problem.hint)
		report_hint("%s", problem.hint);
	return ret;
}

/**
 * origin_read() - read the key of a machine
 * @path: of its file
 * @origin: filled; to be wiped whatever is returned
 *
 * Return: 0 or a negative errno, which is reported
 */
int origin_read(const char *path, unsigned char origin[DUMPFLT_AGE_ORIGIN])
{
	static const char op[] = "reading the origin key";
	unsigned char key[DUMPFLT_AGE_ORIGIN + 1];
	struct key_file file;
	struct stat st;
	int opened;
	ssize_t n;

	opened = key_file_open(&file, op, path);
	if (opened)
		return opened;
	if (!fstat(file.fd, &st) && S_ISREG(st.st_mode) && st.st_mode & 077)
		report_warning("others may read the origin key in '%s': chmod 600 it", path);
	n = read_all(file.fd, key, sizeof(key));
	opened = key_file_close(&file, op, path);
	if (!opened && n == DUMPFLT_AGE_ORIGIN)
		memcpy(origin, key, DUMPFLT_AGE_ORIGIN);
	explicit_bzero(key, sizeof(key));
	if (opened || n == DUMPFLT_AGE_ORIGIN)
		return opened;
	if (n < 0)
		report_error(op, path, (int)-n);
	else
		report_failure(op, path, "it has not %d bytes, and nothing else",
			       DUMPFLT_AGE_ORIGIN);
	return n < 0 ? (int)n : -EINVAL;
}

/**
 * identities_read() - age_identities_read() for a command, of all its files
 * @ids: filled; to be wiped whatever is returned
 * @files: that were given, at least one
 *
 * Needs signals_catch(): a signal ends the trying of keys, too. From now on the
 * program leaves no core file: the keys would be in it.
 *
 * Return: 0 or a negative errno, which is reported; -EKEYREJECTED if somebody was asked for a
 * passphrase, and gave another one
 */
int identities_read(struct age_identities *ids, const struct identity_files *files)
{
	int ret = 0;
	size_t i;

	prctl(PR_SET_DUMPABLE, 0);
	memset(ids, 0, sizeof(*ids));
	for (i = 0; !ret && i < files->nr; i++)
		ret = read_identity(ids, files->paths[i]);
	if (!ret && files->origin)
		ret = origin_read(files->origin, ids->origin);
	ids->has_origin = !ret && files->origin;
	ids->stop = is_stopped;
	return ret;
}
