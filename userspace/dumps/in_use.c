// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who uses a block device, or the file behind a loop device or of a virtual machine?
 *
 * The kernel lets nobody open a device for himself that is mounted, or the target of a
 * stack. Of the file behind a loop device it does not say that: who writes to it destroys
 * what is mounted there.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumps/in_use.h"
#include "kernel/kernel.h"
#include "lib/blkdev.h"
#include "lib/text.h"

/* In place of what the kernel says of this process, for tests */
#define MOUNTINFO_ENV	"DUMPFLT_MOUNTINFO"

#define NUMBER_MAX	32
#define MOUNT_MAX	256

/* QEMU's: from 100 on what it does, from 200 on what nobody else is to do */
#define MACHINE_LOCKS		100
#define MACHINE_LOCKS_END	264

/* A file system may have a number of its own, so that its source counts, too */
static bool is_source(const char *line, const char *device)
{
	const char *name = strrchr(device, '/'), *end = strstr(line, " - ");
	char source[MOUNT_MAX];

	name = name ? name + 1 : device;
	return end && sscanf(end, " - %*s /dev/%255s", source) == 1 &&
	       !strcmp(source, name);
}

/* @number: of @device, as in "7:0". See proc_pid_mountinfo(5) */
static bool find_mount(const char *device, const char *number,
		       char words[IN_USE_TEXT_MAX])
{
	const char *path = getenv(MOUNTINFO_ENV);
	FILE *file = fopen(path ? path : "/proc/self/mountinfo", "re");
	char *line = NULL, other[NUMBER_MAX], where[MOUNT_MAX];
	bool found = false;
	size_t size = 0;

	if (!file)
		return false;
	while (!found && getline(&line, &size, file) > 0)
		found = sscanf(line, "%*s %*s %31s %*s %255s", other, where) == 2 &&
			(!strcmp(other, number) || is_source(line, device));
	if (found)
		format_string(words, IN_USE_TEXT_MAX, "mounted on '%s'", where);
	free(line);
	fclose(file);
	return found;
}

static bool find_stack(const char *number, char words[IN_USE_TEXT_MAX])
{
	char value[KERNEL_VALUE_MAX], target[NUMBER_MAX];
	struct kernel_names stacks;
	unsigned int high, low;
	bool found = false;
	size_t i;

	if (kernel_stacks(&stacks))
		return false;
	for (i = 0; i < stacks.nr && !found; i++) {
		if (kernel_stack_read(stacks.names[i], KERNEL_LIVE, value) ||
		    strcmp(value, "1") ||
		    kernel_stack_read(stacks.names[i], KERNEL_TARGET, value) ||
		    blkdev_number(value, &high, &low))
			continue;
		format_string(target, sizeof(target), "%u:%u", high, low);
		found = !strcmp(target, number);
		if (found)
			format_string(words, IN_USE_TEXT_MAX,
				      "the target of the stack '%s'", stacks.names[i]);
	}
	kernel_names_free(&stacks);
	return found;
}

/**
 * in_use_device() - by whom, as far as that has a name?
 * @path: of a block device
 * @words: set to what fits behind "it is "
 *
 * Return: true if that is known
 */
bool in_use_device(const char *path, char words[IN_USE_TEXT_MAX])
{
	char number[NUMBER_MAX];
	unsigned int high, low;

	if (blkdev_number(path, &high, &low))
		return false;
	format_string(number, sizeof(number), "%u:%u", high, low);
	return find_mount(path, number, words) || find_stack(number, words);
}

/* @device: or a partition of it, as a folder below /sys/block */
static bool find_user(const char *device, char words[IN_USE_TEXT_MAX])
{
	char value[KERNEL_VALUE_MAX], holders[KERNEL_PATH_MAX];
	struct kernel_names names;
	bool found;

	if (kernel_block_read(device, "dev", value))
		return false;
	if (find_mount(device, value, words) || find_stack(value, words))
		return true;
	format_string(holders, sizeof(holders), "%s/holders", device);
	if (kernel_block_folders(holders, &names))
		return false;
	found = names.nr;
	if (found)
		format_string(words, IN_USE_TEXT_MAX, "used by '%s'", names.names[0]);
	kernel_names_free(&names);
	return found;
}

/* Whoever it is: who has it for himself lets nobody else have it so */
static bool is_claimed(const char *device, char words[IN_USE_TEXT_MAX])
{
	char path[KERNEL_PATH_MAX];
	int fd;

	if (kernel_device_path(device, path))
		return false;
	fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	else if (errno == EBUSY)
		format_string(words, IN_USE_TEXT_MAX, "used by somebody");
	return fd < 0 && errno == EBUSY;
}

static bool find_loop_user(const char *device, char words[IN_USE_TEXT_MAX])
{
	char partition[KERNEL_PATH_MAX];
	struct kernel_names names;
	bool found = find_user(device, words);
	size_t i;

	if (found || kernel_block_folders(device, &names))
		return found;
	for (i = 0; i < names.nr && !found; i++) {
		if (strncmp(names.names[i], device, strlen(device)))
			continue;
		format_string(partition, sizeof(partition), "%s/%s", device,
			      names.names[i]);
		found = find_user(partition, words);
	}
	kernel_names_free(&names);
	return found || is_claimed(device, words);
}

/*
 * By its number, or by its name: a file system may give stat(2) another number, and
 * who is not root may not ask the device, but the name may be that of another folder
 */
static bool is_behind(const char *device, const struct stat *file)
{
	char path[KERNEL_PATH_MAX], name[KERNEL_VALUE_MAX];
	struct loop_info64 loop;
	bool found = false;
	struct stat st;
	int fd;

	if (kernel_block_read(device, "loop/backing_file", name))
		return false;
	fd = kernel_device_path(device, path) ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		found = !ioctl(fd, LOOP_GET_STATUS64, &loop) &&
			loop.lo_inode == file->st_ino && loop.lo_device == file->st_dev;
		close(fd);
	}
	return found || (!stat(name, &st) && st.st_ino == file->st_ino &&
			 st.st_dev == file->st_dev);
}

/**
 * in_use_machine() - does a virtual machine have it open?
 * @fd: of a file or a device
 *
 * QEMU locks single bytes of what it opens, by which several of it agree (its manual:
 * "image locking"), and writes nothing there. With locking=off nobody can tell.
 *
 * Return: true if so
 */
bool in_use_machine(int fd)
{
	struct flock lock = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = MACHINE_LOCKS,
		.l_len = MACHINE_LOCKS_END - MACHINE_LOCKS,
	};

	return !fcntl(fd, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK;
}

/**
 * in_use_file() - does somebody use it through a loop device?
 * @fd: of it
 * @words: set to what fits behind "it is behind "
 *
 * Return: true if so
 */
bool in_use_file(int fd, char words[IN_USE_TEXT_MAX])
{
	char user[IN_USE_TEXT_MAX];
	struct kernel_names names;
	bool found = false;
	struct stat st;
	size_t i;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || kernel_block_folders("", &names))
		return false;
	for (i = 0; i < names.nr && !found; i++) {
		found = !strncmp(names.names[i], "loop", 4) &&
			is_behind(names.names[i], &st) &&
			find_loop_user(names.names[i], user);
		if (found)
			format_string(words, IN_USE_TEXT_MAX, "/dev/%s, which is %.270s",
				      names.names[i], user);
	}
	kernel_names_free(&names);
	return found;
}
