// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SIGINT, SIGTERM and SIGHUP end a command in order, not at once.
 *
 * signals_catch() makes them set a flag and interrupt system calls. After
 * signals_hold() they only arrive inside signals_poll(), so that no step that
 * must not be cut (finish, abort, taking a stack down) is disturbed, and a
 * signal between a check and the wait that follows it is not lost.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "lib/signals.h"
#include "lib/text.h"

static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP };

static atomic_int stop;
static atomic_uint stops;
static sigset_t while_waiting;

static void on_stop(int signal)
{
	stop = signal;
	stops++;
}

/* SIGCHLD has a handler only so that it interrupts signals_poll() */
static void on_child(int signal)
{
	(void)signal;
}

void signals_catch(void)
{
	struct sigaction action;
	size_t i;

	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_handler = on_stop;
	for (i = 0; i < ARRAY_SIZE(stop_signals); i++)
		sigaction(stop_signals[i], &action, NULL);
	action.sa_handler = on_child;
	sigaction(SIGCHLD, &action, NULL);
	/* A reader that went away, and a limit, are errors of write(), not our end */
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	sigaction(SIGXFSZ, &action, NULL);
}

void signals_hold(void)
{
	sigset_t held;
	size_t i;

	sigemptyset(&held);
	sigaddset(&held, SIGCHLD);
	for (i = 0; i < ARRAY_SIZE(stop_signals); i++)
		sigaddset(&held, stop_signals[i]);
	sigprocmask(SIG_BLOCK, &held, &while_waiting);
	/* Whoever started us may have had them blocked */
	sigdelset(&while_waiting, SIGCHLD);
	for (i = 0; i < ARRAY_SIZE(stop_signals); i++)
		sigdelset(&while_waiting, stop_signals[i]);
}

/* In a child that becomes another program: none is held, and each does what it does to anybody */
void signals_release(void)
{
	static const int others[] = { SIGCHLD, SIGPIPE, SIGXFSZ };
	sigset_t none;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(stop_signals); i++)
		signal(stop_signals[i], SIG_DFL);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		signal(others[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Returns: the signal that asks us to stop, or 0 */
int signals_stop(void)
{
	return stop;
}

/* How often we were asked */
unsigned int signals_count(void)
{
	return stops;
}

const char *signals_stop_name(void)
{
	switch (signals_stop()) {
	case SIGINT:
		return "SIGINT";
	case SIGTERM:
		return "SIGTERM";
	default:
		return "SIGHUP";
	}
}

/* poll() with the held signals let in. Interrupted: returns 0, nothing ready */
int signals_poll(struct pollfd *fds, nfds_t nr, int timeout_ms)
{
	struct timespec timeout = {
		.tv_sec = timeout_ms / 1000,
		.tv_nsec = (long)(timeout_ms % 1000) * 1000000,
	};
	nfds_t i;
	int ret;

	ret = ppoll(fds, nr, &timeout, &while_waiting);
	if (ret > 0)
		return ret;
	for (i = 0; i < nr; i++)
		fds[i].revents = 0;
	return 0;
}
