// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * makedumpfile, and the way of its stream to the stack device. D1 to D3 are
 * explained in capture.c.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/run.h"
#include "lib/clock.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "lib/text.h"

/* How long nothing may happen before the progress is looked at again */
#define POLL_MS			500
/* Messages that are read before the dump has its turn again, in KiB */
#define MESSAGES_AT_ONCE	64
/* Its last words in any case */
#define FAILED_WORDS		"makedumpfile Failed"
/* Flag for makedumpfile: the flattened format, to standard output */
#define FLATTENED		"-F"

static int start_makedumpfile(struct capture *c)
{
	const struct config *config = c->config;
	char *argv[CONFIG_ARGS_MAX + 4];
	size_t nr = 0;
	int ret;

	argv[nr++] = c->program;
	argv[nr++] = (char *)FLATTENED;
	memcpy(argv + nr, config->args, config->nr_args * sizeof(*argv));
	nr += config->nr_args;
	argv[nr++] = (char *)config->vmcore;
	argv[nr] = NULL;
	ret = child_start(&c->child, c->program, argv);
	if (ret)
		report_error("starting makedumpfile", c->program, -ret);
	c->steps->child = c->child.pid;
	c->begun = now_ms();
	c->heard = c->begun;
	c->saved = c->begun;
	return ret;
}

/* D2 as far as the stream goes so far */
static int check_stream(struct capture *c, const unsigned char *data, size_t len)
{
	struct flat_span span;
	enum flat_event event;

	do {
		event = flat_next(&c->flat, &data, &len, &span);
	} while (event == FLAT_DATA || event == FLAT_LOG);
	if (event == FLAT_BAD)
		report_failure("checking makedumpfile's output",
			       c->config->vmcore, "%s, at byte %llu",
			       c->flat.problem, c->flat.position);
	else if (event == FLAT_END && len)
		report_failure("checking makedumpfile's output",
			       c->config->vmcore,
			       "data behind the end marker, at byte %llu",
			       c->flat.position);
	else
		return 0;
	return -EBADMSG;
}

static void read_messages(struct capture *c)
{
	unsigned int left = MESSAGES_AT_ONCE;
	char text[1024];
	ssize_t n;

	do {
		n = read(c->child.err, text, sizeof(text));
		if (n <= 0)
			break;
		mdflog_feed(&c->result->log, text, (size_t)n);
		c->heard = now_ms();
	} while (--left);
	c->messages_end = !n;
}

/* Behind a kernel log the stream has its header already. Returns: what is left */
static size_t drop_header(struct capture *c, unsigned char *data, size_t len)
{
	size_t drop = len < c->drop ? len : c->drop;

	c->drop -= drop;
	memmove(data, data + drop, len - drop);
	return len - drop;
}

/* Read until there is no more, or the buffer was full and is written */
static int read_dump(struct capture *c, bool *end)
{
	unsigned char *to;
	size_t written;
	ssize_t n;
	int ret;

	do {
		to = c->out.buffer + c->out.have;
		n = read(c->child.out, to, BLKOUT_SIZE - c->out.have);
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n < 0) {
			ret = -errno;
			report_error("reading from makedumpfile", c->program, -ret);
			return ret;
		}
		if (n)
			c->heard = now_ms();
		ret = check_stream(c, to, (size_t)n);
		if (ret)
			return ret;
		written = drop_header(c, to, (size_t)n);
		c->out.have += written;
		c->result->bytes += written;
	} while (n && c->out.have < BLKOUT_SIZE);
	*end = !n;
	if (*end)
		return 0;
	ret = store_flush(c);
	return ret ? ret : store_save(c);
}

static void show_progress(struct capture *c)
{
	const struct mdflog *log = &c->result->log;

	progress_show(&c->progress, log->phase[0] ? log->phase : "Dumping",
		      log->permille, c->result->bytes);
}

static void report_messages(const struct mdflog *log)
{
	size_t i;

	for (i = 0; i < mdflog_count(log); i++)
		report_hint("makedumpfile: %s", mdflog_message(log, i));
}

/* Slow is not silent: only what says nothing and writes nothing hangs */
static int check_time(struct capture *c)
{
	__u64 now = now_ms(), quiet = steps_quiet_ms(c->config);

	if (now - c->begun > c->config->max_seconds * 1000) {
		report_failure("writing the dump", c->result->device,
			       "it is not at its end after %llu s",
			       c->config->max_seconds);
		report_hint("Set max_seconds in [dump], which is [capture] in dumpflt.conf, if that is not enough.");
	} else if (now - c->heard > quiet) {
		report_failure("makedumpfile", c->config->vmcore,
			       "it hangs: it has written and said nothing for %llu s",
			       quiet / 1000);
		report_messages(&c->result->log);
	} else {
		return 0;
	}
	return -ETIMEDOUT;
}

static int check_both(struct capture *c)
{
	int ret = store_check_stop(c);

	return ret ? ret : check_time(c);
}

/*
 * Everything that makedumpfile writes, up to the end of its output: where the
 * pipe is closed, or where makedumpfile has ended and nothing more is in it.
 * What it has started may hold it open for ever.
 */
static int pump_stream(struct capture *c)
{
	struct pollfd fds[2] = {
		{ .fd = c->child.out, .events = POLLIN },
		{ .fd = c->child.err, .events = POLLIN },
	};
	bool end = false, exited;
	int ret = 0;

	while (!ret && !end) {
		exited = child_reap(&c->child);
		signals_poll(fds, 2, exited ? 0 : POLL_MS);
		ret = check_both(c);
		end = exited && !fds[0].revents;
		if (!ret && fds[1].revents)
			read_messages(c);
		/* A pipe without a writer is always ready: ignore it from now on */
		if (c->messages_end)
			fds[1].fd = -1;
		if (!ret && fds[0].revents)
			ret = read_dump(c, &end);
		show_progress(c);
	}
	return ret;
}

/* It has closed its output: wait for its exit code, and keep its pipe empty */
static int await_exit(struct capture *c)
{
	struct pollfd fd = { .fd = c->child.err, .events = POLLIN };
	int ret = 0;

	while (!ret && !child_reap(&c->child)) {
		if (c->messages_end)
			fd.fd = -1;
		signals_poll(&fd, 1, POLL_MS);
		if (fd.revents)
			read_messages(c);
		ret = check_both(c);
	}
	return ret;
}

/* For the receipt: what makedumpfile said last, before it said that it failed */
static void note_why(struct capture *c, const char *end)
{
	const struct mdflog *log = &c->result->log;
	size_t i = mdflog_count(log);

	while (i && !strncmp(mdflog_message(log, i - 1), FAILED_WORDS,
			     strlen(FAILED_WORDS)))
		i--;
	format_string(c->why, sizeof(c->why), "makedumpfile: %.100s (%.40s)",
		      i ? mdflog_message(log, i - 1) : "no message", end);
}

/* D1 and D2 */
static int check_end(struct capture *c)
{
	char text[80];

	if (!child_succeeded(&c->child)) {
		child_describe(&c->child, text, sizeof(text));
		report_failure("makedumpfile", c->config->vmcore, "%s", text);
		report_messages(&c->result->log);
		note_why(c, text);
		if (WIFSIGNALED(c->child.status) &&
		    WTERMSIG(c->child.status) == SIGKILL)
			report_hint("If memory ran out, reserve more with crashkernel=.");
		else
			report_hint("Check args= in [dump], which is [capture] in dumpflt.conf; does makedumpfile know this kernel?");
		return -EIO;
	}
	if (c->log_end && c->flat.file_size > c->log_place)
		report_warning("the dump file is larger than the memory of the crashed kernel, and reaches to where the kernel log is: 'dumpflt extract' knows which is which, makedumpfile -R does not");
	if (c->flat.state == FLAT_AT_END)
		return 0;
	report_failure("makedumpfile", c->config->vmcore,
		       "its output ends at byte %llu without an end marker",
		       c->flat.position);
	report_messages(&c->result->log);
	report_hint("The dump is cut; nothing behind that byte was saved.");
	return -EBADMSG;
}

/*
 * With one CPU, being woken by every piece that makedumpfile puts into the pipe
 * costs more switches than the dump has pages. A batch process does not take
 * the CPU away from the one that wakes it, so the pipe fills up first. Refused
 * or not, the dump is the same.
 */
static void let_pipe_fill(void)
{
	const struct sched_param param = { .sched_priority = 0 };

	sched_setscheduler(0, SCHED_BATCH, &param);
}

/**
 * makedumpfile_run() - run makedumpfile, and write what comes out of it
 * @c: a session of the stack is open, and its device
 *
 * Return: 0 if D1 to D3 hold, else a negative errno, which is reported
 */
int makedumpfile_run(struct capture *c)
{
	int ret;

	ret = start_makedumpfile(c);
	if (ret)
		return ret;
	let_pipe_fill();
	progress_start(&c->progress);
	ret = pump_stream(c);
	if (!ret)
		ret = await_exit(c);
	progress_end(&c->progress);
	if (!child_stop(&c->child))
		report_hint("makedumpfile (process %d) cannot be ended, and is left behind.",
			    c->child.pid);
	c->steps->child = 0;
	read_messages(c);
	mdflog_end(&c->result->log);
	child_close(&c->child);
	if (!ret)
		ret = check_end(c);
	if (!ret)
		ret = store_flush(c);
	return ret;
}

