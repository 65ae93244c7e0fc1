// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of child processes: how they end, and that they always do.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/child.h"
#include "unit.h"

static const char shell[] = "/bin/sh";
static struct child child;

static char *const *script(char *text)
{
	static char *argv[4];

	argv[0] = (char *)shell;
	argv[1] = (char *)"-c";
	argv[2] = text;
	return argv;
}

static void test_run(void **state)
{
	char good[] = "exit 0", bad[] = "exit 3";

	(void)state;
	assert_int_equal(child_run(shell, script(good)), 0);
	assert_int_equal(child_run(shell, script(bad)), -EIO);
	assert_int_equal(child_run("/nowhere/sh", script(good)), -ENOENT);
}

static void test_describe(void **state)
{
	char bad[] = "exit 3", killed[] = "kill -KILL $$";
	char text[64];

	(void)state;
	assert_int_equal(child_start(&child, shell, script(bad)), 0);
	child_wait(&child);
	child_describe(&child, text, sizeof(text));
	assert_string_equal(text, "exit code 3");
	assert_false(child_succeeded(&child));
	child_close(&child);

	assert_int_equal(child_start(&child, shell, script(killed)), 0);
	child_wait(&child);
	child_describe(&child, text, sizeof(text));
	assert_string_equal(text, "killed by signal 9 (Killed)");
	assert_false(child_succeeded(&child));
	child_close(&child);
}

static void test_no_program(void **state)
{
	char good[] = "exit 0";

	(void)state;
	assert_int_equal(child_start(&child, "/nowhere/sh", script(good)), -ENOENT);
	assert_int_equal(child.pid, 0);
}

/* With room for none of the pipes, then for the first only: both are closed */
static void test_no_descriptors(void **state)
{
	struct rlimit before, limit;
	int next = dup(STDIN_FILENO), room;
	char good[] = "exit 0";

	(void)state;
	assert_true(next > 0);
	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = before;
	for (room = 0; room <= 2; room += 2) {
		limit.rlim_cur = (rlim_t)(next + room);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
		assert_int_equal(child_start(&child, shell, script(good)), -EMFILE);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		assert_int_equal(dup(STDIN_FILENO), next);
		close(next);
	}
}

/* It says when it is deaf, so that it is never asked before */
static void test_stop_for_good(void **state)
{
	char deaf[] = "trap '' TERM; echo x; while :; do sleep 1; done";
	pid_t pid;
	char c;

	(void)state;
	assert_int_equal(child_start(&child, shell, script(deaf)), 0);
	pid = child.pid;
	while (read(child.out, &c, 1) != 1)
		usleep(1000);
	child_stop(&child);
	assert_int_equal(child.pid, 0);
	assert_true(WIFSIGNALED(child.status));
	assert_int_equal(WTERMSIG(child.status), SIGKILL);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
	child_close(&child);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_run),
	cmocka_unit_test(test_describe),
	cmocka_unit_test(test_no_program),
	cmocka_unit_test(test_no_descriptors),
	cmocka_unit_test(test_stop_for_good),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
