// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The area is found, and 'dumpflt capture' runs on it, watched.
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
#include <time.h>
#include <unistd.h>

#include "init/init.h"
#include "lib/blkdev.h"
#include "lib/clock.h"

#define CONFIG		"/run/capture.conf"
/* How often what is not there yet is looked for, and whether all is well */
#define STEP_MS		200
/* How long a capture may take to end that was told to */
#define STOP_MS		20000

static void sleep_ms(long ms)
{
	const struct timespec step = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&step, NULL);
}

/* Devices appear when their drivers have found them, which nobody waits for */
static bool find(const struct init_plan *plan, char device[AREA_DEVICE_MAX])
{
	__u64 end = now_ms() + plan->wait * 1000;
	struct area_found found;
	int ret;

	do {
		watchdog_pet();
		ret = area_find_id("", plan->id, &found);
		if (ret)
			return say_failure("/sys/class/block: %s", strerror(-ret));
		if (found.nr)
			break;
		sleep_ms(STEP_MS);
	} while (now_ms() < end);
	if (!found.nr)
		return say_failure("no block device holds the dump area: none within %llu s",
				   plan->wait);
	if (found.nr > 1)
		return say_failure("the dump area is there twice: %s and %s",
				   found.device[0], found.device[1]);
	say("the dump area is on %s", found.device[0]);
	return copy_string(device, AREA_DEVICE_MAX, found.device[0]);
}

/* What was written by arm begins with the section that the target belongs to */
static bool write_config(const char *device)
{
	FILE *from = fopen(INIT_CONFIG, "re"), *to = NULL;
	char line[INIT_PATH_MAX];
	bool good = false;

	if (from)
		to = fopen(CONFIG, "we");
	if (from && to) {
		while (fgets(line, sizeof(line), from)) {
			fputs(line, to);
			if (!good)
				fprintf(to, "target = %s\n", device);
			good = true;
		}
		good = good && !ferror(from);
	}
	if (!good)
		say_failure("%s and %s: %m", INIT_CONFIG, CONFIG);
	if (to && fclose(to))
		good = say_failure("%s: %m", CONFIG);
	if (from)
		fclose(from);
	return good;
}

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
		execl(INIT_CAPTURE, "dumpflt", "capture", "-c", CONFIG, NULL);
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
		if (poll(&fd, 1, STEP_MS) > 0 && !pass_on(output, error)) {
			fd.fd = -1;
			sleep_ms(STEP_MS / 10);
		}
		while ((ended = waitpid(-1, status, WNOHANG)) > 0)
			if (ended == pid)
				return true;
	}
	return false;
}

/* Returns: whether there is a dump; if not, it is said why */
static bool run(__u64 end)
{
	char error[INIT_WORDS_MAX] = "";
	int output, status = 0;
	pid_t pid = start(&output);

	if (pid < 0)
		return say_failure("starting %s: %m", INIT_CAPTURE);
	if (!watch(pid, output, end, &status, error)) {
		say_failure("not done within the budget");
		kill(pid, SIGTERM);
		if (!watch(pid, output, now_ms() + STOP_MS, &status, error))
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

bool capture_area(const struct init_plan *plan, __u64 end_ms)
{
	char device[AREA_DEVICE_MAX];

	return find(plan, device) && write_config(device) && run(end_ms);
}
