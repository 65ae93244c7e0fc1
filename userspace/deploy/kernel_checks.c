// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Would the running kernel take a capture kernel, and is there memory for it?
 *
 * The functions print what is wrong, and what to do, and return a negative errno.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "deploy/kernelfile.h"
#include "deploy/marker.h"
#include "deploy/plan.h"
#include "deploy/remedy.h"
#include "lib/report.h"

#define OP		"looking at the running kernel"
/*
 * What a capture needs beside kernel and image: the tool's buffers, bounce
 * buffers of filters, makedumpfile with its bitmaps, slab, drivers
 */
#define WORK_BYTES	(24ULL << 20)

/* To begin with, if it is not known what is needed */
#define CRASHKERNEL_MIB	256

static int check_vmcore(void)
{
	if (!root_exists("/proc/vmcore"))
		return 0;
	report_failure(OP, "/proc/vmcore", "this is a capture kernel");
	report_hint("The next boot is the one to arm.");
	return -EBUSY;
}

/* Under lockdown a kernel is taken only if its signature is known, and the keys come by EFI */
static int check_lockdown(void)
{
	char line[4096];

	if (!root_is_locked_down())
		return 0;
	if (!root_exists("/sys/firmware/efi")) {
		report_failure(OP, "/sys/kernel/security/lockdown", "it is locked down without EFI: no key is known that kernels are signed with");
		report_hint("Boot without lockdown=, or with UEFI and Secure Boot.");
		return -EPERM;
	}
	root_line("/proc/cmdline", line, sizeof(line));
	if (strstr(line, "noefi")) {
		report_failure(OP, "/proc/cmdline", "it is locked down and was booted with noefi: the capture kernel would know no key of its modules");
		report_hint("Boot without noefi.");
		return -EPERM;
	}
	return 0;
}

int check_kernel(struct plan *plan)
{
	int ret;

	if (!root_line("/proc/sys/kernel/osrelease", plan->release, sizeof(plan->release))) {
		report_failure(OP, "/proc/sys/kernel/osrelease", "it cannot be read");
		return -ENOENT;
	}
	this_boot(plan->boot);
	ret = check_vmcore();
	if (!ret)
		ret = check_lockdown();
	if (ret)
		return ret;
	if (!copy_string(plan->kernel, sizeof(plan->kernel), plan->settings.kernel) ||
	    (!plan->kernel[0] &&
	     !format_string(plan->kernel, sizeof(plan->kernel), "/boot/vmlinuz-%s",
			    plan->release)))
		return -ENAMETOOLONG;
	return kernelfile_check(plan->kernel, plan->release, &plan->kernel_bytes);
}

/**
 * plan_need() - memory that should be reserved
 * @plan: with the sizes of kernel and image
 * @work: what a capture needs beside them
 *
 * The image is there twice while it is unpacked; packed it is about half of it.
 *
 * Return: bytes
 */
__u64 plan_need(const struct plan *plan, __u64 work)
{
	return plan->kernel_bytes + plan->image_bytes * 3 / 2 + work;
}

/* For crashkernel=, as people choose it */
__u64 plan_crashkernel_mib(__u64 need)
{
	return (need >> 20) / 64 * 64 + 64;
}

/* A kernel's parameters are read at boot: what is typed now helps at the next one */
static void hint_crashkernel(const struct plan *plan, bool whole)
{
	__u64 mib = plan_crashkernel_mib(plan->need);

	if (!whole && mib < CRASHKERNEL_MIB)
		mib = CRASHKERNEL_MIB;
	remedy_crashkernel(mib);
}

/**
 * check_reserve() - is there memory for the capture kernel?
 * @plan: with what else is known
 * @whole: that is all that there is to know: kernel and image have their sizes
 *
 * It takes a reboot to reserve some, so who has none hears of it at once,
 * whatever else is missing.
 *
 * Return: 0, or a negative errno, which is reported
 */
int check_reserve(struct plan *plan, bool whole)
{
	char line[32];

	plan->need = plan_need(plan, WORK_BYTES);
	if (root_line("/sys/kernel/kexec_crash_size", line, sizeof(line)))
		parse_number(line, 0, ~0ULL, &plan->reserve);
	/* in a capture kernel there is none, which is not what stands in the way */
	if (!plan->reserve && (whole || !root_exists("/proc/vmcore"))) {
		report_failure("looking for memory", "/sys/kernel/kexec_crash_size",
			       "nothing is reserved for a capture kernel");
		hint_crashkernel(plan, whole);
		return -ENOMEM;
	}
	if (!whole || plan->reserve >= plan->need)
		return 0;
	report_failure("looking for memory", "/sys/kernel/kexec_crash_size",
		       "%llu MiB are reserved, and kernel and image need about %llu MiB",
		       plan->reserve >> 20, plan->need >> 20);
	hint_crashkernel(plan, true);
	return -ENOMEM;
}
