// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A program that is run to be measured: what it writes is counted and thrown away.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/child.h"
#include "lib/clock.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "rehearsal/run.h"

#define STEP_MS		20
#define READ_SIZE	(256UL * 1024)
/* To take down a stack after SIGTERM, at most; 'dumpflt capture' has limits of its own */
#define END_MS		600000

/* @text: gets the beginning of it, with a NUL. Returns: bytes that were read */
static size_t drain(int fd, char text[RUN_TEXT_MAX])
{
	static char data[READ_SIZE];
	size_t have = strlen(text), sum = 0, room;
	ssize_t n;

	while ((n = read(fd, data, sizeof(data))) > 0) {
		sum += (size_t)n;
		room = RUN_TEXT_MAX - 1 - have;
		if (room > (size_t)n)
			room = (size_t)n;
		memcpy(text + have, data, room);
		have += room;
		text[have] = '\0';
	}
	return sum;
}

/* @looked: when its memory was looked at last, which is not done for each read */
static void look(struct run *run, struct child *child, __u64 *looked)
{
	__u64 now = now_ms();

	run->bytes += drain(child->out, run->text);
	drain(child->err, run->words);
	if (now - *looked >= STEP_MS) {
		peak_look(&run->peak, child->pid);
		*looked = now;
	}
	progress_show(run->progress, run->phase, run->total ?
		      (int)(run->bytes * 1000 / run->total) : -1, run->bytes);
}

/* Returns: -EINTR if it was told to end, else 0 */
static int wait_for(struct run *run, struct child *child)
{
	struct pollfd fds[2] = {
		{ .fd = child->out, .events = POLLIN },
		{ .fd = child->err, .events = POLLIN },
	};
	__u64 end = 0, looked = 0;

	for (;;) {
		look(run, child, &looked);
		if (child_reap(child))
			return end ? -EINTR : 0;
		/* once more, and it would not take down what it has put up */
		if (signals_stop() && !end) {
			end = now_ms() + END_MS;
			kill(child->pid, SIGTERM);
		}
		if (end && now_ms() >= end)
			child_stop(child);
		/* what has come to its end is always ready */
		if (signals_poll(fds, 2, STEP_MS) && !(fds[0].revents & POLLIN) &&
		    !(fds[1].revents & POLLIN))
			signals_poll(NULL, 0, STEP_MS);
	}
}

static __u64 used_us(int who)
{
	struct rusage usage;

	if (getrusage(who, &usage))
		return 0;
	return (__u64)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
	       (__u64)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* Of children it is those that have ended */
static __u64 cpu_us(void)
{
	return used_us(RUSAGE_SELF) + used_us(RUSAGE_CHILDREN);
}

/**
 * run_program() - run it to its end
 * @run: with progress, phase and total; the rest is filled
 * @path: of the program
 * @argv: its arguments
 *
 * Needs signals_hold(). Return: 0; -EIO if it failed, -EINTR if this command is to
 * end, or why it could not be started. Nothing is reported
 */
int run_program(struct run *run, const char *path, char *const argv[])
{
	struct child child;
	__u64 begin, used;
	int ret;

	run->bytes = 0;
	run->text[0] = '\0';
	run->words[0] = '\0';
	memset(&run->peak, 0, sizeof(run->peak));
	if (signals_stop())
		return -EINTR;
	begin = now_ms();
	used = cpu_us();
	ret = child_start(&child, path, argv);
	if (ret)
		return ret;
	ret = wait_for(run, &child);
	run->us = (now_ms() - begin) * 1000;
	run->cpu_us = cpu_us() - used;
	run->bytes += drain(child.out, run->text);
	drain(child.err, run->words);
	child_close(&child);
	if (!ret && !child_succeeded(&child))
		ret = -EIO;
	return ret;
}

/* Its last line that is not about progress says most, often enough */
void run_hint(const struct run *run)
{
	const char *line = run->words, *last = NULL;
	size_t len;

	for (; *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (len && (!last || !strncmp(line, "ERROR: ", 7)) &&
		    (!last || strncmp(last, "ERROR: ", 7) != 0))
			last = line;
	}
	if (last)
		report_hint("%.*s", (int)strcspn(last, "\n"), last);
}
