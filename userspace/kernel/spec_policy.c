// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The filters of a stack as the policy of a dump area, and back.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <string.h>

#include "kernel/spec_policy.h"

static bool add_policy_filter(struct stack_spec *spec,
			      const struct dumpflt_disk_policy *policy)
{
	__u32 len = le32_to_cpu(policy->options_len);
	struct filter_spec *filter;
	char name[DUMPFLT_NAME_MAX], error[SPEC_ERROR_MAX];

	memcpy(name, policy->name, sizeof(name));
	filter = spec_add_filter(spec, name, error);
	if (!filter)
		return false;
	memcpy(filter->options, dumpflt_policy_options(policy), len);
	filter->options[len] = '\0';
	filter->critical = le16_to_cpu(policy->flags) & DUMPFLT_POLICY_F_CRITICAL;
	filter->start_optional = le16_to_cpu(policy->flags) &
				 DUMPFLT_POLICY_F_START_OPTIONAL;
	return true;
}

/* The kernel wants the very numbers of the policy */
static bool numbers_fit(const struct dumpflt_disk_header *header,
			const struct stack_spec *spec)
{
	const struct dumpflt_disk_policy *policy = NULL;
	size_t i;

	for (i = 0; i < spec->nr_filters; i++) {
		policy = dumpflt_policy_next(header, policy);
		if (le16_to_cpu(policy->number) != spec_number(spec, i))
			return false;
	}
	return true;
}

/**
 * spec_from_policy() - take the filters of a stack from an area's policy
 * @spec: has no filters yet
 * @header: of the area, checked
 *
 * Return: true, also if there is no policy; false if it is not one that this
 * tool made
 */
bool spec_from_policy(struct stack_spec *spec,
		      const struct dumpflt_disk_header *header)
{
	const struct dumpflt_disk_policy *policy = NULL;

	while ((policy = dumpflt_policy_next(header, policy)))
		if (!add_policy_filter(spec, policy))
			return false;
	return numbers_fit(header, spec);
}

/* Does the policy demand more of this filter than who named it has said? */
static void strengthen(struct filter_spec *filter,
		       const struct dumpflt_disk_policy *policy)
{
	if (le16_to_cpu(policy->flags) & DUMPFLT_POLICY_F_CRITICAL &&
	    !strncmp(filter->name, (const char *)policy->name,
		     sizeof(policy->name)) &&
	    !filter->critical_said && !filter->may_be_left_out)
		filter->critical = true;
}

/**
 * spec_critical_by_policy() - filters are critical where the policy says so
 * @spec: has filters of its own
 * @header: of the area, checked
 *
 * Only of those of which nobody has said whether they are; whether the filters
 * are those of the policy is for the kernel to say.
 */
void spec_critical_by_policy(struct stack_spec *spec,
			     const struct dumpflt_disk_header *header)
{
	const struct dumpflt_disk_policy *policy = NULL;
	size_t i;

	for (i = 0; i < spec->nr_filters; i++) {
		policy = dumpflt_policy_next(header, policy);
		if (!policy)
			return;
		strengthen(&spec->filters[i], policy);
	}
}

/**
 * spec_to_policy() - make the filters of a stack the policy of an area
 * @spec: the stack
 * @header: of the area; has no policy yet
 *
 * Return: NULL, or what is wrong, in words that fit behind a colon
 */
const char *spec_to_policy(const struct stack_spec *spec,
			   struct dumpflt_disk_header *header)
{
	const char *wrong = NULL;
	size_t i;

	for (i = 0; i < spec->nr_filters && !wrong; i++) {
		const struct filter_spec *filter = &spec->filters[i];
		__u32 flags = 0;

		if (filter->critical)
			flags |= DUMPFLT_POLICY_F_CRITICAL;
		if (filter->start_optional)
			flags |= DUMPFLT_POLICY_F_START_OPTIONAL;
		wrong = dumpflt_policy_add(header, filter->name,
					   spec_number(spec, i), flags,
					   filter->options,
					   strlen(filter->options));
	}
	return wrong;
}
