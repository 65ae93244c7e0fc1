// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Beginning and ending a session of a stack.
 *
 * The functions print what went wrong and return a negative errno.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>

#include "kernel/session.h"
#include "kernel/stack.h"
#include "lib/report.h"
#include "lib/text.h"

static int begin_session(const char *stack, const char *word, const char *op)
{
	int ret = kernel_stack_write(stack, KERNEL_SESSION, word);

	if (ret)
		stack_report(op, stack, ret, ret == -EBUSY ?
			     "A session is open: end it with 'dumpflt finish'." :
			     NULL);
	return ret;
}

int session_start(const char *stack)
{
	int ret = begin_session(stack, DUMPFLT_SESSION_START, "start");

	if (!ret)
		stack_warn_left_out(stack);
	return ret;
}

int session_read(const char *stack)
{
	return begin_session(stack, DUMPFLT_SESSION_READ, "start --read");
}

/**
 * session_check_written() - has anything of a dump reached the stack?
 * @stack: name of it
 *
 * The kernel ends an empty dump as it ends any other; nobody who asks for that
 * by hand means it. A session that reads is none of this, and one that is not
 * there is the kernel's to refuse.
 *
 * Return: 0, or a negative errno, which is reported
 */
int session_check_written(const char *stack)
{
	char device[KERNEL_DEVICE_MAX], path[KERNEL_PATH_MAX];
	char value[KERNEL_VALUE_MAX];
	int ret;

	if (kernel_stack_read(stack, KERNEL_STATE, value) ||
	    strcmp(value, DUMPFLT_STATE_STARTED))
		return 0;
	ret = stack_node(stack, device, path);
	if (ret)
		return ret;
	ret = kernel_disk_read(device, KERNEL_DUMP_BYTES, value);
	if (ret) {
		stack_report("reading dump_bytes", stack, ret, NULL);
		return ret;
	}
	if (strcmp(value, "0"))
		return 0;
	report_failure("finish", stack, "nothing was written to %s", path);
	report_hint("Write the dump to it, or end the session with 'dumpflt finish %s --abort'.",
		    stack);
	return -ENODATA;
}

/*
 * Only what the kernel says afterwards counts: a dump is complete if finish
 * succeeded and the state reads "complete". @state is that word on success.
 * @bytes: exact length of the dump, or SESSION_ALL
 */
int session_finish(const char *stack, __u64 bytes, char state[KERNEL_VALUE_MAX])
{
	char before[KERNEL_VALUE_MAX], word[48] = DUMPFLT_SESSION_FINISH;
	int ret;

	if (bytes != SESSION_ALL)
		format_string(word, sizeof(word), DUMPFLT_SESSION_FINISH " %llu",
			      bytes);
	ret = kernel_stack_read(stack, KERNEL_STATE, before);
	if (!ret)
		ret = kernel_stack_write(stack, KERNEL_SESSION, word);
	if (!ret)
		ret = kernel_stack_read(stack, KERNEL_STATE, state);
	if (!ret && (!strcmp(state, DUMPFLT_STATE_FAILED) ||
		     !strcmp(state, DUMPFLT_STATE_INTERRUPTED) ||
		     (!strcmp(before, DUMPFLT_STATE_STARTED) &&
		      strcmp(state, DUMPFLT_STATE_COMPLETE)))) {
		report_failure("finish", stack, "the state is '%s'", state);
		return -EIO;
	}
	if (ret)
		stack_report("finish", stack, ret, ret == -EINVAL ?
			     "There may be no session: see 'dumpflt status'." :
			     NULL);
	return ret;
}

/**
 * session_check_open() - is there a session to abort?
 * @stack: name of it
 *
 * Return: 0, or a negative errno, which is reported
 */
int session_check_open(const char *stack)
{
	char state[KERNEL_VALUE_MAX];
	int ret = kernel_stack_read(stack, KERNEL_STATE, state);

	if (ret) {
		stack_report("abort", stack, ret, NULL);
		return ret;
	}
	if (!strcmp(state, DUMPFLT_STATE_STARTED) ||
	    !strcmp(state, DUMPFLT_STATE_READING) ||
	    !strcmp(state, DUMPFLT_STATE_FINISHING))
		return 0;
	report_failure("abort", stack, "there is no session, the state is '%s'",
		       state);
	return -EINVAL;
}

/*
 * End a dump that must not be called complete. The result of the write is that
 * of the session, which has failed anyway; the state says whether it ended.
 * @words: why, for its receipt, or NULL
 */
int session_abort(const char *stack, const char *words)
{
	char state[KERNEL_VALUE_MAX], word[SESSION_WORDS_MAX + 8];
	int written, ret;

	format_string(word, sizeof(word), words && words[0] ?
		      DUMPFLT_SESSION_ABORT " %.*s" : DUMPFLT_SESSION_ABORT,
		      SESSION_WORDS_MAX, words);
	/* one line, one value */
	word[strcspn(word, "\n")] = '\0';
	written = kernel_stack_write(stack, KERNEL_SESSION, word);
	ret = kernel_stack_read(stack, KERNEL_STATE, state);
	if (!ret && strcmp(state, DUMPFLT_STATE_FAILED) &&
	    strcmp(state, DUMPFLT_STATE_INTERRUPTED))
		ret = written ? written : -EIO;
	if (ret)
		stack_report("abort", stack, ret, NULL);
	return ret;
}
