// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A module's file: its bytes, and what it says about itself.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deploy/modinfo.h"
#include "deploy/root.h"
#include "lib/child.h"

/* Behind the signature of a module: see the kernel's scripts/sign-file */
static const char signature[] = "~Module signature appended~\n";
/* No module is larger when it is unpacked */
#define UNPACKED_MAX	(64 << 20)

static const char *unpacker(const char *path)
{
	const char *end = strrchr(path, '.');

	if (end && !strcmp(end, ".xz"))
		return "xz";
	if (end && !strcmp(end, ".zst"))
		return "zstd";
	if (end && !strcmp(end, ".gz"))
		return "gzip";
	return NULL;
}

/* What a child writes. Returns: NULL, and errno */
static char *read_child(struct child *child, size_t *size)
{
	struct pollfd fd = { .fd = child->out, .events = POLLIN };
	char *data = NULL, *more;
	size_t room = 0;
	ssize_t n = 1;

	for (*size = 0; n > 0; *size += (size_t)n) {
		if (room - *size < 65536) {
			room = room ? 2 * room : 1 << 20;
			more = room > UNPACKED_MAX ? NULL : realloc(data, room + 1);
			if (!more)
				break;
			data = more;
		}
		poll(&fd, 1, -1);
		n = read(child->out, data + *size, room - *size);
	}
	if (!n)
		return data;
	errno = n < 0 ? errno : EFBIG;
	free(data);
	return NULL;
}

static char *unpack(const char *program, const char *path, size_t *size)
{
	char *const argv[] = { (char *)program, (char *)"-dcq", (char *)path, NULL };
	char full[ROOT_PATH_MAX];
	struct child child;
	char *data;
	int ret = find_program(program, full, sizeof(full));

	if (!ret)
		ret = child_start(&child, full, argv);
	if (ret) {
		errno = -ret;
		return NULL;
	}
	data = read_child(&child, size);
	if (data)
		child_wait(&child);
	child_stop(&child);
	child_close(&child);
	if (data && child_succeeded(&child)) {
		data[*size] = '\0';
		return data;
	}
	errno = EIO;
	free(data);
	return NULL;
}

/* Unpacked if it is packed, with a NUL behind it. Returns: NULL, and errno */
char *modinfo_load(const char *path, size_t *size)
{
	const char *program = unpacker(path);

	return program ? unpack(program, path, size) : root_load(path, size);
}

/* The value of "key=..." from @from on, with its NUL before @end; or NULL */
static const char *find_value(const char *from, const char *end, const char *key)
{
	const char *at = memmem(from, (size_t)(end - from), key, strlen(key));

	return at ? at + strlen(key) : NULL;
}

static void add_softdeps(struct modinfo *info, const char *data, const char *end)
{
	const char *at = data;

	while ((at = find_value(at, end, "softdep=")))
		append_string(info->softdep, sizeof(info->softdep), "%s ", at);
}

/**
 * modinfo_read() - ask a module
 * @path: of its file
 * @info: filled
 *
 * Return: 0 or a negative errno
 */
int modinfo_read(const char *path, struct modinfo *info)
{
	size_t size = 0, mark = strlen(signature);
	const char *value, *end;
	char *data;

	memset(info, 0, sizeof(*info));
	data = modinfo_load(path, &size);
	if (!data)
		return -errno;
	end = data + size;
	value = find_value(data, end, "vermagic=");
	if (value)
		snprintf(info->release, sizeof(info->release), "%.*s",
			 (int)strcspn(value, " "), value);
	/* not that of another key, such as srcversion= */
	for (value = data; (value = find_value(value, end, "version=")); )
		if (value - data > 8 && !value[-9] && !info->version[0])
			copy_string(info->version, sizeof(info->version), value);
	add_softdeps(info, data, end);
	info->is_signed = size > mark && !memcmp(end - mark, signature, mark);
	if (info->is_signed)
		signer_read(data, size - mark, &info->signer);
	free(data);
	return 0;
}
