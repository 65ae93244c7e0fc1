/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a stack shall be, before the kernel knows of it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SPEC_H
#define DUMPFLT_SPEC_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include <uapi/linux/dumpflt.h>

#define SPEC_TARGET_MAX	256	/* a path, as the kernel takes it */
#define SPEC_ERROR_MAX	160	/* an error in words */

/**
 * struct filter_spec - one filter of a stack
 * @name: without "dumpflt-"
 * @options: lines of "name=value", as the kernel wants them
 * @critical: the stack needs this filter
 * @critical_said: somebody has said whether it does
 * @start_optional: a dump may go on if its start fails
 * @may_be_left_out: a dump that was begun without it is better than none
 */
struct filter_spec {
	char	name[DUMPFLT_NAME_MAX];
	char	options[DUMPFLT_OPTIONS_MAX];
	bool	critical;
	bool	critical_said;
	bool	start_optional;
	bool	may_be_left_out;
};

/**
 * struct stack_spec - a whole stack
 * @name: of the stack
 * @target: path of a block device
 * @type: "crash" or "hibernation"
 * @max_pages: 0 for what the kernel takes by itself
 * @timeout_ms: 0 likewise
 * @require_flush: the target must have a cache that can be flushed
 * @area: the target holds a dump area
 * @nr_filters: valid entries of @filters
 * @filters: in the order of writes
 */
struct stack_spec {
	char			name[DUMPFLT_STACK_NAME_MAX];
	char			target[SPEC_TARGET_MAX];
	const char		*type;
	__u64			max_pages;
	__u64			timeout_ms;
	bool			require_flush;
	bool			area;
	size_t			nr_filters;
	struct filter_spec	filters[DUMPFLT_MAX_FILTERS];
};

void spec_init(struct stack_spec *spec);
bool spec_set_name(struct stack_spec *spec, const char *name,
		   char error[SPEC_ERROR_MAX]);
bool spec_set_target(struct stack_spec *spec, const char *target,
		     char error[SPEC_ERROR_MAX]);
bool spec_set_type(struct stack_spec *spec, const char *type,
		   char error[SPEC_ERROR_MAX]);
bool spec_set_max_pages(struct stack_spec *spec, const char *number,
			char error[SPEC_ERROR_MAX]);
bool spec_set_timeout_ms(struct stack_spec *spec, const char *number,
			 char error[SPEC_ERROR_MAX]);
struct filter_spec *spec_add_filter(struct stack_spec *spec, const char *name,
				    char error[SPEC_ERROR_MAX]);
struct filter_spec *spec_find_filter(struct stack_spec *spec, const char *name);
bool spec_add_option(struct filter_spec *filter, const char *name,
		     const char *value, char error[SPEC_ERROR_MAX]);
bool spec_parse_filter(struct stack_spec *spec, const char *text,
		       char error[SPEC_ERROR_MAX]);
unsigned int spec_number(const struct stack_spec *spec, size_t index);
void spec_entry(const struct stack_spec *spec, size_t index, char *entry,
		size_t size);

#endif
