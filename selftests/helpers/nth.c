// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nth: mkdir, or the writing of an attribute, while the n-th allocation that the
 * kernel makes for it fails.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * With fault injection the kernel does that by itself (fail-nth); without, the
 * module nth.ko does. Prints "missed" if there were fewer allocations, else
 * "hit"; and behind it 0, or the errno's name.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODULE	"/sys/module/nth/parameters/"

static void die(const char *path)
{
	fprintf(stderr, "ERROR: nth: '%s': %s\n", path, strerror(errno));
	exit(2);
}

static void put(const char *path, long value)
{
	char text[24];
	int fd = open(path, O_WRONLY | O_CLOEXEC), len = snprintf(text, sizeof(text), "%ld", value);

	if (fd < 0 || write(fd, text, (size_t)len) != len)
		die(path);
	close(fd);
}

static long get(const char *path)
{
	char text[24] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		die(path);
	close(fd);
	return strtol(text, NULL, 10);
}

static void arm(int fd, long nth)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%ld", nth);

	if (fd >= 0) {
		if (write(fd, text, (size_t)len) != len)
			die("fail-nth");
		return;
	}
	put(MODULE "nth", nth);
	put(MODULE "reset", 0);
	put(MODULE "task", getpid());
}

/* Returns whether an allocation did fail; @task_fd was opened before */
static int disarm(int fd, int task_fd)
{
	char text[24] = "";
	int hit;

	if (fd < 0) {
		/* it may be this write's that fails, and then no one did before it */
		hit = write(task_fd, "0", 1) == 1;
		if (!hit && write(task_fd, "0", 1) != 1)
			die(MODULE "task");
		return hit && get(MODULE "failed") > 0;
	}
	/* 0 once it has come to the n-th */
	if (pread(fd, text, sizeof(text) - 1, 0) < 0)
		die("fail-nth");
	hit = strtol(text, NULL, 10) == 0;
	if (pwrite(fd, "0", 1, 0) != 1)
		die("fail-nth");
	return hit;
}

int main(int argc, char **argv)
{
	int task_fd = open(MODULE "task", O_WRONLY | O_CLOEXEC);
	int fd = -1, nth_fd = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC), err = 0, hit;
	char line[4200];
	int len = 0;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "Usage: nth N FOLDER-TO-MAKE | nth N ATTRIBUTE VALUE\n");
		return 2;
	}
	if (argc == 4) {
		len = snprintf(line, sizeof(line), "%s\n", argv[3]);
		fd = open(argv[2], O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			die(argv[2]);
	}
	arm(nth_fd, atol(argv[1]));
	if (argc == 4)
		err = write(fd, line, (size_t)len) == len ? 0 : errno;
	else
		err = mkdir(argv[2], 0755) ? errno : 0;
	hit = disarm(nth_fd, task_fd);
	printf("%s %s\n", hit ? "hit" : "missed", err ? strerrorname_np(err) : "0");
	return 0;
}
