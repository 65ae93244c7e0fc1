// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Process 1 of the capture kernel that 'dumpflt arm' loads: one dump, and a
 * reboot whatever comes of it.
 *
 * There is no network, no shell and no udev: what it needs is in the plan.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init/init.h"
#include "lib/clock.h"

/* What init's own files print goes to the console that the kernel chose */
static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR);

	if (fd < 0)
		return;
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static bool mount_all(void)
{
	static const struct {
		const char *type, *where, *options;
	} mounts[] = {
		{ "devtmpfs",	"/dev",		"mode=0755" },
		{ "proc",	"/proc",	NULL },
		{ "sysfs",	"/sys",		NULL },
		{ "tmpfs",	"/run",		"mode=0755" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mounts); i++) {
		if (mount(mounts[i].type, mounts[i].where, mounts[i].type,
			  MS_NOSUID | MS_NOEXEC, mounts[i].options))
			return say_failure("mounting %s: %m", mounts[i].where);
		if (!i)
			open_console();
	}
	return true;
}

static bool dump(struct init_plan *plan)
{
	__u64 begin = now_ms();

	if (access("/proc/vmcore", R_OK))
		return say_failure("/proc/vmcore is not there: no kernel has crashed");
	watchdog_pet();
	say_share();
	return plan_read(plan) && prepare(plan, begin + plan->before * 1000) &&
	       dump_run(begin + plan->budget * 1000);
}

/* Without a word to any driver */
static void restart_now(void)
{
	int fd = open(SYSRQ, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "b", 1) < 0)
		say("%s: %m", SYSRQ);
}

/*
 * The kernel waits for every disk that is still being looked for, and a driver may
 * hang in its shutdown: the orderly way has a time, too. If not even the other one
 * works, it is up to the watchdog, which nobody pets any more.
 */
static void restart(void)
{
	pid_t pid = fork();

	if (!pid) {
		reboot(RB_AUTOBOOT);
		_exit(EXIT_FAILURE);
	}
	if (pid > 0)
		init_sleep_ms(HANDOVER_RESTART * 1000L);
	say("a driver keeps the reboot: without it");
	restart_now();
	for (;;)
		pause();
}

int main(void)
{
	static struct init_plan plan;

	if (getpid() != 1) {
		fputs("ERROR: this is process 1 of the capture kernel: see dumpflt-arm(8)\n",
		      stderr);
		return EXIT_FAILURE;
	}
	setenv("PATH", "/usr/bin", 1);
	umask(077);
	if (mount_all()) {
		say("capture kernel of dumpflt");
		if (dump(&plan))
			say("the dump is complete");
		else
			note_leave(plan.boot);
	}
	say("reboot");
	restart();
}
