/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whom a dump is sealed for: the options --recipient and --recipients-file.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_RECIPIENTS_H
#define DUMPFLT_RECIPIENTS_H

#include "../../module/filters/age/age_format.h"
#include "dumps/recipient_words.h"

/**
 * struct recipients - those that were named so far
 * @nr: recipients in @text
 * @text: as they were written
 * @key: the same in bytes
 */
struct recipients {
	unsigned int	nr;
	char		text[DUMPFLT_AGE_RECIPIENTS_MAX][RECIPIENT_MAX];
	__u8		key[DUMPFLT_AGE_RECIPIENTS_MAX][DUMPFLT_BECH32_KEY];
};

bool recipients_add(struct recipients *recipients, const char *text,
		    char error[SPEC_ERROR_MAX]);
bool recipients_of_filter(struct recipients *recipients,
			  const struct filter_spec *filter,
			  char error[SPEC_ERROR_MAX]);
int recipients_read(struct recipients *recipients, const char *path);
bool recipients_apply(struct recipients *recipients, struct stack_spec *spec,
		      char error[SPEC_ERROR_MAX]);

#endif
