/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening a dump area for a command, with words for whatever is wrong.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AREA_OPEN_H
#define DUMPFLT_AREA_OPEN_H

#include "area/area.h"
#include "kernel/spec.h"

/* Room for a slot's number in an option: none was given */
#define AREA_NO_SLOT	(~0ULL)

/**
 * struct open_area - an area and what it was read from
 * @path: for messages
 * @io: open
 * @area: loaded
 */
struct open_area {
	const char	*path;
	struct area_io	io;
	struct area	area;
};

bool area_hint_known(struct area_io *io, const char *path);
void area_report_open(const char *path, int err);
int area_open_to_change(struct area_io *io, const char *path);
int area_find(const char *path, bool *found);
int open_area(struct open_area *open, const char *path, bool writable);
int open_area_of(struct open_area *open, const char *path,
		 const struct area_io *io);
void close_area(struct open_area *open);
int open_slot(const struct open_area *open, __u64 number,
	      struct area_slot *slot);
int area_policy(const struct open_area *open, struct stack_spec *spec);
void area_report_spent(const char *path);
int area_check_slot(struct open_area *open);
int area_refuse_image(const struct open_area *open, const char *op);
int area_complete(const struct open_area *open, struct stack_spec *spec);

#endif
