// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * blkop: do one thing to a block device that no command of a guest does.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Says nothing and ends with 0 if it succeeded; else the errno's name goes to
 * stdout and the exit code is 1.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define MAX_LEN		(16 << 20)
#define PAGE		4096
#define MAX_PIECES	1024

/* O_DIRECT from memory that begins @shift bytes behind a page boundary */
static int write_shifted(int fd, __u64 offset, size_t len, size_t shift)
{
	char *buf = aligned_alloc(PAGE, MAX_LEN + PAGE);
	ssize_t done;

	if (!buf) {
		errno = ENOMEM;
		return -1;
	}
	memset(buf + shift, 'D', len);
	done = pwrite(fd, buf + shift, len, (off_t)offset);
	free(buf);
	if (done >= 0 && (size_t)done != len)
		errno = ENOSPC;
	return done == (ssize_t)len ? 0 : -1;
}

/* One request out of pieces of 512 bytes, each in a page of its own */
static int write_pieces(int fd, __u64 offset, size_t len)
{
	struct iovec iov[MAX_PIECES];
	size_t n, nr = len / 512;
	ssize_t done;
	char *buf;

	if (nr > MAX_PIECES || len % 512) {
		errno = E2BIG;
		return -1;
	}
	buf = aligned_alloc(PAGE, nr * PAGE);
	if (!buf) {
		errno = ENOMEM;
		return -1;
	}
	for (n = 0; n < nr; n++) {
		iov[n].iov_base = buf + n * PAGE + (n % 8) * 512;
		iov[n].iov_len = 512;
		memset(iov[n].iov_base, 'D', 512);
	}
	done = pwritev(fd, iov, (int)nr, (off_t)offset);
	free(buf);
	if (done >= 0 && (size_t)done != len)
		errno = ENOSPC;
	return done == (ssize_t)len ? 0 : -1;
}

static int run(const char *what, int fd, __u64 offset, __u64 len)
{
	__u64 range[2] = { offset, len };

	if (!strcmp(what, "discard"))
		return ioctl(fd, BLKDISCARD, range);
	if (!strcmp(what, "secdiscard"))
		return ioctl(fd, BLKSECDISCARD, range);
	if (!strcmp(what, "zeroout"))
		return ioctl(fd, BLKZEROOUT, range);
	if (!strcmp(what, "loopdirect"))
		return ioctl(fd, LOOP_SET_DIRECT_IO, 1UL);
	if (!strcmp(what, "pieces"))
		return write_pieces(fd, offset, len);
	if (!strcmp(what, "shifted"))
		return write_shifted(fd, offset, len, 512);
	return write_shifted(fd, offset, len, 0);
}

static int usage(void)
{
	fprintf(stderr,
		"Usage: blkop OPERATION DEVICE OFFSET BYTES\n"
		"  discard, secdiscard, zeroout   the ioctl\n"
		"  direct   write D's with O_DIRECT, in one write(2)\n"
		"  dsync    the same with O_DIRECT and O_DSYNC\n"
		"  shifted  the same as direct, from memory 512 bytes behind a page boundary\n"
		"  pieces   the same as direct, 512 bytes from each page\n"
		"  loopdirect  a loop device asks what is below it, past the page cache\n");
	return 2;
}

int main(int argc, char **argv)
{
	static const char * const operations[] = {
		"discard", "secdiscard", "zeroout", "direct", "dsync", "shifted", "pieces",
		"loopdirect",
	};
	bool known = false;
	int fd, flags = O_RDWR | O_CLOEXEC;
	__u64 offset, len;
	size_t i;

	if (argc != 5)
		return usage();
	for (i = 0; i < ARRAY_SIZE(operations); i++)
		known |= !strcmp(argv[1], operations[i]);
	offset = strtoull(argv[3], NULL, 0);
	len = strtoull(argv[4], NULL, 0);
	if (!known || !len || len > MAX_LEN)
		return usage();
	if (!strstr(argv[1], "discard") && strcmp(argv[1], "zeroout"))
		flags |= O_DIRECT;
	if (!strcmp(argv[1], "dsync"))
		flags |= O_DSYNC;
	fd = open(argv[2], flags);
	if (fd < 0 || run(argv[1], fd, offset, len)) {
		printf("%s\n", strerrorname_np(errno));
		fprintf(stderr, "ERROR: %s failed on '%s': %s\n", argv[1], argv[2],
			strerror(errno));
		return 1;
	}
	return close(fd) ? 1 : 0;
}
