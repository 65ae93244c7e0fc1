// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The compressors of an image, by name.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <string.h>

#include "hibernate/pack.h"
#include "lib/text.h"

static const char * const words[] = {
	[COMPRESSOR_NONE] = "none",
	[COMPRESSOR_LZ4] = "lz4",
};

const char *compressor_word(enum compressor compressor)
{
	return words[compressor];
}

bool compressor_parse(const char *word, enum compressor *compressor)
{
	size_t i;

	for (i = COMPRESSOR_NONE; i < ARRAY_SIZE(words); i++)
		if (!strcmp(word, words[i])) {
			*compressor = (enum compressor)i;
			return true;
		}
	return false;
}
