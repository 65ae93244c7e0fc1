/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which filters a dump passed, as policy, filter metadata and receipt say.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AREA_FILTERS_H
#define DUMPFLT_AREA_FILTERS_H

#include "area/area.h"

/**
 * struct area_filters - what is wrong with the filters of a dump
 * @problem: the first thing that is, empty if nothing is
 * @doubtful: what is on the disk may not be what was dumped, although the
 *	filter metadata says so
 */
struct area_filters {
	char	problem[AREA_PROBLEM_MAX];
	bool	doubtful;
};

bool area_filter_changes(const struct dumpflt_disk_fmeta *entry);
bool area_filter_denies(const struct dumpflt_disk_fmeta *entry);
void area_filters_judge(const struct area *area, const struct area_slot *slot,
			struct area_filters *found);

#endif
