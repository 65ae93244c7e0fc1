// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Modules are loaded and the area is found, by a child: what a driver or a disk keeps
 * for ever is not process 1, which has a watchdog to pet and a machine to reboot.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/init.h"
#include "lib/clock.h"

/* Process 1 gets all that loses its parent: those are reaped, too */
static bool has_ended(pid_t pid, int *status)
{
	pid_t ended;

	while ((ended = waitpid(-1, status, WNOHANG)) > 0)
		if (ended == pid)
			return true;
	return false;
}

/* Returns: whether all is ready by @end_ms; if not, it is said why */
bool prepare(const struct init_plan *plan, __u64 end_ms)
{
	pid_t pid = fork();
	int status = 0;

	if (pid < 0)
		return say_failure("starting a process: %m");
	if (!pid)
		_exit(!(modules_load(plan) && area_prepare(plan)));
	while (!has_ended(pid, &status)) {
		if (now_ms() >= end_ms) {
			say_failure("not ready within %llu s: a driver or a disk does not answer",
				    plan->before);
			kill(pid, SIGKILL);
			return false;
		}
		watchdog_pet();
		init_sleep_ms(INIT_STEP_MS);
	}
	if (WIFSIGNALED(status))
		return say_failure("getting ready: killed by signal %d", WTERMSIG(status));
	return !WEXITSTATUS(status);
}
