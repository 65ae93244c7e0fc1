// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The note of a capture kernel that made no dump: looked for in what pstore has kept, or
 * where systemd-pstore.service has put that.
 *
 * A note counts if it has the id of the boot that crashed. Whatever it says is only words.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deploy/lost.h"
#include "lib/read_all.h"

#define FILE_MAX_SIZE	((size_t)1024 * 1024)
/* What systemd archives has two floors of folders */
#define DEPTH		3

/* Returns: false to go on */
typedef bool (*visitor)(struct lost *lost, int folder, const char *name);

/* Returns: where the words are, in @text */
static const char *find_words(const struct lost *lost, const char *text, size_t len)
{
	char mark[sizeof(HANDOVER_NOTE) + HANDOVER_BOOT_MAX + 2];
	const char *at;

	format_string(mark, sizeof(mark), HANDOVER_NOTE "%s: ", lost->marker.boot);
	at = memmem(text, len, mark, strlen(mark));
	return at ? at + strlen(mark) : NULL;
}

/* Returns: for free(), with @len; NULL if there is none that could be a note */
static char *load(int folder, const char *name, struct stat *st, size_t *len)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char *text = NULL;
	ssize_t n = 0;

	if (fd >= 0 && !fstat(fd, st) && S_ISREG(st->st_mode))
		text = malloc(FILE_MAX_SIZE);
	if (text)
		n = read_all(fd, text, FILE_MAX_SIZE);
	*len = n < 0 ? 0 : (size_t)n;
	if (fd >= 0)
		close(fd);
	return text;
}

static bool take(struct lost *lost, int folder, const char *name)
{
	const char *words, *end;
	struct stat st;
	size_t len, size;
	char *text = load(folder, name, &st, &len);

	words = text ? find_words(lost, text, len) : NULL;
	if (words) {
		size = len - (size_t)(words - text);
		end = memchr(words, '\n', size);
		size = end ? (size_t)(end - words) : size;
		if (size >= sizeof(lost->reason))
			size = sizeof(lost->reason) - 1;
		text_clean(words, size, lost->reason);
		lost->when = (__u64)st.st_mtim.tv_sec;
	}
	free(text);
	return words;
}

/* Room for the next one; a record of another crash is somebody else's */
static bool forget(struct lost *lost, int folder, const char *name)
{
	struct stat st;
	size_t len;
	char *text = load(folder, name, &st, &len);

	if (text && find_words(lost, text, len))
		unlinkat(folder, name, 0);
	free(text);
	return false;
}

/* NOLINTBEGIN(misc-no-recursion): folders in folders, and DEPTH bounds them */
static bool walk(struct lost *lost, int above, const char *path, unsigned int depth,
		 visitor visit)
{
	int fd = openat(above, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	bool found = false;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (!found && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			found = visit(lost, fd, entry->d_name) ||
				(depth > 1 && walk(lost, fd, entry->d_name, depth - 1, visit));
	closedir(dir);
	return found;
}

/* NOLINTEND(misc-no-recursion) */

static bool walk_from(struct lost *lost, const char *where, unsigned int depth, visitor visit)
{
	char path[ROOT_PATH_MAX];

	return root_path(path, "%s", where) && walk(lost, AT_FDCWD, path, depth, visit);
}

/**
 * note_find() - look for the note of the boot that crashed
 * @lost: marker is set; reason and when are, if there is one
 */
bool note_find(struct lost *lost)
{
	return walk_from(lost, "/sys/fs/pstore", 1, take) ||
	       walk_from(lost, "/var/lib/systemd/pstore", DEPTH, take);
}

/* What systemd has archived is the operator's */
void note_remove(const struct lost *lost)
{
	struct lost copy = *lost;

	walk_from(&copy, "/sys/fs/pstore", 1, forget);
}
