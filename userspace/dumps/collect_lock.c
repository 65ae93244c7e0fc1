// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One collector at a time in a folder, and nobody else has a say in it.
 *
 * Who may open a file may lock it, for as long as he likes, and a folder that dumps
 * are put into may be for all to read. So the lock is on a file of our own, which
 * nobody else can open; it is there for as long as it is held.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumps/collect.h"
#include "lib/folder.h"
#include "lib/report.h"

#define NAME	".dumpflt.lock"
/* Others may end while we begin, again and again; but not so often */
#define TRIES	16

/* Where a file is made as somebody else's, one that was made now is ours all the same */
static bool is_ours(int fd, bool made)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) &&
	       (made || (st.st_uid == geteuid() && !(st.st_mode & 0077)));
}

/* Returns: a descriptor or a negative errno: -EPERM if what is there is not ours */
static int open_lock(int folder)
{
	const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	int fd = openat(folder, NAME, flags | O_CREAT | O_EXCL, 0600);
	bool made = fd >= 0;

	if (!made && errno == EEXIST) {
		fd = openat(folder, NAME, flags);
		/* a link, a folder, a socket, or what only others may open */
		if (fd < 0 && errno != ENOENT)
			return -EPERM;
	}
	if (fd < 0)
		return errno == ENOENT ? -EAGAIN : -errno;
	if (is_ours(fd, made))
		return fd;
	close(fd);
	return -EPERM;
}

/* Who had it before may have taken it away meanwhile */
static bool is_there(int folder, int fd)
{
	struct stat named, ours;

	return !fstatat(folder, NAME, &named, AT_SYMLINK_NOFOLLOW) && !fstat(fd, &ours) &&
	       named.st_dev == ours.st_dev && named.st_ino == ours.st_ino;
}

/* Returns: a descriptor or a negative errno: -EWOULDBLOCK if another collector has it */
static int try_lock(int folder)
{
	int fd = open_lock(folder), ret;

	if (fd < 0)
		return fd;
	ret = flock(fd, LOCK_EX | LOCK_NB) ? -errno : 0;
	if (!ret && !is_there(folder, fd))
		ret = -EAGAIN;
	if (!ret)
		return fd;
	/* nobody can have a lock there, so that nobody is disturbed */
	if (ret != -EWOULDBLOCK && ret != -EAGAIN)
		unlinkat(folder, NAME, 0);
	close(fd);
	return ret;
}

/**
 * collect_lock() - keep other collectors from the folder
 * @folder: open; lock is set, and contested if others are in the way
 *
 * Two collectors disturb each other in nothing; but only who is alone may take what
 * was begun for left. That this cannot be known is no reason to collect nothing.
 *
 * Return: 0, or a negative errno, which is reported
 */
int collect_lock(struct collect_folder *folder)
{
	unsigned int tries;
	int ret = -EAGAIN;

	folder->contested = false;
	for (tries = 0; ret == -EAGAIN && tries < TRIES; tries++)
		ret = try_lock(folder->fd);
	folder->lock = ret;
	if (ret >= 0)
		return 0;
	if (ret == -EWOULDBLOCK) {
		report_failure("locking the folder", folder->path,
			       "another collect is at work in it");
		return ret;
	}
	if (folder_cannot(-ret)) {
		report_warning("'%s' cannot be locked: what a collect that was killed has left there stays",
			       folder->path);
		return 0;
	}
	folder->contested = true;
	if (ret == -EPERM)
		report_warning("'%s/.dumpflt.lock' is somebody else's, or others may open it: remove it; until then nothing old is removed",
			       folder->path);
	else
		report_warning("'%s' cannot be locked: %s: nothing old is removed", folder->path,
			       strerror(-ret));
	return 0;
}

void collect_unlock(struct collect_folder *folder)
{
	if (folder->lock < 0)
		return;
	unlinkat(folder->fd, NAME, 0);
	close(folder->lock);
	folder->lock = -1;
}
