// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Making the kernel side available, and saying why it is not.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <sys/mount.h>
#include <unistd.h>

#include "kernel/kernel.h"
#include "kernel/module.h"
#include "lib/child.h"
#include "lib/report.h"

#define CONFIGFS_ROOT	"/sys/kernel/config"

static void modprobe(const char *module)
{
	char path[KERNEL_PATH_MAX];
	char *argv[3];

	if (find_program("modprobe", path, sizeof(path)))
		return;
	argv[0] = path;
	argv[1] = (char *)module;
	argv[2] = NULL;
	/* What matters is whether the subsystem appears, which the caller checks */
	child_run(path, argv);
}

static int mount_configfs(void)
{
	/* The mount point appears with configfs, which may be a module */
	if (access(CONFIGFS_ROOT, F_OK))
		modprobe("configfs");
	if (!mount("configfs", CONFIGFS_ROOT, "configfs",
		   MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return 0;
	/* EBUSY: it is mounted already */
	return errno == EBUSY ? 0 : -errno;
}

/** kernel_forbidden_hint() - what to do about EPERM and EACCES that the kernel does not explain */
const char *kernel_forbidden_hint(void)
{
	static const char all_the_same[] = {
		"This runs as root, and may not all the same: is it in a container, or does a security module forbid it? See dmesg."
	};

	return geteuid() ? "Run this as root." : all_the_same;
}

/* Whatever is missing, but for a root that was moved. @mounting: why configfs is not there */
static bool attach(int *mounting)
{
	*mounting = 0;
	if (kernel_present())
		return true;
	if (kernel_configfs_is_moved())
		return false;
	*mounting = mount_configfs();
	if (!*mounting && !kernel_present())
		modprobe("dumpflt");
	return kernel_present();
}

/**
 * kernel_attach_if_there() - make the kernel side available, for whoever can do without
 *
 * Return: whether it is. Prints nothing
 */
bool kernel_attach_if_there(void)
{
	int mounting;

	return attach(&mounting);
}

/**
 * kernel_attach() - make the kernel side available: mount configfs, load the module
 *
 * Return: 0 or a negative errno, which is reported
 */
int kernel_attach(void)
{
	char words[MODULE_WORDS_MAX];
	int mounting;

	if (attach(&mounting))
		return 0;
	if (mounting) {
		report_error("mounting configfs", CONFIGFS_ROOT, -mounting);
		report_hint("%s", mounting == -EPERM ? kernel_forbidden_hint() :
						       "The kernel needs CONFIG_CONFIGFS_FS.");
		return mounting;
	}
	report_failure("looking for the kernel module", "dumpflt",
		       "not loaded and not loadable");
	if (!kernel_configfs_is_moved() && module_why_core(words))
		report_hint("%s", words);
	else
		report_hint("Install the module for this kernel, run depmod and 'modprobe dumpflt'.");
	return -ENODEV;
}
