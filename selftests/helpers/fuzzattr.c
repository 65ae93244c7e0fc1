// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzzattr: every operation on dumpflt's configfs and sysfs, in random order.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Usage: fuzzattr SEED SECONDS DISK...
 *
 * Threads make and remove stacks and filters, write to every attribute what it
 * takes, what others take, and random bytes, read all of them, and write to and
 * read from the stacks' devices. Targets are the DISKs, and no other. What must
 * hold (no report, no hang, all can be removed) is for the caller to see; here
 * is counted how often each operation succeeded and failed.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/types.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CONFIG	"/sys/kernel/config/dumpflt"
#define BLOCK	"/sys/block"
#define THREADS	4
#define LONGEST	8192
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

struct fuzzer {
	pthread_t	thread;
	__u64	state;
};

struct operation {
	const char	*name;
	int		(*run)(struct fuzzer *fuzzer);
	unsigned long	good, bad;
};

static const char *const stacks[] = { "a", "b", "c" };
static const char *const filters[] = {
	"10-template", "20-add", "20-pos", "30-fault", "40-trace", "05-digest", "99-nosuch",
	"50-", "x-add", "100-add", "..", "10-Template",
};

static const char *const attributes[] = {
	"target", "type", "max_pages", "timeout_ms", "check_source", "area", "live", "session",
	"state", "device", "last_error", "nosuch",
};

static const char *const filter_attributes[] = {
	"options", "critical", "start_optional", "state", "last_error",
};

/* What some attribute takes; the disks are added */
static const char *words[32] = {
	"0", "1", "start", "read", "finish", "abort", "crash", "hibernation", "16", "256", "257",
	"100", "4294967296", "-1", "", "mode=error\nat=write", "mode=error\nat=finish",
	"mode=delay\nat=write\nevery=1\nms=2", "key=value", "=", "mode=short", "y",
};

static unsigned int nr_words = 22;
static struct timespec end;

/* xorshift64*, so that a seed tells all */
static __u64 next(struct fuzzer *fuzzer)
{
	fuzzer->state ^= fuzzer->state >> 12;
	fuzzer->state ^= fuzzer->state << 25;
	fuzzer->state ^= fuzzer->state >> 27;
	return fuzzer->state * 0x2545f4914f6cdd1dULL;
}

static unsigned int choose(struct fuzzer *fuzzer, unsigned int limit)
{
	return (unsigned int)((next(fuzzer) >> 32) % limit);
}

/* An index into a table */
#define ONE_OF(fuzzer, table)	choose(fuzzer, ARRAY_SIZE(table))

static size_t fill(struct fuzzer *fuzzer, char *buf)
{
	size_t len, i;

	if (choose(fuzzer, 3))
		return (size_t)snprintf(buf, LONGEST, "%s%s", words[choose(fuzzer, nr_words)],
					choose(fuzzer, 2) ? "\n" : "");
	len = choose(fuzzer, choose(fuzzer, 8) ? 64 : LONGEST);
	for (i = 0; i < len; i++)
		buf[i] = (char)next(fuzzer);
	return len;
}

static int write_file(struct fuzzer *fuzzer, const char *path)
{
	char buf[LONGEST];
	size_t len = fill(fuzzer, buf);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, buf, len);
	close(fd);
	return n < 0 ? -1 : 0;
}

static int read_file(const char *path)
{
	char buf[LONGEST];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, buf, sizeof(buf));
	close(fd);
	return n < 0 ? -1 : 0;
}

static void stack_path(struct fuzzer *fuzzer, char path[PATH_MAX], const char *attribute)
{
	snprintf(path, PATH_MAX, CONFIG "/%s/%s", stacks[ONE_OF(fuzzer, stacks)], attribute);
}

static void filter_path(struct fuzzer *fuzzer, char path[PATH_MAX], const char *attribute)
{
	snprintf(path, PATH_MAX, CONFIG "/%s/%s/%s", stacks[ONE_OF(fuzzer, stacks)],
		 filters[ONE_OF(fuzzer, filters)], attribute);
}

/* All folders of the fuzz have the same mode */
static int make_folder(const char *path)
{
	return mkdir(path, 0755);
}

static int stack_folder(struct fuzzer *fuzzer, int (*call)(const char *path))
{
	char path[PATH_MAX];

	stack_path(fuzzer, path, "");
	return call(path);
}

static int filter_folder(struct fuzzer *fuzzer, int (*call)(const char *path))
{
	char path[PATH_MAX];

	filter_path(fuzzer, path, "");
	return call(path);
}

static int make_stack(struct fuzzer *fuzzer)
{
	return stack_folder(fuzzer, make_folder);
}

static int remove_stack(struct fuzzer *fuzzer)
{
	return stack_folder(fuzzer, rmdir);
}

static int make_filter(struct fuzzer *fuzzer)
{
	return filter_folder(fuzzer, make_folder);
}

static int remove_filter(struct fuzzer *fuzzer)
{
	return filter_folder(fuzzer, rmdir);
}

static int write_attribute(struct fuzzer *fuzzer)
{
	char path[PATH_MAX];

	stack_path(fuzzer, path, attributes[ONE_OF(fuzzer, attributes)]);
	return write_file(fuzzer, path);
}

static int write_filter_attribute(struct fuzzer *fuzzer)
{
	char path[PATH_MAX];

	filter_path(fuzzer, path,
		    filter_attributes[ONE_OF(fuzzer, filter_attributes)]);
	return write_file(fuzzer, path);
}

/* Random words alone would hardly ever bring up a stack */
static int set(struct fuzzer *fuzzer, const char *attribute, const char *value)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	stack_path(fuzzer, path, attribute);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = write(fd, value, strlen(value));
	close(fd);
	return n < 0 ? -1 : 0;
}

static int set_target(struct fuzzer *fuzzer)
{
	return set(fuzzer, "target", words[22 + choose(fuzzer, nr_words - 22)]);
}

static int go_live(struct fuzzer *fuzzer)
{
	return set(fuzzer, "live", "1");
}

static int take_down(struct fuzzer *fuzzer)
{
	return set(fuzzer, "live", "0");
}

static int begin_session(struct fuzzer *fuzzer)
{
	return set(fuzzer, "session", choose(fuzzer, 4) ? "start" : "read");
}

static int end_session(struct fuzzer *fuzzer)
{
	return set(fuzzer, "session", choose(fuzzer, 4) ? "finish" : "abort");
}

static int read_attribute(struct fuzzer *fuzzer)
{
	unsigned int filter = ONE_OF(fuzzer, filter_attributes);
	char path[PATH_MAX];

	if (choose(fuzzer, 2))
		stack_path(fuzzer, path, attributes[ONE_OF(fuzzer, attributes)]);
	else
		filter_path(fuzzer, path, filter_attributes[filter]);
	return read_file(path);
}

/* All that is in a folder of sysfs, while its device may go away */
static int read_folder(const char *folder, unsigned int depth)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir = opendir(folder);

	if (!dir)
		return -1;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' ||
		    snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) >= PATH_MAX)
			continue;
		if (entry->d_type == DT_DIR && depth)
			read_folder(path, depth - 1);
		else if (entry->d_type == DT_REG)
			read_file(path);
	}
	closedir(dir);
	return 0;
}

static int read_sysfs(struct fuzzer *fuzzer)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), BLOCK "/dumpflt%u/dumpflt", choose(fuzzer, 3));
	return read_folder(path, 1);
}

static int use_device(struct fuzzer *fuzzer)
{
	static const int flags[] = { O_RDONLY, O_WRONLY, O_WRONLY | O_DIRECT, O_RDWR | O_EXCL };
	int fd, ret = -1, flag = flags[ONE_OF(fuzzer, flags)];
	void *buf = aligned_alloc(4096, 65536);
	size_t len = 4096UL << choose(fuzzer, 5);
	char path[PATH_MAX];
	off_t at = (off_t)choose(fuzzer, 1024) << 12;

	snprintf(path, sizeof(path), "/dev/dumpflt%u", choose(fuzzer, 3));
	fd = buf ? open(path, flag | O_CLOEXEC) : -1;
	if (fd >= 0) {
		memset(buf, (int)next(fuzzer), len);
		if ((flag & O_ACCMODE) == O_RDONLY)
			ret = pread(fd, buf, len, at) < 0 ? -1 : 0;
		else
			ret = pwrite(fd, buf, len, at) < 0 || fsync(fd) ? -1 : 0;
		close(fd);
	}
	free(buf);
	return ret;
}

static struct operation operations[] = {
	{ .name = "mkdir stack", .run = make_stack },
	{ .name = "rmdir stack", .run = remove_stack },
	{ .name = "mkdir filter", .run = make_filter },
	{ .name = "rmdir filter", .run = remove_filter },
	{ .name = "write attribute", .run = write_attribute },
	{ .name = "write filter attribute", .run = write_filter_attribute },
	{ .name = "target", .run = set_target },
	{ .name = "live 1", .run = go_live },
	{ .name = "live 0", .run = take_down },
	{ .name = "begin session", .run = begin_session },
	{ .name = "end session", .run = end_session },
	{ .name = "read attribute", .run = read_attribute },
	{ .name = "read sysfs", .run = read_sysfs },
	{ .name = "use device", .run = use_device },
};

static bool time_is_up(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec >= end.tv_sec;
}

static void *run(void *arg)
{
	struct fuzzer *fuzzer = arg;
	struct operation *op;

	while (!time_is_up()) {
		op = &operations[ONE_OF(fuzzer, operations)];
		if (op->run(fuzzer))
			__atomic_fetch_add(&op->bad, 1, __ATOMIC_RELAXED);
		else
			__atomic_fetch_add(&op->good, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static unsigned long parse(const char *text)
{
	char *last;
	unsigned long value = strtoul(text, &last, 10);

	if (*last || !*text) {
		fprintf(stderr, "ERROR: fuzzattr: '%s' is no number\n", text);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	struct fuzzer fuzzers[THREADS];
	unsigned long seed;
	size_t i;

	if (argc < 4 || argc > 3 + 10) {
		fprintf(stderr, "Usage: fuzzattr SEED SECONDS DISK...\n");
		return 2;
	}
	seed = parse(argv[1]);
	for (i = 3; i < (size_t)argc; i++)
		words[nr_words++] = argv[i];
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += (time_t)parse(argv[2]);
	for (i = 0; i < THREADS; i++) {
		fuzzers[i].state = (seed + 1) * 0x9e3779b97f4a7c15ULL + i + 1;
		if (pthread_create(&fuzzers[i].thread, NULL, run, &fuzzers[i])) {
			fprintf(stderr, "ERROR: fuzzattr: no thread\n");
			return 1;
		}
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(fuzzers[i].thread, NULL);
	for (i = 0; i < ARRAY_SIZE(operations); i++)
		printf("%s: %lu good, %lu refused\n", operations[i].name, operations[i].good,
		       operations[i].bad);
	return 0;
}
