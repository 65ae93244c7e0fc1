// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the memory of this machine is used for, page by page.
 *
 * /proc/kpageflags has a word of flags for each page; see the kernel's
 * admin-guide/mm/pagemap.rst. Which pages there are, /proc/iomem says. A level of
 * makedumpfile leaves out kinds of pages, so that numbers and a few pages of each
 * kind are enough to know what becomes of any level.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deploy/root.h"
#include "rehearsal/census.h"

/* Bits, of include/uapi/linux/kernel-page-flags.h, and of the kernel's own: KPF_PRIVATE */
#define FLAG_LRU	5
#define FLAG_BUDDY	10
#define FLAG_ANON	12
#define FLAG_SWAPCACHE	13
#define FLAG_TAIL	16
#define FLAG_HUGE	17
#define FLAG_HWPOISON	19
#define FLAG_NOPAGE	20
#define FLAG_OFFLINE	23
#define FLAG_PRIVATE	36

/* Bits of a level */
#define LEVEL_CACHE	2
#define LEVEL_PRIVATE	4
#define LEVEL_USER	8
#define LEVEL_FREE	16

#define RANGES_MAX	256
/* Flags that are read at once */
#define WINDOW		8192

/* First page, and the one behind the last */
struct range {
	__u64	first, end;
	bool	left_out;
};

struct taking {
	struct census		*census;
	size_t			pick;
	__u64			random;
	enum census_kind	head;	/* of the compound page that this is a part of */
	size_t			nr;
	struct range		range[RANGES_MAX];
};

const char *census_word(enum census_kind kind)
{
	static const char * const words[CENSUS_KINDS] = {
		"kernel", "cache", "private_cache", "user", "free",
	};

	return words[kind];
}

/* As makedumpfile does it: 4 leaves out what 2 does, too */
bool census_is_kept(enum census_kind kind, __u64 level)
{
	static const __u64 out[CENSUS_KINDS] = {
		0, LEVEL_CACHE | LEVEL_PRIVATE, LEVEL_PRIVATE, LEVEL_USER, LEVEL_FREE,
	};

	return !(level & out[kind]);
}

/* Of the memory for the capture kernel no dump has anything */
static void add_range(struct taking *taking, const char *line)
{
	const long page = sysconf(_SC_PAGESIZE);
	unsigned long long first, last;
	struct range *range = &taking->range[taking->nr];
	char name[40];

	if (taking->nr == RANGES_MAX ||
	    sscanf(line, " %llx-%llx : %39[^\n]", &first, &last, name) != 3)
		return;
	range->left_out = !strcmp(name, "Crash kernel");
	if (!range->left_out && (line[0] == ' ' || strcmp(name, "System RAM") != 0))
		return;
	range->first = first / (unsigned long)page;
	range->end = (last + 1) / (unsigned long)page;
	taking->nr += range->end > range->first;
}

/* Returns: whether there are any; who may not see addresses is shown zeros */
static bool find_ranges(struct taking *taking)
{
	char path[ROOT_PATH_MAX], line[160];
	FILE *file;

	root_path(path, "/proc/iomem");
	file = fopen(path, "re");
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file))
		add_range(taking, line);
	fclose(file);
	return taking->nr;
}

static bool is_left_out(const struct taking *taking, __u64 page)
{
	size_t i;

	for (i = 0; i < taking->nr; i++)
		if (taking->range[i].left_out && page >= taking->range[i].first &&
		    page < taking->range[i].end)
			return true;
	return false;
}

static bool has(__u64 flags, unsigned int bit)
{
	return flags >> bit & 1;
}

static enum census_kind kind_of(__u64 flags)
{
	if (has(flags, FLAG_BUDDY))
		return CENSUS_FREE;
	if (has(flags, FLAG_ANON) || has(flags, FLAG_HUGE))
		return CENSUS_USER;
	if (has(flags, FLAG_LRU) || has(flags, FLAG_SWAPCACHE))
		return has(flags, FLAG_PRIVATE) ? CENSUS_PRIVATE : CENSUS_CACHE;
	return CENSUS_KERNEL;
}

/* xorshift64: only that no pattern of memory meets one of ours */
static __u64 draw(struct taking *taking, __u64 below)
{
	taking->random ^= taking->random << 13;
	taking->random ^= taking->random >> 7;
	taking->random ^= taking->random << 17;
	return taking->random % below;
}

/* Vitter's algorithm R: a fair choice of things whose number is not known before */
static void pick(struct taking *taking, enum census_kind kind, __u64 page)
{
	struct census *census = taking->census;
	__u64 place = census->pages[kind]++;

	if (!taking->pick)
		return;
	if (census->nr[kind] < taking->pick)
		census->nr[kind]++;
	else
		place = draw(taking, place + 1);
	if (place < taking->pick)
		census->picked[kind][place] = page;
}

static void take(struct taking *taking, __u64 page, __u64 flags)
{
	enum census_kind kind;

	if (has(flags, FLAG_NOPAGE) || has(flags, FLAG_HWPOISON) || has(flags, FLAG_OFFLINE))
		return;
	/* the parts of a large page of the cache say nothing of it themselves */
	kind = has(flags, FLAG_TAIL) && !has(flags, FLAG_ANON) ? taking->head : kind_of(flags);
	taking->head = kind;
	if (!is_left_out(taking, page))
		pick(taking, kind, page);
}

static int take_range(struct taking *taking, int fd, const struct range *range)
{
	static __u64 flags[WINDOW];
	__u64 page = range->first, i;
	size_t want;
	ssize_t n;

	taking->head = CENSUS_KERNEL;
	while (page < range->end) {
		want = range->end - page < WINDOW ? (size_t)(range->end - page) : WINDOW;
		n = pread(fd, flags, want * sizeof(*flags), (off_t)(page * sizeof(*flags)));
		if (n < 0)
			return -errno;
		/* memory may end in a part of a section that has no pages */
		if (n < (ssize_t)sizeof(*flags))
			return 0;
		for (i = 0; i < (size_t)n / sizeof(*flags); i++)
			take(taking, page + i, flags[i]);
		page += i;
	}
	return 0;
}

static int take_all(struct taking *taking)
{
	char path[ROOT_PATH_MAX];
	int fd, ret = 0;
	size_t i;

	root_path(path, "/proc/kpageflags");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	for (i = 0; i < taking->nr && !ret; i++)
		if (!taking->range[i].left_out)
			ret = take_range(taking, fd, &taking->range[i]);
	close(fd);
	return ret;
}

static __u64 meminfo_pages(const char *name)
{
	const __u64 page_kib = (__u64)sysconf(_SC_PAGESIZE) / 1024;
	char path[ROOT_PATH_MAX], line[120], key[32];
	unsigned long long value, found = 0;
	FILE *file;

	root_path(path, "/proc/meminfo");
	file = fopen(path, "re");
	while (file && !found && fgets(line, sizeof(line), file))
		if (sscanf(line, "%31[^:]: %llu", key, &value) == 2 && !strcmp(key, name))
			found = value;
	if (file)
		fclose(file);
	return found / page_kib;
}

/* Without flags: what the kernel counts of its own */
static int count(struct census *census)
{
	__u64 total = meminfo_pages("MemTotal"), others;

	memset(census->pages, 0, sizeof(census->pages));
	memset(census->nr, 0, sizeof(census->nr));
	census->pages[CENSUS_CACHE] = meminfo_pages("Cached") + meminfo_pages("Buffers");
	census->pages[CENSUS_USER] = meminfo_pages("AnonPages");
	census->pages[CENSUS_FREE] = meminfo_pages("MemFree");
	others = census->pages[CENSUS_CACHE] + census->pages[CENSUS_USER] +
		 census->pages[CENSUS_FREE];
	if (total <= others)
		return -ENODATA;
	census->pages[CENSUS_KERNEL] = total - others;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const __u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/**
 * census_take() - look at each page
 * @census: filled; for census_free()
 * @pick: so many pages of each kind are picked, or all if there are fewer
 *
 * Return: 0 or a negative errno
 */
int census_take(struct census *census, size_t pick_nr)
{
	static struct taking taking;
	enum census_kind kind;

	memset(census, 0, sizeof(*census));
	memset(&taking, 0, sizeof(taking));
	taking.census = census;
	taking.pick = pick_nr;
	taking.random = 0x9e3779b97f4a7c15ULL ^ (__u64)getpid();
	for (kind = 0; kind < CENSUS_KINDS; kind++) {
		census->picked[kind] = calloc(pick_nr + 1, sizeof(__u64));
		if (!census->picked[kind]) {
			census_free(census);
			return -ENOMEM;
		}
	}
	census->seen = find_ranges(&taking) && !take_all(&taking) &&
		       census->pages[CENSUS_KERNEL];
	if (!census->seen)
		return count(census);
	for (kind = 0; kind < CENSUS_KINDS; kind++)
		qsort(census->picked[kind], census->nr[kind], sizeof(__u64), compare);
	return 0;
}

void census_free(struct census *census)
{
	enum census_kind kind;

	for (kind = 0; kind < CENSUS_KINDS; kind++) {
		free(census->picked[kind]);
		census->picked[kind] = NULL;
	}
}
