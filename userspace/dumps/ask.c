// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Asking who is at the terminal, before something is written over.
 *
 * The functions need signals_hold(), print what went wrong and return a negative errno.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dumps/ask.h"
#include "lib/report.h"
#include "lib/signals.h"

/* How often a wait for an answer ends, to be begun again */
#define ANSWER_MS	10000

/**
 * ask_stop() - is it to be given up, before anything was changed?
 * @op: what is being done
 * @path: to what
 *
 * Return: 0, or -EINTR after a signal
 */
int ask_stop(const char *op, const char *path)
{
	signals_poll(NULL, 0, 0);
	if (!signals_stop())
		return 0;
	report_failure(op, path, "stopped by %s, nothing was changed", signals_stop_name());
	return -EINTR;
}

/* Signals are held, so that only a wait that lets them in can be interrupted */
static int read_answer(const struct question *question, char *answer, int size)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };

	do {
		signals_poll(&fd, 1, ANSWER_MS);
		if (ask_stop(question->op, question->path))
			return -EINTR;
	} while (!fd.revents);
	if (!fgets(answer, size, stdin))
		answer[0] = '\0';
	return 0;
}

/**
 * ask_yes() - have it confirmed
 * @question: what
 *
 * Return: 0 if somebody has typed yes; -EEXIST if there is no terminal; -ECANCELED; -EINTR
 */
int ask_yes(const struct question *question)
{
	char answer[8];
	int ret;

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
		report_failure(question->op, question->path, "%s", question->text);
		report_hint("%s", question->force);
		return -EEXIST;
	}
	fprintf(stderr, "'%s': %s. %s Type yes: ", question->path, question->text,
		question->words);
	ret = read_answer(question, answer, sizeof(answer));
	if (ret || !strcmp(answer, "yes\n"))
		return ret;
	report_failure(question->op, question->path, "not confirmed, nothing was changed");
	return -ECANCELED;
}
