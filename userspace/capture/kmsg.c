// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel log out of the memory of the crashed kernel, by a program that knows
 * where it is there: makedumpfile, and vmcore-dmesg of kexec-tools if that fails.
 *
 * makedumpfile seeks in a file that it writes the log to, so that this cannot be
 * a pipe; but with -F the file is its standard output, and it does not. What it
 * writes there is the text alone.
 *
 * Only the end of the text is kept, in memory: a capture kernel has little of it.
 * Both programs share the time there is.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/kmsg.h"
#include "flat/log.h"
#include "lib/clock.h"
#include "lib/signals.h"
#include "lib/text.h"

/* How long nothing may happen before the time is looked at again */
#define POLL_MS		200
/* Of what the program says only the last words are wanted */
#define WORDS_MAX	100

static void add(struct kmsg *log, const unsigned char *data, size_t len)
{
	while (len) {
		size_t at = (size_t)(log->total % log->room);
		size_t n = log->room - at;

		if (n > len)
			n = len;
		memcpy(log->text + at, data, n);
		log->total += n;
		data += n;
		len -= n;
	}
}

/* Bytes of the text that there are */
size_t kmsg_have(const struct kmsg *log)
{
	return log->total < log->room ? (size_t)log->total : log->room;
}

/**
 * kmsg_copy() - some of what there is
 * @log: read
 * @at: from where on, in that
 * @to: room for @len bytes
 * @len: how much at most
 *
 * Return: how much it is, 0 behind the end
 */
size_t kmsg_copy(const struct kmsg *log, size_t at, unsigned char *to, size_t len)
{
	size_t have = kmsg_have(log), n, from;

	if (at >= have)
		return 0;
	from = (size_t)((log->total - have + at) % log->room);
	n = log->room - from;
	if (n > have - at)
		n = have - at;
	if (n > len)
		n = len;
	memcpy(to, log->text + from, n);
	return n;
}

void kmsg_free(struct kmsg *log)
{
	free(log->text);
	log->text = NULL;
}

#if FLAT_LOG_MAX / 1024 < CONFIG_LOG_KIB_MAX
#error "what is kept must be what is read"
#endif

static int start(struct capture *c, struct kmsg *log, const char *program,
		 char *const argv[])
{
	int ret;

	log->room = (size_t)c->config->log_kib << 10;
	log->text = malloc(log->room);
	ret = log->text ? child_start(&c->child, program, argv) : -ENOMEM;
	c->steps->child = c->child.pid;
	return ret;
}

/* Some of what is in a pipe. Returns: whether it is at its end */
static bool drain(int fd, struct kmsg *text, struct mdflog *words)
{
	char data[16384];
	ssize_t n = read(fd, data, sizeof(data));

	if (n > 0 && text)
		add(text, (unsigned char *)data, (size_t)n);
	else if (n > 0)
		mdflog_feed(words, data, (size_t)n);
	return !n || (n < 0 && errno != EAGAIN);
}

/*
 * Up to the end of its output, or its own: what it has started may hold the pipe
 * open. Returns: 0, -EINTR if a signal came, -ETIMEDOUT
 */
static int pump(struct capture *c, struct kmsg *log, struct mdflog *words,
		__u64 end)
{
	struct pollfd fds[2] = {
		{ .fd = c->child.out, .events = POLLIN },
		{ .fd = c->child.err, .events = POLLIN },
	};
	bool exited = false;

	while (!exited || fds[0].revents) {
		exited = child_reap(&c->child);
		signals_poll(fds, 2, exited ? 0 : POLL_MS);
		if (signals_stop())
			return -EINTR;
		if (now_ms() > end)
			return -ETIMEDOUT;
		/* a pipe without a writer is always ready: ignore it from now on */
		if (fds[0].revents && drain(c->child.out, log, NULL))
			fds[0].fd = -1;
		if (fds[1].revents && drain(c->child.err, NULL, words))
			fds[1].fd = -1;
	}
	return 0;
}

static void describe(struct kmsg *log, const struct capture *c, int ret,
		     const struct mdflog *words)
{
	size_t nr = mdflog_count(words);
	/* makedumpfile's last words are that it failed, those before it say why */
	const char *said = nr ? mdflog_message(words, nr > 1 ? nr - 2 : 0) : "";
	char end[80];

	if (ret == -ETIMEDOUT)
		format_string(log->why, sizeof(log->why), "it took longer than %llu s",
			      c->config->log_seconds);
	else if (ret)
		format_string(log->why, sizeof(log->why), "%s", strerror(-ret));
	else if (child_succeeded(&c->child))
		format_string(log->why, sizeof(log->why), "it found nothing");
	if (log->why[0])
		return;
	child_describe(&c->child, end, sizeof(end));
	format_string(log->why, sizeof(log->why), "%s%s%.*s", end,
		      nr ? ": " : "", WORDS_MAX, said);
}

/* Returns: 0, whatever has come of it, or -EINTR */
static int run(struct capture *c, struct kmsg *log, const char *program,
	       char *const argv[], __u64 end)
{
	struct mdflog words;
	int ret;

	mdflog_init(&words);
	ret = start(c, log, program, argv);
	if (!ret) {
		ret = pump(c, log, &words, end);
		if (!child_stop(&c->child) && !ret)
			ret = -ETIMEDOUT;
		child_close(&c->child);
		mdflog_end(&words);
	}
	c->steps->child = 0;
	log->torn = ret || !child_succeeded(&c->child);
	if (log->torn || !log->total)
		describe(log, c, ret, &words);
	return ret == -EINTR ? ret : 0;
}

/* Into @log; what it had is there all the same if this one does no better */
static int try_other(struct capture *c, struct kmsg *log, __u64 end)
{
	char program[CONFIG_PATH_MAX], why[KMSG_WHY_MAX / 2];
	char *argv[3] = { (char *)KMSG_OTHER_PROGRAM, c->config->vmcore };
	struct kmsg other = { .text = NULL }, worse;
	int ret = 0;

	format_string(why, sizeof(why), "makedumpfile: %.140s", log->why);
	if (find_program(KMSG_OTHER_PROGRAM, program, sizeof(program))) {
		format_string(log->why, sizeof(log->why), "%s; %s is not there", why,
			      KMSG_OTHER_PROGRAM);
		return 0;
	}
	ret = run(c, &other, program, argv, end);
	format_string(log->why, sizeof(log->why), "%s; %s: %.120s", why,
		      KMSG_OTHER_PROGRAM, other.why);
	if (!other.why[0] || other.total > log->total) {
		if (other.why[0])
			format_string(other.why, sizeof(other.why), "%s", log->why);
		worse = *log;
		*log = other;
		other = worse;
	}
	kmsg_free(&other);
	return ret;
}

/**
 * kmsg_read() - the end of the log
 * @c: what the programs are, and how long they may take
 * @log: filled; to be freed whatever is returned
 *
 * Return: 0, also if nothing was found; then @log says why. -EINTR if a signal
 * came
 */
int kmsg_read(struct capture *c, struct kmsg *log)
{
	char *argv[5] = { c->program, (char *)"-F", (char *)"--dump-dmesg",
			  c->config->vmcore };
	__u64 end = now_ms() + c->config->log_seconds * 1000;
	int ret;

	memset(log, 0, sizeof(*log));
	ret = run(c, log, c->program, argv, end);
	if (!ret && log->why[0])
		ret = try_other(c, log, end);
	return ret;
}
