// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file that appears under its name only when it is whole and durable.
 *
 * It is written as <name>.partial: outfile_open(), outfile_write() any number
 * of times, outfile_sync(), outfile_commit(). After outfile_open() succeeded,
 * outfile_discard() leaves nothing behind, in place of any of these. All
 * functions return 0 or a negative errno.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/outfile.h"
#include "lib/text.h"
#include "lib/blkdev.h"

/* Zeros that fill a whole block of the file become a hole */
#define BLOCK	4096

/* Whether something is in the way. Only a file may be replaced */
static int check_path(const struct outfile *file)
{
	struct stat st;

	if (lstat(file->path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	return file->replace && S_ISREG(st.st_mode) ? 0 : -EEXIST;
}

int outfile_open(struct outfile *file, const char *path, bool replace)
{
	int ret;

	memset(file, 0, sizeof(*file));
	file->fd = -1;
	file->replace = replace;
	if (!copy_string(file->path, sizeof(file->path), path) ||
	    !format_string(file->partial, sizeof(file->partial), "%s.partial", path))
		return -ENAMETOOLONG;
	ret = check_path(file);
	if (ret)
		return ret;
	/* Left by a run that was killed; without --force it may be one that runs */
	if (replace && unlink(file->partial) && errno != ENOENT)
		return -errno;
	/* A dump is the memory of the machine: for its owner only */
	file->fd = open(file->partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
			O_NOFOLLOW, 0600);
	return file->fd < 0 ? -errno : 0;
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
	int fd = file->fd;

	if (ftruncate(fd, (off_t)size) || fsync(fd))
		return -errno;
	file->fd = -1;
	return close(fd) ? -errno : 0;
}

/* The name is durable only when the folder it is in is */
static int sync_folder(const char *path)
{
	char folder[OUTFILE_PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd, ret = 0;

	if (!slash)
		copy_string(folder, sizeof(folder), ".");
	else
		format_string(folder, sizeof(folder), "%.*s",
			      (int)(slash - path) + 1, path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fsync(fd))
		ret = -errno;
	close(fd);
	return ret;
}

int outfile_commit(struct outfile *file)
{
	int ret;

	if (file->replace)
		ret = rename(file->partial, file->path);
	else
		ret = renameat2(AT_FDCWD, file->partial, AT_FDCWD, file->path,
				RENAME_NOREPLACE);
	/* A file system that cannot do that: the check at the start must do */
	if (ret && errno == EINVAL)
		ret = rename(file->partial, file->path);
	return ret ? -errno : sync_folder(file->path);
}

void outfile_discard(struct outfile *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
	unlink(file->partial);
}
