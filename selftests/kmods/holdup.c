// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions begin late: whoever calls one is held up there, on its CPU, as if the
 * host had taken that away. What others do in the meantime is what a test looks at.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/nmi.h>

#define SYMBOLS	4

static char *symbol[SYMBOLS];
static unsigned int nr;
module_param_array(symbol, charp, &nr, 0444);
MODULE_PARM_DESC(symbol, "which functions");

/* Of the next call of each; 0 afterwards */
static int ms[SYMBOLS];
static unsigned int nr_ms;
module_param_array(ms, int, &nr_ms, 0644);
MODULE_PARM_DESC(ms, "by how many milliseconds the next call is late");

static struct kprobe probes[SYMBOLS];

static int hold_up(struct kprobe *probe, struct pt_regs *regs)
{
	int wait = xchg(&ms[probe - probes], 0);
	ktime_t end = ktime_add_ms(ktime_get(), wait);

	while (wait && ktime_before(ktime_get(), end)) {
		touch_softlockup_watchdog();
		cpu_relax();
	}
	return 0;
}

static struct kprobe *all_probes[SYMBOLS];

static int __init holdup_init(void)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		probes[i].symbol_name = symbol[i];
		probes[i].pre_handler = hold_up;
		all_probes[i] = &probes[i];
	}
	return register_kprobes(all_probes, nr);
}

static void __exit holdup_exit(void)
{
	unregister_kprobes(all_probes, nr);
}

module_init(holdup_init);
module_exit(holdup_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("test: calls that are late");
