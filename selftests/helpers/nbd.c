// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nbd: a network block device and its server, which has the disk in its memory.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 *	nbd /dev/nbdN MEBIBYTES COUNT [flush]	until it is told to end
 *	nbd /dev/nbdN				tells it
 *
 * The server offers to flush only if that is asked for, as some do not (nbd-server
 * with "flush = false", which is its default). COUNT is a file with the number of
 * flushes that it was asked for. Old ioctls, for no library is there.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nbd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCK	512

static void die(const char *what)
{
	fprintf(stderr, "ERROR: nbd: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* Returns: false at the end */
static int take(int fd, void *data, size_t len)
{
	return recv(fd, data, len, MSG_WAITALL) == (ssize_t)len;
}

static void give(int fd, const void *data, size_t len)
{
	const char *at = data;
	ssize_t n;

	for (; len; at += n, len -= (size_t)n) {
		n = send(fd, at, len, MSG_NOSIGNAL);
		if (n <= 0)
			exit(0);
	}
}

static void put_count(const char *path, unsigned int count)
{
	FILE *file = fopen(path, "w");

	if (!file || fprintf(file, "%u\n", count) < 0 || fclose(file))
		die(path);
}

static void serve(int fd, char *disk, size_t size, const char *count_path)
{
	struct nbd_request request;
	unsigned int count = 0;

	put_count(count_path, count);
	while (take(fd, &request, sizeof(request))) {
		struct nbd_reply reply = { .magic = htobe32(NBD_REPLY_MAGIC) };
		size_t len = be32toh(request.len);
		unsigned long long from = be64toh(request.from);
		unsigned int type = be32toh(request.type) & 0xffff;

		memcpy(&reply.handle, &request.handle, sizeof(reply.handle));
		if (type == NBD_CMD_DISC)
			break;
		if (type == NBD_CMD_FLUSH)
			put_count(count_path, ++count);
		else if (from > size || len > size - from)
			exit(1);
		if (type == NBD_CMD_WRITE && !take(fd, disk + from, len))
			break;
		give(fd, &reply, sizeof(reply));
		if (type == NBD_CMD_READ)
			give(fd, disk + from, len);
	}
	exit(0);
}

/* From here on the kernel is the client */
static int attach(int nbd, size_t size, const char *count_path, int flush)
{
	unsigned long flags = NBD_FLAG_HAS_FLAGS | (flush ? NBD_FLAG_SEND_FLUSH : 0);
	int ends[2], ret;
	pid_t server;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		die("socketpair");
	server = fork();
	if (server < 0)
		die("fork");
	if (!server) {
		char *disk = mmap(NULL, size, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(nbd);
		close(ends[0]);
		if (disk == MAP_FAILED)
			die("mmap");
		serve(ends[1], disk, size, count_path);
	}
	close(ends[1]);
	if (ioctl(nbd, NBD_SET_BLKSIZE, (unsigned long)BLOCK) ||
	    ioctl(nbd, NBD_SET_SIZE_BLOCKS, (unsigned long)(size / BLOCK)) ||
	    ioctl(nbd, NBD_SET_FLAGS, flags) || ioctl(nbd, NBD_SET_SOCK, ends[0]))
		die("ioctl");
	ret = ioctl(nbd, NBD_DO_IT);
	ioctl(nbd, NBD_CLEAR_SOCK);
	waitpid(server, NULL, 0);
	return ret ? 1 : 0;
}

int main(int argc, char **argv)
{
	int nbd, is_end = argc == 2;

	if (!is_end && argc != 4 && (argc != 5 || strcmp(argv[4], "flush"))) {
		fprintf(stderr, "Usage: nbd DEVICE [MEBIBYTES COUNT [flush]]\n");
		return 2;
	}
	nbd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (nbd < 0)
		die(argv[1]);
	if (!is_end)
		return attach(nbd, strtoul(argv[2], NULL, 10) << 20, argv[3], argc == 5);
	if (ioctl(nbd, NBD_DISCONNECT) || ioctl(nbd, NBD_CLEAR_SOCK))
		die(argv[1]);
	return 0;
}
