/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why the module of a filter, or that of the core, is not loaded.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_MODULE_H
#define DUMPFLT_MODULE_H

#include <stdbool.h>
#include <stddef.h>

#define MODULE_WORDS_MAX	400

bool module_is_loaded(const char *filter);
bool module_is_installed(const char *filter);
bool module_is_missing(const char *filter);
void module_words(const char *module, int err, const char *log,
		  char words[MODULE_WORDS_MAX]);
bool module_why(const char *filter, char words[MODULE_WORDS_MAX]);
bool module_why_core(char words[MODULE_WORDS_MAX]);

#endif
