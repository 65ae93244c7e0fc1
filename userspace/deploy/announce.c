// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the runs of the collecting service in this boot came to, for people who log in
 * and for monitoring.
 *
 * A login shows the files of /run/motd.d (pam_motd(8)), which the next boot
 * begins without. node_exporter reads those of its folder, where there is one.
 * That none of this can be written is no reason to call a dump lost.
 *
 * Both are written by root, and the folder above that of node_exporter is its own (Debian).
 * So nothing is written to that it could have put there.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "deploy/announce.h"
#include "deploy/root.h"
#include "lib/folder.h"
#include "lib/report.h"

#define COLLECTED	"dumpflt"
#define PROBLEM		"dumpflt-problem"
#define METRICS		"dumpflt.prom"
#define JOURNAL		"journalctl -b -u dumpflt-collect"
#define TEXT_MAX	2048
#define NAME_SIZE	32

/* Returns: whether it is to be written to: @fd is a descriptor, or why it is not */
static bool check_folder(const char *folder, int fd)
{
	if (fd >= 0)
		return true;
	if (fd == -EPERM)
		report_warning("'%s%s' belongs to others, or they can write to it: nothing is put there",
			       root(), folder);
	else if (fd != -ENOENT)
		report_warning("'%s%s' cannot be opened: %s", root(), folder, strerror(-fd));
	return false;
}

static bool open_folder(const char *folder, int *fd)
{
	char path[ROOT_PATH_MAX];

	*fd = root_path(path, "%s", folder) ? folder_open_own(path) : -ENOENT;
	return check_folder(folder, *fd);
}

/* Without a /run nobody logs in */
static bool make_folder(const char *folder, int *fd)
{
	char path[ROOT_PATH_MAX];

	*fd = root_path(path, "%s", folder) ? folder_make_own(path, 0755) : -ENOENT;
	return check_folder(folder, *fd);
}

/* For all to read, whatever the umask is. Returns: 0 or a negative errno */
static int fill(int fd, const char *text)
{
	size_t left = strlen(text);
	ssize_t n;

	for (; left; text += n, left -= (size_t)n) {
		n = write(fd, text, left);
		if (n < 0)
			return -errno;
	}
	return fchmod(fd, 0644) ? -errno : 0;
}

/* A new file, whatever has that name: it is never written to, and nothing waits for it */
static int make(int folder, const char *name, const char *text)
{
	int fd, ret;

	if (unlinkat(folder, name, 0) && errno != ENOENT)
		return -errno;
	fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NONBLOCK |
		    O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	ret = fill(fd, text);
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

/* Whole or not at all: readers of these folders pass over names that begin with a dot */
static void replace(int folder, const char *path, const char *name, const char *text)
{
	char fresh[NAME_SIZE];
	int ret;

	format_string(fresh, sizeof(fresh), ".%s.new", name);
	ret = make(folder, fresh, text);
	if (!ret && renameat(folder, fresh, folder, name))
		ret = -errno;
	if (!ret)
		return;
	unlinkat(folder, fresh, 0);
	report_warning("writing '%s%s/%s' failed: %s", root(), path, name, strerror(-ret));
}

static void announce_problem(int folder, const struct announcement *what,
			     unsigned int nr)
{
	char text[TEXT_MAX], incomplete[TEXT_MAX / 2] = "";

	if (!what->failed && !nr) {
		unlinkat(folder, PROBLEM, 0);
		return;
	}
	if (nr)
		format_string(incomplete, sizeof(incomplete),
			      "dumpflt: %u crash%s left NO complete dump. Why: " JOURNAL "\n",
			      nr, nr == 1 ? "" : "es");
	/* a dump that is whole, and may go, comes before one that is gone */
	format_string(text, sizeof(text), "%s%s", what->failed ?
		      "dumpflt: collecting crash dumps FAILED. Why: " JOURNAL "\n" : "",
		      incomplete);
	replace(folder, ANNOUNCE_MOTD, PROBLEM, text);
}

static void announce_metrics(int folder, const struct announcement *what,
			     const struct tally *boot)
{
	char text[TEXT_MAX];

	snprintf(text, sizeof(text),
		 "# HELP dumpflt_collect_timestamp_seconds When dumps were collected last.\n"
		 "# TYPE dumpflt_collect_timestamp_seconds gauge\n"
		 "dumpflt_collect_timestamp_seconds %lld\n"
		 "# HELP dumpflt_collect_exit_status Of that run: 0, 1 failed, 4 a crash without a complete dump, 5 one is damaged.\n"
		 "# TYPE dumpflt_collect_exit_status gauge\n"
		 "dumpflt_collect_exit_status %d\n"
		 "# HELP dumpflt_collected_dumps Dumps that were collected in this boot.\n"
		 "# TYPE dumpflt_collected_dumps gauge\n"
		 "dumpflt_collected_dumps %u\n"
		 "# HELP dumpflt_incomplete_dumps Crashes that no complete dump was found of in this boot.\n"
		 "# TYPE dumpflt_incomplete_dumps gauge\n"
		 "dumpflt_incomplete_dumps %u\n",
		 (long long)time(NULL), what->status, boot->collected,
		 boot->gone + what->incomplete);
	replace(folder, ANNOUNCE_TEXTFILES, METRICS, text);
}

/**
 * announce() - tell those who log in, and monitoring
 * @what: came of a run
 */
void announce(const struct announcement *what)
{
	struct tally boot = what->run;
	char text[TEXT_MAX];
	int folder;

	tally_add(&boot);
	if (make_folder(ANNOUNCE_MOTD, &folder)) {
		if (boot.collected) {
			snprintf(text, sizeof(text), "dumpflt: %u crash dump%s collected. Where: journalctl -b -u dumpflt-collect\n",
				 boot.collected, boot.collected == 1 ? "" : "s");
			replace(folder, ANNOUNCE_MOTD, COLLECTED, text);
		}
		announce_problem(folder, what, boot.gone + what->incomplete);
		close(folder);
	}
	if (open_folder(ANNOUNCE_TEXTFILES, &folder)) {
		announce_metrics(folder, what, &boot);
		close(folder);
	}
}
