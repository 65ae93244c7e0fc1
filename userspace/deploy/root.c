// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the files of the running system are: below /, or below a test's folder.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deploy/root.h"

/* Of a test: a folder with etc, sys, proc, lib, boot, run and dev of its own */
#define ROOT_ENV	"DUMPFLT_ROOT"
/* Larger ones are none that we read */
#define LOAD_MAX	(64 << 20)

const char *root(void)
{
	const char *folder = getenv(ROOT_ENV);

	return folder ? folder : "";
}

/* Returns: false if it did not fit; @path is then the empty string */
bool root_path(char path[ROOT_PATH_MAX], const char *fmt, ...)
{
	size_t len = strlen(root());
	va_list args;
	int more;

	path[0] = '\0';
	if (len >= ROOT_PATH_MAX)
		return false;
	va_start(args, fmt);
	more = vsnprintf(path + len, ROOT_PATH_MAX - len, fmt, args);
	va_end(args);
	if (more < 0 || (size_t)more >= ROOT_PATH_MAX - len) {
		path[0] = '\0';
		return false;
	}
	memcpy(path, root(), len);
	return true;
}

bool root_exists(const char *path)
{
	char full[ROOT_PATH_MAX];

	return root_path(full, "%s", path) && !access(full, F_OK);
}

/* Wherever it leads to */
bool root_has_link(const char *path)
{
	char full[ROOT_PATH_MAX];
	struct stat st;

	return root_path(full, "%s", path) && !lstat(full, &st);
}

/* The first line of a small file, without its end; false and "" if there is none */
bool root_line(const char *path, char *line, size_t size)
{
	char full[ROOT_PATH_MAX];
	FILE *file;
	bool got;

	line[0] = '\0';
	if (!root_path(full, "%s", path))
		return false;
	file = fopen(full, "re");
	if (!file)
		return false;
	got = fgets(line, (int)size, file);
	fclose(file);
	line[got ? strcspn(line, "\n") : 0] = '\0';
	return got;
}

/* Of a file that says yes or no: yes */
bool root_says_yes(const char *path)
{
	char line[8];

	return root_line(path, line, sizeof(line)) && (line[0] == '1' || line[0] == 'Y');
}

/* Then the kernel takes only what is signed with a key that it knows */
bool root_is_locked_down(void)
{
	char line[128];

	return root_line("/sys/kernel/security/lockdown", line, sizeof(line)) &&
	       !strstr(line, "[none]");
}

/* All of a file whose path is whole, with a NUL behind it. Returns: NULL, and errno */
char *root_load(const char *path, size_t *size)
{
	FILE *file = fopen(path, "re");
	char *data = NULL;
	struct stat st;

	if (!file)
		return NULL;
	errno = EFBIG;
	if (!fstat(fileno(file), &st) && S_ISREG(st.st_mode) && st.st_size <= LOAD_MAX)
		data = malloc((size_t)st.st_size + 1);
	if (data) {
		*size = fread(data, 1, (size_t)st.st_size, file);
		data[*size] = '\0';
	}
	fclose(file);
	return data;
}
