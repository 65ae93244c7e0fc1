// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One dump from /proc/vmcore through the filters to the target.
 *
 * The kernel log comes first: see log.c. Without it there may be a dump all the
 * same.
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
#include <string.h>
#include <unistd.h>

#include "capture/run.h"
#include "capture/target.h"
#include "dumps/open.h"
#include "dumps/plain.h"
#include "kernel/claim.h"
#include "kernel/session.h"
#include "kernel/stack.h"
#include "lib/report.h"
#include "lib/text.h"
#include "lib/clock.h"

/* Prints the error, if any */
int capture_program(const struct config *config, char program[CONFIG_PATH_MAX])
{
	int ret = find_program(config->makedumpfile, program, CONFIG_PATH_MAX);

	if (ret) {
		report_error("looking for makedumpfile", config->makedumpfile, -ret);
		report_hint("Put it into the initramfs, or set makedumpfile= in [dump], which is [capture] in dumpflt.conf.");
	}
	return ret;
}

static int check_vmcore(const char *vmcore)
{
	int ret = access(vmcore, R_OK) ? -errno : 0;

	if (ret) {
		report_error("opening the memory of the crashed kernel", vmcore,
			     -ret);
		report_hint("Only the capture kernel has it, if CONFIG_PROC_VMCORE is set.");
	}
	return ret;
}

/* D4, or the end of a session that has failed */
static int end_capture_session(struct capture *c, int ret)
{
	const char *stack = c->config->stack.name;
	char value[KERNEL_VALUE_MAX];

	if (!ret)
		return session_finish(stack, c->result->bytes, value);
	if (!session_abort(stack, c->why[0] ? c->why : first_error()) &&
	    !kernel_stack_read(stack, KERNEL_LAST_ERROR, value) && value[0])
		report_hint("last_error: %s", value);
	if (c->result->log_bytes)
		report_hint("The kernel log is there: 'dumpflt extract%s --dmesg' gets it.",
			    c->config->stack.area ? " --salvage" : "");
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

	ret = stack_node(stack, c->result->device, path);
	if (ret)
		return ret;
	ret = blkout_open(&c->out, path);
	if (ret) {
		report_error("opening the stack device", c->result->device, -ret);
		return ret;
	}
	steps_enter(c->steps, STEP_START);
	ret = session_start(stack);
	if (!ret) {
		if (c->config->stack.area)
			note_slot(c->result);
		ret = stack_check_left_out(&c->config->stack, true);
		if (!ret)
			ret = log_keep(c);
		steps_enter(c->steps, STEP_DUMP);
		if (!ret)
			ret = makedumpfile_run(c);
		closed = blkout_close(&c->out);
		if (closed && !ret) {
			report_error("closing the stack device",
				     c->result->device, -closed);
			ret = closed;
		}
		steps_enter(c->steps, STEP_END);
		ret = end_capture_session(c, ret);
		if (!ret)
			note_durability(c->config, c->result);
	}
	blkout_close(&c->out);
	return ret;
}

/**
 * capture_find_area() - use the target as a dump area if it holds one
 * @config: of the stack area is set, and the filters of the policy are taken if
 *	no others were named
 *
 * An area whose headers are damaged is not written to: somebody may yet want
 * what is in it. Neither is what looks like somebody else's. Prints the error,
 * if any.
 *
 * Return: 0, also if there is no area and none is asked for; a negative errno
 */
int capture_find_area(struct config *config)
{
	struct stack_spec *stack = &config->stack;
	struct open_area open;
	int ret = 0;

	if (!stack->area)
		ret = area_find(stack->target, &stack->area);
	if (ret)
		area_report_open(stack->target, ret);
	if (ret)
		return ret;
	if (!stack->area)
		return config->overwrite ? 0 :
		       plain_check(stack->target, "overwrite = yes");
	ret = open_area(&open, stack->target, false);
	if (ret)
		return ret;
	ret = plain_check_live(&open);
	if (!ret)
		ret = area_complete(&open, stack);
	close_area(&open);
	return ret;
}

/* Is there a stack of this name already? Then it is not ours to take down */
static bool is_there(const struct capture *c)
{
	char state[KERNEL_VALUE_MAX];

	return !kernel_stack_read(c->config->stack.name, KERNEL_STATE, state);
}

/*
 * Another capture that uses the stack is worth more than this one: its dump is of the
 * same crash, and further on. Returns: see claim_stack(); what fails is reported
 */
static int claim(const struct capture *c)
{
	const char *stack = c->config->stack.name;
	char target[KERNEL_VALUE_MAX], process[40] = "";
	pid_t owner;
	int ret = claim_stack(stack, &owner);

	if (ret != -EBUSY)
		return ret;
	kernel_stack_read(stack, KERNEL_TARGET, target);
	if (owner)
		format_string(process, sizeof(process), " (process %d)", owner);
	report_failure("capture", stack,
		       "another capture%s is writing to '%s' through a stack of this name",
		       process, target);
	report_hint("Let it end: 'dumpflt status %s' shows how far it is.", stack);
	if (owner)
		report_hint("If its dump is not wanted, 'kill %d' makes it end in order.",
			    owner);
	return ret;
}

/* What else is looked for would only be found because of it */
static int check_alone(const struct capture *c)
{
	int ret = claim(c);

	claim_end(ret);
	return ret == -EBUSY ? ret : 0;
}

/* From the module to the target: what must be there before there is a stack */
static int find_target(struct capture *c)
{
	struct config *config = c->config;
	int ret;

	ret = kernel_attach();
	if (!ret)
		ret = check_alone(c);
	steps_enter(c->steps, STEP_TARGET);
	if (!ret)
		ret = target_wait(config->stack.target, config->wait_for_target);
	steps_enter(c->steps, STEP_AREA);
	if (!ret)
		ret = capture_find_area(config);
	/* the area may be gone, and its policy with it */
	if (!ret && !config->stack.nr_filters)
		report_warning("no filter: the dump is written to '%s' as it is, with all secrets that are in it",
			       config->stack.target);
	return ret;
}

/*
 * A capture that was killed with whoever was to clean up leaves a stack in which
 * a session was begun, and which nobody has open: the kernel says so when it is
 * to be taken down. What somebody has made and not begun is not touched.
 */
static int take_down_left(const struct capture *c)
{
	static const char * const begun[] = {
		DUMPFLT_STATE_STARTED, DUMPFLT_STATE_FINISHING,
		DUMPFLT_STATE_COMPLETE, DUMPFLT_STATE_FAILED,
		DUMPFLT_STATE_INTERRUPTED,
	};
	const char *stack = c->config->stack.name;
	char state[KERNEL_VALUE_MAX];
	int claimed = claim(c);
	size_t i;

	if (claimed == -EBUSY || kernel_stack_read(stack, KERNEL_STATE, state)) {
		claim_end(claimed);
		return claimed == -EBUSY ? claimed : 0;
	}
	for (i = 0; i < ARRAY_SIZE(begun); i++)
		if (!strcmp(state, begun[i]))
			break;
	if (i < ARRAY_SIZE(begun) && !stack_down(stack))
		report_warning("a stack '%s' was there, %s, and nobody was writing to it: it was taken down",
			       stack, state);
	claim_end(claimed);
	return 0;
}

/* A live stack of our own, the dump, and no stack any more */
static int use_stack(struct capture *c)
{
	struct config *config = c->config;
	__u64 start = now_ms();
	pid_t other;
	int claimed, ret;

	steps_enter(c->steps, STEP_LIVE);
	ret = take_down_left(c);
	if (ret)
		return ret;
	c->steps->ours = !is_there(c);
	ret = stack_up(&config->stack, true);
	if (ret) {
		/* it may not have gone, as long as the target has to answer */
		c->steps->ours = c->steps->ours && is_there(c);
		return ret;
	}
	/* at most somebody looks for a moment who it belongs to: the dump is worth more */
	claimed = claim_stack(config->stack.name, &other);
	ret = stack_check_left_out(&config->stack, false);
	if (!ret)
		ret = write_dump(c);
	c->result->ms = now_ms() - start;
	/* The dump is what it is, whether the stack goes or not */
	steps_enter(c->steps, STEP_DOWN);
	if (stack_down(config->stack.name))
		report_warning("the stack '%s' is still there",
			       config->stack.name);
	else
		c->steps->ours = false;
	claim_end(claimed);
	return ret;
}

/**
 * capture_run() - take the dump
 * @config: what, how and where to; completed from the dump area, if the target
 *	holds one
 * @result: filled, on error as far as it goes
 * @steps: told where it is
 *
 * Needs signals_hold(). Prints what goes wrong, and the progress.
 *
 * Return: 0 only if the dump is complete and durable, else a negative errno
 */
int capture_run(struct config *config, struct capture_result *result,
		struct steps *steps)
{
	struct capture c = {
		.config = config, .result = result, .steps = steps,
	};
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
	ret = find_target(&c);
	if (!ret)
		ret = use_stack(&c);
	blkout_free(&c.out);
	return ret;
}
