// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of the configuration file.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/config.h"
#include "lib/text.h"
#include "unit.h"

static struct config config;
static struct ini_error error;

static int read_bytes(const char *text, size_t len)
{
	FILE *file = fmemopen((char *)text, len, "r");
	int ret;

	assert_non_null(file);
	ret = config_read(file, &config, &error);
	fclose(file);
	return ret;
}

static int read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

static void expect_error(const char *text, int line, const char *message)
{
	assert_int_equal(read_text(text), -EINVAL);
	assert_string_equal(error.text, message);
	assert_int_equal(error.line, line);
}

#define TARGET	"[stack]\ntarget = /dev/vdb\n"

static void test_defaults(void **state)
{
	(void)state;
	assert_int_equal(read_text(TARGET), 0);
	assert_string_equal(config.stack.name, "crash");
	assert_string_equal(config.stack.target, "/dev/vdb");
	assert_string_equal(config.stack.type, "crash");
	assert_int_equal(config.stack.max_pages, 0);
	assert_int_equal(config.stack.timeout_ms, 0);
	assert_true(config.stack.area);
	assert_false(config.overwrite);
	assert_int_equal(config.stack.nr_filters, 0);
	assert_string_equal(config.vmcore, "/proc/vmcore");
	assert_string_equal(config.makedumpfile, "makedumpfile");
	assert_int_equal(config.nr_args, 3);
	assert_string_equal(config.args[0], "-l");
	assert_string_equal(config.args[1], "-d");
	assert_string_equal(config.args[2], "31");
	assert_int_equal(config.wait_for_target, 30);
	assert_int_equal(config.checkpoint_mib, 64);
	assert_int_equal(config.checkpoint_seconds, 10);
	assert_true(config.log);
	assert_int_equal(config.log_kib, 1024);
	assert_int_equal(config.log_seconds, 60);
}

/* What is no dump on standard output */
static void test_args(void **state)
{
	static const char * const bad[] = {
		"-l -d 31 --split", "--split a b", "--spli", "--dump-dmesg",
		"--dump", "-l -d 31 | gzip", "-l -d 31 > /dump", "-l -d '31'",
		"-l -d 31 /proc/vmcore /dump", "out", "-R", "-lR", "-gx y",
		"--mem-usage", "--reassemble", "-l -d", "-d", "--", "-",
		"--config", "--check-params", "--dry-run", "--help", "-h", "-v",
		"--config=`x`", "--cyclic-buffer 4 dump", "--diskset=/dev/sda",
	};
	static const char * const good[] = {
		"-l -d 31", "-c -d31", "-E -d 1", "-F -l", "-lcd 31", "",
		"--message-level 31", "--message-level=7 -z", "-x /vmlinux -d 17,1",
		"--num-threads 4 -p", "--work-dir /tmp", "-X", "--non-mmap",
		"--cyclic-buffer 4 --some-new-option", "--splitblock-size 4",
	};
	char text[120];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(text, sizeof(text), TARGET "[dump]\nargs = %s\n", bad[i]);
		assert_int_equal(read_text(text), -EINVAL);
		assert_int_equal(error.line, 4);
	}
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		snprintf(text, sizeof(text), TARGET "[dump]\nargs = %s\n", good[i]);
		assert_int_equal(read_text(text), 0);
	}
	assert_int_equal(read_text(TARGET "[dump]\nargs = -d 17,1 -c\n"), 0);
	assert_int_equal(config.facts.level, 17);
	assert_true(config.facts.compressed);
	expect_error("[dump]\nargs = -l | gzip\n", 2,
		     "'|' in args: there is no shell, no pipe and no quoting");
}

/* Whatever is on a target that is no dump area is somebody else's until told */
static void test_area_and_overwrite(void **state)
{
	(void)state;
	assert_int_equal(read_text(TARGET "area = no\n"), 0);
	assert_false(config.stack.area);
	assert_false(config.overwrite);
	assert_int_equal(read_text(TARGET "overwrite = yes\n"), 0);
	assert_false(config.stack.area);
	assert_true(config.overwrite);
	assert_int_equal(read_text(TARGET "area = yes\noverwrite = no\n"), 0);
	assert_true(config.stack.area);
	expect_error(TARGET "area = yes\noverwrite = yes\n", 0,
		     "overwrite = yes is for a plain dump, and area = yes refuses one");
	expect_error(TARGET "overwrite = perhaps\n", 3,
		     "'perhaps' is no value for overwrite: yes and no are");
}

static const char everything[] =
"# a comment\n"
"; another\n"
"\n"
"[filter trace]\n"
"[stack]  ; behind a section\n"
"name=night-1\n"
"  target =\t/dev/disk/by-id/x ; behind a value\n"
"type: hibernation\n"
"max_pages = 256\n"
"timeout_ms = 100\n"
"area = yes\n"
"[filter crypt]\r\n"
"key = dumpflt:x\r\n"
"critical = yes\n"
"recipient = a=b\n"
"recipient = \" c\"\n"
"[dump]\n"
"vmcore = /tmp/v\n"
"makedumpfile = /sbin/makedumpfile\n"
"args = \"-c  -d\t1\"\n"
"wait_for_target = 0\n"
"[filter digest]\n"
"start_optional = 1\n"
"critical = no";

static void test_everything(void **state)
{
	const struct stack_spec *stack = &config.stack;

	(void)state;
	assert_int_equal(read_text(everything), 0);
	assert_string_equal(stack->name, "night-1");
	assert_string_equal(stack->target, "/dev/disk/by-id/x");
	assert_string_equal(stack->type, "hibernation");
	assert_int_equal(stack->max_pages, 256);
	assert_int_equal(stack->timeout_ms, 100);
	assert_true(stack->area);
	assert_int_equal(stack->nr_filters, 3);
	/* A section without any key is a filter all the same */
	assert_string_equal(stack->filters[0].name, "trace");
	assert_string_equal(stack->filters[0].options, "");
	assert_false(stack->filters[0].critical);
	assert_string_equal(stack->filters[1].name, "crypt");
	assert_string_equal(stack->filters[1].options,
			    "key=dumpflt:x\nrecipient=a=b\nrecipient= c\n");
	assert_true(stack->filters[1].critical);
	assert_false(stack->filters[1].start_optional);
	assert_string_equal(stack->filters[2].name, "digest");
	assert_true(stack->filters[2].start_optional);
	assert_false(stack->filters[2].critical);
	assert_string_equal(config.vmcore, "/tmp/v");
	assert_string_equal(config.makedumpfile, "/sbin/makedumpfile");
	assert_int_equal(config.nr_args, 3);
	assert_string_equal(config.args[0], "-c");
	assert_string_equal(config.args[2], "1");
	assert_int_equal(config.wait_for_target, 0);
}

/* The last section may be an empty one too */
static void test_empty_last_section(void **state)
{
	(void)state;
	assert_int_equal(read_text(TARGET "[filter crypt]"), 0);
	assert_int_equal(config.stack.nr_filters, 1);
	assert_int_equal(read_text(TARGET "[filter crypt]\n# key = x\n"), 0);
	assert_int_equal(config.stack.nr_filters, 1);
}

/* In front of the first line only */
static void test_mark(void **state)
{
	(void)state;
	assert_int_equal(read_text("\xef\xbb\xbf" TARGET), 0);
	assert_int_equal(read_text("\xef\xbb\xbf\n" TARGET), 0);
	assert_int_equal(read_text("\xef\xbb\xbf;\n" TARGET), 0);
	expect_error("\n\xef\xbb\xbf" TARGET, 2, "neither [section] nor key = value nor a comment");
	expect_error("\xef\xbb" TARGET, 1, "neither [section] nor key = value nor a comment");
}

static void test_structure_errors(void **state)
{
	(void)state;
	expect_error("", 0, "there is no target in a section [stack]");
	expect_error("[dump]\n", 0, "there is no target in a section [stack]");
	expect_error("\ntarget = /dev/x\n", 2,
		     "key 'target' before the first section");
	expect_error("[stack]\nnonsense\n", 2,
		     "neither [section] nor key = value nor a comment");
	expect_error("[stack]\n\n\nnonsense ; a = b", 4,
		     "neither [section] nor key = value nor a comment");
	expect_error(TARGET "args = -l\n  -d 31\n", 3,
		     "unknown key 'args' in section [stack]");
	expect_error(TARGET "[dump]\nargs = -l\n  -d 31\n", 5,
		     "neither [section] nor key = value nor a comment");
	expect_error("[stack\ntarget = /dev/x\n", 1, "the section has no ]");
	expect_error("[stack] target = /dev/x\n", 1,
		     "text behind the ] of the section");
	expect_error(TARGET "[stack]\n", 3, "section [stack] is there twice");
	expect_error(TARGET "[dump]\n[dump]\n", 4, "section [dump] is there twice");
	expect_error("[stacks]\n", 1,
		     "unknown section [stacks]: [stack], [dump] and [filter NAME] exist");
	expect_error("[filter]\n", 1,
		     "unknown section [filter]: [stack], [dump] and [filter NAME] exist");
	expect_error("[stack]\ntarget = /dev/\001x\n", 2,
		     "control character in the line");
	expect_error("[stack]\n\001=\n", 2, "control character in the line");
	/* Only the first of several errors counts */
	expect_error("[stack]\nx = 1\ny = 2\n[z\n", 2,
		     "unknown key 'x' in section [stack]");
}

static void test_long_line(void **state)
{
	char text[2000] = TARGET "[filter f]\nkey = ";
	size_t len = strlen(text);

	(void)state;
	memset(text + len, 'k', 500);
	strcpy(text + len + 500, "\nother = 1\n");
	assert_int_equal(read_text(text), -EINVAL);
	assert_int_equal(error.line, 4);
	assert_non_null(strstr(error.text, "the line has a NUL in it or more than"));
	/* A NUL hides the rest of its line from every text function */
	assert_int_equal(read_bytes("[stack]\ntarget=/dev/x\0 y\n[filter a]\n", 36),
			 -EINVAL);
	assert_int_equal(error.line, 2);
}

static void test_value_errors(void **state)
{
	(void)state;
	expect_error("[stack]\nname = Crash\n", 2,
		     "'Crash' is no name for a stack: 1 to 31 characters of a-z 0-9 _ -");
	expect_error("[stack]\ntarget = vdb\n", 2,
		     "'vdb' is no target: an absolute path of less than 256 characters is needed");
	expect_error("[stack]\ntype = dump\n", 2,
		     "'dump' is no type: crash and hibernation are");
	expect_error("[stack]\nmax_pages = 0\n", 2,
		     "'0' is no value for the pages of one write: a number from 1 to 256 is needed");
	expect_error("[stack]\nmax_pages = 257\n", 2,
		     "'257' is no value for the pages of one write: a number from 1 to 256 is needed");
	expect_error("[stack]\nmax_pages = 0x10\n", 2,
		     "'0x10' is no value for the pages of one write: a number from 1 to 256 is needed");
	expect_error("[stack]\ntimeout_ms = 99\n", 2,
		     "'99' is no value for the timeout: a number from 100 to 3600000 is needed");
	expect_error("[stack]\narea = maybe\n", 2,
		     "'maybe' is no value for area: yes and no are");
	expect_error("[dump]\ncheckpoint_mib = 1048577\n", 2,
		     "'1048577' is no number of MiB from 0 to 1048576");
	expect_error("[dump]\nlog = maybe\n", 2,
		     "'maybe' is no value for log: yes and no are");
	expect_error("[dump]\nlog_kib = 0\n", 2,
		     "'0' is no number of KiB from 1 to 16384");
	expect_error("[dump]\nlog_kib = 16385\n", 2,
		     "'16385' is no number of KiB from 1 to 16384");
	expect_error("[dump]\nlog_seconds = 3601\n", 2,
		     "'3601' is no number of seconds from 1 to 3600");
	expect_error("[dump]\ncheckpoint_seconds = 1m\n", 2,
		     "'1m' is no number of seconds from 0 to 86400");
	expect_error("[dump]\nwait_for_target = -1\n", 2,
		     "'-1' is no number of seconds from 0 to 3600");
	expect_error("[dump]\nwait_for_target = 3601\n", 2,
		     "'3601' is no number of seconds from 0 to 3600");
	expect_error("[dump]\nvmcore =\n", 2,
		     "a path of 1 to 255 characters is needed");
	expect_error("[dump]\nmakedumpfile = \"\"\n", 2,
		     "a path of 1 to 255 characters is needed");
	expect_error("[dump]\nargs = 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33\n",
		     2, "more than 32 arguments");
	expect_error("[dump]\nargs = \"-l\n", 2,
		     "a double quote at one end of the value only");
	expect_error("[dump]\nargs = -l\"\n", 2,
		     "a double quote at one end of the value only");
	expect_error("[dump]\nargs = \"\n", 2,
		     "a double quote at one end of the value only");
}

static void test_key_errors(void **state)
{
	(void)state;
	expect_error("[stack]\nvmcore = /x\n", 2,
		     "unknown key 'vmcore' in section [stack]");
	expect_error("[dump]\ntarget = /x\n", 2,
		     "unknown key 'target' in section [dump]");
	expect_error(TARGET "target = /dev/vdc\n", 3,
		     "key 'target' is there twice");
	expect_error("[dump]\nargs = -l\n\nargs = -c\n", 4,
		     "key 'args' is there twice");
}

static void test_filter_errors(void **state)
{
	char text[4000] = TARGET;
	int i;

	(void)state;
	expect_error("[filter Crypt]\n", 1,
		     "'Crypt' is no name for a filter: 1 to 23 characters of a-z 0-9 _");
	expect_error("[filter ../x]\n", 1,
		     "'../x' is no name for a filter: 1 to 23 characters of a-z 0-9 _");
	expect_error("[filter a]\n[filter b]\n[filter a]\nx = 1\n", 3,
		     "filter 'a' is there twice");
	expect_error("[filter a]\ncritical = maybe\n", 2,
		     "'maybe' is no value for critical: yes and no are");
	expect_error("[filter a]\ncritical = yes\ncritical = no\n", 3,
		     "key 'critical' is there twice");
	expect_error("[filter a]\nstart_optional = no\nstart_optional = no\n", 3,
		     "key 'start_optional' is there twice");
	expect_error("[filter a]\nKey = 1\n", 2,
		     "'Key' is no name for an option of filter 'a'");
	for (i = 0; i < 17; i++)
		sprintf(text + strlen(text), "[filter f%d]\n", i);
	expect_error(text, 19, "more than 16 filters in one stack");
}

/* Together longer than the kernel takes, though each line is short */
static void test_too_many_options(void **state)
{
	char *text = malloc(10000);
	int i;

	(void)state;
	strcpy(text, TARGET "[filter a]\n");
	for (i = 0; i < 100; i++)
		sprintf(text + strlen(text),
			"recipient = %040d\n", i);
	expect_error(text, 84,
		     "the options of filter 'a' are longer than 4095 bytes");
	free(text);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_defaults),
	cmocka_unit_test(test_area_and_overwrite),
	cmocka_unit_test(test_args),
	cmocka_unit_test(test_everything),
	cmocka_unit_test(test_empty_last_section),
	cmocka_unit_test(test_mark),
	cmocka_unit_test(test_structure_errors),
	cmocka_unit_test(test_long_line),
	cmocka_unit_test(test_value_errors),
	cmocka_unit_test(test_key_errors),
	cmocka_unit_test(test_filter_errors),
	cmocka_unit_test(test_too_many_options),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
