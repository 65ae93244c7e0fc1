// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files of ours that stay from one command, or one boot, to the next.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <libgen.h>
#include <string.h>
#include <unistd.h>

#include "deploy/put.h"
#include "lib/folder.h"
#include "lib/outfile.h"
#include "lib/text.h"

/**
 * put_json() - write one, whole or not at all, and durable
 * @path: of it, of root_path(); its folder is made if need be, for nobody else
 * @object: what is to be in it
 *
 * Return: 0 or a negative errno
 */
int put_json(const char *path, struct json_object *object)
{
	const int how = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text = json_object_to_json_string_ext(object, how);
	char parent[OUTFILE_PATH_MAX];
	int folder, ret;

	copy_string(parent, sizeof(parent), path);
	folder = folder_make_own(dirname(parent), 0700);
	if (folder < 0)
		return folder;
	ret = outfile_put(folder, path, text, strlen(text), true);
	close(folder);
	return ret;
}
