/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Access to the kernel side: the only file that knows its paths.
 *
 * All functions return 0 or a negative errno, and print nothing unless their
 * comment says so. Names must have been checked: see kernel_valid_stack().
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_KERNEL_H
#define DUMPFLT_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include <uapi/linux/dumpflt.h>

/* Longest value of any attribute, with the terminating NUL: a page */
#define KERNEL_VALUE_MAX	4097
/* Longest path this file makes */
#define KERNEL_PATH_MAX		512
/* "<NN>-<filter>" with the terminating NUL */
#define KERNEL_ENTRY_MAX	(DUMPFLT_NAME_MAX + 3)
/* "dumpflt<N>" with the terminating NUL, as long as any disk name may be */
#define KERNEL_DEVICE_MAX	32

/* Attributes of a stack */
#define KERNEL_TARGET		"target"
#define KERNEL_TYPE		"type"
#define KERNEL_MAX_PAGES	"max_pages"
#define KERNEL_TIMEOUT_MS	"timeout_ms"
#define KERNEL_AREA		"area"
#define KERNEL_REQUIRE_FLUSH	"require_flush"
#define KERNEL_LIVE		"live"
#define KERNEL_AUTO		"auto"
#define KERNEL_SESSION		"session"
#define KERNEL_STATE		"state"
#define KERNEL_DEVICE		"device"
#define KERNEL_LAST_ERROR	"last_error"
/* Attributes of a filter in a stack */
#define KERNEL_OPTIONS		"options"
#define KERNEL_CRITICAL		"critical"
#define KERNEL_START_OPTIONAL	"start_optional"
/* Attributes of the disk, and of an instance there */
#define KERNEL_DUMP_BYTES	"dump_bytes"
#define KERNEL_SESSIONS		"session"
#define KERNEL_DURABILITY	"durability"
#define KERNEL_SLOT		"slot"
#define KERNEL_SESSION_ID	"session_id"
#define KERNEL_FLAGS		"flags"
#define KERNEL_STAT		"stat"

/* Of a stack, a filter or a filter's folder, with the terminating NUL */
#define KERNEL_NAME_MAX		DUMPFLT_STACK_NAME_MAX

/**
 * struct kernel_names - a list of names
 * @nr: entries of @names
 * @names: of folders, sorted
 */
struct kernel_names {
	size_t	nr;
	char	(*names)[KERNEL_NAME_MAX];
};

bool kernel_valid_stack(const char *stack);
bool kernel_valid_filter(const char *filter);

int kernel_attach(void);
bool kernel_attach_if_there(void);
const char *kernel_forbidden_hint(void);
bool kernel_present(void);
bool kernel_writable(void);

int kernel_stack_create(const char *stack);
int kernel_stack_remove(const char *stack);
int kernel_stack_open(const char *stack);
int kernel_stack_hold(const char *stack);
bool kernel_stack_is(const char *stack, int fd);
int kernel_stack_open_attr(const char *stack, const char *attr, int flags);
int kernel_stack_write(const char *stack, const char *attr, const char *value);
int kernel_stack_read(const char *stack, const char *attr,
		      char value[KERNEL_VALUE_MAX]);
int kernel_stacks(struct kernel_names *stacks);

int kernel_filter_create(const char *stack, const char *entry);
int kernel_filter_remove(const char *stack, const char *entry);
int kernel_filter_write(const char *stack, const char *entry, const char *attr,
			const char *value);
int kernel_filter_read(const char *stack, const char *entry, const char *attr,
		       char value[KERNEL_VALUE_MAX]);
int kernel_filters(const char *stack, struct kernel_names *entries);

int kernel_disk_read(const char *device, const char *attr,
		     char value[KERNEL_VALUE_MAX]);
int kernel_instance_read(const char *device, const char *entry,
			 const char *attr, char value[KERNEL_VALUE_MAX]);
int kernel_block_read(const char *device, const char *attr,
		      char value[KERNEL_VALUE_MAX]);
int kernel_power_read(const char *attr, char value[KERNEL_VALUE_MAX]);
int kernel_power_write(const char *attr, const char *value);
int kernel_node_open(const char *name, int flags);
int kernel_block_folders(const char *device, struct kernel_names *names);
int kernel_device_path(const char *device, char path[KERNEL_PATH_MAX]);

int kernel_module_path(const char *filter, char path[KERNEL_PATH_MAX]);
int kernel_modules_folder(char path[KERNEL_PATH_MAX]);
bool kernel_is_moved(void);
bool kernel_configfs_is_moved(void);
int kernel_available_filters(struct kernel_names *filters);
void kernel_names_free(struct kernel_names *names);

#endif
