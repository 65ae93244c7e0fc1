/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The header of an age file: written, for those who shall open it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AGE_WRAP_H
#define DUMPFLT_AGE_WRAP_H

#include <stddef.h>

#include "../../module/filters/age/age_format.h"

/* Bytes of a header for as many recipients as there can be; less than 128 for each */
#define AGE_WRAP_MAX	4096

int age_header_wrap(const unsigned char file_key[DUMPFLT_AGE_FILE_KEY],
		    const unsigned char recipients[][DUMPFLT_AGE_KEY], size_t nr,
		    char header[AGE_WRAP_MAX], size_t *len);

#endif
