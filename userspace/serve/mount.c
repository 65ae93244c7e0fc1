// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a server shows, as a file, by nbdfuse.
 *
 * Only the user who has mounted it can open it, root included: that is FUSE's own rule.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/child.h"
#include "lib/clock.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "serve/mount.h"

static const char op[] = "mounting";

/* Until the file is there */
#define WAIT_MS		15000
/* Until it is gone, each time that this is asked for */
#define ASK_MS		3000

static __attribute__((noreturn)) void become(const char *nbdfuse, const char *file,
					     const char *socket)
{
	const char * const argv[] = { nbdfuse, "--readonly", file, "--unix", socket, NULL };

	/* It takes down what it has mounted, also if we are killed; and hears nobody's Ctrl-C */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* a core would have the dump in it; 1, as 0 does not keep it from a pipe: core(5) */
	setrlimit(RLIMIT_CORE, &(const struct rlimit){ 1, 1 });
	setpgid(0, 0);
	signals_release();
	execv(nbdfuse, (char **)argv);
	_exit(127);
}

/* Does not wait */
bool mount_ended(struct mount *mount)
{
	int status;

	if (mount->pid && waitpid(mount->pid, &status, WNOHANG) == mount->pid)
		mount->pid = 0;
	return !mount->pid;
}

static int wait_for_file(struct mount *mount)
{
	const struct timespec step = { .tv_nsec = 20L * 1000 * 1000 };
	__u64 end = now_ms() + WAIT_MS;
	struct stat st;

	while (!mount_ended(mount)) {
		if (signals_stop())
			return -EINTR;
		if (!stat(mount->file, &st) && S_ISREG(st.st_mode))
			return 0;
		if (now_ms() >= end) {
			report_failure(op, mount->file, "it has not appeared after %d seconds",
				       WAIT_MS / 1000);
			return -ETIMEDOUT;
		}
		nanosleep(&step, NULL);
	}
	report_failure(op, mount->file, "nbdfuse has not mounted it");
	report_hint("It needs /dev/fuse (modprobe fuse), and for others than root 'fusermount3' (package fuse3). 'dumpflt serve' needs neither.");
	return -EIO;
}

/**
 * mount_file() - show it as a file
 * @mount: filled
 * @folder: empty, of this user alone
 * @name: of the file in it
 * @socket: of the server
 *
 * Needs signals_catch().
 *
 * Return: 0; or a negative errno, which is reported but for -EINTR; mount_end() in any case
 */
int mount_file(struct mount *mount, const char *folder, const char *name, const char *socket)
{
	char nbdfuse[PATH_MAX];
	int ret;

	memset(mount, 0, sizeof(*mount));
	if (!copy_string(mount->folder, sizeof(mount->folder), folder) ||
	    !format_string(mount->file, sizeof(mount->file), "%s/%s", folder, name)) {
		report_error(op, folder, ENAMETOOLONG);
		return -ENAMETOOLONG;
	}
	ret = find_program("nbdfuse", nbdfuse, sizeof(nbdfuse));
	if (ret) {
		report_failure(op, mount->file, "the program 'nbdfuse' is not there");
		report_hint("'apt install libnbd-bin fuse3' brings it, 'dnf install nbdfuse' elsewhere. 'dumpflt serve' needs it not.");
		return ret;
	}
	mount->pid = fork();
	if (!mount->pid)
		become(nbdfuse, mount->file, socket);
	if (mount->pid > 0)
		return wait_for_file(mount);
	ret = -errno;
	mount->pid = 0;
	report_error(op, mount->file, -ret);
	return ret;
}

/*
 * Root takes it down, for others a program does. If somebody still has the file open it is
 * only hidden, and reads of it fail once nbdfuse has ended
 */
static void take_down(const struct mount *mount)
{
	char fusermount[PATH_MAX];
	const char * const argv[] = { fusermount, "-u", "-z", "-q", mount->folder, NULL };

	if (!umount2(mount->folder, MNT_DETACH))
		return;
	if (!find_program("fusermount3", fusermount, sizeof(fusermount)))
		(void)child_run(fusermount, (char **)argv);
}

static bool ends_within(struct mount *mount, __u64 ms)
{
	const struct timespec step = { .tv_nsec = 10L * 1000 * 1000 };
	__u64 end = now_ms() + ms;

	while (!mount_ended(mount) && now_ms() < end)
		nanosleep(&step, NULL);
	return !mount->pid;
}

/**
 * mount_end() - it is not shown any more
 * @mount: of mount_file(), whatever that has returned
 *
 * Return: true, or false if nbdfuse had ended by itself, so that reads have failed
 */
bool mount_end(struct mount *mount)
{
	bool ended = mount_ended(mount);

	if (!mount->folder[0])
		return true;
	/* one that dies leaves a folder that nobody can enter */
	take_down(mount);
	if (ended)
		return false;
	if (ends_within(mount, ASK_MS))
		return true;
	kill(mount->pid, SIGTERM);
	if (ends_within(mount, ASK_MS))
		return true;
	kill(mount->pid, SIGKILL);
	while (waitpid(mount->pid, NULL, 0) < 0 && errno == EINTR)
		;
	mount->pid = 0;
	return true;
}
