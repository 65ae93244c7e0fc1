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
#include "lib/text.h"
#include "unit.h"

#define BLOCK	4096

static char folder[32];
static int folder_fd;
static char path[64];
static struct outfile file;
static unsigned char data[64 * BLOCK], back[64 * BLOCK];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/dumpflt-outfile-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/out", folder);
	folder_fd = open(folder, O_RDONLY | O_DIRECTORY);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	close(folder_fd);
	return rmdir(folder);
}

static int remove_files(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static bool is_there(const char *name)
{
	return !faccessat(folder_fd, name, F_OK, AT_SYMLINK_NOFOLLOW);
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
	assert_false(is_there(file.partial));
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
	assert_true(is_there(file.partial));
	outfile_discard(&file);
	assert_false(is_there(file.partial));
	assert_int_equal(access(path, F_OK), -1);
}

static void test_in_the_way(void **state)
{
	(void)state;
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(outfile_open(&file, path, false), -EEXIST);
	assert_int_equal(outfile_open(&file, path, true), 0);
	outfile_discard(&file);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(outfile_open(&file, folder, true), -EISDIR);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(outfile_open(&file, path, true), -EEXIST);
	assert_int_equal(outfile_open(&file, "/dev/none/out", false), -ENOENT);
}

/* Two writers have nothing in common but the name that they want */
static void test_two_writers(void **state)
{
	static struct outfile other;

	(void)state;
	assert_int_equal(outfile_open(&other, path, true), 0);
	assert_int_equal(outfile_open(&file, path, true), 0);
	assert_string_not_equal(file.partial, other.partial);
	assert_true(is_there(other.partial));
	put(0, 'a', 10);
	memset(data, 'b', 20);
	assert_int_equal(outfile_write(&other, 0, data, 20), 0);
	assert_int_equal(outfile_sync(&other, 20), 0);
	commit(10);
	assert_int_equal(read_back(), 10);
	assert_int_equal(outfile_commit(&other), 0);
	assert_int_equal(read_back(), 20);
	expect_bytes(0, 20, 'b');
}

/* What a killed writer left is removed, and what is like it is not */
static void test_left_behind(void **state)
{
	static const char * const others[] = {
		"out.0123abc.partial", "out.0123abcx.partial", "outs.0123abcd.partial",
		"out.0123abcd.partial2", "out.partial", "out.0123abcd.partial",
	};
	char left[OUTFILE_NAME_MAX];
	size_t i;

	(void)state;
	assert_int_equal(outfile_open(&file, path, false), 0);
	copy_string(left, sizeof(left), file.partial);
	close(file.fd);
	close(file.folder);
	assert_true(is_there(left));
	for (i = 0; i < ARRAY_SIZE(others); i++)
		close(openat(folder_fd, others[i], O_CREAT | O_WRONLY, 0600));
	assert_int_equal(outfile_open(&file, path, false), 0);
	outfile_discard(&file);
	assert_false(is_there(left));
	for (i = 0; i < ARRAY_SIZE(others); i++)
		assert_int_equal(unlinkat(folder_fd, others[i], 0), 0);
}

/* One that appears while we write is not replaced */
static void appears_late(const char *poor)
{
	if (poor)
		setenv("FAKE_POOR", poor, 1);
	assert_int_equal(outfile_open(&file, path, false), 0);
	put(0, 'a', 10);
	assert_int_equal(outfile_sync(&file, 10), 0);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(outfile_commit(&file), -EEXIST);
	outfile_discard(&file);
	assert_int_equal(read_back(), 0);
	assert_false(is_there(file.partial));
	assert_int_equal(unlink(path), 0);

	assert_int_equal(outfile_open(&file, path, false), 0);
	put(0, 'a', 10);
	commit(10);
	assert_int_equal(read_back(), 10);
	assert_int_equal(unlink(path), 0);
	unsetenv("FAKE_POOR");
}

static void test_appears_late(void **state)
{
	(void)state;
	appears_late(NULL);
}

/* On file systems that know one way of taking a free name, or none */
static void test_poor(void **state)
{
	(void)state;
	appears_late("rename");
	appears_late("rename link");
	appears_late("rename link lock folder");
	appears_late("nolock");
}

/* Somebody moves the folder, and makes another one of its name */
static void test_moved(void **state)
{
	char moved[48];

	(void)state;
	snprintf(moved, sizeof(moved), "%s.moved", folder);
	assert_int_equal(outfile_open(&file, path, false), 0);
	put(0, 'a', 10);
	assert_int_equal(outfile_sync(&file, 10), 0);
	assert_int_equal(rename(folder, moved), 0);
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(outfile_commit(&file), 0);
	assert_true(is_there("out"));
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(rename(moved, folder), 0);
	assert_int_equal(read_back(), 10);
}

/* The name of what we wrote has become another file's */
static void test_exchanged(void **state)
{
	(void)state;
	assert_int_equal(outfile_open(&file, path, false), 0);
	put(0, 'a', 10);
	assert_int_equal(outfile_sync(&file, 10), 0);
	assert_int_equal(unlinkat(folder_fd, file.partial, 0), 0);
	close(openat(folder_fd, file.partial, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(outfile_commit(&file), -ESTALE);
	outfile_discard(&file);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(unlinkat(folder_fd, file.partial, 0), 0);
}

static void test_replaces(void **state)
{
	struct stat st;

	(void)state;
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(outfile_open(&file, path, true), 0);
	assert_true(outfile_replaces(&file, st.st_dev, st.st_ino));
	assert_false(outfile_replaces(&file, st.st_dev, st.st_ino + 1));
	assert_false(outfile_replaces(&file, st.st_dev + 1, st.st_ino));
	outfile_discard(&file);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test_teardown(test_holes, remove_files),
	cmocka_unit_test_teardown(test_overwrite_with_zeros, remove_files),
	cmocka_unit_test_teardown(test_backwards, remove_files),
	cmocka_unit_test_teardown(test_discard, remove_files),
	cmocka_unit_test_teardown(test_in_the_way, remove_files),
	cmocka_unit_test_teardown(test_two_writers, remove_files),
	cmocka_unit_test_teardown(test_left_behind, remove_files),
	cmocka_unit_test_teardown(test_appears_late, remove_files),
	cmocka_unit_test_teardown(test_poor, remove_files),
	cmocka_unit_test_teardown(test_moved, remove_files),
	cmocka_unit_test_teardown(test_exchanged, remove_files),
	cmocka_unit_test_teardown(test_replaces, remove_files),
};

int main(void)
{
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
