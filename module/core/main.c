// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading of the core, in order and in the exact reverse.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/module.h>

#include "base/bounded.h"
#include "control/control.h"
#include "filter/filter.h"
#include "hibernation.h"
#include "layout/layout.h"
#include "module/version.h"
#include "reboot.h"

static int __init dumpflt_init(void)
{
	int ret;

	ret = dumpflt_bounded_init();
	if (ret)
		return ret;
	ret = dumpflt_registry_init();
	if (ret)
		goto out_bounded;
	ret = dumpflt_reboot_init();
	if (ret)
		goto out_registry;

	config_group_init(&dumpflt_subsys.su_group);
	mutex_init(&dumpflt_subsys.su_mutex);
	ret = configfs_register_subsystem(&dumpflt_subsys);
	if (ret)
		goto out_reboot;
	ret = dumpflt_hibernation_init();
	if (ret)
		goto out_configfs;
	dumpflt_mac_init();
	return 0;

out_configfs:
	configfs_unregister_subsystem(&dumpflt_subsys);
out_reboot:
	dumpflt_reboot_exit();
out_registry:
	dumpflt_registry_exit();
out_bounded:
	dumpflt_bounded_exit();
	return ret;
}

static void __exit dumpflt_exit(void)
{
	/*
	 * No stack is left: each folder pins this module until rmdir, and so
	 * does each filter, whose module uses our symbols.
	 */
	dumpflt_mac_exit();
	dumpflt_hibernation_exit();
	configfs_unregister_subsystem(&dumpflt_subsys);
	dumpflt_reboot_exit();
	dumpflt_registry_exit();
	dumpflt_bounded_exit();
}

module_init(dumpflt_init);
module_exit(dumpflt_exit);

MODULE_DESCRIPTION("Dump filters on the block path of the capture kernel");
MODULE_AUTHOR("the dumpflt authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(DUMPFLT_VERSION);
