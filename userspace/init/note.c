// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reason why there is no dump, left where the next boot finds it.
 *
 * The disk that the dump was meant for may be what failed. So it goes to pstore, in the
 * firmware or in memory that a reboot leaves alone: into /dev/pmsg0 where the kernel was
 * built with that, and into the kernel's log, whose end pstore keeps if a kernel panics.
 * A panic ends in a reboot as well, and asks no driver.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "init/init.h"

#define PMSG	"/dev/pmsg0"
#define LOG	"/dev/kmsg"
#define BACKEND	"/sys/module/pstore/parameters/backend"
/* Critical: a console shows it, too */
#define LEVEL	"<2>"

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		say("%s: %m", path);
	close(fd);
}

/* "(null)" if there is none */
static bool has_backend(void)
{
	char name[32] = "";
	int fd = open(BACKEND, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (read(fd, name, sizeof(name) - 1) < 0)
		name[0] = '\0';
	close(fd);
	return name[0] && name[0] != '(';
}

/**
 * note_leave() - leave the reason, where there is room for it
 * @boot: id of the boot that crashed; empty if that is not known
 *
 * Does not return if that takes a panic.
 */
void note_leave(const char *boot)
{
	char line[sizeof(LEVEL HANDOVER_NOTE) + HANDOVER_BOOT_MAX + INIT_WORDS_MAX + 8];

	snprintf(line, sizeof(line), LEVEL HANDOVER_NOTE "%s: %s\n", boot[0] ? boot : "?",
		 say_reason());
	put(PMSG, line + strlen(LEVEL));
	put(LOG, line);
	if (!has_backend())
		return;
	say("panic, for pstore to keep that");
	put(SYSRQ, "c");
}
