// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stand-in for devtmpfs: a file or a link that the tool takes for the block
 * device of a stack, and which is not one if somebody else made it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_kernel.h"

/* What tells the node from a file that somebody left under its name */
static const char *node_mark(const char *device)
{
	return fake_path("%s/.node", fake_disk(device));
}

/* Its type, too, as a file system gives out a number again */
static const char *mark_of(const struct stat *st)
{
	return fake_path("%o %llu", st->st_mode & S_IFMT, (__u64)st->st_ino);
}

/* As devtmpfs does: what is there already stays, and there is no node then */
void fake_node_make(const char *stack, const char *device, const char *target)
{
	const char *path = fake_device(stack);
	struct stat st;

	if (!lstat(path, &st))
		return;
	if (fake_area_used(stack))
		fake_put(path, "");
	else if (symlink(target, path))
		abort();
	if (lstat(path, &st))
		abort();
	fake_put(node_mark(device), mark_of(&st));
}

bool fake_is_node(const char *path)
{
	const char *mark = fake_get(node_mark(strrchr(path, '/') + 1));
	struct stat st;

	return mark[0] && !lstat(path, &st) &&
	       !strcmp(mark, mark_of(&st));
}

/* A test has files in place of targets, unless it is about them */
bool __wrap_target_is_device(const char *target)
{
	return !getenv("FAKE_NO_TARGET") || __real_target_is_device(target);
}

int __wrap_blkdev_number(const char *path, unsigned int *high, unsigned int *low)
{
	if (!fake_is_node(path))
		return __real_blkdev_number(path, high, low);
	return sscanf(fake_get(fake_path("%s/dev",
					 fake_disk(strrchr(path, '/') + 1))),
		      "%u:%u", high, low) == 2 ? 0 : -EIO;
}
