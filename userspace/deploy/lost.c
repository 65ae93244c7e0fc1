// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A crash that left no dump: noticed by the next boot.
 *
 * The boot before was armed, and its marker is still there: so nobody has disarmed it. If
 * it was not shut down either, it crashed, or was reset, or lost power. The area says whether
 * a dump was begun since it was armed; a note of the capture kernel, why there is none.
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
#include <utmp.h>

#include "deploy/lost.h"
#include "dumps/collect.h"
#include "lib/folder.h"
#include "lib/outfile.h"
#include "lib/report.h"

#define WTMP		"/var/log/wtmp"
#define SHUTDOWN	"shutdown"
#define SUMMARY		"summary.txt"
/* Of a boot's id, in names */
#define ID_CHARS	8

/*
 * A machine that was armed by hand is not disarmed by the service: systemd writes this
 * down. What is behind the beginning of the next boot is of that one.
 */
static bool was_shut_down(__u64 since)
{
	char path[ROOT_PATH_MAX];
	const struct utmp *entry;
	bool found = false, over = false;

	if (!root_path(path, WTMP) || access(path, R_OK) || utmpname(path))
		return false;
	setutent();
	while (!found && !over && (entry = getutent())) {
		if ((__u64)entry->ut_tv.tv_sec < since)
			continue;
		over = entry->ut_type == BOOT_TIME;
		found = entry->ut_type == RUN_LVL &&
			!strncmp(entry->ut_user, SHUTDOWN, strlen(SHUTDOWN));
	}
	endutent();
	return found;
}

/**
 * lost_look() - has the last boot ended in order?
 * @lost: filled
 *
 * Return: true if it was armed, and has not
 */
bool lost_look(struct lost *lost)
{
	memset(lost, 0, sizeof(*lost));
	while (marker_read_other(&lost->marker)) {
		lost->when = (__u64)time(NULL);
		if (note_find(lost) || !was_shut_down(lost->marker.since))
			return true;
		if (!marker_remove(&lost->marker))
			break;
	}
	lost->marker.boot[0] = '\0';
	return false;
}

/* Has a dump been begun since? Another area has numbers of its own */
bool lost_is_dump(const struct lost *lost, const struct area *area)
{
	char id[AREA_ID_TEXT];

	text_hex(area->header->fixed.uuid, AREA_ID_SIZE, id);
	return area_newest(area) > (strcmp(id, lost->marker.area) ? 0 : lost->marker.number);
}

static bool name_folder(struct lost *lost, const char *folder)
{
	time_t when = (time_t)lost->when;
	char stamp[TEXT_TIME_MAX];
	struct tm tm;

	return gmtime_r(&when, &tm) && strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm) &&
	       format_string(lost->path, sizeof(lost->path), "%s/%s-no-dump-%.*s", folder, stamp,
			     ID_CHARS, lost->marker.boot);
}

static bool summarise(const struct lost *lost, char *text, size_t size)
{
	char since[TEXT_TIME_MAX];

	text_time(lost->marker.since, since);
	return format_string(text, size,
			     "A crash without a dump.\n\n"
			     "reason   %s\n"
			     "armed    %s (clock of the boot that ended)\n"
			     "boot     %s\n"
			     "area     %s\n\n%s",
			     lost->reason[0] ? lost->reason : "not known",
			     since, lost->marker.boot, lost->marker.area,
			     lost->reason[0] ?
			     "The reason is the capture kernel's own, kept by pstore.\n" :
			     "The capture kernel left no note: it was not started, or hung, or there is no\n"
			     "pstore that keeps one; or there was no crash, but a reset or a power cut, or\n"
			     "it was shut down and nobody wrote that into " WTMP ".\n"
			     "'journalctl -b -1 -e' shows the last that was heard of that boot.\n");
}

static int write_in(const struct collect_folder *above, const char *path, const char *text)
{
	int folder, ret;

	if (mkdirat(above->fd, text_base(path), 0700) && errno != EEXIST)
		return -errno;
	folder = openat(above->fd, text_base(path),
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return -errno;
	ret = folder_check_own(folder);
	if (!ret)
		ret = outfile_put(folder, SUMMARY, text, strlen(text), true);
	close(folder);
	return ret ? ret : folder_sync(above->fd, above->path);
}

/**
 * lost_keep() - keep what is known of it
 * @lost: looked at
 * @folder: that dumps are collected into
 *
 * Once that is durable, it is not noticed again.
 *
 * Return: 0 or a negative errno, which is reported
 */
int lost_keep(struct lost *lost, const char *folder)
{
	struct collect_folder above = {
		.path = folder, .fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	};
	char text[2048];
	int ret = above.fd < 0 ? -errno : 0;

	if (!ret && (!name_folder(lost, folder) || !summarise(lost, text, sizeof(text))))
		ret = -ENAMETOOLONG;
	if (!ret)
		ret = write_in(&above, lost->path, text);
	if (above.fd >= 0)
		close(above.fd);
	if (ret) {
		report_error("keeping what is known of a crash", folder, -ret);
		return ret;
	}
	note_remove(lost);
	marker_remove(&lost->marker);
	return 0;
}
