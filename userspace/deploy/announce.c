// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a run of the collecting service came to, for people who log in and for
 * monitoring.
 *
 * A login shows the files of /run/motd.d (pam_motd(8)), which the next boot
 * begins without. node_exporter reads those of its folder, where there is one.
 * That none of this can be written is no reason to call a dump lost.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "deploy/announce.h"
#include "deploy/root.h"
#include "lib/report.h"

#define COLLECTED	"dumpflt"
#define PROBLEM		"dumpflt-problem"
#define METRICS		"dumpflt.prom"
#define TEXT_MAX	2048

/* For all to read, whatever the umask is. Returns: 0 or a negative errno */
static int fill(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");
	int ret = 0;

	if (!file)
		return -errno;
	if (fputs(text, file) < 0 || fflush(file) || fchmod(fileno(file), 0644))
		ret = -errno;
	if (fclose(file) && !ret)
		ret = -errno;
	return ret;
}

/* Whole or not at all: readers of these folders pass over names that begin with a dot */
static void replace(const char *folder, const char *name, const char *text)
{
	char path[ROOT_PATH_MAX], fresh[ROOT_PATH_MAX];
	int ret;

	if (!root_path(path, "%s/%s", folder, name) ||
	    !root_path(fresh, "%s/.%s.new", folder, name))
		return;
	ret = fill(fresh, text);
	if (!ret && rename(fresh, path))
		ret = -errno;
	if (!ret)
		return;
	unlink(fresh);
	report_warning("writing '%s' failed: %s", path, strerror(-ret));
}

static void remove_old(const char *folder, const char *name)
{
	char path[ROOT_PATH_MAX];

	if (root_path(path, "%s/%s", folder, name))
		unlink(path);
}

/* Without a /run nobody logs in */
static bool make_folder(const char *folder)
{
	char path[ROOT_PATH_MAX];

	if (!root_path(path, "%s", folder))
		return false;
	if (!mkdir(path, 0755))
		return !chmod(path, 0755);
	return errno == EEXIST;
}

static void announce_problem(const struct announcement *what)
{
	char text[TEXT_MAX];

	if (!what->status) {
		remove_old(ANNOUNCE_MOTD, PROBLEM);
		return;
	}
	if (what->incomplete)
		snprintf(text, sizeof(text), "dumpflt: %u crash%s left NO complete dump. Why: journalctl -b -u dumpflt-collect\n",
			 what->incomplete, what->incomplete == 1 ? "" : "es");
	else
		snprintf(text, sizeof(text), "dumpflt: collecting crash dumps FAILED. Why: journalctl -b -u dumpflt-collect\n");
	replace(ANNOUNCE_MOTD, PROBLEM, text);
}

static void announce_metrics(const struct announcement *what)
{
	char text[TEXT_MAX];

	snprintf(text, sizeof(text),
		 "# HELP dumpflt_collect_timestamp_seconds When dumps were collected last.\n"
		 "# TYPE dumpflt_collect_timestamp_seconds gauge\n"
		 "dumpflt_collect_timestamp_seconds %lld\n"
		 "# HELP dumpflt_collect_exit_status Of that run: 0, 1 failed, 3 a crash without a complete dump.\n"
		 "# TYPE dumpflt_collect_exit_status gauge\n"
		 "dumpflt_collect_exit_status %d\n"
		 "# HELP dumpflt_collected_dumps Dumps that it has collected.\n"
		 "# TYPE dumpflt_collected_dumps gauge\n"
		 "dumpflt_collected_dumps %u\n"
		 "# HELP dumpflt_incomplete_dumps Crashes that it has found no complete dump of.\n"
		 "# TYPE dumpflt_incomplete_dumps gauge\n"
		 "dumpflt_incomplete_dumps %u\n",
		 (long long)time(NULL), what->status, what->collected, what->incomplete);
	replace(ANNOUNCE_TEXTFILES, METRICS, text);
}

/**
 * announce() - tell those who log in, and monitoring
 * @what: came of a run
 */
void announce(const struct announcement *what)
{
	char text[TEXT_MAX];

	if (make_folder(ANNOUNCE_MOTD)) {
		if (what->collected) {
			snprintf(text, sizeof(text), "dumpflt: %u crash dump%s collected, the last one: %s\n",
				 what->collected, what->collected == 1 ? "" : "s", what->newest);
			replace(ANNOUNCE_MOTD, COLLECTED, text);
		}
		announce_problem(what);
	}
	if (root_exists(ANNOUNCE_TEXTFILES))
		announce_metrics(what);
}
