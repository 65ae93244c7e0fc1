// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * putdump: put a dump into the next slot of an area, as the module would.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Usage: putdump IMAGE DUMP
 * For an area that is to have one before the log of another one begins.
 */
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core.h"
#include "judge.h"

static int read_memory(void *ctx, void *buf, size_t len, __u64 offset)
{
	memcpy(buf, (const u8 *)ctx + offset, len);
	return 0;
}

static u8 *map(const char *path, u64 *size)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;
	void *memory;

	if (fd < 0 || fstat(fd, &st))
		err(1, "%s", path);
	*size = (u64)st.st_size;
	memory = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		err(1, "%s", path);
	close(fd);
	return memory;
}

int main(int argc, char **argv)
{
	struct area_io io = { .read = read_memory };
	struct core core = { 0 };
	struct area area;
	u8 *dump;
	u64 size;

	if (argc != 3)
		errx(2, "Usage: putdump IMAGE DUMP");
	core.disk = map(argv[1], &io.size);
	io.ctx = core.disk;
	if (area_load(&area, &io))
		errx(1, "'%s' holds no dump area", argv[1]);
	dump = read_reference(argv[2], &size);
	if (!dump)
		return 1;
	core.geo = area.geo;
	core.header = *area.header;
	core.copy = area.copy;
	core_dump(&core, dump, size);
	area_unload(&area);
	free(dump);
	munmap(core.disk, io.size);
	return 0;
}
