// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Operations of the stand-in that fail, or never end, and the log of them all.
 *
 *	FAKE_LOG	file that gets a line for everything that was asked for
 *	FAKE_FAULT	"<line of the log> <errno> <words>": that operation fails
 *			with errno, and last_error gets the words
 *	FAKE_HANG	"<line of the log>", or "write" for the stack device: that
 *			operation never ends
 *	FAKE_UNKILLABLE	a process that is to be killed is not
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_kernel.h"

static void log_line(const char *line)
{
	const char *path = getenv("FAKE_LOG");
	FILE *file = path ? fopen(path, "a") : NULL;

	if (!file)
		return;
	fprintf(file, "%s\n", line);
	fclose(file);
}

/* As in the kernel: no signal but SIGKILL ends it */
void fake_hang_at(const char *line)
{
	const char *where = getenv("FAKE_HANG");

	while (where && !strcmp(where, line))
		pause();
}

int __wrap_kill(pid_t pid, int signal)
{
	if (signal == SIGKILL && pid > 0 && getenv("FAKE_UNKILLABLE"))
		return 0;
	return __real_kill(pid, signal);
}

/* Logs @line; returns 0 or the negative errno that it shall fail with */
int fake_fault(const char *stack, const char *line)
{
	const char *fault = getenv("FAKE_FAULT");
	char message[256] = "";
	size_t len = strlen(line);
	int err;

	log_line(line);
	fake_hang_at(line);
	if (!fault || strncmp(fault, line, len) || fault[len] != ' ')
		return 0;
	if (sscanf(fault + len, "%d %255[^\n]", &err, message) < 1)
		abort();
	if (!access(stack, F_OK))
		fake_put(fake_path("%s/last_error", stack), message);
	return -err;
}
