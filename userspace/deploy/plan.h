/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plan: all that is known before an image is built, and whether it may be loaded.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_DEPLOY_PLAN_H
#define DUMPFLT_DEPLOY_PLAN_H

#include "deploy/cmdline.h"
#include "deploy/modules.h"
#include "deploy/programs.h"
#include "deploy/settings.h"
#include "lib/handover.h"

#define PLAN_RELEASE_MAX	65
#define PLAN_WHY_MAX		160

/**
 * struct plan - what is to be loaded
 * @path: of the configuration file, whole
 * @settings: that are in it
 * @config: what the capture kernel will do
 * @args: for makedumpfile instead of the configured ones, empty if there is no reason
 * @args_why: that reason
 * @release: of the kernel that runs, and that will be loaded
 * @boot: id of this boot
 * @kernel: its file
 * @id: of the dump area
 * @device: that it is on now
 * @modules: for the image
 * @programs: likewise
 * @cmdline: of the capture kernel
 * @kernel_bytes: memory that the kernel itself needs
 * @image_bytes: of the files of the image
 * @need: bytes that crashkernel= should reserve
 * @reserve: bytes that it does
 */
struct plan {
	char			path[CONFIG_PATH_MAX];
	struct settings		settings;
	struct config		config;
	char			args[ARGS_TEXT_MAX];
	char			args_why[PLAN_WHY_MAX];
	char			release[PLAN_RELEASE_MAX];
	char			boot[HANDOVER_BOOT_MAX];
	char			kernel[CONFIG_PATH_MAX];
	__u8			id[AREA_ID_SIZE];
	char			device[AREA_DEVICE_MAX];
	struct module_set	modules;
	struct programs		programs;
	char			cmdline[CMDLINE_MAX];
	__u64			kernel_bytes;
	__u64			image_bytes;
	__u64			need;
	__u64			reserve;
};

int plan_make(struct plan *plan, const char *path);
void plan_args(const struct plan *plan, char text[ARGS_TEXT_MAX]);
void plan_free(struct plan *plan);

/* kernel_checks.c */
int check_kernel(struct plan *plan);
int check_reserve(struct plan *plan, bool whole);
__u64 plan_need(const struct plan *plan, __u64 work);
__u64 plan_crashkernel_mib(__u64 need);

/* area_checks.c */
int check_area(struct plan *plan);

#endif
