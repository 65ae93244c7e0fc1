/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Child processes: started without a shell, read through pipes, always reaped.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CHILD_H
#define DUMPFLT_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * struct child - a running program
 * @pid: 0 once it was reaped, or if none was started
 * @out: reads its standard output; does not block
 * @err: reads its standard error; does not block
 * @status: as from waitpid(), once reaped
 */
struct child {
	pid_t	pid;
	int	out;
	int	err;
	int	status;
};

int child_start(struct child *child, const char *path, char *const argv[]);
bool child_reap(struct child *child);
void child_wait(struct child *child);
bool child_stop(struct child *child);
void child_close(struct child *child);
bool child_succeeded(const struct child *child);
void child_describe(const struct child *child, char *text, size_t size);
int find_program(const char *name, char *path, size_t size);
int child_run(const char *path, char *const argv[]);

#endif
