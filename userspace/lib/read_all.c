// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading what may come in pieces, and may be more than anybody wants.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <unistd.h>

#include "lib/read_all.h"

/**
 * read_all() - read up to the end
 * @fd: from where it stands
 * @data: filled
 * @size: of @data in bytes, one more than is wanted: who fills all of it has more
 *
 * Return: bytes, or a negative errno
 */
ssize_t read_all(int fd, void *data, size_t size)
{
	size_t have = 0;
	ssize_t n;

	while (have < size) {
		n = read(fd, (char *)data + have, size - have);
		if (n < 0)
			return -errno;
		if (!n)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}
