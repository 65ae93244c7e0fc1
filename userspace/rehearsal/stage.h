/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a rehearsal takes place: the image that a capture kernel would get, unpacked
 * into memory, with its modules loaded.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_STAGE_H
#define DUMPFLT_STAGE_H

#include "deploy/plan.h"

#define STAGE_MODULES_MAX	32
#define STAGE_NAME_MAX		64

/**
 * struct stage - the place
 * @folder: of it, while it is there
 * @lock: of the folder that it is in: one rehearsal at a time
 * @root: the machine's own root folder
 * @made_folder: that it is in was not there before
 * @mounted: @folder is memory
 * @inside: / is @folder
 * @nr: valid entries of @loaded
 * @loaded: modules that were not loaded before
 */
struct stage {
	char	folder[ROOT_PATH_MAX];
	int	lock;
	int	root;
	bool	made_folder;
	bool	mounted;
	bool	inside;
	size_t	nr;
	char	loaded[STAGE_MODULES_MAX][STAGE_NAME_MAX];
};

int stage_open(struct stage *stage, const struct plan *plan);
int stage_enter(struct stage *stage);
void stage_leave(struct stage *stage);
void stage_close(struct stage *stage);

/* stage_modules.c */
int stage_load(struct stage *stage);
void stage_unload(struct stage *stage);

#endif
