// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A capture in a process of its own, and one that never waits for what hangs.
 *
 * A system call that waits for a silent device cannot always be ended, not even
 * by SIGKILL. So the work is done by a child. The parent does nothing that can
 * hang: it never touches the target or the module, hands on what the child
 * says, and keeps the time. What the child has its standard output and error
 * from are pipes, so that it does not keep those of the parent open when it is
 * left behind.
 *
 * If a step takes longer than it may, or if a second signal comes, the child is
 * killed, and makedumpfile with it. Another process then takes the stack down,
 * as soon as the child is dead: at once, as a rule, and if the kernel does not
 * let go of it, whenever it does. So it is if the child could not take it down.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/supervisor.h"
#include "kernel/session.h"
#include "kernel/stack.h"
#include "lib/clock.h"
#include "lib/progress.h"
#include "lib/report.h"
#include "lib/signals.h"

/* How often the time is looked at */
#define POLL_MS		200
/* How often a stack is tried that the kernel does not let go of; seconds */
#define RETRY		1
/* How long a process may take to end after SIGKILL, if it ends at all */
#define KILL_MS		3000

/**
 * struct supervisor - a capture under way
 * @config: its limits
 * @shared: with the child
 * @child: the process that does the work; 0 once it was reaped
 * @status: of it, once reaped
 * @pipes: what it says, on standard output and error; -1 once closed
 * @end: when all of it must be over
 * @signals: how many have been handed on
 */
struct supervisor {
	struct config		*config;
	struct capture_shared	*shared;
	pid_t			child;
	int			status;
	int			pipes[2];
	__u64			end;
	unsigned int		signals;
};

/* Memory that a fork() does not copy. Prints the error, and returns NULL then */
struct capture_shared *supervisor_share(void)
{
	void *memory = mmap(NULL, sizeof(struct capture_shared),
			    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			    -1, 0);

	if (memory != MAP_FAILED)
		return memory;
	report_error("getting memory", "the result", errno);
	return NULL;
}

static bool reap(struct supervisor *s)
{
	if (s->child && waitpid(s->child, &s->status, WNOHANG) == s->child)
		s->child = 0;
	return !s->child;
}

/* Some of what the child has said, if who reads ours takes it without a wait */
static bool relay(struct supervisor *s, unsigned int i)
{
	struct pollfd to = { .fd = i ? STDERR_FILENO : STDOUT_FILENO, .events = POLLOUT };
	char text[4096];
	ssize_t n;

	if (s->pipes[i] < 0)
		return false;
	/* to what is closed or broken nothing can be said, and it is taken away */
	if (poll(&to, 1, 0) == 0)
		return false;
	n = read(s->pipes[i], text, sizeof(text));
	if (n < 0)
		return false;
	if (n && to.revents & POLLOUT && write(to.fd, text, (size_t)n) < 0)
		n = 1;
	if (!n) {
		close(s->pipes[i]);
		s->pipes[i] = -1;
	}
	return n > 0;
}

static void relay_all(struct supervisor *s)
{
	unsigned int i;

	for (i = 0; i < 2; i++)
		while (relay(s, i))
			;
}

/* The child's signals are ours: it is in a group of its own */
static void hand_on(struct supervisor *s)
{
	for (; s->signals < signals_count(); s->signals++)
		kill(s->child, signals_stop());
}

static enum capture_step step_of(const struct supervisor *s)
{
	unsigned int step = s->shared->steps.step;

	return step < STEP_NR ? step : STEP_MODULE;
}

static bool is_late(const struct supervisor *s)
{
	__u64 now = now_ms(), since = s->shared->steps.since;

	return now > s->end || (now > since && now - since >
				steps_limit_ms(s->config, step_of(s)));
}

/* Returns: true if the child has ended, false if it hangs, or is not waited for */
static bool watch(struct supervisor *s)
{
	while (!reap(s)) {
		struct pollfd fds[2] = {
			{ .fd = s->pipes[0], .events = POLLIN },
			{ .fd = s->pipes[1], .events = POLLIN },
		};

		signals_poll(fds, 2, POLL_MS);
		relay_all(s);
		if (s->signals && signals_count() > s->signals)
			return false;
		hand_on(s);
		if (is_late(s) && !reap(s))
			return false;
	}
	relay_all(s);
	return true;
}

static void end_child(struct supervisor *s)
{
	pid_t makedumpfile = s->shared->steps.child;
	__u64 end = now_ms() + KILL_MS;

	if (makedumpfile > 0)
		kill(-makedumpfile, SIGKILL);
	if (s->child)
		kill(s->child, SIGKILL);
	while (!reap(s) && now_ms() < end)
		signals_poll(NULL, 0, POLL_MS / 10);
	relay_all(s);
}

/* In the process that cleans up. Nobody waits for it, so nobody hears it */
static void clean(const struct supervisor *s, int child)
{
	const char *stack = s->config->stack.name;
	struct pollfd fd = { .fd = child, .events = POLLIN };
	char state[KERNEL_VALUE_MAX];
	int held;

	close(s->pipes[0]);
	close(s->pipes[1]);
	setsid();
	/* whoever makes one with the same name while this waits keeps it */
	held = kernel_stack_hold(stack);
	if (held < 0)
		_exit(held != -ENOENT);
	if (child >= 0)
		poll(&fd, 1, -1);
	if (kernel_stack_is(stack, held) &&
	    !kernel_stack_read(stack, KERNEL_STATE, state) &&
	    !strcmp(state, DUMPFLT_STATE_STARTED))
		session_abort(stack, "the capture that wrote it was ended");
	while (kernel_stack_is(stack, held) && stack_down(stack))
		sleep(RETRY);
	_exit(0);
}

static void be_silent(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
}

/* @child: a pidfd of who has to be dead first, or -1 */
static pid_t start_cleaner(const struct supervisor *s, int child)
{
	pid_t cleaner = fork();

	if (!cleaner) {
		be_silent();
		clean(s, child);
	}
	return cleaner;
}

/* Returns: whether the stack is gone, as far as is known within the time there is */
static bool clean_up(struct supervisor *s)
{
	int child = s->child ? (int)syscall(SYS_pidfd_open, s->child, 0) : -1;
	__u64 end = now_ms() + steps_limit_ms(s->config, STEP_END) +
		    steps_limit_ms(s->config, STEP_DOWN);
	unsigned int signals = signals_count();
	pid_t cleaner = start_cleaner(s, child), ended = 0;
	int status = 1;

	if (child >= 0)
		close(child);
	if (cleaner < 0)
		return false;
	/* while the child is there it cannot do anything: it is left behind, too */
	while (!s->child && !ended && now_ms() < end && now_ms() < s->end &&
	       signals_count() == signals) {
		ended = waitpid(cleaner, &status, WNOHANG);
		if (!ended)
			signals_poll(NULL, 0, POLL_MS / 10);
	}
	return ended == cleaner && WIFEXITED(status) && !WEXITSTATUS(status);
}

static void report_hang(const struct supervisor *s)
{
	enum capture_step step = step_of(s);

	if (s->signals && signals_count() > s->signals)
		report_failure("capture", s->config->stack.name,
			       "stopped by a second %s while %s",
			       signals_stop_name(), steps_word(step));
	else
		report_failure("capture", s->config->stack.name,
			       "it hangs: %s took longer than %llu s",
			       steps_word(step),
			       steps_limit_ms(s->config, step) / 1000);
}

static void report_left(const struct supervisor *s, bool clean)
{
	if (s->child)
		report_hint("Process %d waits in the kernel, most likely for '%s', and cannot be ended: it is left behind.",
			    s->child, s->config->stack.target);
	if (!s->shared->steps.ours)
		return;
	if (clean)
		report_hint("The session was aborted and the stack taken down.");
	else
		report_hint("The stack '%s' is still there; it will be taken down when the kernel lets go of it.",
			    s->config->stack.name);
}

/* The child is dead, or to be left behind. What it held is not to stay */
static void give_up(struct supervisor *s)
{
	bool gone = false;

	end_child(s);
	if (s->shared->steps.ours)
		gone = clean_up(s);
	report_left(s, gone);
}

static void run_child(struct supervisor *s, int out, int err, pid_t parent,
		      supervised_work work, void *ctx)
{
	setpgid(0, 0);
	/* a parent that is killed is as good as a signal to stop */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	setvbuf(stdout, NULL, _IOLBF, 0);
	exit(work(s->config, s->shared, ctx));
}

static int start(struct supervisor *s, supervised_work work, void *ctx)
{
	pid_t parent = getpid();
	int out[2], err[2];

	if (pipe2(out, O_CLOEXEC))
		return -errno;
	if (pipe2(err, O_CLOEXEC)) {
		close(out[0]);
		close(out[1]);
		return -ENFILE;
	}
	(void)fflush(stdout);
	progress_assume_tty(isatty(STDERR_FILENO));
	steps_enter(&s->shared->steps, STEP_MODULE);
	s->child = fork();
	if (!s->child)
		run_child(s, out[1], err[1], parent, work, ctx);
	close(out[1]);
	close(err[1]);
	s->pipes[0] = out[0];
	s->pipes[1] = err[0];
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	return s->child < 0 ? -EAGAIN : 0;
}

/**
 * supervise() - do work in a process of its own, for a bounded time
 * @config: how long that is
 * @shared: from supervisor_share()
 * @work: runs in the child; its return value is the exit code
 * @ctx: for @work
 *
 * Needs signals_hold().
 *
 * Return: the exit code of @work, or a negative errno if it did not come to an
 * end, which is reported
 */
int supervise(struct config *config, struct capture_shared *shared,
	      supervised_work work, void *ctx)
{
	struct supervisor s = {
		.config = config,
		.shared = shared,
		.end = now_ms() + steps_budget_ms(config),
	};
	int ret;

	ret = start(&s, work, ctx);
	if (ret) {
		report_error("starting a process", config->stack.name, -ret);
		return ret;
	}
	if (!watch(&s)) {
		report_hang(&s);
		give_up(&s);
		return -ETIMEDOUT;
	}
	if (WIFEXITED(s.status)) {
		if (shared->steps.ours)
			start_cleaner(&s, -1);
		return WEXITSTATUS(s.status);
	}
	report_failure("capture", config->stack.name, "killed by signal %d (%s) while %s",
		       WTERMSIG(s.status), strsignal(WTERMSIG(s.status)),
		       steps_word(step_of(&s)));
	give_up(&s);
	return -EIO;
}
