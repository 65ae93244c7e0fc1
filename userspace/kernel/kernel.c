// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Access to the kernel side: the only file that knows its paths.
 *
 * The roots can be moved with environment variables, so that the unit tests
 * can show a tree of their own:
 *
 *	DUMPFLT_CONFIGFS	instead of /sys/kernel/config
 *	DUMPFLT_SYSFS		instead of /sys
 *	DUMPFLT_DEV		instead of /dev
 *	DUMPFLT_MODULES		instead of /lib/modules/<release>
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kernel/kernel.h"
#include "lib/blkdev.h"
#include "lib/read_all.h"
#include "lib/report.h"
#include "lib/text.h"

#define CONFIGFS_ENV	"DUMPFLT_CONFIGFS"
#define CONFIGFS_ROOT	"/sys/kernel/config"
#define SYSFS_ENV	"DUMPFLT_SYSFS"
#define SYSFS_ROOT	"/sys"
#define DEV_ENV		"DUMPFLT_DEV"
#define DEV_ROOT	"/dev"
#define MODULES_ENV	"DUMPFLT_MODULES"

static const char *root(const char *env, const char *normal)
{
	const char *path = getenv(env);

	return path && path[0] ? path : normal;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

bool kernel_valid_stack(const char *stack)
{
	return valid_name(stack, DUMPFLT_STACK_NAME_MAX, "_-");
}

bool kernel_valid_filter(const char *filter)
{
	return valid_name(filter, DUMPFLT_NAME_MAX, "_");
}

/* @stack and @entry may be NULL: the path then is that of what is above */
static int config_path(char path[KERNEL_PATH_MAX], const char *stack,
		       const char *entry, const char *attr)
{
	bool fits = format_string(path, KERNEL_PATH_MAX, "%s/%s%s%s%s%s%s%s",
				  root(CONFIGFS_ENV, CONFIGFS_ROOT),
				  DUMPFLT_CONFIGFS_DIR,
				  stack ? "/" : "", stack ? stack : "",
				  entry ? "/" : "", entry ? entry : "",
				  attr ? "/" : "", attr ? attr : "");

	return fits ? 0 : -ENAMETOOLONG;
}

static int sysfs_path(char path[KERNEL_PATH_MAX], const char *device,
		      const char *entry, const char *attr)
{
	bool fits = format_string(path, KERNEL_PATH_MAX, "%s/block/%s/%s%s%s/%s",
				  root(SYSFS_ENV, SYSFS_ROOT), device,
				  DUMPFLT_SYSFS_DIR, entry ? "/" : "",
				  entry ? entry : "", attr);

	return fits ? 0 : -ENAMETOOLONG;
}

bool kernel_present(void)
{
	char path[KERNEL_PATH_MAX];

	return !config_path(path, NULL, NULL, NULL) && is_directory(path);
}

/* May this process make a stack? */
bool kernel_writable(void)
{
	char path[KERNEL_PATH_MAX];

	return !config_path(path, NULL, NULL, NULL) && !access(path, W_OK);
}

static int write_value(const char *path, const char *value)
{
	size_t len = strlen(value);
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	ssize_t n;
	int ret = 0;

	if (fd < 0)
		return -errno;
	n = write(fd, value, len);
	if (n < 0)
		ret = -errno;
	else if ((size_t)n != len)
		ret = -EIO;
	close(fd);
	return ret;
}

/* Without the newline at the end */
static int read_value(const char *path, char value[KERNEL_VALUE_MAX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t have;
	ssize_t n;

	value[0] = '\0';
	if (fd < 0)
		return -errno;
	n = read_all(fd, value, KERNEL_VALUE_MAX - 1);
	close(fd);
	for (have = n < 0 ? 0 : (size_t)n; have && value[have - 1] == '\n';)
		have--;
	value[have] = '\0';
	return n < 0 ? (int)n : 0;
}

int kernel_stack_create(const char *stack)
{
	char path[KERNEL_PATH_MAX];
	int ret = config_path(path, stack, NULL, NULL);

	if (ret)
		return ret;
	return mkdir(path, 0755) ? -errno : 0;
}

int kernel_stack_remove(const char *stack)
{
	char path[KERNEL_PATH_MAX];
	int ret = config_path(path, stack, NULL, NULL);

	if (ret)
		return ret;
	return rmdir(path) ? -errno : 0;
}

/* The folder of a stack, for a lock. Returns: a descriptor */
int kernel_stack_open(const char *stack)
{
	return kernel_stack_open_attr(stack, NULL, O_RDONLY | O_DIRECTORY);
}

/*
 * What kernel_stack_is() knows the stack again by: not a name, which the next
 * one may have, too. Returns: a descriptor
 */
int kernel_stack_hold(const char *stack)
{
	return kernel_stack_open_attr(stack, NULL, O_PATH | O_DIRECTORY);
}

/* Returns: whether the name is still that of the stack held by @fd */
bool kernel_stack_is(const char *stack, int fd)
{
	struct stat held, named;
	char path[KERNEL_PATH_MAX];

	return !config_path(path, stack, NULL, NULL) && !fstat(fd, &held) &&
	       !stat(path, &named) && held.st_ino == named.st_ino &&
	       held.st_dev == named.st_dev;
}

/* An attribute of it, for when it cannot be opened; NULL: its folder. Returns: a descriptor */
int kernel_stack_open_attr(const char *stack, const char *attr, int flags)
{
	char path[KERNEL_PATH_MAX];
	int ret = config_path(path, stack, NULL, attr);

	if (ret)
		return ret;
	ret = open(path, flags | O_CLOEXEC);
	return ret < 0 ? -errno : ret;
}

int kernel_stack_write(const char *stack, const char *attr, const char *value)
{
	return kernel_filter_write(stack, NULL, attr, value);
}

int kernel_stack_read(const char *stack, const char *attr,
		      char value[KERNEL_VALUE_MAX])
{
	return kernel_filter_read(stack, NULL, attr, value);
}

int kernel_filter_create(const char *stack, const char *entry)
{
	char path[KERNEL_PATH_MAX];
	int ret = config_path(path, stack, entry, NULL);

	if (ret)
		return ret;
	return mkdir(path, 0755) ? -errno : 0;
}

int kernel_filter_remove(const char *stack, const char *entry)
{
	char path[KERNEL_PATH_MAX];
	int ret = config_path(path, stack, entry, NULL);

	if (ret)
		return ret;
	return rmdir(path) ? -errno : 0;
}

int kernel_filter_write(const char *stack, const char *entry, const char *attr,
			const char *value)
{
	char path[KERNEL_PATH_MAX];
	int ret = config_path(path, stack, entry, attr);

	return ret ? ret : write_value(path, value);
}

int kernel_filter_read(const char *stack, const char *entry, const char *attr,
		       char value[KERNEL_VALUE_MAX])
{
	char path[KERNEL_PATH_MAX];
	int ret = config_path(path, stack, entry, attr);

	value[0] = '\0';
	return ret ? ret : read_value(path, value);
}

static int is_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* What does not fit has no name that we could have given */
static int add_name(struct kernel_names *names, const char *name)
{
	char (*larger)[KERNEL_NAME_MAX];

	larger = realloc(names->names, (names->nr + 1) * sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	names->names = larger;
	if (copy_string(larger[names->nr], sizeof(*larger), name))
		names->nr++;
	return 0;
}

/* The directories in @path, sorted. Attributes are files, and so left out */
static int list_directories(const char *path, struct kernel_names *names)
{
	struct dirent **entries;
	struct stat st;
	int fd, i, nr, ret = 0;

	memset(names, 0, sizeof(*names));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	nr = scandir(path, &entries, is_name, alphasort);
	if (nr < 0) {
		ret = -errno;
		close(fd);
		return ret;
	}
	for (i = 0; i < nr; i++) {
		if (!ret && !fstatat(fd, entries[i]->d_name, &st, 0) &&
		    S_ISDIR(st.st_mode))
			ret = add_name(names, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	close(fd);
	if (ret)
		kernel_names_free(names);
	return ret;
}

int kernel_stacks(struct kernel_names *stacks)
{
	char path[KERNEL_PATH_MAX];
	int ret = config_path(path, NULL, NULL, NULL);

	return ret ? ret : list_directories(path, stacks);
}

int kernel_filters(const char *stack, struct kernel_names *entries)
{
	char path[KERNEL_PATH_MAX];
	int ret = config_path(path, stack, NULL, NULL);

	return ret ? ret : list_directories(path, entries);
}

int kernel_disk_read(const char *device, const char *attr,
		     char value[KERNEL_VALUE_MAX])
{
	return kernel_instance_read(device, NULL, attr, value);
}

int kernel_instance_read(const char *device, const char *entry,
			 const char *attr, char value[KERNEL_VALUE_MAX])
{
	char path[KERNEL_PATH_MAX];
	int ret = sysfs_path(path, device, entry, attr);

	value[0] = '\0';
	return ret ? ret : read_value(path, value);
}

/* What sysfs knows of any block device, or of a partition as "<disk>/<partition>" */
int kernel_block_read(const char *device, const char *attr,
		      char value[KERNEL_VALUE_MAX])
{
	char path[KERNEL_PATH_MAX];

	value[0] = '\0';
	if (!format_string(path, sizeof(path), "%s/block/%s/%s",
			   root(SYSFS_ENV, SYSFS_ROOT), device, attr))
		return -ENAMETOOLONG;
	return read_value(path, value);
}

static int power_path(char path[KERNEL_PATH_MAX], const char *attr)
{
	return format_string(path, KERNEL_PATH_MAX, "%s/power/%s",
			     root(SYSFS_ENV, SYSFS_ROOT), attr) ? 0 : -ENAMETOOLONG;
}

/* How the machine sleeps and hibernates */
int kernel_power_read(const char *attr, char value[KERNEL_VALUE_MAX])
{
	char path[KERNEL_PATH_MAX];
	int ret = power_path(path, attr);

	value[0] = '\0';
	return ret ? ret : read_value(path, value);
}

int kernel_power_write(const char *attr, const char *value)
{
	char path[KERNEL_PATH_MAX];
	int ret = power_path(path, attr);

	return ret ? ret : write_value(path, value);
}

/* A node of the kernel's own in /dev. Returns: a descriptor */
int kernel_node_open(const char *name, int flags)
{
	char path[KERNEL_PATH_MAX];
	int fd;

	if (!format_string(path, sizeof(path), "%s/%s", root(DEV_ENV, DEV_ROOT), name))
		return -ENAMETOOLONG;
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* @device: empty for all disks */
int kernel_block_folders(const char *device, struct kernel_names *names)
{
	char path[KERNEL_PATH_MAX];

	if (!format_string(path, sizeof(path), "%s/block/%s",
			   root(SYSFS_ENV, SYSFS_ROOT), device))
		return -ENAMETOOLONG;
	return list_directories(path, names);
}

/**
 * kernel_device_path() - where the node of a disk is
 * @device: name of the disk
 * @path: of its node; set whatever is there
 *
 * A node is only a name: a program that writes to it before there is a disk
 * leaves a file, and the kernel then makes no node.
 *
 * Return: 0 if it is the block device that sysfs knows by that name; -ENOTBLK
 * or -ENODEV if it is no or another block device, or another negative errno
 */
int kernel_device_path(const char *device, char path[KERNEL_PATH_MAX])
{
	char number[KERNEL_PATH_MAX], value[KERNEL_VALUE_MAX], found[32];
	unsigned int high, low;
	int ret;

	if (!format_string(path, KERNEL_PATH_MAX, "%s/%s",
			   root(DEV_ENV, DEV_ROOT), device) ||
	    !format_string(number, sizeof(number), "%s/block/%s/dev",
			   root(SYSFS_ENV, SYSFS_ROOT), device))
		return -ENAMETOOLONG;
	ret = read_value(number, value);
	if (!ret)
		ret = blkdev_number(path, &high, &low);
	if (ret)
		return ret;
	format_string(found, sizeof(found), "%u:%u", high, low);
	return strcmp(found, value) ? -ENODEV : 0;
}

/* Where sysfs has the module of a filter, once it is loaded */
int kernel_module_path(const char *filter, char path[KERNEL_PATH_MAX])
{
	return format_string(path, KERNEL_PATH_MAX, "%s/module/dumpflt_%s",
			     root(SYSFS_ENV, SYSFS_ROOT), filter) ?
	       0 : -ENAMETOOLONG;
}

/* Where the modules of this kernel are */
int kernel_modules_folder(char path[KERNEL_PATH_MAX])
{
	char normal[KERNEL_PATH_MAX / 2];
	struct utsname uts;

	if (uname(&uts) ||
	    !format_string(normal, sizeof(normal), "/lib/modules/%s", uts.release) ||
	    !format_string(path, KERNEL_PATH_MAX, "%s", root(MODULES_ENV, normal)))
		return -ENAMETOOLONG;
	return 0;
}

/* A root that was moved is not the kernel's: nothing is loaded or mounted */
bool kernel_is_moved(void)
{
	return getenv(CONFIGFS_ENV) || getenv(MODULES_ENV);
}

bool kernel_configfs_is_moved(void)
{
	return getenv(CONFIGFS_ENV);
}

/* Adds the filter that a line of modules.alias names, if it names one */
static int add_alias(struct kernel_names *names, const char *line)
{
	char alias[DUMPFLT_NAME_MAX + 1];

	if (sscanf(line, "alias dumpflt-%24[a-z0-9_] ", alias) != 1 ||
	    !kernel_valid_filter(alias))
		return 0;
	return add_name(names, alias);
}

/* The filters that modprobe would find for this kernel */
int kernel_available_filters(struct kernel_names *filters)
{
	char folder[KERNEL_PATH_MAX], path[KERNEL_PATH_MAX + 16], line[1024];
	FILE *file;
	int ret = 0;

	memset(filters, 0, sizeof(*filters));
	if (kernel_modules_folder(folder))
		return -ENAMETOOLONG;
	snprintf(path, sizeof(path), "%s/modules.alias", folder);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (!ret && fgets(line, sizeof(line), file))
		ret = add_alias(filters, line);
	fclose(file);
	if (ret)
		kernel_names_free(filters);
	return ret;
}

void kernel_names_free(struct kernel_names *names)
{
	free(names->names);
	memset(names, 0, sizeof(*names));
}
