// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of what makedumpfile says, and of what is shown of it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>

#include "capture/mdflog.h"
#include "lib/progress.h"
#include "lib/text.h"
#include "unit.h"

#define MIB	(1024 * 1024)

/* As makedumpfile 1.7.2 really writes it: padded, and each time over the last */
static const char * const output[] = {
	"The kernel version is not supported.\n",
	"The makedumpfile operation may be incomplete.\n",
	"\rChecking for memory holes                         : [  0.0 %] /                  ",
	"\rChecking for memory holes                         : [100.0 %] |                  ",
	"\rExcluding unnecessary pages                       : [100.0 %] \\                  ",
	"\rCopying data                                      : [  1.9 %] -           eta: 2s",
	"\rCopying data                                      : [ 17.6 %] /           eta: 5s",
};

static const char ending[] =
	"\rCopying data : [100.0 %] \\ eta: 0s\n\nThe dumpfile is saved.\n\nCompleted.\n";

/* The output in pieces of that size, whatever the lines are */
static void feed_output(struct mdflog *log, size_t piece)
{
	char text[1024] = "";
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(output); i++)
		strcat(text, output[i]);
	len = strlen(text);
	for (i = 0; i < len; i += piece)
		mdflog_feed(log, text + i, len - i < piece ? len - i : piece);
}

static void test_real_output(void **state)
{
	struct mdflog log;
	size_t piece;

	(void)state;
	for (piece = 1; piece < 200; piece++) {
		mdflog_init(&log);
		assert_int_equal(log.permille, -1);
		feed_output(&log, piece);
		assert_string_equal(log.phase, "Copying data");
		assert_int_equal(log.permille, 176);
		assert_int_equal(mdflog_count(&log), 2);
		mdflog_feed(&log, ending, strlen(ending));
		mdflog_end(&log);
		assert_int_equal(log.permille, 1000);
		assert_int_equal(mdflog_count(&log), 4);
		assert_string_equal(mdflog_message(&log, 0),
				    "The kernel version is not supported.");
		assert_string_equal(mdflog_message(&log, 3), "Completed.");
	}
}

static void test_tail(void **state)
{
	struct mdflog log;
	char line[1000];
	int i;

	(void)state;
	mdflog_init(&log);
	for (i = 0; i < 20; i++) {
		snprintf(line, sizeof(line), "message %d\n", i);
		mdflog_feed(&log, line, strlen(line));
	}
	assert_int_equal(mdflog_count(&log), MDFLOG_LINES);
	assert_string_equal(mdflog_message(&log, 0), "message 12");
	assert_string_equal(mdflog_message(&log, 7), "message 19");
	/* A terminal is not to be driven by what is in a message */
	mdflog_feed(&log, "a\033[2J\tb\377", 8);
	mdflog_end(&log);
	assert_string_equal(mdflog_message(&log, 7), "a?[2J?b?");
	memset(line, 'x', sizeof(line));
	mdflog_feed(&log, line, sizeof(line));
	mdflog_end(&log);
	assert_int_equal(strlen(mdflog_message(&log, 7)), MDFLOG_WIDTH - 1);
}

static void expect_no_progress(const char *line)
{
	struct mdflog log;

	mdflog_init(&log);
	mdflog_feed(&log, line, strlen(line));
	mdflog_end(&log);
	assert_int_equal(log.permille, -1);
	assert_int_equal(mdflog_count(&log), 1);
}

static void test_no_progress(void **state)
{
	(void)state;
	expect_no_progress("Copying data : [100.1 %]");
	expect_no_progress("Copying data : [101.0 %]");
	expect_no_progress("Copying data : [99999999999999999999.0 %]");
	expect_no_progress("Copying data : [-1.0 %]");
	expect_no_progress("Copying data : [1 %]");
	expect_no_progress("Copying data : [1.x %]");
	expect_no_progress("Copying data : [ %]");
	expect_no_progress("Copying data : [");
}

static __s64 left_ms(__u64 elapsed_ms, int from, int permille, __u64 since_ms)
{
	struct progress progress = {
		.phase_ms = 5000,
		.phase_permille = from,
		.seen_ms = 5000 + elapsed_ms,
		.seen_permille = permille,
	};

	return progress_left_ms(&progress, 5000 + elapsed_ms + since_ms);
}

static void test_estimate(void **state)
{
	(void)state;
	assert_int_equal(left_ms(10000, 0, 500, 0), 10000);
	assert_int_equal(left_ms(10000, 0, 1000, 0), 0);
	assert_int_equal(left_ms(3000, 250, 400, 0), 12000);
	/* It counts down while nothing new is known */
	assert_int_equal(left_ms(3000, 250, 400, 1500), 10500);
	assert_int_equal(left_ms(3000, 250, 400, 15000), 0);
	/* Too early, or no progress yet */
	assert_int_equal(left_ms(999, 0, 500, 0), -1);
	assert_int_equal(left_ms(5000, 300, 300, 0), -1);
	assert_int_equal(left_ms(5000, 0, 0, 0), -1);
}

static void test_format(void **state)
{
	char line[128], small[10];

	(void)state;
	progress_format(line, sizeof(line), "Copying data", 176, 103 * MIB, 4000,
			12345);
	assert_string_equal(line,
			    "Copying data: 17.6 %, 103 MiB, 25.8 MiB/s, about 13 s left");
	progress_format(line, sizeof(line), "Dumping", -1, 0, 0, -1);
	assert_string_equal(line, "Dumping: 0 MiB, 0.0 MiB/s");
	assert_int_equal(progress_format(small, sizeof(small), "Dumping", -1, 0, 0,
					 -1), 9);
	assert_string_equal(small, "Dumping: ");
}

static void test_due(void **state)
{
	struct progress progress = { .tty = false, .shown_ms = 1000 };

	(void)state;
	assert_false(progress_due(&progress, 2999));
	assert_true(progress_due(&progress, 3000));
	progress.tty = true;
	assert_false(progress_due(&progress, 1249));
	assert_true(progress_due(&progress, 1250));
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_real_output),
	cmocka_unit_test(test_tail),
	cmocka_unit_test(test_no_progress),
	cmocka_unit_test(test_estimate),
	cmocka_unit_test(test_format),
	cmocka_unit_test(test_due),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
