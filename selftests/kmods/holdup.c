// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function begins late: whoever calls it is held up there, on its CPU, as if the
 * host had taken that away. What others do in the meantime is what a test looks at.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/nmi.h>

static char symbol[64];
module_param_string(symbol, symbol, sizeof(symbol), 0444);
MODULE_PARM_DESC(symbol, "which function");

/* Of the next call; 0 afterwards */
static int ms;
module_param(ms, int, 0644);
MODULE_PARM_DESC(ms, "by how many milliseconds the next call is late");

static int hold_up(struct kprobe *probe, struct pt_regs *regs)
{
	int wait = xchg(&ms, 0);
	ktime_t end = ktime_add_ms(ktime_get(), wait);

	while (wait && ktime_before(ktime_get(), end)) {
		touch_softlockup_watchdog();
		cpu_relax();
	}
	return 0;
}

static struct kprobe probe = {
	.symbol_name	= symbol,
	.pre_handler	= hold_up,
};

static int __init holdup_init(void)
{
	return register_kprobe(&probe);
}

static void __exit holdup_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(holdup_init);
module_exit(holdup_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("test: a call that is late");
