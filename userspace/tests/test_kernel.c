// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of kernel access, stacks and sessions, on the stand-in.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/kernel.h"
#include "kernel/session.h"
#include "kernel/stack.h"
#include "lib/report.h"
#include "lib/text.h"
#include "lib/clock.h"
#include "unit.h"

static char root[64];
static struct stack_spec spec;

static void make_folder(const char *env, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	mkdir(path, 0755);
	if (env)
		setenv(env, path, 1);
}

static int make_tree(void **state)
{
	char path[128];
	FILE *file;

	(void)state;
	strcpy(root, "/tmp/dumpflt-kernel-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	make_folder(NULL, "config");
	/* Before it counts as configfs: there is no kernel in this folder */
	make_folder(NULL, "config/dumpflt");
	make_folder(NULL, "sys");
	make_folder(NULL, "sys/block");
	make_folder("DUMPFLT_CONFIGFS", "config");
	make_folder("DUMPFLT_SYSFS", "sys");
	make_folder("DUMPFLT_DEV", "dev");
	make_folder("DUMPFLT_MODULES", "modules");
	snprintf(path, sizeof(path), "%s/target", root);
	file = fopen(path, "w");
	return file ? fclose(file) : -1;
}

static int remove_tree(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r '%s'", root);
	return system(command);
}

static void make_spec(void)
{
	char error[SPEC_ERROR_MAX];

	spec_init(&spec);
	assert_true(spec_set_name(&spec, "night", error));
	snprintf(spec.target, sizeof(spec.target), "%s/target", root);
	spec.max_pages = 32;
	spec.timeout_ms = 5000;
	assert_true(spec_parse_filter(&spec, "trace", error));
	assert_true(spec_parse_filter(&spec, "crypt,key=x,mode=y", error));
	spec.filters[1].critical = true;
	spec.filters[0].start_optional = true;
}

static void expect_stack(const char *attr, const char *expected)
{
	char value[KERNEL_VALUE_MAX];

	assert_int_equal(kernel_stack_read("night", attr, value), 0);
	assert_string_equal(value, expected);
}

static void expect_filter(const char *entry, const char *attr, const char *expected)
{
	char value[KERNEL_VALUE_MAX];

	assert_int_equal(kernel_filter_read("night", entry, attr, value), 0);
	assert_string_equal(value, expected);
}

static void expect_no_stack(void)
{
	struct kernel_names stacks;

	assert_int_equal(kernel_stacks(&stacks), 0);
	assert_int_equal(stacks.nr, 0);
	kernel_names_free(&stacks);
}

static void test_up_and_down(void **state)
{
	char device[KERNEL_DEVICE_MAX], path[KERNEL_PATH_MAX], expected[128];
	struct kernel_names entries;

	(void)state;
	make_spec();
	assert_int_equal(kernel_attach(), 0);
	assert_int_equal(stack_up(&spec, true), 0);
	expect_stack("target", spec.target);
	expect_stack("type", "crash");
	expect_stack("max_pages", "32");
	expect_stack("timeout_ms", "5000");
	expect_stack("live", "1");
	expect_stack("state", "live");
	expect_filter("10-trace", "options", "");
	expect_filter("10-trace", "critical", "0");
	expect_filter("10-trace", "start_optional", "1");
	expect_filter("20-crypt", "options", "key=x\nmode=y");
	expect_filter("20-crypt", "critical", "1");
	expect_filter("20-crypt", "start_optional", "0");
	assert_int_equal(kernel_filters("night", &entries), 0);
	assert_int_equal(entries.nr, 2);
	assert_string_equal(entries.names[0], "10-trace");
	assert_string_equal(entries.names[1], "20-crypt");
	kernel_names_free(&entries);
	assert_int_equal(stack_device("night", device), 0);
	assert_string_equal(device, "dumpflt0");
	assert_int_equal(kernel_device_path(device, path), 0);
	snprintf(expected, sizeof(expected), "%s/dev/dumpflt0", root);
	assert_string_equal(path, expected);
	assert_int_equal(stack_down("night"), 0);
	expect_no_stack();
}

static void test_not_live(void **state)
{
	char device[KERNEL_DEVICE_MAX];

	(void)state;
	make_spec();
	assert_int_equal(stack_up(&spec, false), 0);
	expect_stack("live", "0");
	assert_int_equal(stack_device("night", device), -ENODEV);
	assert_int_equal(stack_down("night"), 0);
	expect_no_stack();
}

static const char * const steps[] = {
	"mkdir night", "night/target", "night/type=crash", "night/max_pages=32",
	"night/timeout_ms=5000", "mkdir night/10-trace",
	"night/10-trace/start_optional=1", "mkdir night/20-crypt",
	"night/20-crypt/options=key=x", "night/20-crypt/critical=1",
	"night/live=1",
};

/* Whatever fails on the way up: the errno is reported and nothing is left */
static void test_undo(void **state)
{
	char fault[512];
	size_t i;

	(void)state;
	make_spec();
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		snprintf(fault, sizeof(fault), "%s%s%s 126 filter 'crypt': no key",
			 steps[i], i == 1 ? "=" : "", i == 1 ? spec.target : "");
		setenv("FAKE_FAULT", fault, 1);
		assert_int_equal(stack_up(&spec, true), -ENOKEY);
		unsetenv("FAKE_FAULT");
		expect_no_stack();
	}
	assert_string_equal(first_error(),
			    "creating the stack failed on 'night': Required key not available");
	assert_non_null(strstr(error_details(),
			       "last_error: filter 'crypt': no key"));
}

/* One that exists is not ours to remove */
static void test_exists(void **state)
{
	(void)state;
	make_spec();
	assert_int_equal(stack_up(&spec, true), 0);
	assert_int_equal(stack_up(&spec, true), -EEXIST);
	expect_stack("live", "1");
	assert_int_equal(stack_down("night"), 0);
}

/* udev has the device open for a moment: tried again. For ever: given up */
static void test_busy(void **state)
{
	__u64 start;

	(void)state;
	make_spec();
	assert_int_equal(stack_up(&spec, true), 0);
	setenv("FAKE_FAULT", "night/live=0 16 the device is open", 1);
	start = now_ms();
	assert_int_equal(stack_down("night"), -EBUSY);
	assert_true(now_ms() - start >= 4900);
	unsetenv("FAKE_FAULT");
	assert_int_equal(stack_down("night"), 0);
	assert_int_equal(stack_down("night"), -ENOENT);
}

static void test_sessions(void **state)
{
	char word[KERNEL_VALUE_MAX];

	(void)state;
	make_spec();
	assert_int_equal(stack_up(&spec, true), 0);
	assert_int_equal(session_finish("night", SESSION_ALL, word), -EINVAL);
	assert_int_equal(session_start("night"), 0);
	expect_stack("state", "started");
	assert_int_equal(session_start("night"), -EBUSY);
	assert_int_equal(session_read("night"), -EBUSY);
	assert_int_equal(session_finish("night", SESSION_ALL, word), 0);
	assert_string_equal(word, "complete");
	assert_int_equal(session_read("night"), 0);
	expect_stack("state", "reading");
	assert_int_equal(session_finish("night", SESSION_ALL, word), 0);
	assert_int_equal(session_start("night"), 0);
	assert_int_equal(session_abort("night", "no more\npaper"), 0);
	expect_stack("state", "failed");
	assert_int_equal(session_start("night"), 0);
	setenv("FAKE_FAULT", "night/session=finish 5 flush failed", 1);
	assert_int_equal(session_finish("night", SESSION_ALL, word), -EIO);
	expect_stack("state", "failed");
	unsetenv("FAKE_FAULT");
	assert_int_equal(stack_down("night"), 0);
}

static void test_names(void **state)
{
	(void)state;
	assert_true(kernel_valid_stack("a-b_9"));
	assert_true(kernel_valid_stack("abcdefghijklmnopqrstuvwxyz01234"));
	assert_false(kernel_valid_stack("abcdefghijklmnopqrstuvwxyz012345"));
	assert_false(kernel_valid_stack(""));
	assert_false(kernel_valid_stack(".."));
	assert_false(kernel_valid_stack("a/b"));
	assert_false(kernel_valid_filter("a-b"));
	assert_true(kernel_valid_filter("a_b"));
}

static void test_available(void **state)
{
	struct kernel_names filters;
	char path[128];
	FILE *file;

	(void)state;
	assert_int_equal(kernel_available_filters(&filters), -ENOENT);
	assert_int_equal(filters.nr, 0);
	snprintf(path, sizeof(path), "%s/modules/modules.alias", root);
	file = fopen(path, "w");
	fputs("# Aliases\nalias fs-ext4 ext4\nalias dumpflt-crypt dumpflt_crypt\n"
	      "alias dumpflt-Bad x\nalias dumpflt-a_long_name_that_is_just_too_long x\n"
	      "alias dumpflt-my_own some_module\n", file);
	fclose(file);
	assert_int_equal(kernel_available_filters(&filters), 0);
	assert_int_equal(filters.nr, 2);
	assert_string_equal(filters.names[0], "crypt");
	assert_string_equal(filters.names[1], "my_own");
	kernel_names_free(&filters);
}

static void test_no_kernel(void **state)
{
	const char *normal = getenv("DUMPFLT_CONFIGFS");
	char *copy = strdup(normal), *said;

	(void)state;
	setenv("DUMPFLT_CONFIGFS", "/nonexistent", 1);
	assert_false(kernel_present());
	report_failure("test_no_kernel", "nothing", "has failed yet");
	said = strdup(error_details());
	assert_false(kernel_attach_if_there());
	assert_string_equal(error_details(), said);
	assert_int_equal(kernel_attach(), -ENODEV);
	assert_string_not_equal(error_details(), said);
	setenv("DUMPFLT_CONFIGFS", copy, 1);
	assert_true(kernel_attach_if_there());
	free(copy);
	free(said);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_undo),
	cmocka_unit_test(test_up_and_down),
	cmocka_unit_test(test_not_live),
	cmocka_unit_test(test_exists),
	cmocka_unit_test(test_busy),
	cmocka_unit_test(test_sessions),
	cmocka_unit_test(test_names),
	cmocka_unit_test(test_available),
	cmocka_unit_test(test_no_kernel),
};

int main(void)
{
	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
