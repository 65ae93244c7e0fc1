/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The options of a filter's configuration.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_OPTIONS_H
#define _DUMPFLT_OPTIONS_H

#include <linux/types.h>

struct dumpflt_instance;

/**
 * struct dumpflt_options - what init() can ask for
 * @inst: the instance being made
 * @text: private copy of the lines, each ended by a NUL
 * @used: per line: somebody asked for it
 * @lines: how many
 * @why: what init() says about its failure, DUMPFLT_WHY_TEXT bytes
 */
struct dumpflt_options {
	struct dumpflt_instance	*inst;
	char			*text;
	bool			*used;
	unsigned int		lines;
	char			*why;
};

int dumpflt_parse_u64(const char *text, u64 *value);
int dumpflt_parse_bool(const char *page, bool *value);
int dumpflt_options_check(const char *text, size_t *line_ret);
int dumpflt_options_init(struct dumpflt_options *options,
			 struct dumpflt_instance *inst);
void dumpflt_options_exit(struct dumpflt_options *options);
const char *dumpflt_options_unused(const struct dumpflt_options *options,
				   int *len);

#endif /* _DUMPFLT_OPTIONS_H */
