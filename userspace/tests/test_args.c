// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test_args.c: makedumpfile's arguments, for another level and without its compressor.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>

#include "capture/args.h"
#include "capture/config.h"

#include "unit.h"

/* What @args says, word by word in @argv, of which @words is the memory. Returns: how many */
static size_t split(char words[ARGS_TEXT_MAX], const char *args, char *argv[CONFIG_ARGS_MAX])
{
	char error[SPEC_ERROR_MAX], *word, *rest;
	struct args_facts facts;
	size_t nr = 0;

	snprintf(words, ARGS_TEXT_MAX, "%s", args);
	for (word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		argv[nr++] = word;
	assert_true(args_check(argv, nr, &facts, error));
	return nr;
}

/* with_level <args> <wanted>: of words between blanks */
static void with_level(const char *args, const char *wanted)
{
	char words[ARGS_TEXT_MAX], text[ARGS_TEXT_MAX], *argv[CONFIG_ARGS_MAX];
	size_t nr = split(words, args, argv);

	assert_true(args_with_level(argv, nr, 1, text));
	assert_string_equal(text, wanted);
	args_text(argv, nr, text);
	assert_string_equal(text, args);
}

static void test_args(void **state)
{
	(void)state;
	with_level("-l -d 31", "-l -d 1");
	with_level("-d31 -c", "-c -d 1");
	with_level("-ld 31 -b 4", "-l -b 4 -d 1");
	with_level("-ld31,17", "-l -d 1");
	with_level("-c --num-threads 31", "-c --num-threads 31 -d 1");
	with_level("-c --num-threads=2", "-c --num-threads=2 -d 1");
	/* a value is no option, whatever it looks like */
	with_level("-b -d31", "-b -d31 -d 1");
	with_level("", "-d 1");
}

/* uncompressed <args> <wanted>: of words between blanks */
static void uncompressed(const char *args, const char *wanted)
{
	char words[ARGS_TEXT_MAX], text[ARGS_TEXT_MAX], *argv[CONFIG_ARGS_MAX];

	assert_true(args_uncompressed(argv, split(words, args, argv), text));
	assert_string_equal(text, wanted);
}

static void test_args_uncompressed(void **state)
{
	(void)state;
	uncompressed("-l -d 31", "-d 31");
	uncompressed("-d31 -c", "-d31");
	uncompressed("-ld 31 -b 4", "-d 31 -b 4");
	uncompressed("-zld31,17", "-d31,17");
	uncompressed("-p --num-threads 31 --work-dir=/lp", "--num-threads 31 --work-dir=/lp");
	/* a value is no option, whatever it looks like */
	uncompressed("-c -x -l -d 31", "-x -l -d 31");
	uncompressed("-xclp", "-xclp");
	uncompressed("-c", "");
	uncompressed("", "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_args),
		cmocka_unit_test(test_args_uncompressed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
