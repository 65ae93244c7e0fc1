// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does one wrong thing when it is loaded, for the sanitizer that is to see it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timer.h>

static char what[16];
module_param_string(what, what, sizeof(what), 0);
MODULE_PARM_DESC(what, "overrun, shift, order, sleep, leak, object, list");

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static void overrun(void)
{
	u8 *memory = kmalloc(32, GFP_KERNEL);

	/* the compiler sees it, too, if it can */
	OPTIMIZER_HIDE_VAR(memory);
	if (memory)
		memory[32] = 1;
	kfree(memory);
}

static void shift(void)
{
	int bits = 40;

	OPTIMIZER_HIDE_VAR(bits);
	pr_info("%d\n", 1 << bits);
}

static void order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void sleep(void)
{
	preempt_disable();
	might_sleep();
	preempt_enable();
}

static void leak(void)
{
	void *memory = kmalloc(4096, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(memory);
}

static void never(struct timer_list *unused)
{
}

static void object(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, never, 0);
	mod_timer(timer, jiffies + MAX_JIFFY_OFFSET);
	kfree(timer);
}

static void list(void)
{
	LIST_HEAD(head);
	struct list_head entry;

	list_add(&entry, &head);
	list_del(&entry);
	list_del(&entry);
}

static const struct {
	const char *name;
	void (*misdeed)(void);
} misdeeds[] = {
	{ "overrun",	overrun },
	{ "shift",	shift },
	{ "order",	order },
	{ "sleep",	sleep },
	{ "leak",	leak },
	{ "object",	object },
	{ "list",	list },
};

static int __init misdeed_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(misdeeds); i++) {
		if (strcmp(what, misdeeds[i].name))
			continue;
		misdeeds[i].misdeed();
		return 0;
	}
	return -EINVAL;
}

static void __exit misdeed_exit(void)
{
}

module_init(misdeed_init);
module_exit(misdeed_exit);

MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Test module that does one wrong thing");
MODULE_LICENSE("GPL");
