// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps a text in the kernel's heap, for tests that look for it in a dump.
 *
 * Each copy is in a page of its own with random bytes around it, which
 * makedumpfile cannot compress and stores as they are.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#define COPIES		16
#define TEXT_MAX	64

static char text[TEXT_MAX];
module_param_string(text, text, sizeof(text), 0);
MODULE_PARM_DESC(text, "what to keep");

static char *copies[COPIES];

static void forget(void)
{
	unsigned int i;

	for (i = 0; i < COPIES; i++)
		kfree_sensitive(copies[i]);
}

static int __init canary_init(void)
{
	unsigned int i;

	for (i = 0; i < COPIES; i++) {
		copies[i] = kmalloc(PAGE_SIZE, GFP_KERNEL);
		if (!copies[i]) {
			forget();
			return -ENOMEM;
		}
		get_random_bytes(copies[i], PAGE_SIZE);
		memcpy(copies[i] + PAGE_SIZE / 4, text, strlen(text));
	}
	return 0;
}

static void __exit canary_exit(void)
{
	forget();
}

module_init(canary_init);
module_exit(canary_exit);

MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Test module that keeps a text in the heap");
MODULE_LICENSE("GPL");
