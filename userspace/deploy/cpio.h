/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An archive as the kernel unpacks it: cpio, format newc.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CPIO_H
#define DUMPFLT_CPIO_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/* Name of the member that ends an archive */
#define CPIO_END	"TRAILER!!!"

/**
 * struct cpio - one that is being written
 * @file: to where
 * @inode: number of the last member
 * @folders: those that are in it, each with a blank behind it
 */
struct cpio {
	FILE		*file;
	unsigned int	inode;
	char		folders[4096];
};

void cpio_begin(struct cpio *cpio, FILE *file);
void cpio_add_folder(struct cpio *cpio, const char *path);
void cpio_add_file(struct cpio *cpio, const char *path, mode_t mode, const void *data,
		   size_t size);
int cpio_end(struct cpio *cpio);

#endif
