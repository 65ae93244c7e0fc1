// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A sample of this machine's memory, as a file that makedumpfile takes for the
 * memory of a crashed kernel.
 *
 *   0            one page
 *   +------------+----------------+----------------+-- ...
 *   | ELF header | pages, kind 1  | pages, kind 2  |
 *   +------------+----------------+----------------+-- ...
 *
 * The header says which of the pages are memory: all of one kind, or all that a
 * level keeps. There is nothing in it that tells makedumpfile of the kernel, so it
 * takes them for what they are.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/blkdev.h"
#include "rehearsal/kcore.h"
#include "rehearsal/sample.h"

/* Of the note that a core file begins with: registers, that nobody looks at */
#define STATUS_SIZE	336

struct header {
	Elf64_Ehdr	elf;
	Elf64_Phdr	note;
	Elf64_Phdr	load;
	Elf64_Nhdr	status;
	char		name[8];
	__u8		registers[STATUS_SIZE];
};

/* As makedumpfile would: what is half noise is packed to half */
static void make_up(void *page, size_t size, __u64 *random)
{
	__u64 *word = page;
	size_t i;

	memset(page, 0, size);
	for (i = 0; i < size / sizeof(*word) / 2; i++) {
		*random ^= *random << 13;
		*random ^= *random >> 7;
		*random ^= *random << 17;
		word[i] = *random;
	}
}

static bool is_zero(const __u64 *word, size_t size)
{
	size_t i;

	for (i = 0; i < size / sizeof(*word); i++)
		if (word[i])
			return false;
	return true;
}

static int add_page(struct sample *sample, enum census_kind kind, const void *page)
{
	int ret = write_all(sample->fd, page, sample->page);

	sample->nr[kind] += !ret;
	sample->zeros[kind] += !ret && is_zero(page, sample->page);
	return ret;
}

/* What cannot be read meanwhile is passed over */
static int add_real(struct sample *sample, enum census_kind kind, const struct census *census,
		    size_t nr, const struct kcore *kcore, void *page)
{
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < census->nr[kind] && sample->nr[kind] < nr; i++)
		if (kcore_read(kcore, census->picked[kind][i] * sample->page, page,
			       sample->page))
			ret = add_page(sample, kind, page);
	return ret;
}

static int add_made_up(struct sample *sample, enum census_kind kind, __u64 nr, void *page)
{
	__u64 random = 0x2545f4914f6cdd1dULL + kind;
	int ret = 0;

	while (!ret && sample->nr[kind] < nr) {
		make_up(page, sample->page, &random);
		ret = add_page(sample, kind, page);
	}
	return ret;
}

static int add_pages(struct sample *sample, const struct census *census,
		     const size_t nr[CENSUS_KINDS], const struct kcore *kcore)
{
	void *page = calloc(1, sample->page);
	enum census_kind kind;
	int ret = page ? 0 : -ENOMEM;
	size_t i;

	if (!ret && lseek(sample->fd, (off_t)sample->page, SEEK_SET) < 0)
		ret = -errno;
	for (i = 0; !ret && i < CENSUS_KINDS; i++) {
		kind = sample->order[i];
		ret = sample->made_up ?
			add_made_up(sample, kind, census->pages[kind] < nr[kind] ?
				    census->pages[kind] : nr[kind], page) :
			add_real(sample, kind, census, nr[kind], kcore, page);
	}
	free(page);
	return ret;
}

/* The one that this program was built for: it runs here */
static int find_machine(struct sample *sample)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), ret = 0;
	Elf64_Ehdr header = { .e_machine = EM_NONE };

	if (fd < 0)
		return -errno;
	/* up to these fields files of 32 and 64 bits are the same */
	if (pread(fd, &header, sizeof(header), 0) != sizeof(header))
		ret = -ENOEXEC;
	sample->machine = header.e_machine;
	sample->order_of_bytes = header.e_ident[EI_DATA];
	close(fd);
	return ret;
}

static void put_in_order(struct sample *sample, __u64 level)
{
	size_t nr = 0, pass;
	enum census_kind kind;

	for (pass = 0; pass < 2; pass++) {
		for (kind = 0; kind < CENSUS_KINDS; kind++)
			if (census_is_kept(kind, level) == !pass)
				sample->order[nr++] = kind;
		if (!pass)
			sample->kept = nr;
	}
}

/**
 * sample_make() - write the file
 * @sample: filled; for sample_close()
 * @path: of the file, which is not there yet
 * @census: with the pages that are taken
 * @level: of makedumpfile
 * @nr: pages of each kind, at most
 *
 * Return: 0 or a negative errno
 */
int sample_make(struct sample *sample, const char *path, const struct census *census,
		__u64 level, const size_t nr[CENSUS_KINDS])
{
	static struct kcore kcore;
	int ret;

	memset(sample, 0, sizeof(*sample));
	sample->page = (size_t)sysconf(_SC_PAGESIZE);
	put_in_order(sample, level);
	sample->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (sample->fd < 0)
		return -errno;
	ret = find_machine(sample);
	if (ret)
		return ret;
	sample->made_up = !census->seen || kcore_open(&kcore);
	if (!sample->made_up) {
		sample->physical = kcore.segment[0].physical;
		sample->virtual = kcore.segment[0].virtual;
	}
	ret = add_pages(sample, census, nr, &kcore);
	if (!sample->made_up)
		kcore_close(&kcore);
	return ret || sample->nr[CENSUS_KERNEL] ? ret : -ENODATA;
}

/* Of so many kinds, in the order in which they are in the file */
__u64 sample_pages(const struct sample *sample, size_t first, size_t nr)
{
	__u64 sum = 0;
	size_t i;

	for (i = first; i < first + nr; i++)
		sum += sample->nr[sample->order[i]];
	return sum;
}

/* So many pages are memory, behind so many others */
static int show(const struct sample *sample, __u64 before, __u64 pages)
{
	const __u64 size = pages * sample->page;
	struct header header;

	memset(&header, 0, sizeof(header));
	memcpy(header.elf.e_ident, ELFMAG, SELFMAG);
	header.elf.e_ident[EI_CLASS] = ELFCLASS64;
	header.elf.e_ident[EI_DATA] = sample->order_of_bytes;
	header.elf.e_ident[EI_VERSION] = EV_CURRENT;
	header.elf.e_type = ET_CORE;
	header.elf.e_machine = sample->machine;
	header.elf.e_version = EV_CURRENT;
	header.elf.e_phoff = offsetof(struct header, note);
	header.elf.e_ehsize = sizeof(header.elf);
	header.elf.e_phentsize = sizeof(header.load);
	header.elf.e_phnum = 2;
	header.note.p_type = PT_NOTE;
	header.note.p_offset = offsetof(struct header, status);
	header.note.p_filesz = sizeof(header) - offsetof(struct header, status);
	header.note.p_memsz = header.note.p_filesz;
	header.load.p_type = PT_LOAD;
	header.load.p_flags = PF_R | PF_W | PF_X;
	header.load.p_offset = (1 + before) * sample->page;
	header.load.p_paddr = sample->physical;
	header.load.p_vaddr = sample->virtual;
	header.load.p_filesz = size;
	header.load.p_memsz = size;
	header.status.n_namesz = sizeof("CORE");
	header.status.n_descsz = STATUS_SIZE;
	header.status.n_type = NT_PRSTATUS;
	memcpy(header.name, "CORE", sizeof("CORE"));
	return write_all_at(sample->fd, 0, &header, sizeof(header));
}

/**
 * sample_show() - choose what of the file is memory
 * @sample: made
 * @first: first kind, as a place in its order
 * @nr: so many kinds
 *
 * Return: 0 or a negative errno
 */
int sample_show(const struct sample *sample, size_t first, size_t nr)
{
	return show(sample, sample_pages(sample, 0, first), sample_pages(sample, first, nr));
}

/* As good as nothing: what makedumpfile takes for that, it takes for any memory */
int sample_show_one(const struct sample *sample)
{
	return show(sample, 0, 1);
}

void sample_close(struct sample *sample)
{
	if (sample->fd >= 0)
		close(sample->fd);
	sample->fd = -1;
}
