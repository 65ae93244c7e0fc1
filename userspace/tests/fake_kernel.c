// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stand-in for the kernel side: configfs and sysfs trees in plain folders.
 *
 * Linked with --wrap, so that mkdir(), rmdir() and write() of the tool arrive
 * here. Below DUMPFLT_CONFIGFS they behave as configfs does: mkdir makes the
 * attributes, a write to "live" or "session" moves the state. Everything else
 * goes through. The state is in the files, so it outlives the process. What a
 * dump area adds to this is in fake_area.c, operations that fail are in
 * fake_fault.c, disks that fail in fake_disk.c.
 *
 *	FAKE_BUSY	as long as there is a file of that name, a stack does
 *			not go
 *	FAKE_DURABILITY	what sysfs says, if not "flush"
 *	FAKE_UNKNOWN	an option that no filter knows
 *	FAKE_FINISH_STATE  what a finish that succeeds leaves, if not "complete"
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <uapi/linux/dumpflt.h>

#include "fake_kernel.h"

#define DISKS	4

static const char * const stack_files[] = {
	"target", "type", "max_pages", "timeout_ms", "check_source", "area",
	"require_flush",
	"live", "session", "state", "device", "last_error",
};

static const char * const filter_files[] = {
	"options", "critical", "start_optional", "state", "last_error",
};

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/*
 * The tool empties an attribute when it opens it, which means nothing to the
 * real kernel: what an attribute is, is in a hidden file beside it.
 */
static const char *hidden(const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	return fake_path("%.*s.%s", (int)(name - path), path, name);
}

static void put_attr(const char *path, const char *value)
{
	fake_put(hidden(path), value);
	fake_put(path, value);
}

static bool is_live(const char *stack)
{
	return !strcmp(fake_get(fake_path("%s/.live", stack)), "1");
}

/* What is behind "<configfs>/dumpflt/", or NULL if @path is elsewhere */
static const char *below_root(const char *path)
{
	const char *root = getenv("DUMPFLT_CONFIGFS");
	const char *prefix;

	if (!root)
		return NULL;
	prefix = fake_path("%s/%s/", root, DUMPFLT_CONFIGFS_DIR);
	return strncmp(path, prefix, strlen(prefix)) ? NULL : path + strlen(prefix);
}

static const char *stack_path(const char *name)
{
	return fake_path("%s/%s/%.*s", getenv("DUMPFLT_CONFIGFS"),
		       DUMPFLT_CONFIGFS_DIR, (int)strcspn(name, "/"), name);
}

/* The end of a system call */
static int result(int ret)
{
	if (!ret)
		return 0;
	errno = -ret;
	return -1;
}

static void make_files(const char *folder, const char * const *files, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		put_attr(fake_path("%s/%s", folder, files[i]), "");
	fake_put(fake_path("%s/state", folder), DUMPFLT_STATE_CONFIGURED);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
	const char *name = below_root(path);
	const char *entry = name ? strchr(name, '/') : NULL;
	int ret;

	if (!name)
		return __real_mkdir(path, mode);
	ret = fake_fault(stack_path(name), fake_path("mkdir %s", name));
	if (ret)
		return result(ret);
	if (__real_mkdir(path, mode))
		return -1;
	if (entry) {
		make_files(path, filter_files, COUNT(filter_files));
		put_attr(fake_path("%s/critical", path), "0");
		put_attr(fake_path("%s/start_optional", path), "0");
		return 0;
	}
	make_files(path, stack_files, COUNT(stack_files));
	put_attr(fake_path("%s/type", path), DUMPFLT_TYPE_WORD_CRASH);
	put_attr(fake_path("%s/live", path), "0");
	put_attr(fake_path("%s/area", path), "0");
	put_attr(fake_path("%s/require_flush", path), "0");
	return 0;
}

/* Calls @visit for every folder in @path, returns how many */
static int each_folder(const char *path, void (*visit)(const char *path,
						       const char *name))
{
	char *copy = strdup(path);
	DIR *dir = opendir(copy);
	struct dirent *entry;
	struct stat st;
	int nr = 0;

	while (dir && (entry = readdir(dir))) {
		const char *name = entry->d_name;

		if (name[0] == '.' || stat(fake_path("%s/%s", copy, name), &st) ||
		    !S_ISDIR(st.st_mode))
			continue;
		nr++;
		if (visit)
			visit(copy, name);
	}
	free(copy);
	if (dir)
		closedir(dir);
	return nr;
}

static void remove_files(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
}

/* A stack goes live, or down, or away, and nothing else meanwhile, whoever asks */
static int lock_stacks(void)
{
	int fd = open(fake_path("%s/%s", getenv("DUMPFLT_CONFIGFS"),
				DUMPFLT_CONFIGFS_DIR),
		      O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || __real_flock(fd, LOCK_EX))
		abort();
	return fd;
}

static int remove_folder(const char *path)
{
	if (is_live(stack_path(below_root(path))))
		return -EBUSY;
	if (each_folder(path, NULL))
		return -ENOTEMPTY;
	remove_files(path);
	return __real_rmdir(path) ? -errno : 0;
}

int __wrap_rmdir(const char *path)
{
	const char *name = below_root(path);
	int ret, lock;

	if (!name)
		return __real_rmdir(path);
	ret = fake_fault(stack_path(name), fake_path("rmdir %s", name));
	if (ret)
		return result(ret);
	lock = lock_stacks();
	ret = remove_folder(path);
	close(lock);
	return result(ret);
}

const char *fake_disk(const char *device)
{
	return fake_path("%s/block/%s", getenv("DUMPFLT_SYSFS"), device);
}

/* The block device of a live stack */
const char *fake_device(const char *stack)
{
	return fake_path("%s/%s", getenv("DUMPFLT_DEV"),
			 fake_get(fake_path("%s/device", stack)));
}

static bool has_unknown(const char *stack, const char *entry)
{
	const char *unknown = getenv("FAKE_UNKNOWN");

	return unknown &&
	       strstr(fake_get(fake_path("%s/%s/options", stack, entry)), unknown);
}

static bool unknown_is_critical;

static void look_for_unknown(const char *stack, const char *entry)
{
	unknown_is_critical |= has_unknown(stack, entry) &&
		!strcmp(fake_get(fake_path("%s/%s/.critical", stack, entry)), "1");
}

static void make_instance(const char *stack, const char *entry)
{
	const char *folder;

	if (has_unknown(stack, entry)) {
		fake_put(fake_path("%s/%s/last_error", stack, entry),
			 "init failed: does not know the option");
		fake_put(fake_path("%s/%s/state", stack, entry),
			 DUMPFLT_FILTER_STATE_LEFT_OUT);
		return;
	}
	/* One filter by this name never gets far, and nobody minds */
	if (strstr(entry, "-shy")) {
		fake_put(fake_path("%s/%s/last_error", stack, entry),
			 "filter 'shy': init failed");
		fake_put(fake_path("%s/%s/state", stack, entry),
			 DUMPFLT_FILTER_STATE_LEFT_OUT);
		return;
	}
	folder = fake_path("%s/dumpflt/%s",
			   fake_disk(fake_get(fake_path("%s/device", stack))),
			   entry);
	__real_mkdir(folder, 0755);
	fake_put(fake_path("%s/flags", folder), "critical bounce");
	fake_put(fake_path("%s/max_pages", folder), "16");
	fake_put(fake_path("%s/stat", folder),
		 "start 1 0 0 1000\nwrite 3 196608 0 5000\nread 0 0 0 0\nfinish 1 0 0 70");
	fake_put(fake_path("%s/%s/state", stack, entry), DUMPFLT_FILTER_STATE_READY);
}

static const char *durability(void)
{
	const char *word = getenv("FAKE_DURABILITY");

	return word ? word : DUMPFLT_DURABLE_WORD_FLUSH;
}

/* A target without a cache is one that nobody can flush */
static bool refuse_flush(const char *stack)
{
	return !strcmp(fake_get(fake_path("%s/.require_flush", stack)), "1") &&
	       strcmp(durability(), DUMPFLT_DURABLE_WORD_FLUSH);
}

static int set_live(const char *stack)
{
	const char *target = fake_get(fake_path("%s/target", stack));
	const char *device, *disk;
	int i, ret;

	if (access(target, F_OK))
		return -errno;
	ret = fake_area_live(stack);
	if (ret)
		return ret;
	if (refuse_flush(stack)) {
		fake_put(fake_path("%s/last_error", stack),
			 "target takes no flush");
		return -EOPNOTSUPP;
	}
	unknown_is_critical = false;
	each_folder(stack, look_for_unknown);
	if (unknown_is_critical) {
		fake_put(fake_path("%s/last_error", stack),
			 "init failed: does not know the option");
		return -EINVAL;
	}
	for (i = 0; i < DISKS; i++) {
		device = fake_path("dumpflt%d", i);
		disk = fake_disk(device);
		if (__real_mkdir(disk, 0755))
			continue;
		__real_mkdir(fake_path("%s/dumpflt", disk), 0755);
		fake_put(fake_path("%s/dumpflt/dump_bytes", disk), "0");
		fake_put(fake_path("%s/dumpflt/session", disk), "0");
		fake_put(fake_path("%s/dumpflt/durability", disk), durability());
		fake_put(fake_path("%s/dumpflt/slot", disk), "");
		fake_put(fake_path("%s/dumpflt/session_id", disk), "");
		fake_put(fake_path("%s/device", stack), device);
		fake_put(fake_path("%s/state", stack), DUMPFLT_STATE_LIVE);
		fake_put(fake_path("%s/dev", disk), fake_path("252:%d", i));
		fake_node_make(stack, device, target);
		each_folder(stack, make_instance);
		return 0;
	}
	return -ENOSPC;
}

static void remove_instance(const char *path, const char *name)
{
	remove_files(fake_path("%s/%s", path, name));
	__real_rmdir(fake_path("%s/%s", path, name));
}

static void set_not_live(const char *stack)
{
	const char *device = fake_get(fake_path("%s/device", stack));
	const char *folder;

	/* one that somebody has taken away already */
	if (!device[0])
		return;
	if (fake_is_node(fake_device(stack)))
		unlink(fake_device(stack));
	fake_put(fake_path("%s/device", stack), "");
	fake_put(fake_path("%s/state", stack), DUMPFLT_STATE_CONFIGURED);
	each_folder(fake_path("%s/dumpflt", fake_disk(device)), remove_instance);
	folder = fake_path("%s/dumpflt", fake_disk(device));
	remove_files(folder);
	__real_rmdir(folder);
	remove_files(fake_disk(device));
	__real_rmdir(fake_disk(device));
}

static const char *finish_state(const char *before)
{
	const char *state = getenv("FAKE_FINISH_STATE");

	if (!strcmp(before, DUMPFLT_STATE_READING))
		return DUMPFLT_STATE_LIVE;
	return state ? state : DUMPFLT_STATE_COMPLETE;
}

/* Another one initialises, and does not start */
static void leave_out(const char *stack, const char *entry)
{
	if (!strstr(entry, "-late"))
		return;
	fake_put(fake_path("%s/%s/last_error", stack, entry),
		 "filter 'late': start failed");
	fake_put(fake_path("%s/%s/state", stack, entry),
		 DUMPFLT_FILTER_STATE_LEFT_OUT);
}

static int begin_session(const char *stack, const char *word, int fault)
{
	bool reads = !strcmp(word, DUMPFLT_SESSION_READ);
	int ret = fault;

	if (!ret && fake_area_used(stack))
		ret = reads ? -EOPNOTSUPP : fake_area_start(stack);
	if (!ret)
		each_folder(stack, leave_out);
	if (!ret)
		fake_put(fake_path("%s/state", stack), reads ?
			 DUMPFLT_STATE_READING : DUMPFLT_STATE_STARTED);
	return ret;
}

/* Returns: false if @word is neither "finish" nor "finish BYTES" */
static bool parse_finish(const char *word, __u64 *bytes)
{
	const size_t len = strlen(DUMPFLT_SESSION_FINISH);
	char end;

	*bytes = FAKE_ALL;
	return !strcmp(word, DUMPFLT_SESSION_FINISH) ||
	       (!strncmp(word, DUMPFLT_SESSION_FINISH " ", len + 1) &&
		sscanf(word + len + 1, "%llu%c", bytes, &end) == 1);
}

static int end_session(const char *stack, const char *word, int fault)
{
	const char *state = fake_get(fake_path("%s/state", stack));
	bool whole = strncmp(word, DUMPFLT_SESSION_ABORT, 5);
	__u64 bytes = FAKE_ALL;
	int ret = fault;

	if (whole && !parse_finish(word, &bytes))
		return -EINVAL;
	if (fake_area_used(stack) && !ret)
		ret = fake_area_end(stack, bytes, whole, word);
	fake_put(fake_path("%s/state", stack), whole && !ret ?
		 finish_state(state) : DUMPFLT_STATE_FAILED);
	return ret;
}

static int set_session(const char *stack, const char *word, int fault)
{
	const char *state = fake_get(fake_path("%s/state", stack));
	bool open = !strcmp(state, DUMPFLT_STATE_STARTED) ||
		    !strcmp(state, DUMPFLT_STATE_READING);
	bool begin = !strcmp(word, DUMPFLT_SESSION_START) ||
		     !strcmp(word, DUMPFLT_SESSION_READ);

	if (!is_live(stack))
		return -EINVAL;
	if (open == begin)
		return begin ? -EBUSY : -EINVAL;
	return begin ? begin_session(stack, word, fault) :
		       end_session(stack, word, fault);
}

static int set_attr(const char *stack, const char *attr, const char *value)
{
	bool live = is_live(stack);

	if (strcmp(attr, "live"))
		return live ? -EBUSY : 0;
	if (live == (value[0] == '1'))
		return 0;
	if (!live)
		return set_live(stack);
	if (getenv("FAKE_BUSY") && !access(getenv("FAKE_BUSY"), F_OK))
		return -EBUSY;
	set_not_live(stack);
	return 0;
}

/* The attribute may be gone, as its stack is; configfs says so then */
static int store_attr(const char *path, const char *stack, const char *value,
		      int fault)
{
	int ret = fault, lock = lock_stacks();

	if (access(hidden(path), F_OK))
		ret = -ENOENT;
	else if (!ret)
		ret = set_attr(stack, strrchr(path, '/') + 1, value);
	if (!ret)
		put_attr(path, value);
	else if (ret != -ENOENT)
		fake_put(path, fake_get(hidden(path)));
	close(lock);
	return ret;
}

static int store(const char *path, const char *name, const char *value)
{
	const char *attr = strrchr(path, '/') + 1;
	char stack[PATH_MAX];
	int ret;

	snprintf(stack, sizeof(stack), "%s", stack_path(name));
	ret = fake_fault(stack, fake_path("%s=%.*s", name,
					  (int)strcspn(value, "\n"), value));
	if (!strcmp(attr, "session"))
		return set_session(stack, value, ret);
	return store_attr(path, stack, value, ret);
}

ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	char path[PATH_MAX], value[DUMPFLT_OPTIONS_MAX + 1];
	const char *name;
	ssize_t n;
	int ret;

	n = readlink(fake_path("/proc/self/fd/%d", fd), path, sizeof(path) - 1);
	path[n < 0 ? 0 : n] = '\0';
	name = below_root(path);
	if (!name && len >= 65536)
		fake_hang_at("write");
	if (!name) {
		ret = fake_write_fault(path, fd, len);
		return ret ? result(ret) : __real_write(fd, data, len);
	}
	snprintf(value, sizeof(value), "%.*s", (int)len, (const char *)data);
	ret = store(path, name, value);
	return ret ? result(ret) : (ssize_t)len;
}
