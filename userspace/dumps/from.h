/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a dump can be extracted from. Each reads all of it into an open sink and
 * makes that durable; what went wrong is printed, and a negative errno returned.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_FROM_H
#define DUMPFLT_FROM_H

#include "age/file.h"
#include "dumps/extract.h"
#include "dumps/sink.h"

/* from_stream.c */
int from_device(const struct extract_options *options, struct sink *sink);
int from_stack(const struct extract_options *options, struct sink *sink);

/* from_area.c */
int from_area(const struct extract_options *options, struct sink *sink);
bool from_stream_alone(const struct area_io *from);
int from_area_probe(const struct area_io *from, const char *device, bool *found);

/* from_age.c */
int from_age_open(struct age_file *file, const struct area_io *io, const char *path,
		  const struct age_identities *ids);
int from_age(const struct extract_options *options, struct sink *sink);

#endif
