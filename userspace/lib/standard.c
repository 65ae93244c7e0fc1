// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Standard input, output and error: that they are there, and that what was
 * printed has arrived.
 *
 * Who starts us with one of them closed would else have the next file that we
 * open in its place, and what we print would go there: into a dump area.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/report.h"
#include "lib/standard.h"

/**
 * standard_open() - put something in the place of what is closed
 *
 * What is put there can only be used in the wrong direction, so that what is printed there
 * fails as it would have, and is not taken for printed.
 *
 * Return: false if there is nothing to put there: no file may be opened then
 */
bool standard_open(void)
{
	int fd;

	/* printing then fails, which standard_close() judges, and nothing is cut */
	signal(SIGPIPE, SIG_IGN);
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* The lowest number that is free: it is this one */
		if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd &&
		    open("/", O_RDONLY | O_DIRECTORY) != fd)
			return false;
	}
	return true;
}

/* Who read from the pipe has seen enough, and is not there to be told */
static bool reader_gone(void)
{
	struct pollfd fd = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&fd, 1, 0) == 1 && fd.revents & POLLERR;
}

/**
 * standard_close() - has what was printed arrived?
 * @code: what the command is to end with
 *
 * Who reads nothing from standard error loses words, and no result: that is
 * not looked at.
 *
 * Return: @code, or 1 in place of 0 if not
 */
int standard_close(int code)
{
	bool gone = reader_gone();
	bool failed = ferror(stdout);
	int err = EIO;

	if (fclose(stdout)) {
		failed = true;
		err = errno;
	}
	if (!failed || gone || err == EPIPE)
		return code;
	report_error("printing", "standard output", err);
	return code ? code : 1;
}
