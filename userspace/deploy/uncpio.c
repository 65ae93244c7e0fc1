// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unpacking an image, as the kernel does it: a packed cpio archive of format newc,
 * with folders and files in it and nothing else.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deploy/cpio.h"
#include "deploy/root.h"
#include "deploy/uncpio.h"
#include "lib/blkdev.h"
#include "lib/child.h"

#define HEADER		110
#define FIELD		8
#define MAGIC		"070701"
/* Numbers of fields, behind the magic */
#define FIELD_MODE	1
#define FIELD_SIZE	6
#define FIELD_NAME	11
#define NAME_MAX_HERE	256
/* No file of an image is larger */
#define FILE_MAX	(256U << 20)

/* Returns: a field of the header, or a number that is too large for any */
static unsigned long field(const char *header, unsigned int number)
{
	char text[FIELD + 1], *end;
	unsigned long value;

	memcpy(text, header + strlen(MAGIC) + (size_t)number * FIELD, FIELD);
	text[FIELD] = '\0';
	value = strtoul(text, &end, 16);
	return *end ? ~0UL : value;
}

/* What is behind so many bytes, up to a multiple of 4 */
static bool skip_pad(FILE *from, size_t size)
{
	char zeros[4];
	size_t pad = (4 - size % 4) % 4;

	return fread(zeros, 1, pad, from) == pad;
}

/* Nothing leads out of the folder */
static bool is_good_name(const char *name)
{
	return name[0] && name[0] != '/' && !strstr(name, "..");
}

static int put_file(FILE *from, const char *path, mode_t mode, size_t size)
{
	char data[16384];
	size_t n;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0777), ret = 0;

	if (fd < 0)
		return -errno;
	while (!ret && size) {
		n = fread(data, 1, size < sizeof(data) ? size : sizeof(data), from);
		ret = n ? write_all(fd, data, n) : -EIO;
		size -= n;
	}
	close(fd);
	return ret;
}

/* Returns: 1 if there is more, 0 at the end, or a negative errno */
static int take_member(FILE *from, const char *folder)
{
	char header[HEADER], name[NAME_MAX_HERE], path[ROOT_PATH_MAX];
	unsigned long mode, size, len;
	int ret;

	if (fread(header, 1, HEADER, from) != HEADER ||
	    memcmp(header, MAGIC, strlen(MAGIC)) != 0)
		return -EIO;
	mode = field(header, FIELD_MODE);
	size = field(header, FIELD_SIZE);
	len = field(header, FIELD_NAME);
	if (!len || len > NAME_MAX_HERE || size > FILE_MAX ||
	    fread(name, 1, len, from) != len || name[len - 1] || !skip_pad(from, HEADER + len))
		return -EIO;
	if (!strcmp(name, CPIO_END))
		return 0;
	if (!is_good_name(name) || !format_string(path, sizeof(path), "%s/%s", folder, name))
		return -EIO;
	if (S_ISDIR(mode))
		ret = mkdir(path, mode & 0777) ? -errno : 0;
	else
		ret = S_ISREG(mode) ? put_file(from, path, (mode_t)mode, size) : -EIO;
	if (!ret && !skip_pad(from, size))
		ret = -EIO;
	return ret ? ret : 1;
}

/* By its first bytes */
static const char *unpacker_of(const char *image)
{
	static const unsigned char zstd[4] = { 0x28, 0xb5, 0x2f, 0xfd };
	unsigned char first[4] = { 0 };
	FILE *file = fopen(image, "re");

	if (file) {
		if (fread(first, 1, sizeof(first), file) != sizeof(first))
			first[0] = 0;
		fclose(file);
	}
	return memcmp(first, zstd, sizeof(zstd)) ? "gzip" : "zstd";
}

static int take_all(struct child *child, const char *folder)
{
	FILE *from;
	int ret;

	/* read to its end: its pipe must block for stdio */
	fcntl(child->out, F_SETFL, 0);
	from = fdopen(dup(child->out), "r");
	if (!from)
		return -errno;
	do
		ret = take_member(from, folder);
	while (ret > 0);
	fclose(from);
	return ret;
}

/**
 * image_unpack() - unpack an image
 * @image: path of it
 * @folder: an empty one, that gets all that is in it
 *
 * Return: 0 or a negative errno
 */
int image_unpack(const char *image, const char *folder)
{
	const char *name = unpacker_of(image);
	char *const argv[] = { (char *)name, (char *)"-dc", (char *)image, NULL };
	char program[ROOT_PATH_MAX];
	struct child child;
	int ret = find_program(name, program, sizeof(program));

	if (!ret)
		ret = child_start(&child, program, argv);
	if (ret)
		return ret;
	ret = take_all(&child, folder);
	/* behind the end of the archive there is nothing that anybody reads */
	child_stop(&child);
	child_close(&child);
	return ret;
}
