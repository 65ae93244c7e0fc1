/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration files: sections, keys, values, comments; nothing else is passed over.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_INI_H
#define DUMPFLT_INI_H

#include <stdbool.h>
#include <stdio.h>

#define INI_ERROR_MAX	160	/* an error in words */

/* What blanks are, between words too */
#define INI_BLANKS	" \t\r\n"

/**
 * struct ini_error - why a file was refused
 * @line: 0 if it is not about a single line
 * @text: in words
 */
struct ini_error {
	int	line;
	char	text[INI_ERROR_MAX];
};

/**
 * struct ini_reader - who takes what is in the file
 * @section: is told of each [section]
 * @key: is told of each key and value, behind at least one section
 * @ctx: for both
 *
 * Both return false with words if they refuse it.
 */
struct ini_reader {
	bool	(*section)(void *ctx, const char *name, char error[INI_ERROR_MAX]);
	bool	(*key)(void *ctx, const char *name, const char *value,
		       char error[INI_ERROR_MAX]);
	void	*ctx;
};

int ini_read(FILE *file, const struct ini_reader *reader, struct ini_error *error);
void ini_report(const char *op, const char *path, const struct ini_error *error, int err);

#endif
