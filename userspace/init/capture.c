// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * 'dumpflt capture' runs, watched.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/init.h"
#include "lib/blkdev.h"
#include "lib/clock.h"

static pid_t start(int *output)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		execl(INIT_CAPTURE, "dumpflt", "capture", "-c", INIT_RUN_CONFIG, NULL);
		_exit(127);
	}
	close(ends[1]);
	*output = ends[0];
	if (pid < 0)
		close(ends[0]);
	return pid;
}

/* The first line of what it says that is an ERROR is the reason */
static void keep_error(const char *text, size_t len, char error[INIT_WORDS_MAX])
{
	static const char mark[] = "ERROR: ";
	static char line[INIT_WORDS_MAX];
	static size_t have;

	for (; len; text++, len--) {
		if (*text != '\n' && *text != '\r') {
			line[have] = *text;
			have += have < sizeof(line) - 1;
			continue;
		}
		line[have] = '\0';
		have = 0;
		if (!error[0] && !strncmp(line, mark, strlen(mark)))
			copy_string(error, INIT_WORDS_MAX, line + strlen(mark));
	}
}

/* Passed on as it comes. Returns: false at its end */
static bool pass_on(int output, char error[INIT_WORDS_MAX])
{
	char text[512];
	ssize_t n = read(output, text, sizeof(text));

	if (n <= 0)
		return n < 0 && errno == EINTR;
	write_all(STDOUT_FILENO, text, (size_t)n);
	keep_error(text, (size_t)n, error);
	return true;
}

/*
 * Process 1 gets all that loses its parent: those are reaped too. Returns:
 * whether it has ended by @end
 */
static bool watch(pid_t pid, int output, __u64 end, int *status,
		  char error[INIT_WORDS_MAX])
{
	struct pollfd fd = { .fd = output, .events = POLLIN };
	pid_t ended;

	while (now_ms() < end) {
		watchdog_pet();
		if (poll(&fd, 1, INIT_STEP_MS) > 0 && !pass_on(output, error)) {
			fd.fd = -1;
			init_sleep_ms(INIT_STEP_MS / 10);
		}
		while ((ended = waitpid(-1, status, WNOHANG)) > 0)
			if (ended == pid)
				return true;
	}
	return false;
}

/* Returns: whether there is a dump by @end; if not, it is said why */
bool dump_run(__u64 end)
{
	char error[INIT_WORDS_MAX] = "";
	int output, status = 0;
	pid_t pid = start(&output);

	if (pid < 0)
		return say_failure("starting %s: %m", INIT_CAPTURE);
	if (!watch(pid, output, end, &status, error)) {
		say_failure("not done within the budget");
		kill(pid, SIGTERM);
		if (!watch(pid, output, now_ms() + HANDOVER_STOP * 1000ULL, &status, error))
			kill(pid, SIGKILL);
		return false;
	}
	while (!fcntl(output, F_SETFL, O_NONBLOCK) && pass_on(output, error))
		;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	if (error[0])
		return say_failure("%s", error);
	return WIFSIGNALED(status) ?
	       say_failure("%s: killed by signal %d", INIT_CAPTURE, WTERMSIG(status)) :
	       say_failure("%s: exit code %d", INIT_CAPTURE, WEXITSTATUS(status));
}
