// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * starve: one session of a stack, with not a byte of kernel memory to be had.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * The test has set up failslab and fail_page_alloc for marked tasks. This marks
 * every kernel worker, and itself, from before the session's first word until
 * after its last one. It takes care to need no memory of the kernel itself: all
 * is opened before, all pages are locked, and blocks are so small that direct
 * I/O has room for them on its stack.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK	16384

static int fail(const char *operation, const char *object)
{
	fprintf(stderr, "ERROR: %s failed on '%s': %s\n", operation, object, strerror(errno));
	return 1;
}

/* Kernel workers, and rescuers of our own work queues */
static bool is_worker(const char *pid)
{
	char path[300], name[32] = "";
	FILE *comm;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	comm = fopen(path, "r");
	if (!comm)
		return false;
	if (!fgets(name, sizeof(name), comm))
		name[0] = '\0';
	fclose(comm);
	return !strncmp(name, "kworker/", 8) || !strncmp(name, "dumpflt-", 8);
}

/* Returns how many there are */
static int mark_workers(char value)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int fd, count = 0;
	char path[300];

	while (proc && (entry = readdir(proc))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' || !is_worker(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/make-it-fail", entry->d_name);
		fd = open(path, O_WRONLY);
		/* a worker may have ended since */
		if (fd < 0)
			continue;
		if (write(fd, &value, 1) == 1)
			count++;
		close(fd);
	}
	if (proc)
		closedir(proc);
	return count;
}

/* Shows that a marked task gets neither: a pipe is slab, the rest is pages */
static bool is_starved(void)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool slab, pages;
	int ends[2];

	slab = pipe(ends) != 0;
	pages = page == MAP_FAILED || madvise(page, 4096, MADV_POPULATE_WRITE) != 0;
	return slab && pages;
}

static bool transfer(int disk, char *block, long blocks, bool read)
{
	ssize_t done;
	off_t at;

	for (at = 0; at < (off_t)blocks * BLOCK; at += BLOCK) {
		done = read ? pread(disk, block, BLOCK, at) : pwrite(disk, block, BLOCK, at);
		if (done != BLOCK)
			return false;
	}
	return true;
}

static bool say(int session, const char *word)
{
	return write(session, word, strlen(word)) == (ssize_t)strlen(word);
}

/* What has failed, or NULL. No word is printed here: that takes memory */
static const char *starving(int self, int session, int disk, char *block, long blocks, bool read)
{
	const char *failed = NULL;

	if (pwrite(self, "1", 1, 0) != 1)
		return "marking";
	if (!is_starved())
		failed = "starving";
	else if (!say(session, read ? "read" : "start"))
		failed = "start";
	else if (!transfer(disk, block, blocks, read))
		failed = read ? "read" : "write";
	if (!say(session, "finish") && !failed)
		failed = "finish";
	if (pwrite(self, "0", 1, 0) != 1 && !failed)
		failed = "unmarking";
	return failed;
}

int main(int argc, char **argv)
{
	const char *failed;
	int self, session, disk, saved;
	char *block;
	bool read;

	if (argc != 5) {
		fputs("Usage: starve start|read SESSION DEVICE BLOCKS\n", stderr);
		return 2;
	}
	read = !strcmp(argv[1], "read");
	block = aligned_alloc(BLOCK, BLOCK);
	self = open("/proc/self/make-it-fail", O_WRONLY);
	if (self < 0)
		return fail("open", "/proc/self/make-it-fail");
	session = open(argv[2], O_WRONLY);
	if (session < 0)
		return fail("open", argv[2]);
	disk = open(argv[3], O_DIRECT | (read ? O_RDONLY : O_WRONLY));
	if (disk < 0)
		return fail("open", argv[3]);
	if (!block || mlockall(MCL_CURRENT))
		return fail("locking", "memory");
	memset(block, 'd', BLOCK);
	/* configfs gives an open attribute its page with the first write */
	if (say(session, "nothing")) {
		fprintf(stderr, "ERROR: '%s' takes any word\n", argv[2]);
		return 1;
	}
	printf("%d workers marked\n", mark_workers('1'));
	fflush(stdout);
	failed = starving(self, session, disk, block, atol(argv[4]), read);
	saved = errno;
	mark_workers('0');
	errno = saved;
	return failed ? fail(failed, argv[3]) : 0;
}
