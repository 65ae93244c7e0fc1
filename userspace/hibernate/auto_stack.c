// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The stack that an image goes through, there and back.
 *
 * It has "auto": the kernel loads it when /dev/snapshot is opened, and unloads it when that
 * is closed, also if this process is killed. So no key outlives whoever needed it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>

#include "hibernate/auto_stack.h"
#include "hibernate/snapshot.h"
#include "kernel/claim.h"
#include "kernel/stack.h"
#include "lib/report.h"

static const char stack[] = AUTO_STACK;

/* One that was killed has left its stack, which the kernel has unloaded by now */
static int take_down_left(const char *op)
{
	char value[KERNEL_VALUE_MAX];
	pid_t owner;
	int claimed, ret = 0;

	if (kernel_stack_read(stack, KERNEL_AUTO, value))
		return 0;
	claimed = claim_stack(stack, &owner);
	if (claimed == -EBUSY || strcmp(value, "1")) {
		report_failure(op, stack, claimed == -EBUSY ?
			       "another process hibernates through a stack of this name" :
			       "there is a stack of this name already");
		report_hint("'dumpflt status %s' shows it.", stack);
		ret = -EBUSY;
	} else {
		ret = stack_down(stack);
	}
	claim_end(claimed);
	return ret;
}

/*
 * It is live for a moment: that loads the modules of its filters, which cannot be loaded
 * any more when a hibernation begins, and whatever is wrong with it is known now.
 */
static int configure(const struct stack_spec *spec)
{
	int ret = stack_up(spec, true);

	if (ret)
		return ret;
	ret = stack_check_left_out(spec, false);
	if (!ret)
		ret = stack_unload(stack);
	if (!ret) {
		ret = kernel_stack_write(stack, KERNEL_AUTO, "1");
		if (ret)
			stack_report("setting auto", stack, ret, NULL);
	}
	if (ret)
		stack_down(stack);
	return ret;
}

/**
 * auto_stack_up() - have the stack that goes live as soon as /dev/snapshot is opened
 * @spec: what it is to be; its name is AUTO_STACK
 * @op: what it is for, in words
 * @claimed: filled, for auto_stack_down()
 *
 * Return: 0 or a negative errno, which is reported
 */
int auto_stack_up(const struct stack_spec *spec, const char *op, int *claimed)
{
	pid_t other;
	int ret;

	ret = take_down_left(op);
	if (!ret)
		ret = configure(spec);
	if (ret)
		return ret;
	/* at most somebody looks for a moment who it belongs to */
	*claimed = claim_stack(stack, &other);
	return 0;
}

/* Return: 0 or a negative errno, which is reported */
int auto_stack_down(int claimed)
{
	int ret = stack_down(stack);

	claim_end(claimed);
	return ret;
}

/* Why /dev/snapshot cannot be opened: @err, or what the stack says */
void auto_stack_report(int err)
{
	static const char busy[] = "Somebody else hibernates, or a stack has a session open.";
	static const char forbidden[] = {
		"Secure Boot's lockdown, 'nohibernate' or somebody's memfd_secret(2) may forbid it."
	};

	stack_report("opening " SNAPSHOT_DEVICE, stack, err, err == -EBUSY ? busy :
		     err == -EPERM ? forbidden : NULL);
}
