// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file that appears under its name only when it is whole and durable.
 *
 * It is written under another name (see partial.c): outfile_open(),
 * outfile_write() any number of times, outfile_sync(), outfile_commit(). After
 * outfile_open() succeeded, outfile_discard() leaves nothing behind, in place of
 * any of these. All functions return 0 or a negative errno.
 *
 * Folder and file are opened once: what they are called meanwhile, and what else
 * gets such a name, does not matter.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/folder.h"
#include "lib/outfile.h"
#include "lib/text.h"
#include "lib/blkdev.h"

/* Zeros that fill a whole block of the file become a hole */
#define BLOCK	4096

/* Whether something is in the way. Only a file may be replaced */
static int check_name(const struct outfile *file)
{
	struct stat st;

	if (fstatat(file->folder, file->name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	return file->replace && S_ISREG(st.st_mode) ? 0 : -EEXIST;
}

/**
 * outfile_replaces() - would that be replaced?
 * @file: open
 * @dev: of the file in question
 * @ino: likewise
 */
bool outfile_replaces(const struct outfile *file, dev_t dev, ino_t ino)
{
	struct stat st;

	return !fstatat(file->folder, file->name, &st, AT_SYMLINK_NOFOLLOW) &&
	       st.st_dev == dev && st.st_ino == ino;
}

static int open_folder(const char *path)
{
	char folder[OUTFILE_PATH_MAX];
	int fd;

	if (text_base(path) == path)
		copy_string(folder, sizeof(folder), ".");
	else if (!format_string(folder, sizeof(folder), "%.*s",
				(int)(text_base(path) - path), path))
		return -ENAMETOOLONG;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int begin_file(struct outfile *file, const char *path, bool replace)
{
	int ret;

	file->replace = replace;
	file->path = path;
	if (!copy_string(file->name, sizeof(file->name), text_base(path)))
		return -ENAMETOOLONG;
	if (!file->name[0])
		return path[0] ? -EISDIR : -ENOENT;
	ret = check_name(file);
	return ret ? ret : partial_create(file);
}

/* The folder is @file's, whatever comes of it */
static int open_in(struct outfile *file, int folder, const char *path,
		   bool replace)
{
	int ret;

	memset(file, 0, sizeof(*file));
	file->fd = -1;
	file->folder = folder;
	if (folder < 0)
		return folder;
	ret = begin_file(file, path, replace);
	if (ret)
		close(folder);
	return ret;
}

/**
 * outfile_open() - begin a file
 * @file: filled
 * @path: what it will be called; to be kept
 * @replace: a file of that name may exist
 *
 * Return: 0 or a negative errno; then there is nothing to discard
 */
int outfile_open(struct outfile *file, const char *path, bool replace)
{
	return open_in(file, open_folder(path), path, replace);
}

/* The same in a folder that is open; of @path only the last part counts */
int outfile_open_at(struct outfile *file, int folder, const char *path,
		    bool replace)
{
	int own = fcntl(folder, F_DUPFD_CLOEXEC, 0);

	return open_in(file, own < 0 ? -errno : own, path, replace);
}

static bool is_zero(const unsigned char *data, size_t len)
{
	return !data[0] && !memcmp(data, data + 1, len - 1);
}

static int write_piece(struct outfile *file, __u64 offset,
		       const unsigned char *data, size_t len)
{
	int ret = write_all_at(file->fd, offset, data, len);

	if (!ret && len && offset + len > file->end)
		file->end = offset + len;
	return ret;
}

/*
 * Whole blocks of zeros are left out, but only behind everything that was
 * written: before that they may have to replace something.
 */
int outfile_write(struct outfile *file, __u64 offset, const unsigned char *data,
		  size_t len)
{
	size_t from = 0, to = 0;
	int ret;

	while (to < len) {
		size_t n = BLOCK - (size_t)((offset + to) % BLOCK);

		if (n > len - to)
			n = len - to;
		if (n == BLOCK && offset + to >= file->end &&
		    is_zero(data + to, n)) {
			ret = write_piece(file, offset + from, data + from, to - from);
			if (ret)
				return ret;
			from = to + n;
		}
		to += n;
	}
	return write_piece(file, offset + from, data + from, to - from);
}

/* @size: exactly what the file shall have, hole at its end included */
int outfile_sync(struct outfile *file, __u64 size)
{
	return ftruncate(file->fd, (off_t)size) || fsync(file->fd) ? -errno : 0;
}

/* Is what has the name of our file still our file? */
static int check_partial(const struct outfile *file)
{
	struct stat named, ours;

	if (fstatat(file->folder, file->partial, &named, AT_SYMLINK_NOFOLLOW) ||
	    fstat(file->fd, &ours))
		return -errno;
	return named.st_dev == ours.st_dev && named.st_ino == ours.st_ino ?
	       0 : -ESTALE;
}

static int rename_over(const struct outfile *file)
{
	return renameat(file->folder, file->partial, file->folder, file->name) ?
	       -errno : 0;
}

/* An empty file of ours keeps the name from others until it is replaced */
static int claim_name(const struct outfile *file)
{
	int fd = openat(file->folder, file->name,
			O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int ret;

	if (fd < 0)
		return -errno;
	close(fd);
	ret = rename_over(file);
	if (ret)
		unlinkat(file->folder, file->name, 0);
	return ret;
}

/*
 * What has the name stays, whenever it has come. Some file systems know only
 * some of the ways; none of them is a check and a rename.
 */
static int take_free_name(const struct outfile *file)
{
	if (!renameat2(file->folder, file->partial, file->folder, file->name,
		       RENAME_NOREPLACE))
		return 0;
	if (!folder_cannot(errno))
		return -errno;
	if (!linkat(file->folder, file->partial, file->folder, file->name, 0)) {
		unlinkat(file->folder, file->partial, 0);
		return 0;
	}
	if (errno != EPERM && errno != EMLINK && !folder_cannot(errno))
		return -errno;
	return claim_name(file);
}

static void close_file(struct outfile *file)
{
	if (file->fd >= 0)
		close(file->fd);
	if (file->folder >= 0)
		close(file->folder);
	file->fd = -1;
	file->folder = -1;
}

/* Returns: 0; or a negative errno, then there is something to discard */
int outfile_commit(struct outfile *file)
{
	int ret = check_partial(file);

	if (!ret)
		ret = check_name(file);
	if (!ret)
		ret = file->replace ? rename_over(file) : take_free_name(file);
	if (!ret)
		partial_end(file);
	if (!ret)
		ret = folder_sync(file->folder, file->path);
	if (!ret)
		close_file(file);
	return ret;
}

void outfile_discard(struct outfile *file)
{
	if (file->folder >= 0 && !check_partial(file))
		unlinkat(file->folder, file->partial, 0);
	close_file(file);
}

/**
 * outfile_put() - a small file that is there when it is whole and durable
 * @folder: a descriptor, the caller's
 * @path: of the file: only the last part counts
 * @text: what is in it
 * @len: of it
 * @replace: one of that name is replaced
 *
 * Return: 0 or a negative errno, and then there is nothing to discard
 */
int outfile_put(int folder, const char *path, const char *text, size_t len, bool replace)
{
	struct outfile file;
	int ret = outfile_open_at(&file, folder, path, replace);

	if (ret)
		return ret;
	ret = outfile_write(&file, 0, (const unsigned char *)text, len);
	if (!ret)
		ret = outfile_sync(&file, len);
	if (!ret)
		ret = outfile_commit(&file);
	if (ret)
		outfile_discard(&file);
	return ret;
}
