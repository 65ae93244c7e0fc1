// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Zeros over what is not to be read any more, and the proof that they are there.
 *
 * Past the page cache: what was written is on its way to the disk, and what is read has
 * come from there. Where that cannot be (O_DIRECT is refused), pages are let go of before
 * they are read, once they are written.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dumps/zeros.h"
#include "lib/blkdev.h"
#include "module/format/format.h"

#define PIECE_SIZE	(1024UL * 1024)
/* The smallest that any disk takes, and what everything here is a multiple of */
#define BLOCK_SIZE	4096UL

/* Returns: whether it is as wanted now */
static bool set_direct(struct zeros *zeros, bool direct)
{
	zeros->direct = direct && !fcntl(zeros->fd, F_SETFL, zeros->flags | O_DIRECT);
	if (!direct)
		fcntl(zeros->fd, F_SETFL, zeros->flags);
	return zeros->direct == direct;
}

/**
 * zeros_begin() - make ready
 * @zeros: filled, but for @step and @ctx, which are the caller's
 * @fd: open for both; nobody else uses it until zeros_end()
 *
 * Return: 0 or a negative errno; then there is nothing to end
 */
int zeros_begin(struct zeros *zeros, int fd)
{
	zeros->fd = fd;
	zeros->at = 0;
	zeros->flags = fcntl(fd, F_GETFL);
	if (zeros->flags < 0)
		return -errno;
	zeros->blank = alloc_aligned(PIECE_SIZE);
	zeros->piece = alloc_aligned(PIECE_SIZE);
	if (!zeros->blank || !zeros->piece) {
		free(zeros->blank);
		free(zeros->piece);
		return -ENOMEM;
	}
	memset(zeros->blank, 0, PIECE_SIZE);
	set_direct(zeros, true);
	return 0;
}

void zeros_end(struct zeros *zeros)
{
	set_direct(zeros, false);
	free(zeros->blank);
	free(zeros->piece);
}

/* Exactly @len bytes to @buffer. Returns: 0 or a negative errno */
static int read_piece(const struct zeros *zeros, size_t len)
{
	char *to = zeros->piece;
	__u64 at = zeros->at;
	ssize_t n;

	while (len) {
		n = pread(zeros->fd, to, len, (off_t)at);
		if (n < 0)
			return -errno;
		if (!n)
			return -ENODATA;
		to += n;
		at += (__u64)n;
		len -= (size_t)n;
	}
	return 0;
}

static int write_piece(const struct zeros *zeros, size_t len)
{
	return write_all_at(zeros->fd, zeros->at, zeros->blank, len);
}

static int check_piece(const struct zeros *zeros, size_t len)
{
	int ret;

	if (!zeros->direct)
		posix_fadvise(zeros->fd, (off_t)zeros->at, (off_t)len, POSIX_FADV_DONTNEED);
	ret = read_piece(zeros, len);
	return !ret && memcmp(zeros->piece, zeros->blank, len) ? -EBADMSG : ret;
}

/* Of a block, and not of the disk as a whole */
static bool is_of_block(int err)
{
	return err == -EIO || err == -EREMOTEIO || err == -ENODATA || err == -EILSEQ ||
	       err == -ENOSPC;
}

/*
 * What can be done with it block by block, is; the disk said that not all can. A bad block may
 * take a disk seconds: whoever wants to stop it is heard between two
 */
static int each_block(struct zeros *zeros, size_t len,
		      int (*work)(const struct zeros *zeros, size_t len))
{
	__u64 begin = zeros->at, end = begin + len;
	int ret;

	for (; zeros->at < end; zeros->at += BLOCK_SIZE) {
		ret = zeros->step ? zeros->step(zeros->ctx, 0) : 0;
		if (ret)
			return ret;
		ret = work(zeros, BLOCK_SIZE);
		if (!ret)
			continue;
		if (!is_of_block(ret))
			return ret;
		if (!zeros->skipped) {
			zeros->first = zeros->at;
			zeros->error = ret;
		}
		zeros->skipped += BLOCK_SIZE;
	}
	zeros->at = begin;
	return 0;
}

static int each_piece(struct zeros *zeros, __u64 from, __u64 len,
		      int (*work)(const struct zeros *zeros, size_t len))
{
	size_t n;
	int ret = 0;

	for (zeros->at = from; len; zeros->at += n, len -= n) {
		n = len < PIECE_SIZE ? (size_t)len : PIECE_SIZE;
		ret = work(zeros, n);
		/* some take the flag and not what is asked for then */
		if (ret == -EINVAL && zeros->direct && set_direct(zeros, false))
			ret = work(zeros, n);
		if (zeros->skips && is_of_block(ret))
			ret = each_block(zeros, n, work);
		if (!ret && zeros->step)
			ret = zeros->step(zeros->ctx, n);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * zeros_write() - write over it; durable after an fsync()
 * @zeros: begun
 * @from: a multiple of 4096
 * @len: likewise
 *
 * Return: 0, what the step returned, or a negative errno
 */
int zeros_write(struct zeros *zeros, __u64 from, __u64 len)
{
	return each_piece(zeros, from, len, write_piece);
}

/**
 * zeros_check() - read all of it back, after an fsync()
 * @zeros: begun
 * @from: a multiple of 4096
 * @len: likewise
 *
 * Return: 0 if there are only zeros; -EBADMSG if not; what the step returned, or a
 * negative errno
 */
int zeros_check(struct zeros *zeros, __u64 from, __u64 len)
{
	return each_piece(zeros, from, len, check_piece);
}
