// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The filters of a stack as the policy of a dump area, and back.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
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
 * are those of the policy says spec_differs().
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

static __u32 policy_flags(const struct filter_spec *filter)
{
	return (filter->critical ? DUMPFLT_POLICY_F_CRITICAL : 0U) |
	       (filter->start_optional ? DUMPFLT_POLICY_F_START_OPTIONAL : 0U);
}

/**
 * spec_differs() - are the filters those of the policy, as the kernel sees it?
 * @spec: has filters of its own
 * @header: of the area, checked
 * @filter: set to the name of the one that is not, or to NULL
 *
 * Return: NULL, also if there is no policy; or the difference in words
 */
const char *spec_differs(const struct stack_spec *spec,
			 const struct dumpflt_disk_header *header,
			 const char **filter)
{
	const struct dumpflt_disk_policy *at = NULL;
	struct dumpflt_policy_entry entry;
	const char *wrong = NULL;
	size_t i;

	*filter = NULL;
	if (!header->fixed.policy_len)
		return NULL;
	for (i = 0; i < spec->nr_filters && !wrong; i++) {
		entry.name = spec->filters[i].name;
		entry.number = spec_number(spec, i);
		entry.flags = policy_flags(&spec->filters[i]);
		entry.options = spec->filters[i].options;
		entry.options_len = strlen(entry.options);
		wrong = dumpflt_policy_differs(header, &at, &entry);
		if (wrong)
			*filter = entry.name;
	}
	return wrong ? wrong : dumpflt_policy_differs(header, &at, NULL);
}

/**
 * spec_order_wrong() - may the filters stand in this order, in a dump area?
 * @spec: has all its filters
 * @error: set to the words for it
 *
 * Return: true if the kernel refuses it for that; false too of filters of which
 * nothing is known here but the name
 */
bool spec_order_wrong(const struct stack_spec *spec, char error[SPEC_ERROR_MAX])
{
	size_t i, j;

	for (i = 0; i < spec->nr_filters; i++)
		for (j = i + 1; j < spec->nr_filters; j++) {
			struct dumpflt_placed filter = { .name = spec->filters[i].name };
			struct dumpflt_placed behind = { .name = spec->filters[j].name };
			const char *wrong = dumpflt_order_wrong(&filter, &behind);

			if (!wrong)
				continue;
			snprintf(error, SPEC_ERROR_MAX, "filter '%s' before '%s' %s",
				 filter.name, behind.name, wrong);
			return true;
		}
	return false;
}

/**
 * spec_to_policy() - make the filters of a stack the policy of an area
 * @spec: with all its filters; none of them make no policy
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

		wrong = dumpflt_policy_add(header, filter->name,
					   spec_number(spec, i),
					   policy_flags(filter),
					   filter->options,
					   strlen(filter->options));
	}
	return wrong;
}
