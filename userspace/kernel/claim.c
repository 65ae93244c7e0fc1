// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who works with a stack from its start to its end, and is not to be disturbed.
 *
 * The state of a stack does not say whether the process that began a session is still
 * there, and its device is closed for a moment before the session ends. So that process
 * has a lock on the stack's folder, which goes with the process, however it ends.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "kernel/claim.h"
#include "kernel/kernel.h"

/* Returns: the process that has a lock on what is open, 0 if that is not known */
static pid_t lock_owner(int fd)
{
	unsigned int high, low;
	unsigned long long ino;
	FILE *file;
	struct stat st;
	char line[256];
	pid_t found = 0;
	int pid;

	file = fopen("/proc/locks", "re");
	if (!file)
		return 0;
	while (!found && !fstat(fd, &st) && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*u: FLOCK %*s %*s %d %x:%x:%llu", &pid, &high,
			   &low, &ino) == 4 && ino == st.st_ino &&
		    makedev(high, low) == st.st_dev && pid > 0)
			found = pid;
	fclose(file);
	return found;
}

/* The folder is for all to read, and who may read it may lock it: that is nobody at work */
static bool is_ours(pid_t owner)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d", owner);
	return !stat(path, &st) && st.st_uid == geteuid();
}

/**
 * claim_stack() - be the one who works with a stack
 * @name: of it
 * @owner: set on -EBUSY to the process that is, or 0 if that is not known
 *
 * Only a process of the same user is taken for one: it must be there, as a lock that a dead
 * one has left to others is none of ours.
 *
 * Return: what claim_end() takes, or a negative errno: -EBUSY if somebody else is
 */
int claim_stack(const char *name, pid_t *owner)
{
	int fd = kernel_stack_open(name), ret;

	*owner = 0;
	if (fd < 0 || !flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	ret = errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (ret == -EBUSY)
		*owner = lock_owner(fd);
	if (*owner && !is_ours(*owner)) {
		*owner = 0;
		return fd;
	}
	close(fd);
	return ret;
}

/* @claim: may be an error */
void claim_end(int claim)
{
	if (claim >= 0)
		close(claim);
}
