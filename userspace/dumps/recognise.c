// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is on a device or in a file that is no dump area?
 *
 * A dump may be the only one of its crash, and no program but this one looks for
 * it: libblkid knows file systems, and neither dumps nor age files. Nobody is to be
 * told to make a dump area of one, and nobody makes one without having said so.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumps/recognise.h"
#include "flat/flat.h"
#include "lib/text.h"

/* How much of the beginning is looked at, and of a file at a time */
#define LOOK_SIZE	65536

/* How much is lost around what cannot be read */
#define LOST_SIZE	4096

#define MAGIC(text, kind, words) { text, sizeof(text) - 1, kind, words }

static const struct {
	const char		*magic;
	size_t			len;
	enum recognised_kind	kind;
	const char		*words;
} known[] = {
	MAGIC(FLAT_SIGNATURE, RECOGNISED_STREAM, "a plain dump"),
	MAGIC("KDUMP   ", RECOGNISED_VMCORE, "a dump as makedumpfile writes it (KDUMP)"),
	MAGIC("DISKDUMP", RECOGNISED_VMCORE, "a dump as makedumpfile writes it (DISKDUMP)"),
	MAGIC("age-encryption.org/", RECOGNISED_AGE, "an age file"),
	MAGIC("-----BEGIN AGE ENCRYPTED FILE-----", RECOGNISED_ARMOR, "an age file, armored"),
};

static bool is_core(const unsigned char *begin, size_t len)
{
	size_t low = offsetof(Elf64_Ehdr, e_type);

	if (len < low + 2 || memcmp(begin, ELFMAG, SELFMAG))
		return false;
	if (begin[EI_DATA] == ELFDATA2MSB)
		return !begin[low] && begin[low + 1] == ET_CORE;
	return begin[low] == ET_CORE && !begin[low + 1];
}

static bool find_dump(const unsigned char *begin, size_t len, struct recognised *found)
{
	size_t i;

	if (is_core(begin, len)) {
		found->kind = RECOGNISED_VMCORE;
		copy_string(found->text, sizeof(found->text), "a dump as an ELF core");
		return true;
	}
	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (len >= known[i].len && !memcmp(begin, known[i].magic, known[i].len)) {
			found->kind = known[i].kind;
			copy_string(found->text, sizeof(found->text), known[i].words);
			return true;
		}
	return false;
}

/**
 * recognise() - what does it begin with?
 * @io: open
 * @found: filled
 *
 * Return: 0 or a negative errno
 */
int recognise(struct area_io *io, struct recognised *found)
{
	static unsigned char begin[LOOK_SIZE];
	size_t len = io->size < sizeof(begin) ? (size_t)io->size : sizeof(begin);
	int ret, unreadable = io->read(io->ctx, begin, len, 0);

	*found = (struct recognised){ .kind = RECOGNISED_ZEROS };
	if (!unreadable && find_dump(begin, len, found))
		return 0;
	ret = signature_find(io->fd, found->text);
	if (found->text[0])
		found->kind = RECOGNISED_SIGNATURE;
	if (ret || found->text[0])
		return ret;
	if (unreadable || !dumpflt_format_zero(begin, len)) {
		found->kind = RECOGNISED_OTHER;
		copy_string(found->text, sizeof(found->text), "something that is not recognised");
	}
	return 0;
}

static void read_what_can_be(struct area_io *io, unsigned char *bytes, size_t len, __u64 offset)
{
	size_t at, n;

	for (at = 0; at < len; at += n) {
		n = len - at < LOST_SIZE ? len - at : LOST_SIZE;
		if (io->read(io->ctx, bytes + at, n, offset + at))
			memset(bytes + at, 0, n);
	}
}

/* @fd: a file as large as what is looked at, in which there is nothing yet */
static int find_in_place(struct area_io *io, int fd, __u64 offset, size_t len,
			 char text[SIGNATURE_TEXT_MAX])
{
	int ret = -posix_fallocate(fd, (off_t)offset, (off_t)len);
	struct recognised found;
	unsigned char *bytes;

	if (ret)
		return ret;
	bytes = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);
	if (bytes == MAP_FAILED)
		return -errno;
	read_what_can_be(io, bytes, len, offset);
	if (find_dump(bytes, len, &found))
		copy_string(text, SIGNATURE_TEXT_MAX, found.text);
	else
		ret = signature_find(fd, text);
	munmap(bytes, len);
	return ret;
}

/**
 * recognise_place() - what is in one place, as far as that can be read?
 * @io: open
 * @offset: of the place, a multiple of 64 KiB
 * @len: bytes of it, all of which @io has
 * @text: in words that fit behind "it holds "; empty if nothing is recognised
 *
 * What is elsewhere says nothing, and neither does a block that cannot be read, at which
 * libblkid gives up.
 *
 * Return: 0 or a negative errno
 */
int recognise_place(struct area_io *io, __u64 offset, size_t len, char text[SIGNATURE_TEXT_MAX])
{
	int fd = memfd_create("place", MFD_CLOEXEC), ret;

	text[0] = '\0';
	if (fd < 0)
		return -errno;
	ret = ftruncate(fd, (off_t)io->size) ? -errno : find_in_place(io, fd, offset, len, text);
	close(fd);
	return ret;
}

/**
 * recognise_zeros() - is it a file with anything in it but zeros?
 * @io: open
 * @zeros: set; true for a block device, which keeps what it was used for before
 *
 * Return: 0 or a negative errno
 */
int recognise_zeros(const struct area_io *io, bool *zeros)
{
	unsigned char *buffer;
	struct stat st;
	off_t at = 0;
	int ret = 0;

	*zeros = true;
	if (fstat(io->fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return 0;
	buffer = malloc(LOOK_SIZE);
	if (!buffer)
		return -ENOMEM;
	/* over the holes; a file system without them says that all is data */
	while (*zeros && !ret && (at = lseek(io->fd, at, SEEK_DATA)) >= 0) {
		ssize_t n = pread(io->fd, buffer, LOOK_SIZE, at);

		if (n < 0 && errno != EINTR)
			ret = -errno;
		if (n > 0) {
			*zeros = dumpflt_format_zero(buffer, (size_t)n);
			at += n;
		}
	}
	if (!ret && *zeros && errno != ENXIO)
		ret = -errno;
	free(buffer);
	return ret;
}
