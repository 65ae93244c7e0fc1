// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One dump from /proc/vmcore through the filters to the target.
 *
 * makedumpfile's flattened stream goes from a pipe straight into the buffer
 * that is written to the stack device, and past the parser on its way, which
 * knows whether the end was reached. A dump is called complete only if all of
 * these hold, in this order:
 *
 *  D1  makedumpfile ended with exit code 0
 *  D2  its stream is a whole one: header, records, end marker, nothing behind
 *  D3  every byte of it was taken by the stack device
 *  D4  the session's finish succeeded and the state reads "complete"
 *
 * If any of them fails, the session is aborted and not finished, so that
 * nobody after us takes it for a good one.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/blkout.h"
#include "capture/capture.h"
#include "capture/target.h"
#include "dumps/open.h"
#include "flat/flat.h"
#include "kernel/session.h"
#include "kernel/spec_policy.h"
#include "kernel/stack.h"
#include "lib/child.h"
#include "lib/progress.h"
#include "lib/signals.h"
#include "lib/report.h"
#include "lib/text.h"
#include "lib/clock.h"

/* How long nothing may happen before the progress is looked at again */
#define POLL_MS		500
/* Flag for makedumpfile: the flattened format, to standard output */
#define FLATTENED	"-F"

struct capture {
	const struct config	*config;
	struct capture_result	*result;
	char			program[CONFIG_PATH_MAX];
	struct child		child;
	struct blkout		out;
	struct flat_parser	flat;
	struct progress		progress;
	bool			messages_end;
};

/* Prints the error, if any */
int capture_program(const struct config *config, char program[CONFIG_PATH_MAX])
{
	int ret = find_program(config->makedumpfile, program, CONFIG_PATH_MAX);

	if (ret) {
		report_error("looking for makedumpfile", config->makedumpfile, -ret);
		report_advice("Put it into the initramfs, or set makedumpfile= in [dump].");
	}
	return ret;
}

static int check_vmcore(const char *vmcore)
{
	int ret = access(vmcore, R_OK) ? -errno : 0;

	if (ret) {
		report_error("opening the memory of the crashed kernel", vmcore,
			     -ret);
		report_advice("Only the capture kernel has it, if CONFIG_PROC_VMCORE is set.");
	}
	return ret;
}

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
	return ret;
}

/* D2 as far as the stream goes so far */
static int check_stream(struct capture *c, const unsigned char *data, size_t len)
{
	struct flat_span span;
	enum flat_event event;

	do {
		event = flat_next(&c->flat, &data, &len, &span);
	} while (event == FLAT_DATA);
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

/* D3 */
static int flush_buffer(struct capture *c)
{
	int ret = blkout_flush(&c->out);

	if (!ret)
		return 0;
	report_error("writing the dump", c->result->device, -ret);
	if (ret == -ENOSPC && c->config->stack.area)
		report_advice("The slot on '%s' is full after %llu bytes: format it with fewer slots, or args = -l -d 31.",
			      c->config->stack.target, c->out.written);
	else if (ret == -ENOSPC)
		report_advice("'%s' is full after %llu bytes: use a larger one, or args = -l -d 31.",
			      c->config->stack.target, c->out.written);
	else
		report_advice("last_error says whether a filter failed or '%s' did.",
			      c->config->stack.target);
	return ret;
}

static void read_messages(struct capture *c)
{
	char text[1024];
	ssize_t n;

	do {
		n = read(c->child.err, text, sizeof(text));
		if (n > 0)
			mdflog_feed(&c->result->log, text, (size_t)n);
	} while (n > 0);
	c->messages_end = !n;
}

/* Read until there is no more, or the buffer was full and is written */
static int read_dump(struct capture *c, bool *end)
{
	unsigned char *to;
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
		c->out.have += (size_t)n;
		c->result->bytes += (size_t)n;
		ret = check_stream(c, to, (size_t)n);
		if (ret)
			return ret;
	} while (n && c->out.have < BLKOUT_SIZE);
	*end = !n;
	return *end ? 0 : flush_buffer(c);
}

static void show_progress(struct capture *c)
{
	const struct mdflog *log = &c->result->log;

	progress_show(&c->progress, log->phase[0] ? log->phase : "Dumping",
		      log->permille, c->result->bytes);
}

static int check_capture_stop(struct capture *c)
{
	if (!signals_stop())
		return 0;
	report_failure("writing the dump", c->result->device, "stopped by %s",
		       signals_stop_name());
	report_advice("What is on '%s' is not a whole dump.",
		      c->config->stack.target);
	return -EINTR;
}

/* Everything that makedumpfile writes, up to the end of its output */
static int pump_stream(struct capture *c)
{
	struct pollfd fds[2] = {
		{ .fd = c->child.out, .events = POLLIN },
		{ .fd = c->child.err, .events = POLLIN },
	};
	bool end = false;
	int ret = 0;

	while (!ret && !end) {
		signals_poll(fds, 2, POLL_MS);
		ret = check_capture_stop(c);
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
		ret = check_capture_stop(c);
	}
	return ret;
}

static void report_messages(const struct mdflog *log)
{
	size_t i;

	for (i = 0; i < mdflog_count(log); i++)
		report_advice("makedumpfile: %s", mdflog_message(log, i));
}

/* D1 and D2 */
static int check_end(struct capture *c)
{
	char text[80];

	if (!child_succeeded(&c->child)) {
		child_describe(&c->child, text, sizeof(text));
		report_failure("makedumpfile", c->config->vmcore, "%s", text);
		report_messages(&c->result->log);
		if (WIFSIGNALED(c->child.status) &&
		    WTERMSIG(c->child.status) == SIGKILL)
			report_advice("If memory ran out, reserve more with crashkernel=.");
		else
			report_advice("Check args= in [dump]; does makedumpfile know this kernel?");
		return -EIO;
	}
	if (c->flat.state == FLAT_AT_END)
		return 0;
	report_failure("makedumpfile", c->config->vmcore,
		       "its output ends at byte %llu without an end marker",
		       c->result->bytes);
	report_messages(&c->result->log);
	report_advice("The dump is cut; nothing behind that byte was saved.");
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

static int run_makedumpfile(struct capture *c)
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
	child_stop(&c->child);
	read_messages(c);
	mdflog_end(&c->result->log);
	child_close(&c->child);
	if (!ret)
		ret = check_end(c);
	if (!ret)
		ret = flush_buffer(c);
	return ret;
}

/* D4, or the end of a session that has failed */
static int end_capture_session(struct capture *c, int ret)
{
	const char *stack = c->config->stack.name;
	char value[KERNEL_VALUE_MAX];

	if (!ret)
		return session_finish(stack, c->result->bytes, value);
	if (!session_abort(stack) &&
	    !kernel_stack_read(stack, KERNEL_LAST_ERROR, value) && value[0])
		report_advice("last_error: %s", value);
	return ret;
}

/* Where in a dump area the dump is; who collects it wants to know */
static void note_slot(struct capture_result *result)
{
	char value[KERNEL_VALUE_MAX];

	if (!kernel_disk_read(result->device, KERNEL_SLOT, value))
		copy_string(result->slot, sizeof(result->slot), value);
	if (!kernel_disk_read(result->device, KERNEL_SESSION_ID, value))
		copy_string(result->session_id, sizeof(result->session_id),
			    value);
}

/* Whether a flush was needed, its driver knows; a server's cache it may not see */
static void note_durability(const struct config *config,
			    struct capture_result *result)
{
	char value[KERNEL_VALUE_MAX];

	if (kernel_disk_read(result->device, KERNEL_DURABILITY, value))
		return;
	copy_string(result->durability, sizeof(result->durability), value);
	if (!strcmp(value, DUMPFLT_DURABLE_WORD_WRITE_THROUGH) &&
	    target_is_nbd(config->stack.target))
		report_warning("'%s' is a network block device whose server takes no flush: the dump is durable only if the server writes through. require_flush = yes refuses such a target",
			       config->stack.target);
}

/* One session of the live stack */
static int write_dump(struct capture *c)
{
	const char *stack = c->config->stack.name;
	char path[KERNEL_PATH_MAX];
	int closed, ret;

	ret = stack_device(stack, c->result->device);
	if (ret)
		return ret;
	ret = kernel_device_path(c->result->device, path);
	if (!ret)
		ret = blkout_open(&c->out, path);
	if (ret) {
		report_error("opening the stack device", c->result->device, -ret);
		return ret;
	}
	ret = session_start(stack);
	if (!ret) {
		if (c->config->stack.area)
			note_slot(c->result);
		ret = stack_check_left_out(&c->config->stack, true);
		if (!ret)
			ret = run_makedumpfile(c);
		closed = blkout_close(&c->out);
		if (closed && !ret) {
			report_error("closing the stack device",
				     c->result->device, -closed);
			ret = closed;
		}
		ret = end_capture_session(c, ret);
		if (!ret)
			note_durability(c->config, c->result);
	}
	blkout_close(&c->out);
	return ret;
}

/**
 * capture_find_area() - use the target as a dump area if it holds one
 * @stack: area is set, and the filters of the policy are taken if no others
 *	were named
 *
 * An area whose headers are damaged is not written to: somebody may yet want
 * what is in it. Prints the error, if any.
 *
 * Return: 0, also if there is no area and none is asked for; a negative errno
 */
int capture_find_area(struct stack_spec *stack)
{
	struct open_area open;
	int ret = 0;

	if (!stack->area)
		ret = area_find(stack->target, &stack->area);
	if (ret)
		area_report_open(stack->target, ret);
	if (ret || !stack->area)
		return ret;
	ret = open_area(&open, stack->target, false);
	if (ret)
		return ret;
	if (stack->nr_filters)
		spec_critical_by_policy(stack, open.area.header);
	else
		ret = area_policy(&open, stack);
	close_area(&open);
	return ret;
}

/**
 * capture_run() - take the dump
 * @config: what, how and where to; completed from the dump area, if the target
 *	holds one
 * @result: filled, on error as far as it goes
 *
 * Needs signals_hold(). Prints what goes wrong, and the progress.
 *
 * Return: 0 only if the dump is complete and durable, else a negative errno
 */
int capture_run(struct config *config, struct capture_result *result)
{
	struct capture c = { .config = config, .result = result };
	__u64 start;
	int ret;

	memset(result, 0, sizeof(*result));
	mdflog_init(&result->log);
	flat_init(&c.flat);
	ret = capture_program(config, c.program);
	if (!ret)
		ret = check_vmcore(config->vmcore);
	if (ret)
		return ret;
	ret = blkout_alloc(&c.out);
	if (ret) {
		report_error("getting memory", "the buffer", -ret);
		return ret;
	}
	ret = kernel_attach();
	if (!ret)
		ret = target_wait(config->stack.target, config->wait_for_target);
	if (!ret)
		ret = capture_find_area(&config->stack);
	/* the area may be gone, and its policy with it */
	if (!ret && !config->stack.nr_filters)
		report_warning("no filter: the dump is written to '%s' as it is, with all secrets that are in it",
			       config->stack.target);
	start = now_ms();
	if (!ret)
		ret = stack_up(&config->stack, true);
	if (!ret) {
		ret = stack_check_left_out(&config->stack, false);
		if (!ret)
			ret = write_dump(&c);
		result->ms = now_ms() - start;
		/* The dump is what it is, whether the stack goes or not */
		if (stack_down(config->stack.name))
			report_warning("the stack '%s' is still there",
				       config->stack.name);
	}
	blkout_free(&c.out);
	return ret;
}
