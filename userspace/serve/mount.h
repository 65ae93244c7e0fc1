/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a server shows, as a file, by nbdfuse.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_MOUNT_H
#define DUMPFLT_MOUNT_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/**
 * struct mount - a file that is shown
 * @pid: of nbdfuse; 0: there is none
 * @folder: it is mounted on
 * @file: in there
 */
struct mount {
	pid_t	pid;
	char	folder[PATH_MAX];
	char	file[PATH_MAX];
};

int mount_file(struct mount *mount, const char *folder, const char *name, const char *socket);
bool mount_ended(struct mount *mount);
bool mount_end(struct mount *mount);

#endif
