/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is left of a dump that was cut, in an age file or as a plain stream.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_REST_H
#define DUMPFLT_REST_H

#include "dumps/sink.h"
#include "lib/finding.h"

void rest_hint_cut(const struct sink *sink);
void rest_hint_lost(const struct sink *sink);
int rest_keep(struct sink *sink, const char *why, __u64 size, enum finding finding);

#endif
