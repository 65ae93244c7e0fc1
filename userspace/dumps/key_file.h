/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of keys, and those that a program has to open: by a passphrase, or by this machine.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_KEY_FILE_H
#define DUMPFLT_KEY_FILE_H

#include <stdbool.h>
#include <sys/types.h>

/* In place of a name */
#define KEY_FILE_STDIN	"-"

/**
 * struct key_file - open
 * @fd: what is in it can be read here, once
 * @program: that opens it; NULL if it is plain
 * @hint: what is to be known of it if it fails
 * @asks: somebody for a passphrase
 * @pid: of that
 */
struct key_file {
	int		fd;
	const char	*program;
	const char	*hint;
	bool		asks;
	pid_t		pid;
};

bool key_file_is_stdin(const char *path);
const char *key_file_words(const char *path);
int key_file_stdin(struct key_file *file, const char *op);
int key_file_open(struct key_file *file, const char *op, const char *path);
int key_file_close(struct key_file *file, const char *op, const char *path);

#endif
