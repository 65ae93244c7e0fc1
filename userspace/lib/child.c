// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Child processes: started without a shell, read through pipes, always reaped.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/child.h"
#include "lib/text.h"
#include "lib/clock.h"

/*
 * The pipe for the dump. The default of 64 KiB makes writer and reader take
 * turns; 1 MiB is what any process may have, and one write to the device.
 */
#define PIPE_SIZE	(1024 * 1024)
/* How long a child may take to end after SIGTERM */
#define STOP_MS		2000
/* And after SIGKILL, unless it waits in the kernel for what does not come */
#define KILL_MS		3000

/*
 * Signals are as for a fresh process, whatever we block or ignore. The group
 * of its own keeps a Ctrl-C away: we are the one to end it, in order.
 */
static int set_attributes(posix_spawnattr_t *attr)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &all);
	posix_spawnattr_setpgroup(attr, 0);
	return posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK |
					POSIX_SPAWN_SETSIGDEF |
					POSIX_SPAWN_SETPGROUP);
}

/* @out and @err are descriptors for the child, or negative to share ours */
static int spawn(pid_t *pid, const char *path, char *const argv[], int out,
		 int err)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int ret;

	ret = posix_spawn_file_actions_init(&files);
	if (ret)
		return -ret;
	ret = posix_spawnattr_init(&attr);
	if (ret)
		goto out_files;
	ret = set_attributes(&attr);
	if (!ret)
		ret = posix_spawn_file_actions_addopen(&files, STDIN_FILENO,
						       "/dev/null", O_RDONLY, 0);
	if (!ret && out >= 0)
		ret = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	if (!ret && err >= 0)
		ret = posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
	if (!ret)
		ret = posix_spawn(pid, path, &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
out_files:
	posix_spawn_file_actions_destroy(&files);
	return -ret;
}

/* Returns: 0 or a negative errno; on error there is nothing to reap or close */
int child_start(struct child *child, const char *path, char *const argv[])
{
	int out[2], err[2];
	int ret;

	memset(child, 0, sizeof(*child));
	if (pipe2(out, O_CLOEXEC))
		return -errno;
	if (pipe2(err, O_CLOEXEC)) {
		ret = -errno;
		goto out_pipe;
	}
	/* Only our ends: the child must see an ordinary blocking pipe */
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	/* May be refused to users with many pipes; it is slower then, no more */
	fcntl(out[0], F_SETPIPE_SZ, PIPE_SIZE);

	ret = spawn(&child->pid, path, argv, out[1], err[1]);
	close(err[1]);
	close(out[1]);
	if (!ret) {
		child->out = out[0];
		child->err = err[0];
		return 0;
	}
	child->pid = 0;
	close(err[0]);
	close(out[0]);
	return ret;
out_pipe:
	close(out[1]);
	close(out[0]);
	return ret;
}

/*
 * Whether the child has ended; does not wait. What it has started and left in
 * its group ends with it, and so lets go of its pipes: before it is reaped, as
 * only until then the group's number is nobody else's.
 */
bool child_reap(struct child *child)
{
	siginfo_t info = { .si_pid = 0 };

	if (!child->pid)
		return true;
	if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	    !info.si_pid)
		return false;
	kill(-child->pid, SIGKILL);
	if (waitpid(child->pid, &child->status, WNOHANG) == child->pid)
		child->pid = 0;
	return !child->pid;
}

/* Waits, for as long as it takes, for the end of one whose output has been read */
void child_wait(struct child *child)
{
	siginfo_t info;

	while (!child_reap(child))
		waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOWAIT);
}

static bool reap_within(struct child *child, __u64 ms)
{
	const struct timespec step = { .tv_nsec = 10L * 1000 * 1000 };
	__u64 end = now_ms() + ms;

	while (!child_reap(child) && now_ms() < end)
		nanosleep(&step, NULL);
	return !child->pid;
}

/*
 * Ends the child if it still runs: politely first, then for good. Returns: false
 * if it waits in the kernel, so that nothing can end it; it is left behind then
 */
bool child_stop(struct child *child)
{
	if (child_reap(child))
		return true;
	kill(-child->pid, SIGTERM);
	if (reap_within(child, STOP_MS))
		return true;
	kill(-child->pid, SIGKILL);
	return reap_within(child, KILL_MS);
}

void child_close(struct child *child)
{
	close(child->out);
	close(child->err);
}

bool child_succeeded(const struct child *child)
{
	return WIFEXITED(child->status) && !WEXITSTATUS(child->status);
}

void child_describe(const struct child *child, char *text, size_t size)
{
	if (WIFSIGNALED(child->status))
		snprintf(text, size, "killed by signal %d (%s)",
			 WTERMSIG(child->status), strsignal(WTERMSIG(child->status)));
	else
		snprintf(text, size, "exit code %d", WEXITSTATUS(child->status));
}

/* Runs a short helper to its end. Returns: 0, -EIO if it failed, or why not */
int child_run(const char *path, char *const argv[])
{
	struct child child = { 0 };
	int ret;

	ret = spawn(&child.pid, path, argv, -1, -1);
	if (ret)
		return ret;
	while (waitpid(child.pid, &child.status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return child_succeeded(&child) ? 0 : -EIO;
}

static bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

/* Like the shell: a name with a slash is a path, others are looked up in PATH */
int find_program(const char *name, char *path, size_t size)
{
	const char *from = getenv("PATH");
	size_t len;

	if (strchr(name, '/')) {
		if (!copy_string(path, size, name))
			return -ENAMETOOLONG;
		return is_program(path) ? 0 : -ENOENT;
	}
	if (!from || !from[0])
		from = "/usr/sbin:/usr/bin:/sbin:/bin";
	for (; *from; from += len + (from[len] == ':')) {
		len = strcspn(from, ":");
		if (len && len < PATH_MAX &&
		    format_string(path, size, "%.*s/%s", (int)len, from, name) &&
		    is_program(path))
			return 0;
	}
	return -ENOENT;
}
