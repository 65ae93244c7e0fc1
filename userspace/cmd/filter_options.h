/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options --critical and --start-optional, which mark filters by name.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_FILTER_OPTIONS_H
#define DUMPFLT_FILTER_OPTIONS_H

#include "kernel/spec.h"

/**
 * struct filter_options - marks, kept until all filters are known
 * @critical: names given with --critical
 * @nr_critical: entries of @critical
 * @start_optional: names given with --start-optional
 * @nr_start_optional: entries of @start_optional
 */
struct filter_options {
	const char	*critical[DUMPFLT_MAX_FILTERS];
	size_t		nr_critical;
	const char	*start_optional[DUMPFLT_MAX_FILTERS];
	size_t		nr_start_optional;
};

bool filter_options_critical(struct filter_options *options, const char *name,
			     char error[SPEC_ERROR_MAX]);
bool filter_options_start_optional(struct filter_options *options,
				   const char *name, char error[SPEC_ERROR_MAX]);
bool filter_options_apply(const struct filter_options *options,
			  struct stack_spec *spec, char error[SPEC_ERROR_MAX]);

#endif
