/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions that the linker's --wrap puts in front of the C library's, and
 * what the parts of the stand-in share.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_TESTS_FAKE_KERNEL_H
#define DUMPFLT_TESTS_FAKE_KERNEL_H

#include <blkid/blkid.h>
#include <linux/types.h>
#include <stdbool.h>
#include <sys/types.h>

/* Bytes of a dump: all that was written */
#define FAKE_ALL	(~0ULL)

/* fake_kernel.c */
int __real_mkdir(const char *path, mode_t mode);
int __real_rmdir(const char *path);
ssize_t __real_write(int fd, const void *data, size_t len);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_rmdir(const char *path);
ssize_t __wrap_write(int fd, const void *data, size_t len);
const char *fake_disk(const char *device);
const char *fake_device(const char *stack);

/* fake_fault.c */
int __real_kill(pid_t pid, int signal);
int __wrap_kill(pid_t pid, int signal);
void fake_hang_at(const char *line);
int fake_fault(const char *stack, const char *line);

/* fake_files.c */
__attribute__((format(printf, 1, 2))) char *fake_path(const char *fmt, ...);
void fake_put(const char *path, const char *value);
const char *fake_get(const char *path);

/* fake_area.c */
bool fake_area_used(const char *stack);
int fake_area_live(const char *stack);
int fake_area_start(const char *stack);
int fake_area_end(const char *stack, __u64 bytes, bool whole, const char *why);
__u64 fake_area_room(const char *stack);

/* fake_node.c */
int __real_blkdev_number(const char *path, unsigned int *high, unsigned int *low);
int __wrap_blkdev_number(const char *path, unsigned int *high, unsigned int *low);
bool __real_target_is_device(const char *target);
bool __wrap_target_is_device(const char *target);
void fake_node_make(const char *stack, const char *device, const char *target);
bool fake_is_node(const char *path);

/* fake_disk.c */
ssize_t __real_pwrite64(int fd, const void *data, size_t len, off_t offset);
ssize_t __real_pread64(int fd, void *data, size_t len, off_t offset);
int __real_fsync(int fd);
ssize_t __wrap_pwrite64(int fd, const void *data, size_t len, off_t offset);
ssize_t __wrap_pread64(int fd, void *data, size_t len, off_t offset);
int __wrap_fsync(int fd);
int __real_mkdirat(int folder, const char *name, mode_t mode);
int __wrap_mkdirat(int folder, const char *name, mode_t mode);
int __real_unlinkat(int folder, const char *name, int flags);
int __wrap_unlinkat(int folder, const char *name, int flags);
int __real_renameat2(int from_fd, const char *from, int to_fd, const char *to,
		     unsigned int flags);
int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to,
		     unsigned int flags);
int __real_linkat(int from_fd, const char *from, int to_fd, const char *to,
		  int flags);
int __wrap_linkat(int from_fd, const char *from, int to_fd, const char *to,
		  int flags);
int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);
int __real_ioctl(int fd, unsigned long request, void *arg);
uid_t __real_geteuid(void);
uid_t __wrap_geteuid(void);
int __real_blkid_do_probe(blkid_probe probe);
int __wrap_blkid_do_probe(blkid_probe probe);
int __wrap_ioctl(int fd, unsigned long request, void *arg);
int fake_write_fault(const char *path, int fd, size_t len);

#endif
