// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The options --critical and --start-optional, which mark filters by name.
 *
 * The filters may come later on the command line: names are kept, then looked
 * up.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "cmd/filter_options.h"

static bool keep_name(const char **names, size_t *nr, const char *name,
		      char error[SPEC_ERROR_MAX])
{
	if (*nr == DUMPFLT_MAX_FILTERS) {
		snprintf(error, SPEC_ERROR_MAX, "more than %d filters are marked",
			 DUMPFLT_MAX_FILTERS);
		return false;
	}
	names[(*nr)++] = name;
	return true;
}

bool filter_options_critical(struct filter_options *options, const char *name,
			     char error[SPEC_ERROR_MAX])
{
	return keep_name(options->critical, &options->nr_critical, name, error);
}

bool filter_options_start_optional(struct filter_options *options,
				   const char *name, char error[SPEC_ERROR_MAX])
{
	return keep_name(options->start_optional, &options->nr_start_optional,
			 name, error);
}

static struct filter_spec *look_up(struct stack_spec *spec, const char *name,
				   char error[SPEC_ERROR_MAX])
{
	struct filter_spec *filter = spec_find_filter(spec, name);

	if (!filter)
		snprintf(error, SPEC_ERROR_MAX,
			 "there is no --filter '%.40s' to be marked", name);
	return filter;
}

/* All filters are in @spec now */
bool filter_options_apply(const struct filter_options *options,
			  struct stack_spec *spec, char error[SPEC_ERROR_MAX])
{
	struct filter_spec *filter;
	size_t i;

	for (i = 0; i < options->nr_critical; i++) {
		filter = look_up(spec, options->critical[i], error);
		if (!filter)
			return false;
		filter->critical = true;
		filter->critical_said = true;
	}
	for (i = 0; i < options->nr_start_optional; i++) {
		filter = look_up(spec, options->start_optional[i], error);
		if (!filter)
			return false;
		filter->start_optional = true;
	}
	return true;
}
