// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of the file that appears only when it is whole.
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

#include "lib/outfile.h"
#include "unit.h"

#define BLOCK	4096

static char folder[32];
static char path[64], partial[80];
static struct outfile file;
static unsigned char data[64 * BLOCK], back[64 * BLOCK];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/dumpflt-outfile-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/out", folder);
	snprintf(partial, sizeof(partial), "%s.partial", path);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	unlink(partial);
	return rmdir(folder);
}

static int remove_files(void **state)
{
	(void)state;
	unlink(path);
	unlink(partial);
	return 0;
}

static void put(__u64 offset, int fill, size_t len)
{
	memset(data, fill, len);
	assert_int_equal(outfile_write(&file, offset, data, len), 0);
}

static void commit(__u64 size)
{
	assert_int_equal(outfile_sync(&file, size), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(outfile_commit(&file), 0);
	assert_int_equal(access(partial, F_OK), -1);
}

static size_t read_back(void)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, back, sizeof(back));

	close(fd);
	assert_true(n >= 0);
	return (size_t)n;
}

static void expect_bytes(size_t from, size_t to, unsigned char value)
{
	for (; from < to; from++)
		assert_int_equal(back[from], value);
}

static void test_holes(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(outfile_open(&file, path, false), 0);
	put(0, 'a', 100);
	put(100, 0, 20 * BLOCK);
	put(100 + 20 * BLOCK, 'b', 10);
	put(30 * BLOCK, 0, 2 * BLOCK);
	commit(32 * BLOCK - 1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 32 * BLOCK - 1);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* Data is in two or three blocks; a file system may round up a little */
	assert_true(st.st_blocks * 512 <= 8 * BLOCK);
	assert_int_equal(read_back(), 32 * BLOCK - 1);
	expect_bytes(0, 100, 'a');
	expect_bytes(100, 100 + 20 * BLOCK, 0);
	expect_bytes(100 + 20 * BLOCK, 110 + 20 * BLOCK, 'b');
	expect_bytes(110 + 20 * BLOCK, 32 * BLOCK - 1, 0);
}

/* Zeros over data are data */
static void test_overwrite_with_zeros(void **state)
{
	(void)state;
	assert_int_equal(outfile_open(&file, path, false), 0);
	put(0, 'a', 4 * BLOCK);
	put(BLOCK, 0, 2 * BLOCK);
	/* Half over it, half behind it */
	put(3 * BLOCK, 0, 4 * BLOCK);
	put(8 * BLOCK, 'b', 1);
	commit(8 * BLOCK + 1);
	assert_int_equal(read_back(), 8 * BLOCK + 1);
	expect_bytes(0, BLOCK, 'a');
	expect_bytes(BLOCK, 8 * BLOCK, 0);
	assert_int_equal(back[8 * BLOCK], 'b');
}

/* Data written behind a hole must not make earlier zeros a hole by mistake */
static void test_backwards(void **state)
{
	(void)state;
	assert_int_equal(outfile_open(&file, path, false), 0);
	put(6 * BLOCK, 'c', BLOCK);
	put(2 * BLOCK, 'b', BLOCK);
	put(2 * BLOCK, 0, BLOCK);
	put(0, 'a', BLOCK);
	commit(7 * BLOCK);
	assert_int_equal(read_back(), 7 * BLOCK);
	expect_bytes(0, BLOCK, 'a');
	expect_bytes(BLOCK, 6 * BLOCK, 0);
	expect_bytes(6 * BLOCK, 7 * BLOCK, 'c');
}

static void test_discard(void **state)
{
	(void)state;
	assert_int_equal(outfile_open(&file, path, false), 0);
	put(0, 'a', 10);
	assert_int_equal(access(partial, F_OK), 0);
	outfile_discard(&file);
	assert_int_equal(access(partial, F_OK), -1);
	assert_int_equal(access(path, F_OK), -1);
}

static void test_in_the_way(void **state)
{
	(void)state;
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(outfile_open(&file, path, false), -EEXIST);
	assert_int_equal(outfile_open(&file, path, true), 0);
	/* Somebody else is at it, or was killed */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(outfile_open(&file, path, false), -EEXIST);
	assert_int_equal(access(partial, F_OK), 0);
	assert_int_equal(outfile_open(&file, path, true), 0);
	put(0, 'a', 10);
	commit(10);
	assert_int_equal(read_back(), 10);
	assert_int_equal(outfile_open(&file, folder, true), -EISDIR);
	assert_int_equal(symlink("/dev/null", partial), 0);
	assert_int_equal(outfile_open(&file, path, false), -EEXIST);
}

/* One that appears while we write is not replaced */
static void test_appears_late(void **state)
{
	(void)state;
	assert_int_equal(outfile_open(&file, path, false), 0);
	put(0, 'a', 10);
	assert_int_equal(outfile_sync(&file, 10), 0);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(outfile_commit(&file), -EEXIST);
	outfile_discard(&file);
	assert_int_equal(read_back(), 0);
	assert_int_equal(access(partial, F_OK), -1);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test_teardown(test_holes, remove_files),
	cmocka_unit_test_teardown(test_overwrite_with_zeros, remove_files),
	cmocka_unit_test_teardown(test_backwards, remove_files),
	cmocka_unit_test_teardown(test_discard, remove_files),
	cmocka_unit_test_teardown(test_in_the_way, remove_files),
	cmocka_unit_test_teardown(test_appears_late, remove_files),
};

int main(void)
{
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
