// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of a rehearsal, as far as no kernel is needed: which pages there are and
 * which are taken, the file that makedumpfile gets, what becomes of a whole dump.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rehearsal/chain.h"
#include "rehearsal/estimate.h"
#include "rehearsal/kcore.h"
#include "rehearsal/run.h"
#include "rehearsal/sample.h"
#include "unit.h"

#define LRU	0x20ULL
#define BUDDY	0x400ULL
#define ANON	0x1000ULL
#define TAIL	0x10000ULL
#define NOPAGE	0x100000ULL
#define PRIVATE	0x1000000000ULL

/* What exec takes, and does not change */
#define WORD(text)	((char *)(text))
#define FOLDER	"/tmp/dumpflt-rehearsal.XXXXXX"

static char folder[sizeof(FOLDER)] = FOLDER;
static size_t page;

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void put(const char *name, const void *data, size_t len)
{
	FILE *file = fopen(path_of(name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	fclose(file);
}

static void put_iomem(void)
{
	char text[512];

	/* pages 1 to 9, of which 4 is reserved; page 16 is none of memory */
	snprintf(text, sizeof(text), "%08zx-%08zx : System RAM\n"
		 "  %08zx-%08zx : Kernel code\n"
		 "  %08zx-%08zx : Crash kernel\n"
		 "%08zx-%08zx : Reserved\n",
		 page, 10 * page - 1, page, 2 * page - 1, 4 * page, 5 * page - 1,
		 16 * page, 17 * page - 1);
	put("proc/iomem", text, strlen(text));
}

/* Of page 0 on */
static void put_flags(void)
{
	static const __u64 flags[] = {
		BUDDY, 0, BUDDY, ANON | LRU, BUDDY, LRU, LRU | PRIVATE, TAIL, NOPAGE, 0,
		BUDDY, BUDDY,
	};

	put("proc/kpageflags", flags, sizeof(flags));
}

/* Of page 1 and 2 only, at the places 3 and 4 of the file; page 1 is zeros but for a byte */
static void put_kcore(void)
{
	char *data = calloc(5, page);
	Elf64_Ehdr *header = (void *)data;
	Elf64_Phdr *entry = (void *)(data + sizeof(*header));

	assert_non_null(data);
	memcpy(header->e_ident, ELFMAG, SELFMAG);
	header->e_ident[EI_CLASS] = ELFCLASS64;
	header->e_phoff = sizeof(*header);
	header->e_phentsize = sizeof(*entry);
	header->e_phnum = 2;
	entry[0].p_type = PT_LOAD;
	entry[0].p_paddr = ~0ULL;
	entry[0].p_memsz = 100 * page;
	entry[1].p_type = PT_LOAD;
	entry[1].p_paddr = page;
	entry[1].p_vaddr = 0xffff888000001000ULL;
	entry[1].p_memsz = 2 * page;
	entry[1].p_offset = 3 * page;
	data[3 * page + 7] = 'x';
	put("proc/kcore", data, 5 * page);
	free(data);
}

static int set_up(void **state)
{
	(void)state;
	page = (size_t)sysconf(_SC_PAGESIZE);
	if (!mkdtemp(folder) || mkdir(path_of("proc"), 0700) ||
	    setenv("DUMPFLT_ROOT", folder, 1))
		return -1;
	return 0;
}

static int tear_down(void **state)
{
	char command[300];

	(void)state;
	unsetenv("DUMPFLT_ROOT");
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void test_census(void **state)
{
	struct census census;

	(void)state;
	put_iomem();
	put_flags();
	assert_int_equal(census_take(&census, 4), 0);
	assert_true(census.seen);
	assert_int_equal(census.pages[CENSUS_KERNEL], 2);
	assert_int_equal(census.pages[CENSUS_FREE], 1);
	assert_int_equal(census.pages[CENSUS_USER], 1);
	assert_int_equal(census.pages[CENSUS_CACHE], 1);
	/* what is behind the head of a large page is what the head is */
	assert_int_equal(census.pages[CENSUS_PRIVATE], 2);
	assert_int_equal(census.nr[CENSUS_KERNEL], 2);
	assert_int_equal(census.picked[CENSUS_KERNEL][0], 1);
	assert_int_equal(census.picked[CENSUS_KERNEL][1], 9);
	assert_int_equal(census.picked[CENSUS_FREE][0], 2);
	census_free(&census);

	/* fewer are wanted than there are: it is one of them */
	assert_int_equal(census_take(&census, 1), 0);
	assert_int_equal(census.nr[CENSUS_KERNEL], 1);
	assert_true(census.picked[CENSUS_KERNEL][0] == 1 || census.picked[CENSUS_KERNEL][0] == 9);
	assert_int_equal(census.pages[CENSUS_KERNEL], 2);
	census_free(&census);
}

/* Every page is as likely: of 1000 kernel pages one, often enough, from each tenth */
static void test_fair(void **state)
{
	unsigned int tenths[10] = { 0 }, i;
	struct census census;
	char text[64];
	__u64 *flags = calloc(1001, sizeof(*flags));

	(void)state;
	assert_non_null(flags);
	snprintf(text, sizeof(text), "%08zx-%08zx : System RAM\n", page, 1001 * page - 1);
	put("proc/iomem", text, strlen(text));
	put("proc/kpageflags", flags, 1001 * sizeof(*flags));
	assert_int_equal(census_take(&census, 500), 0);
	for (i = 0; i < 500; i++)
		tenths[(census.picked[CENSUS_KERNEL][i] - 1) / 100]++;
	for (i = 0; i < 10; i++)
		assert_in_range(tenths[i], 20, 80);
	census_free(&census);
	free(flags);
}

/* Without flags of pages the kernel's own numbers count, and no page is known */
static void test_census_blind(void **state)
{
	static const char meminfo[] = "MemTotal: 4000 kB\nMemFree: 1000 kB\nBuffers: 100 kB\n"
				      "Cached: 300 kB\nAnonPages: 600 kB\n";
	struct census census;

	(void)state;
	put_iomem();
	unlink(path_of("proc/kpageflags"));
	put("proc/meminfo", meminfo, strlen(meminfo));
	assert_int_equal(census_take(&census, 4), 0);
	assert_false(census.seen);
	assert_int_equal(census.pages[CENSUS_KERNEL], 2000 * 1024 / page);
	assert_int_equal(census.pages[CENSUS_CACHE], 400 * 1024 / page);
	assert_int_equal(census.nr[CENSUS_KERNEL], 0);
	census_free(&census);
	unlink(path_of("proc/meminfo"));
	assert_int_not_equal(census_take(&census, 4), 0);
	census_free(&census);
}

/* Of makedumpfile's manual, the table of levels */
static void test_levels(void **state)
{
	__u64 level;

	(void)state;
	for (level = 0; level < ESTIMATE_LEVELS; level++) {
		assert_true(census_is_kept(CENSUS_KERNEL, level));
		assert_int_equal(census_is_kept(CENSUS_CACHE, level), !(level & 6));
		assert_int_equal(census_is_kept(CENSUS_PRIVATE, level), !(level & 4));
		assert_int_equal(census_is_kept(CENSUS_USER, level), !(level & 8));
		assert_int_equal(census_is_kept(CENSUS_FREE, level), !(level & 16));
	}
}

static void read_at(const struct sample *sample, void *to, size_t len, __u64 at)
{
	assert_int_equal(pread(sample->fd, to, len, (off_t)at), len);
}

/* The header of the file, and its only segment of memory */
static Elf64_Phdr memory_of(const struct sample *sample)
{
	Elf64_Ehdr header;
	Elf64_Phdr entry[2];

	read_at(sample, &header, sizeof(header), 0);
	assert_memory_equal(header.e_ident, ELFMAG, SELFMAG);
	assert_int_equal(header.e_type, ET_CORE);
	assert_int_equal(header.e_phnum, 2);
	read_at(sample, entry, sizeof(entry), header.e_phoff);
	assert_int_equal(entry[0].p_type, PT_NOTE);
	assert_int_equal(entry[1].p_type, PT_LOAD);
	return entry[1];
}

static void test_sample(void **state)
{
	static const size_t nr[CENSUS_KINDS] = { 4, 4, 4, 4, 4 };
	struct census census;
	struct sample sample;
	Elf64_Phdr memory;
	char byte;

	(void)state;
	put_iomem();
	put_flags();
	put_kcore();
	assert_int_equal(census_take(&census, 4), 0);
	assert_int_equal(sample_make(&sample, path_of("sample"), &census, 15, nr), 0);
	assert_false(sample.made_up);
	/* of the pages that were picked only two can be read */
	assert_int_equal(sample.nr[CENSUS_KERNEL], 1);
	assert_int_equal(sample.zeros[CENSUS_KERNEL], 0);
	assert_int_equal(sample.nr[CENSUS_FREE], 1);
	assert_int_equal(sample.zeros[CENSUS_FREE], 1);
	assert_int_equal(sample.nr[CENSUS_USER], 0);
	/* the level keeps kernel and free pages: those come first */
	assert_int_equal(sample.kept, 2);
	assert_int_equal(sample.order[0], CENSUS_KERNEL);
	assert_int_equal(sample.order[1], CENSUS_FREE);
	assert_int_equal(sample_show(&sample, 0, sample.kept), 0);
	memory = memory_of(&sample);
	assert_int_equal(memory.p_offset, page);
	assert_int_equal(memory.p_filesz, 2 * page);
	assert_int_equal(memory.p_paddr, page);
	assert_true(memory.p_vaddr == 0xffff888000001000ULL);
	read_at(&sample, &byte, 1, page + 7);
	assert_int_equal(byte, 'x');
	assert_int_equal(sample_show(&sample, 1, 1), 0);
	memory = memory_of(&sample);
	assert_int_equal(memory.p_offset, 2 * page);
	assert_int_equal(memory.p_filesz, page);
	assert_int_equal(sample_show_one(&sample), 0);
	assert_int_equal(memory_of(&sample).p_memsz, page);
	sample_close(&sample);
	census_free(&census);
	unlink(path_of("sample"));
}

/* Locked down: the pages are made up, so many as there would be */
static void test_sample_made_up(void **state)
{
	static const size_t nr[CENSUS_KINDS] = { 1, 4, 4, 4, 4 };
	struct census census;
	struct sample sample;

	(void)state;
	put_iomem();
	put_flags();
	unlink(path_of("proc/kcore"));
	assert_int_equal(census_take(&census, 4), 0);
	assert_int_equal(sample_make(&sample, path_of("sample"), &census, 31, nr), 0);
	assert_true(sample.made_up);
	assert_int_equal(sample.nr[CENSUS_KERNEL], 1);
	assert_int_equal(sample.nr[CENSUS_PRIVATE], 2);
	assert_int_equal(sample.zeros[CENSUS_PRIVATE], 0);
	assert_int_equal(sample.kept, 1);
	sample_close(&sample);
	/* it is never written into a file that was there */
	assert_int_not_equal(sample_make(&sample, path_of("sample"), &census, 31, nr), 0);
	census_free(&census);
	unlink(path_of("sample"));
}

static const struct estimate measured = {
	.page = 4096, .compressed = true,
	.kind = {
		[CENSUS_KERNEL] = { .pages = 1000000, .sampled = 1000, .zeros = 500,
				    .bytes = 1000000, .us = 10000 },
		[CENSUS_USER] = { .pages = 100000, .sampled = 100, .zeros = 0,
				  .bytes = 200000, .us = 2000 },
	},
	.scan_us = 3000000, .fixed_us = 500000,
	.chain_bytes = 1000000, .chain_us = 20000, .source_us = 10000, .filter_us = 5000,
	.disk_bytes = 1000000, .disk_us = 1000,
};

static void test_estimate(void **state)
{
	struct estimate slow = measured;
	struct estimate_dump dump;

	(void)state;
	/* 1000 samples' worth of kernel, two bitmaps, headers */
	estimate_level(&measured, 31, &dump);
	assert_int_equal(dump.bytes, 1000000000 + 1100000 / 4 + 65536);
	/* the chain made makedumpfile slower by two */
	assert_int_equal(dump.ms, 3000 + 500 + 20000);
	estimate_level(&measured, 31 - 8, &dump);
	assert_int_equal(dump.bytes, 1200000000 + 1100000 / 4 + 65536);
	assert_int_equal(dump.ms, 3000 + 500 + 24000);
	/* half of the kernel's pages are zeros, which are kept, packed */
	estimate_level(&measured, 30, &dump);
	assert_int_equal(dump.bytes, 1000000000 + 500000 * 64 + 1100000 / 4 + 65536);
	/* a disk that takes a second for 10 MB */
	slow.disk_us = 100000;
	estimate_level(&slow, 31, &dump);
	assert_in_range(dump.ms, 3500 + 100000, 3500 + 100200);
	/* filters that are slower than the rest: after makedumpfile, on one CPU */
	slow = measured;
	slow.filter_us = 50000;
	estimate_level(&slow, 31, &dump);
	assert_in_range(dump.ms, 3500 + 60000, 3500 + 60200);
	/* without others, who had three quarters of the processor, all but the disk is faster */
	slow = measured;
	slow.cpu_permille = 250;
	estimate_level(&slow, 31, &dump);
	assert_int_equal(dump.ms, 3000 + 500 + 20000);
	assert_int_equal(dump.least_ms, (3000 + 500 + 20000) / 4);
	slow.disk_us = 100000;
	estimate_level(&slow, 31, &dump);
	assert_in_range(dump.least_ms, 3500 / 4 + 100000, 3500 / 4 + 100200);
	estimate_level(&measured, 31, &dump);
	assert_int_equal(dump.least_ms, dump.ms);
	assert_int_equal(estimate_rate(1000, 500000), 2000);
	assert_int_equal(estimate_rate(1000, 0), 0);
}

static void test_estimate_uncompressed(void **state)
{
	struct estimate_plain plain = {
		.bytes = { [CENSUS_KERNEL] = 2048000 }, .us = { [CENSUS_KERNEL] = 1000 },
	};
	struct estimate_dump dump;
	struct estimate slow = measured, other;

	(void)state;
	/* twice the bytes in a tenth of the time; the rest of the chain took as much again */
	estimate_uncompressed(&measured, &plain, &other);
	estimate_level(&other, 31, &dump);
	assert_int_equal(dump.bytes, 2048000000 + 1100000 / 4 + 65536);
	assert_in_range(dump.ms, 3500 + 1000 + 20480, 3500 + 1000 + 20480 + 1);
	/* a disk that takes a second for 10 MB: the smaller dump is the faster one */
	slow.disk_us = 100000;
	estimate_uncompressed(&slow, &plain, &other);
	estimate_level(&other, 31, &dump);
	assert_in_range(dump.ms, 3500 + 204800, 3500 + 204900);
	/* zeros that are kept are whole pages */
	estimate_level(&other, 30, &dump);
	assert_int_equal(dump.bytes, 2048000000 + 500000ULL * 4096 + 1100000 / 4 + 65536);
}

static void test_config(void **state)
{
	static const char in[] =
		"[stack]\narea = yes\nrequire_flush = yes\n"
		"[filter age]\nlog = x\nrecipient = \"a\"\n"
		"[dump]\nmakedumpfile = /usr/bin/makedumpfile\nargs = -c -d 31\nlog_kib = 5\n"
		"max_seconds = 9\n";
	static const char out[] =
		"[stack]\nname = rehearsal\ntarget = /dev/x\narea = yes\nrequire_flush = yes\n"
		"[filter age]\nlog = x\nrecipient = \"a\"\n"
		"[dump]\nvmcore = /run/sample\nargs = -c -d 1\nlog = no\n"
		"makedumpfile = /usr/bin/makedumpfile\nmax_seconds = 9\n";
	static struct plan plan;
	char from[256], *args[] = { WORD("-c"), WORD("-d"), WORD("31") }, text[1024];
	FILE *file;

	(void)state;
	memcpy(plan.config.args, args, sizeof(args));
	plan.config.nr_args = 3;
	strcpy(plan.device, "/dev/x");
	put("in", in, strlen(in));
	strcpy(from, path_of("in"));
	assert_int_equal(chain_config(&plan, from, path_of("out")), 0);
	file = fopen(path_of("out"), "r");
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	assert_string_equal(text, out);
}

/* What is said on standard output is counted, and a failure is one */
static void test_run(void **state)
{
	static struct progress progress;
	static struct run run;
	char *const good[] = {
		WORD("sh"), WORD("-c"), WORD("printf abc; echo ERROR: x >&2"), NULL,
	};
	char *const bad[] = { WORD("sh"), WORD("-c"), WORD("sleep 0.4; exit 3"), NULL };
	char *const busy[] = {
		WORD("sh"), WORD("-c"),
		WORD("i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done"), NULL,
	};
	char *const none[] = { WORD("none"), NULL };

	(void)state;
	run.progress = &progress;
	run.phase = "test";
	progress_start(&progress);
	assert_int_equal(run_program(&run, "/bin/sh", good), 0);
	assert_int_equal(run.bytes, 3);
	assert_string_equal(run.text, "abc");
	assert_string_equal(run.words, "ERROR: x\n");
	assert_int_not_equal(run_program(&run, "/bin/sh", bad), 0);
	assert_in_range(run.us, 90000, 60000000);
	assert_int_equal(run.bytes, 0);
	/* who sleeps has time, and not a processor; others may be busy, too */
	assert_in_range(run.cpu_us, 1, run.us / 2);
	assert_int_equal(run_program(&run, "/bin/sh", busy), 0);
	assert_in_range(run.cpu_us, 20000, run.us + 40000);
	assert_true(peak_bytes(&run.peak) > 4096);
	assert_int_not_equal(run_program(&run, path_of("none"), none), 0);
}

int main(void)
{
	UNIT_TESTS(tests) = {
		cmocka_unit_test(test_census),
		cmocka_unit_test(test_fair),
		cmocka_unit_test(test_census_blind),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_sample),
		cmocka_unit_test(test_sample_made_up),
		cmocka_unit_test(test_estimate),
		cmocka_unit_test(test_estimate_uncompressed),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_run),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
