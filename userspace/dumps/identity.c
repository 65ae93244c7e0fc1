// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The options --identity: files of secret keys, and --origin: the key of a machine.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumps/identity.h"
#include "lib/file.h"
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

static int read_identity(struct age_identities *ids, const char *path)
{
	static const char op[] = "reading the identity";
	struct age_identities_problem problem;
	int fd, ret;

	fd = file_open(op, path);
	if (fd < 0)
		return fd;
	ret = age_identities_read(ids, fd, &problem);
	close(fd);
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

static int read_origin(struct age_identities *ids, const char *path)
{
	static const char op[] = "reading the origin key";
	unsigned char key[DUMPFLT_AGE_ORIGIN + 1];
	int fd = file_open(op, path);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return fd;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_mode & 077)
		report_warning("others may read the origin key in '%s': chmod 600 it", path);
	n = read_all(fd, key, sizeof(key));
	close(fd);
	ids->has_origin = n == DUMPFLT_AGE_ORIGIN;
	if (ids->has_origin)
		memcpy(ids->origin, key, DUMPFLT_AGE_ORIGIN);
	explicit_bzero(key, sizeof(key));
	if (ids->has_origin)
		return 0;
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
 * Return: 0 or a negative errno, which is reported
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
		ret = read_origin(ids, files->origin);
	ids->stop = is_stopped;
	return ret;
}
