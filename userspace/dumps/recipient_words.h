/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong with a recipient, as far as its letters say so.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_RECIPIENT_WORDS_H
#define DUMPFLT_RECIPIENT_WORDS_H

#include "../../module/filters/age/bech32.h"
#include "kernel/spec.h"

/* "age1", 58 characters, and a NUL */
#define RECIPIENT_MAX	63
/* The filter that seals, and its option */
#define RECIPIENT_FILTER	"age"
#define RECIPIENT_OPTION	"recipient"

const char *recipient_name(const char *text, char name[RECIPIENT_MAX + 2]);
const char *recipient_is_wrong(const char *text, __u8 key[DUMPFLT_BECH32_KEY]);
const char *recipient_next(char **rest);
bool recipients_are_wrong(const struct stack_spec *spec,
			  char error[SPEC_ERROR_MAX]);

#endif
