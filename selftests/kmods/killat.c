// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who calls a function for the nth time is killed there: its signal waits when the
 * call ends.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched/signal.h>

static char *symbol;
module_param(symbol, charp, 0444);
MODULE_PARM_DESC(symbol, "which function");

static int nth;
module_param(nth, int, 0444);
MODULE_PARM_DESC(nth, "which call of it");

static atomic_t calls;

static int count(struct kprobe *probe, struct pt_regs *regs)
{
	if (atomic_inc_return(&calls) == nth)
		send_sig(SIGKILL, current, 1);
	return 0;
}

static struct kprobe probe = { .pre_handler = count };

static int __init killat_init(void)
{
	probe.symbol_name = symbol;
	return register_kprobe(&probe);
}

static void __exit killat_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(killat_init);
module_exit(killat_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("test: a process that is killed in a call");
