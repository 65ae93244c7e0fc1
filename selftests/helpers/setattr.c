// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * setattr: write a value to an attribute with one write(2), and name the errno.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * A shell says "Invalid argument" in the words of its C library, and may split
 * what it writes. Here the errno's name goes to stdout, the words to stderr.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int fail(const char *operation, const char *path)
{
	int err = errno;

	printf("%s\n", strerrorname_np(err));
	fprintf(stderr, "ERROR: %s failed on '%s': %s\n", operation, path, strerror(err));
	return 1;
}

int main(int argc, char **argv)
{
	char line[8192];
	ssize_t done;
	int len, fd;

	if (argc != 3) {
		fprintf(stderr, "Usage: setattr PATH VALUE\n");
		return 2;
	}
	len = snprintf(line, sizeof(line), "%s\n", argv[2]);
	if (len >= (int)sizeof(line)) {
		fprintf(stderr, "ERROR: setattr: the value has more than %zu bytes\n",
			sizeof(line) - 2);
		return 2;
	}
	fd = open(argv[1], O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return fail("open", argv[1]);
	done = write(fd, line, len);
	if (done < 0)
		return fail("write", argv[1]);
	if (done != len) {
		errno = EMSGSIZE;
		return fail("write of the whole value", argv[1]);
	}
	if (close(fd))
		return fail("close", argv[1]);
	return 0;
}
