// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pattern: fill a device with a pattern that names its place, or verify it.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Every 8 bytes are a hash of seed and byte offset, so data in a wrong place,
 * of another run, or torn inside of a block is found. O_DIRECT unless told,
 * with any number of threads, which take the blocks in turn. With --shift what
 * is around the data in memory has to stay as it is: nobody may write there.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/types.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_THREADS	64
#define ALIGNMENT	4096
#define RIM		0xc5

static struct {
	const char *path;
	__u64 offset;
	__u64 size;
	__u64 block;
	__u64 shift;
	__u64 seed;
	unsigned long threads;
	bool verify;
	bool buffered;
	bool sync;
} job = { .block = 65536, .seed = 1, .threads = 1 };

static __u64 word_at(__u64 offset)
{
	__u64 x = offset + job.seed * 0x9e3779b97f4a7c15ULL;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

static void fill(unsigned char *buf, __u64 offset, __u64 len)
{
	__u64 i, word;

	for (i = 0; i < len; i += sizeof(word)) {
		word = word_at(offset + i);
		memcpy(buf + i, &word, sizeof(word));
	}
}

static bool compare(const unsigned char *is, const unsigned char *should, __u64 offset,
		    __u64 len)
{
	__u64 i;

	if (!memcmp(is, should, len))
		return true;
	for (i = 0; i < len; i++) {
		if (is[i] == should[i])
			continue;
		fprintf(stderr, "ERROR: verify failed on '%s': byte %llu is %02x, should be %02x\n",
			job.path, (unsigned long long)(offset + i), is[i], should[i]);
		return false;
	}
	return true;
}

static bool transfer(int fd, unsigned char *buf, __u64 offset, __u64 len)
{
	__u64 done = 0;
	ssize_t n;

	while (done < len) {
		if (job.verify)
			n = pread(fd, buf + done, len - done, (off_t)(offset + done));
		else
			n = pwrite(fd, buf + done, len - done, (off_t)(offset + done));
		if (n > 0) {
			done += n;
			continue;
		}
		fprintf(stderr, "ERROR: %s failed on '%s' at %llu: %s\n",
			job.verify ? "read" : "write", job.path,
			(unsigned long long)(offset + done), n ? strerror(errno) : "end of file");
		return false;
	}
	return true;
}

/* The pages that the data shares: only there it has neighbours that stay so */
static __u64 memory_size(void)
{
	return (job.shift + job.block + ALIGNMENT - 1) & ~(__u64)(ALIGNMENT - 1);
}

static bool rims_untouched(const unsigned char *memory)
{
	__u64 i;

	for (i = 0; i < memory_size(); i++) {
		if (i == job.shift)
			i += job.block;
		if (i >= memory_size() || memory[i] == RIM)
			continue;
		fprintf(stderr, "ERROR: memory changed beyond the data: byte %lld of %llu\n",
			(long long)(i - job.shift), (unsigned long long)job.block);
		return false;
	}
	return true;
}

static bool do_blocks(int fd, unsigned char *memory, unsigned char *want, __u64 first)
{
	unsigned char *buf = memory + job.shift;
	__u64 at, len;

	memset(memory, RIM, memory_size());
	for (at = first * job.block; at < job.size; at += job.threads * job.block) {
		len = job.size - at < job.block ? job.size - at : job.block;
		fill(job.verify ? want : buf, job.offset + at, len);
		if (!transfer(fd, buf, job.offset + at, len) || !rims_untouched(memory))
			return false;
		if (job.verify && !compare(buf, want, job.offset + at, len))
			return false;
	}
	if (job.sync && fsync(fd)) {
		fprintf(stderr, "ERROR: fsync failed on '%s': %s\n", job.path, strerror(errno));
		return false;
	}
	return true;
}

/* Returns NULL if all went well */
static void *run_thread(void *arg)
{
	unsigned char *memory, *want;
	bool good = false;
	int fd, flags = job.verify ? O_RDONLY : O_WRONLY;

	if (!job.buffered)
		flags |= O_DIRECT;
	memory = aligned_alloc(ALIGNMENT, memory_size());
	want = malloc(job.block);
	fd = open(job.path, flags | O_CLOEXEC);
	if (fd < 0)
		fprintf(stderr, "ERROR: open failed on '%s': %s\n", job.path, strerror(errno));
	else if (!memory || !want)
		fprintf(stderr, "ERROR: no memory for blocks of %llu bytes\n",
			(unsigned long long)job.block);
	else
		good = do_blocks(fd, memory, want, (unsigned long)arg);
	if (fd >= 0 && close(fd)) {
		fprintf(stderr, "ERROR: close failed on '%s': %s\n", job.path, strerror(errno));
		good = false;
	}
	free(want);
	free(memory);
	return good ? NULL : &job;
}

static void usage(void)
{
	fprintf(stderr,
		"Usage: pattern write|verify PATH --size BYTES [options]\n"
		"  --offset BYTES   where to begin (default 0)\n"
		"  --block BYTES    of one write or read (default 64K)\n"
		"  --shift BYTES    from a page boundary to the data in memory (default 0)\n"
		"  --seed N         another pattern (default 1)\n"
		"  --threads N      (default 1)\n"
		"  --buffered       through the page cache\n"
		"  --fsync          after the last block of each thread\n"
		"BYTES may end in K, M or G.\n");
	exit(2);
}

static __u64 number(const char *text)
{
	int shift = 0;
	char *end;
	__u64 value;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end == text || *text == '-')
		usage();
	if (*end == 'K')
		shift = 10;
	else if (*end == 'M')
		shift = 20;
	else if (*end == 'G')
		shift = 30;
	if (end[shift ? 1 : 0])
		usage();
	return value << shift;
}

static void parse(int argc, char **argv)
{
	static const struct option options[] = {
		{ "offset", required_argument, NULL, 'o' },
		{ "size", required_argument, NULL, 's' },
		{ "block", required_argument, NULL, 'b' },
		{ "shift", required_argument, NULL, 'i' },
		{ "seed", required_argument, NULL, 'e' },
		{ "threads", required_argument, NULL, 't' },
		{ "buffered", no_argument, NULL, 'u' },
		{ "fsync", no_argument, NULL, 'f' },
		{ }
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 'o':
			job.offset = number(optarg);
			break;
		case 's':
			job.size = number(optarg);
			break;
		case 'b':
			job.block = number(optarg);
			break;
		case 'i':
			job.shift = number(optarg);
			break;
		case 'e':
			job.seed = number(optarg);
			break;
		case 't':
			job.threads = number(optarg);
			break;
		case 'u':
			job.buffered = true;
			break;
		case 'f':
			job.sync = true;
			break;
		default:
			usage();
		}
	}
	if (argc - optind != 2 || !job.size || job.size % 8 || job.offset % 8 || !job.block ||
	    job.block % 8 || job.shift >= ALIGNMENT || !job.threads || job.threads > MAX_THREADS)
		usage();
	if (!strcmp(argv[optind], "verify"))
		job.verify = true;
	else if (strcmp(argv[optind], "write"))
		usage();
	job.path = argv[optind + 1];
}

int main(int argc, char **argv)
{
	pthread_t threads[MAX_THREADS];
	unsigned long i, started;
	bool good = true;
	void *bad;

	parse(argc, argv);
	for (started = 0; started < job.threads; started++) {
		if (pthread_create(&threads[started], NULL, run_thread,
				   (void *)started)) {
			fprintf(stderr, "ERROR: cannot start thread %lu\n", started);
			good = false;
			break;
		}
	}
	for (i = 0; i < started; i++) {
		if (pthread_join(threads[i], &bad) || bad)
			good = false;
	}
	return good ? 0 : 1;
}
