/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's /dev/snapshot: an image of the memory, made or restored.
 *
 * The functions return 0 or a negative errno, and print nothing: most of them are
 * called while the machine stands still.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_SNAPSHOT_H
#define DUMPFLT_HIBERNATE_SNAPSHOT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SNAPSHOT_NODE	"snapshot"
#define SNAPSHOT_DEVICE	"/dev/" SNAPSHOT_NODE

int snapshot_open(bool restore);
int snapshot_freeze(int fd);
void snapshot_thaw(int fd);
int snapshot_use_platform(int fd);
int snapshot_create(int fd, bool *resumed);
int snapshot_size(int fd, __u64 *size);
ssize_t snapshot_read(int fd, unsigned char *to, size_t len);
int snapshot_write(int fd, const unsigned char *from, size_t len);
bool snapshot_whole(int fd);
int snapshot_power_off(int fd);
int snapshot_suspend(int fd);
int snapshot_restore(int fd);

#endif
