// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps a folder of sysfs in memory for a while, as somebody may who has a reference to
 * its kobject: its last one then goes late.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/kernfs.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/workqueue.h>

static char *path;
module_param(path, charp, 0);
MODULE_PARM_DESC(path, "the folder");

static unsigned int ms;
module_param(ms, uint, 0);
MODULE_PARM_DESC(ms, "for how long");

static struct kobject *kept;

static void let_go(struct work_struct *work)
{
	kobject_put(kept);
}

static DECLARE_DELAYED_WORK(letting_go, let_go);

static int __init keep_init(void)
{
	struct kernfs_node *node;
	struct path found;
	int ret;

	ret = kern_path(path ?: "", LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &found);
	if (ret)
		return ret;
	node = d_inode(found.dentry)->i_private;
	kept = kobject_get(node->priv);
	path_put(&found);
	schedule_delayed_work(&letting_go, msecs_to_jiffies(ms));
	return 0;
}

static void __exit keep_exit(void)
{
	flush_delayed_work(&letting_go);
}

module_init(keep_init);
module_exit(keep_exit);

MODULE_DESCRIPTION("dumpflt tests: a kobject that stays for a while");
MODULE_AUTHOR("the dumpflt authors");
MODULE_LICENSE("GPL");
