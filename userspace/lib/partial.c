// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a file is called while it is written: <name>.<8 hex digits>.partial.
 *
 * Each writer has a name of its own, so that two of them that write to one name
 * disturb each other in nothing, and the last one wins. A writer holds a lock
 * on its file, and it is marked as unfinished; so what a killed one left can be
 * told from a file of somebody else that happens to be called so, and is removed.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/folder.h"
#include "lib/outfile.h"
#include "lib/text.h"

/* Names that may be taken before it is not by chance any more */
#define TRIES	16

/* Is @entry what a file that will be called @name is called until then? */
bool partial_is_of(const char *entry, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(entry, name, len) && entry[len] == '.' &&
	       strspn(entry + len + 1, "0123456789abcdef") == PARTIAL_ID_CHARS &&
	       !strcmp(entry + len + 1 + PARTIAL_ID_CHARS, PARTIAL_END);
}

/* Ours, and nobody works on it: then it is what a killed run left */
static void remove_if_left(int folder, const char *entry)
{
	int fd = openat(folder, entry, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_mode & PARTIAL_MARK &&
	    st.st_uid == geteuid() && !flock(fd, LOCK_EX | LOCK_NB))
		unlinkat(folder, entry, 0);
	close(fd);
}

/* What cannot be removed is in nobody's way */
static void remove_left(const struct outfile *file)
{
	DIR *dir = folder_list(file->folder);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (partial_is_of(entry->d_name, file->name))
			remove_if_left(file->folder, entry->d_name);
	closedir(dir);
}

static int create_one(struct outfile *file)
{
	char id[2 * sizeof(__u32) + 1];
	__u32 number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return -EIO;
	text_hex(&number, sizeof(number), id);
	if (!format_string(file->partial, sizeof(file->partial), "%s.%s" PARTIAL_END,
			   file->name, id))
		return -ENAMETOOLONG;
	/* A dump is the memory of the machine: for its owner only */
	file->fd = openat(file->folder, file->partial,
			  O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			  PARTIAL_MARK | 0600);
	return file->fd < 0 ? -errno : 0;
}

/* Returns: 0; -EAGAIN if somebody took it for left before it was locked */
static int lock_one(struct outfile *file)
{
	struct stat st;

	/* Who cannot lock there removes nothing either */
	if (flock(file->fd, LOCK_EX | LOCK_NB) && folder_cannot(errno))
		return 0;
	if (!fstat(file->fd, &st) && st.st_nlink)
		return 0;
	close(file->fd);
	file->fd = -1;
	return -EAGAIN;
}

/**
 * partial_create() - begin a file under a name of its own
 * @file: folder and name are set; fd and partial are filled
 *
 * Return: 0 or a negative errno
 */
int partial_create(struct outfile *file)
{
	unsigned int tries;
	int ret = 0;

	remove_left(file);
	for (tries = 0; tries < TRIES; tries++) {
		ret = create_one(file);
		if (!ret)
			ret = lock_one(file);
		if (ret != -EEXIST && ret != -EAGAIN)
			break;
	}
	return ret;
}

/**
 * partial_end() - the file has its name: it is not to be taken for left any more
 * @file: open
 *
 * A mark that stays, because of a kill or a file system, means nothing under that name.
 */
void partial_end(const struct outfile *file)
{
	struct stat st;

	if (!fstat(file->fd, &st) && st.st_mode & PARTIAL_MARK)
		fchmod(file->fd, st.st_mode & 0777);
}
