// SPDX-License-Identifier: GPL-2.0-only
/*
 * Says what the kernel's random numbers are, when a hibernation writes its image, and in
 * the resumed kernel: both go on from the same state, and are to draw nothing twice.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/cpu.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/smp.h>
#include <linux/suspend.h>

/* What others draw in the meantime is not counted: more than they do */
#define DRAWS	64

static char *symbol;
module_param(symbol, charp, 0444);
MODULE_PARM_DESC(symbol, "the first call of which draws in the kernel that writes");

static atomic_t calls;

static void draw(void *who)
{
	u8 drawn[16];
	int i;

	for (i = 0; i < DRAWS; i++) {
		get_random_bytes(drawn, sizeof(drawn));
		pr_info("draws: %s %*phN\n", (const char *)who, (int)sizeof(drawn), drawn);
	}
}

static int begin(struct kprobe *probe, struct pt_regs *regs)
{
	if (atomic_inc_return(&calls) == 1)
		draw("written");
	return 0;
}

static struct kprobe probe = { .pre_handler = begin };

/* On each CPU: each has a state of its own */
static int tell(struct notifier_block *block, unsigned long event, void *unused)
{
	unsigned int cpu;

	if (event != PM_POST_HIBERNATION)
		return NOTIFY_DONE;
	cpus_read_lock();
	for_each_online_cpu(cpu)
		smp_call_function_single(cpu, draw, "resumed", 1);
	cpus_read_unlock();
	return NOTIFY_OK;
}

static struct notifier_block block = { .notifier_call = tell, .priority = INT_MAX };

static int __init draws_init(void)
{
	int ret;

	probe.symbol_name = symbol;
	ret = register_kprobe(&probe);
	if (!ret) {
		ret = register_pm_notifier(&block);
		if (ret)
			unregister_kprobe(&probe);
	}
	return ret;
}

static void __exit draws_exit(void)
{
	unregister_pm_notifier(&block);
	unregister_kprobe(&probe);
}

module_init(draws_init);
module_exit(draws_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("test: random numbers on both sides of a hibernation");
