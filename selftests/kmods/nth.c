// SPDX-License-Identifier: GPL-2.0-only
/*
 * The n-th allocation of one task fails, on a kernel that has no fault injection.
 *
 * should_failslab() and should_fail_alloc_page() are asked before every allocation
 * whether it is to fail, also where nobody ever says yes. Here somebody does. With
 * pages the answer is taken only from those who can bear it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched.h>

static int task;
module_param(task, int, 0644);
MODULE_PARM_DESC(task, "process id of the task, 0: nobody's");

static unsigned int nth;
module_param(nth, uint, 0644);
MODULE_PARM_DESC(nth, "which allocation is to fail, from 1");

static atomic_t count = ATOMIC_INIT(0);

/* The n-th was reached: only then can the test know that something failed */
static unsigned int failed;
module_param(failed, uint, 0644);
MODULE_PARM_DESC(failed, "how many did fail");

/* Counting begins anew */
static int set_reset(const char *value, const struct kernel_param *param)
{
	atomic_set(&count, 0);
	failed = 0;
	return 0;
}

static const struct kernel_param_ops reset_ops = { .set = set_reset };

module_param_cb(reset, &reset_ops, NULL, 0200);

static bool is_the_one(void)
{
	return task && current->pid == task && in_task() &&
	       (unsigned int)atomic_inc_return(&count) == nth;
}

static int enter_slab(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	gfp_t gfp = (__force gfp_t)regs_get_kernel_argument(regs, 1);

	return gfp & __GFP_NOFAIL || !is_the_one();
}

static int leave_slab(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	regs_set_return_value(regs, -ENOMEM);
	failed++;
	return 0;
}

static int enter_page(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	gfp_t gfp = (__force gfp_t)regs_get_kernel_argument(regs, 0);

	return gfp & __GFP_NOFAIL || !is_the_one();
}

static int leave_page(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	regs_set_return_value(regs, true);
	failed++;
	return 0;
}

static struct kretprobe probes[] = {
	{
		.kp.symbol_name	= "should_failslab",
		.entry_handler	= enter_slab,
		.handler	= leave_slab,
		.maxactive	= 32,
	}, {
		.kp.symbol_name	= "should_fail_alloc_page",
		.entry_handler	= enter_page,
		.handler	= leave_page,
		.maxactive	= 32,
	},
};

static struct kretprobe *all_probes[] = { &probes[0], &probes[1] };

static int __init nth_init(void)
{
	return register_kretprobes(all_probes, ARRAY_SIZE(all_probes));
}

static void __exit nth_exit(void)
{
	unregister_kretprobes(all_probes, ARRAY_SIZE(all_probes));
}

module_init(nth_init);
module_exit(nth_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("test: the n-th allocation of a task fails");
