// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The folder that dumps are collected into: one collector at a time, what a
 * killed one left, and what a copy is called.
 *
 * A name is made of area, number and session, so that the same dump has the
 * same name whenever it is collected, and no other dump has it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumps/collect.h"
#include "lib/folder.h"
#include "lib/report.h"
#include "lib/text.h"

#define ID_BYTES	4	/* of area and session, in names */
#define ID_CHARS	(2UL * ID_BYTES)

/* What a copy or a receipt of this area is called until it is whole */
static bool is_leftover(const char *name, const char *area)
{
	static const char * const ends[] = {
		".age", ".dump", ".json",
		COLLECT_PART ".age", COLLECT_PART, COLLECT_PART ".json",
	};
	size_t i;

	if (strncmp(name, area, ID_CHARS) || name[ID_CHARS] != '-')
		return false;
	name += ID_CHARS + 1;
	i = strspn(name, "0123456789");
	if (!i || name[i] != '-')
		return false;
	name += i + 1;
	if (strspn(name, "0123456789abcdef") != ID_CHARS)
		return false;
	for (i = 0; i < ARRAY_SIZE(ends); i++)
		if (partial_is_of(name + ID_CHARS, ends[i]))
			return true;
	return false;
}

/*
 * We hold the lock, so nobody is working on them any more. What cannot be removed
 * is in nobody's way: such a name is no reason to keep no dump.
 */
static int remove_leftovers(const struct collect_folder *folder,
			    const struct open_area *open)
{
	char area[ID_CHARS + 1];
	struct dirent *entry;
	DIR *dir = folder_list(folder->fd);

	if (!dir)
		return -errno;
	text_hex(open->area.header->fixed.uuid, ID_BYTES, area);
	while ((entry = readdir(dir)))
		if (is_leftover(entry->d_name, area) &&
		    unlinkat(folder->fd, entry->d_name, 0))
			report_warning("'%s/%s' is called as if it were begun and left, and cannot be removed: %s",
				       folder->path, entry->d_name, strerror(errno));
	closedir(dir);
	return 0;
}

/* Whose lock is held has nothing in it that was only begun */
static int tidy(const struct collect_folder *folder, const struct open_area *open_area)
{
	int ret = remove_leftovers(folder, open_area);

	if (ret)
		report_error("removing what was begun", folder->path, -ret);
	return ret;
}

/**
 * collect_folder_open() - make a folder ready for copies
 * @folder: filled
 * @path: of it; it must exist: it may be a mount that is not there
 * @open_area: that they come from
 *
 * Return: 0, or a negative errno, which is reported
 */
int collect_folder_open(struct collect_folder *folder, const char *path,
			const struct open_area *open_area)
{
	int ret;

	folder->path = path;
	folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder->fd < 0) {
		ret = -errno;
		report_error("opening the folder", path, -ret);
		if (ret == -ENOENT)
			report_hint("It is not made by itself: it may be on something that is not mounted.");
		return ret;
	}
	ret = collect_lock(folder);
	if (!ret && folder->lock >= 0)
		ret = tidy(folder, open_area);
	if (ret)
		collect_folder_close(folder);
	return ret;
}

/**
 * collect_folder_make() - a folder in that folder, ready for copies
 * @folder: filled
 * @above: open; who has its lock is alone in this one, too
 * @path: of the new one, in @above; it may be there from a run that was cut
 * @open_area: that the copies come from
 *
 * Return: 0, or a negative errno, which is reported
 */
int collect_folder_make(struct collect_folder *folder, const struct collect_folder *above,
			const char *path, const struct open_area *open_area)
{
	const char *name = text_base(path);
	int ret = 0;

	folder->path = path;
	folder->fd = -1;
	folder->lock = -1;
	folder->contested = above->contested;
	if (mkdirat(above->fd, name, 0700) && errno != EEXIST)
		ret = -errno;
	if (!ret) {
		folder->fd = openat(above->fd, name,
				    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		/* somebody's link to elsewhere, or a folder that he can write to */
		ret = folder->fd < 0 ? -errno : folder_check_own(folder->fd);
	}
	if (!ret)
		ret = folder_sync(above->fd, above->path);
	if (ret)
		report_error("making the folder", path, -ret);
	else if (above->lock >= 0)
		ret = tidy(folder, open_area);
	if (ret && folder->fd >= 0)
		close(folder->fd);
	return ret;
}

void collect_folder_close(struct collect_folder *folder)
{
	collect_unlock(folder);
	close(folder->fd);
}

/* Of the dump in a slot, whenever it is collected; no other dump has it */
void collect_dump_name(const struct open_area *open_area, const struct area_slot *slot,
		       char name[COLLECT_NAME])
{
	char area[ID_CHARS + 1], session[ID_CHARS + 1];

	text_hex(open_area->area.header->fixed.uuid, ID_BYTES, area);
	text_hex(slot->entry->session, ID_BYTES, session);
	format_string(name, COLLECT_NAME, "%s-%llu-%s", area,
		      le64_to_cpu(slot->entry->number), session);
}

static const char *data_end(const struct collect_copy *copy)
{
	if (copy->part)
		return copy->sealed ? COLLECT_PART ".age" : COLLECT_PART;
	return copy->sealed ? ".age" : ".dump";
}

/**
 * collect_name() - what the files are called
 * @copy: it is known whether it is sealed, and whether it is a part
 *
 * Return: 0, or a negative errno, which is reported
 */
int collect_name(struct collect_copy *copy)
{
	char name[COLLECT_NAME];

	collect_dump_name(copy->open, copy->slot, name);
	if (format_string(copy->data, sizeof(copy->data), "%s/%s%s",
			  copy->folder->path, name, data_end(copy)) &&
	    format_string(copy->receipt, sizeof(copy->receipt), "%s/%s%s.json",
			  copy->folder->path, name, copy->part ? COLLECT_PART : ""))
		return 0;
	report_error("naming the copy", copy->folder->path, ENAMETOOLONG);
	return -ENAMETOOLONG;
}

/**
 * collect_sync() - make sure of a file that was there already
 * @folder: open
 * @path: of it
 *
 * Return: 0 or a negative errno
 */
int collect_sync(const struct collect_folder *folder, const char *path)
{
	int fd = collect_open(folder, path);
	int ret;

	if (fd < 0)
		return fd;
	ret = fsync(fd) ? -errno : 0;
	close(fd);
	return ret;
}
