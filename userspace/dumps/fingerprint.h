/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * By what a dump area is known again: filters, recipients and sizes included.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_DUMPS_FINGERPRINT_H
#define DUMPFLT_DUMPS_FINGERPRINT_H

#include <stdbool.h>

#include <uapi/linux/dumpflt.h>

/* Room for one: a SHA-256 in hexadecimal digits */
#define FINGERPRINT_MAX	65

int fingerprint_of(const struct dumpflt_disk_header *header, char text[FINGERPRINT_MAX]);
bool fingerprint_parse(const char *value, char text[FINGERPRINT_MAX]);

#endif
