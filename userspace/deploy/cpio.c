// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An archive as the kernel unpacks it: cpio, format newc.
 *
 * Written here as the kernel's usr/gen_init_cpio does, and not by the program
 * cpio: that archives files of a folder, which would have to be copied there
 * first, with their owners. See the kernel's early-userspace/buffer-format.rst.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "deploy/cpio.h"
#include "lib/text.h"

#define HEADER	110

static void pad(struct cpio *cpio, size_t size)
{
	static const char zeros[4];

	fwrite(zeros, 1, (4 - size % 4) % 4, cpio->file);
}

/* @path: from / on; root's, and of the epoch: the same input gives the same bytes */
static void add(struct cpio *cpio, const char *path, mode_t mode, const void *data, size_t size)
{
	const char *name = path + (path[0] == '/');
	unsigned int len = (unsigned int)strlen(name) + 1;

	fprintf(cpio->file, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
		++cpio->inode, (unsigned int)mode, 0U, 0U, 1U, 0U, (unsigned int)size,
		0U, 0U, 0U, 0U, len, 0U);
	fwrite(name, 1, len, cpio->file);
	pad(cpio, HEADER + len);
	if (size)
		fwrite(data, 1, size, cpio->file);
	pad(cpio, size);
}

void cpio_begin(struct cpio *cpio, FILE *file)
{
	memset(cpio, 0, sizeof(*cpio));
	cpio->file = file;
}

/* With those that it is in */
void cpio_add_folder(struct cpio *cpio, const char *path)
{
	char part[256], word[260];
	const char *end;
	size_t len;

	for (end = strchr(path + 1, '/');; end = strchr(end + 1, '/')) {
		len = end ? (size_t)(end - path) : strlen(path);
		snprintf(part, sizeof(part), "%.*s", (int)len, path);
		snprintf(word, sizeof(word), "%s ", part);
		if (!strstr(cpio->folders, word)) {
			append_string(cpio->folders, sizeof(cpio->folders), "%s", word);
			add(cpio, part, S_IFDIR | 0755, NULL, 0);
		}
		if (!end)
			return;
	}
}

void cpio_add_file(struct cpio *cpio, const char *path, mode_t mode, const void *data,
		   size_t size)
{
	const char *slash = strrchr(path, '/');
	char folder[256];

	if (slash > path) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
		cpio_add_folder(cpio, folder);
	}
	add(cpio, path, S_IFREG | mode, data, size);
}

/* Returns: 0, or a negative errno if anything of it could not be written */
int cpio_end(struct cpio *cpio)
{
	errno = 0;
	add(cpio, CPIO_END, 0, NULL, 0);
	if (!fflush(cpio->file) && !ferror(cpio->file))
		return 0;
	return errno ? -errno : -EIO;
}
