/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading and unloading a capture kernel, by kexec-tools.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_DEPLOY_KEXEC_H
#define DUMPFLT_DEPLOY_KEXEC_H

#include <stdbool.h>

bool kexec_is_loaded(void);
int kexec_try(const char *kernel, const char *image, const char *cmdline);
int kexec_load_crash(const char *kernel, const char *image, const char *cmdline);
int kexec_unload_crash(void);

#endif
