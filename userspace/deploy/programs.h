/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The programs of an image, and the libraries that they need.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_PROGRAMS_H
#define DUMPFLT_PROGRAMS_H

#include "deploy/root.h"

#define PROGRAMS_MAX	64

/**
 * struct program_file - a program or a library
 * @from: here, from / on
 * @to: in the image
 */
struct program_file {
	char	from[256];
	char	to[256];
};

/**
 * struct programs - all of them
 * @nr: valid entries of @file
 */
struct programs {
	size_t			nr;
	struct program_file	file[PROGRAMS_MAX];
};

int programs_find(struct programs *programs, const char *makedumpfile);

#endif
