// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The memory of the running kernel, by physical address: /proc/kcore, an ELF file
 * of 64 bits wherever the kernel has as many.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "deploy/root.h"
#include "rehearsal/kcore.h"

/* Of memory that is only virtual */
#define NO_ADDRESS	(~0ULL)

static int read_segments(struct kcore *kcore)
{
	Elf64_Ehdr header;
	Elf64_Phdr entry;
	unsigned int i;

	if (pread(kcore->fd, &header, sizeof(header), 0) != sizeof(header))
		return errno ? -errno : -ENOEXEC;
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) ||
	    header.e_ident[EI_CLASS] != ELFCLASS64 ||
	    header.e_phentsize != sizeof(entry))
		return -ENOEXEC;
	for (i = 0; i < header.e_phnum && kcore->nr < KCORE_SEGMENTS_MAX; i++) {
		if (pread(kcore->fd, &entry, sizeof(entry),
			  (off_t)(header.e_phoff + i * sizeof(entry))) != sizeof(entry))
			return -ENOEXEC;
		if (entry.p_type != PT_LOAD || entry.p_paddr == NO_ADDRESS)
			continue;
		kcore->segment[kcore->nr++] = (struct kcore_segment){
			.physical = entry.p_paddr, .virtual = entry.p_vaddr,
			.size = entry.p_memsz, .offset = entry.p_offset,
		};
	}
	return kcore->nr ? 0 : -ENODATA;
}

/* Returns: 0; a negative errno: -EPERM where the kernel is locked down */
int kcore_open(struct kcore *kcore)
{
	char path[ROOT_PATH_MAX];
	int ret;

	memset(kcore, 0, sizeof(*kcore));
	root_path(path, "/proc/kcore");
	kcore->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (kcore->fd < 0)
		return -errno;
	errno = 0;
	ret = read_segments(kcore);
	if (ret)
		kcore_close(kcore);
	return ret;
}

/* Returns: false if there is no such memory, or none that can be read now */
bool kcore_read(const struct kcore *kcore, __u64 physical, void *to, size_t size)
{
	const struct kcore_segment *segment;
	size_t i;

	for (i = 0; i < kcore->nr; i++) {
		segment = &kcore->segment[i];
		if (physical >= segment->physical && segment->size >= size &&
		    physical - segment->physical <= segment->size - size)
			return pread(kcore->fd, to, size,
				     (off_t)(segment->offset + physical - segment->physical)) ==
			       (ssize_t)size;
	}
	return false;
}

void kcore_close(struct kcore *kcore)
{
	if (kcore->fd >= 0)
		close(kcore->fd);
	kcore->fd = -1;
}
