// SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later
/*
 * The on-disk format of the policy: which filters every dump in an area must
 * pass, and how they are configured.
 *
 * PURE, see format.h. The drawing is in uapi/linux/dumpflt.h.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "format.h"

static const char *policy_entry_check(const struct dumpflt_disk_policy *policy,
				      const struct dumpflt_disk_policy *before)
{
	u32 len = le32_to_cpu(policy->options_len);
	const char *options = dumpflt_policy_options(policy);

	if (!dumpflt_format_name_ok(policy->name))
		return "a filter of the policy has no proper name";
	if (le16_to_cpu(policy->number) > 99 ||
	    (before && le16_to_cpu(before->number) >= le16_to_cpu(policy->number)))
		return "the policy's filters are not in order";
	if (le16_to_cpu(policy->flags) & ~DUMPFLT_POLICY_F_ALL)
		return "a filter of the policy has unknown flags";
	if (memchr(options, '\0', len) ||
	    !dumpflt_format_zero(options + len, dumpflt_format_pad(len) - len))
		return "a filter of the policy has options that are no text";
	return NULL;
}

/**
 * dumpflt_policy_check - is the policy in a header sound?
 * @header: the header; nothing of it need be
 *
 * Return: %NULL, or what is wrong.
 */
const char *dumpflt_policy_check(const struct dumpflt_disk_header *header)
{
	const struct dumpflt_disk_policy *policy, *before = NULL;
	const u8 *start = header->fixed.policy;
	u32 used = le32_to_cpu(header->fixed.policy_len), at = 0;
	unsigned int nr = 0;
	const char *wrong;

	if (used > DUMPFLT_POLICY_MAX ||
	    !dumpflt_format_zero(start + used, DUMPFLT_POLICY_MAX - used))
		return "the policy's length is wrong";
	while (at < used) {
		policy = (const void *)(start + at);
		if (used - at < sizeof(*policy) || nr++ == DUMPFLT_MAX_FILTERS)
			return "the policy's length is wrong";
		if (le32_to_cpu(policy->options_len) >= DUMPFLT_OPTIONS_MAX ||
		    dumpflt_format_pad(le32_to_cpu(policy->options_len)) >
		    used - at - sizeof(*policy))
			return "the policy's options go beyond its end";
		wrong = policy_entry_check(policy, before);
		if (wrong)
			return wrong;
		before = policy;
		at += (u32)(sizeof(*policy) +
			    dumpflt_format_pad(le32_to_cpu(policy->options_len)));
	}
	return NULL;
}

/**
 * dumpflt_policy_add - append a filter to the policy
 * @header: from dumpflt_header_init(); unchanged if this fails
 * @name: of the filter
 * @number: order, larger than that of the one before
 * @flags: DUMPFLT_POLICY_F_*
 * @options: "name=value" lines
 * @options_len: bytes of @options
 *
 * Return: %NULL, or what is wrong.
 */
const char *dumpflt_policy_add(struct dumpflt_disk_header *header,
			       const char *name, unsigned int number, u32 flags,
			       const char *options, size_t options_len)
{
	u32 used = le32_to_cpu(header->fixed.policy_len);
	struct dumpflt_disk_policy *policy = (void *)(header->fixed.policy + used);
	size_t len = strlen(name);
	const char *wrong;

	if (len >= DUMPFLT_NAME_MAX)
		return "the filter's name is too long";
	if (options_len >= DUMPFLT_OPTIONS_MAX ||
	    sizeof(*policy) + dumpflt_format_pad(options_len) > DUMPFLT_POLICY_MAX - used)
		return "too many or too long options";
	memcpy(policy->name, name, len);
	policy->number = cpu_to_le16((u16)number);
	policy->flags = cpu_to_le16((u16)flags);
	policy->options_len = cpu_to_le32((u32)options_len);
	memcpy(policy + 1, options, options_len);
	header->fixed.policy_len =
		cpu_to_le32((u32)(used + sizeof(*policy) + dumpflt_format_pad(options_len)));
	wrong = dumpflt_policy_check(header);
	if (wrong) {
		memset(policy, 0, sizeof(*policy) + dumpflt_format_pad(options_len));
		header->fixed.policy_len = cpu_to_le32(used);
	}
	return wrong;
}

/* Is there a line that begins so, with something behind it? */
static bool has_option(const struct dumpflt_disk_policy *policy, const char *name)
{
	const char *options = dumpflt_policy_options(policy);
	u32 left = le32_to_cpu(policy->options_len);
	size_t len = strlen(name);

	while (left) {
		const char *end = memchr(options, '\n', left);
		u32 line = end ? (u32)(end - options) : left;

		if (line > len && !memcmp(options, name, len))
			return true;
		line += !!end;
		options += line;
		left -= line;
	}
	return false;
}

/**
 * dumpflt_policy_has_origin - must every dump prove which machine it is of?
 * @header: its policy was checked
 *
 * Return: true if the filter age is among the filters, critical and with an origin.
 */
bool dumpflt_policy_has_origin(const struct dumpflt_disk_header *header)
{
	const struct dumpflt_disk_policy *policy = NULL;

	while ((policy = dumpflt_policy_next(header, policy)))
		if (!strncmp((const char *)policy->name, "age", sizeof(policy->name)) &&
		    le16_to_cpu(policy->flags) & DUMPFLT_POLICY_F_CRITICAL &&
		    has_option(policy, "origin="))
			return true;
	return false;
}

/**
 * dumpflt_policy_next - walk the policy
 * @header: a checked header
 * @policy: the one before, %NULL for the first
 *
 * Return: the next one, or %NULL.
 */
const struct dumpflt_disk_policy *
dumpflt_policy_next(const struct dumpflt_disk_header *header,
		    const struct dumpflt_disk_policy *policy)
{
	const u8 *start = header->fixed.policy;
	const u8 *next = start;

	if (policy)
		next = (const u8 *)(policy + 1) +
		       dumpflt_format_pad(le32_to_cpu(policy->options_len));
	if (next >= start + le32_to_cpu(header->fixed.policy_len))
		return NULL;
	return (const void *)next;
}

/**
 * dumpflt_options_equal - do two filters have the same options?
 * @a: lines "name=value"; a line break at the end does not count
 * @a_len: bytes
 * @b: others
 * @b_len: bytes
 *
 * Return: true if so
 */
bool dumpflt_options_equal(const char *a, size_t a_len, const char *b,
			   size_t b_len)
{
	if (a_len && a[a_len - 1] == '\n')
		a_len--;
	if (b_len && b[b_len - 1] == '\n')
		b_len--;
	return a_len == b_len && (!a_len || !memcmp(a, b, a_len));
}

/**
 * dumpflt_options_to_write - options without the one that only a session that reads needs
 * @name: of the filter
 * @options: lines "name=value"
 * @len: bytes
 *
 * With a "file_key" the filter age opens one dump and seals none, so that no dump is
 * written in another way than the policy says.
 *
 * Return: how many bytes of @options are left, if that is the last line.
 */
size_t dumpflt_options_to_write(const char *name, const char *options, size_t len)
{
	static const char reads[] = "file_key=";
	size_t end = len, at;

	if (end && options[end - 1] == '\n')
		end--;
	for (at = end; at && options[at - 1] != '\n'; at--)
		;
	return !strcmp(name, "age") && end - at > strlen(reads) &&
	       !memcmp(options + at, reads, strlen(reads)) ? at : len;
}

/**
 * dumpflt_policy_differs - compare the next filter of a stack with the policy
 * @header: a checked header, with a policy
 * @at: the filter of the policy before that; %NULL for the first. Moved on
 * @entry: the filter as it is configured, %NULL behind the last one
 *
 * Kernel and tool ask this, so that nothing is refused in a crash that a
 * rehearsal has let pass.
 *
 * Return: %NULL, or what the difference is, in words that fit behind the name
 * of the filter; without @entry, behind nothing.
 */
const char *dumpflt_policy_differs(const struct dumpflt_disk_header *header,
				   const struct dumpflt_disk_policy **at,
				   const struct dumpflt_policy_entry *entry)
{
	const struct dumpflt_disk_policy *policy = dumpflt_policy_next(header, *at);
	u32 flags;

	*at = policy;
	if (!entry)
		return policy ? "filters of the policy are missing" : NULL;
	if (!policy)
		return "the policy has no more filters";
	if (strncmp((const char *)policy->name, entry->name,
		    sizeof(policy->name)))
		return "another filter has this place in the policy";
	if (le16_to_cpu(policy->number) != entry->number)
		return "its number is not the one in the policy";
	flags = le16_to_cpu(policy->flags) ^ entry->flags;
	if (flags & DUMPFLT_POLICY_F_CRITICAL)
		return "'critical' is not as in the policy";
	if (flags)
		return "'start_optional' is not as in the policy";
	if (!dumpflt_options_equal(dumpflt_policy_options(policy),
				   le32_to_cpu(policy->options_len),
				   entry->options, entry->options_len))
		return "its options, such as recipients, are not those in the policy";
	return NULL;
}

static bool is_one_of(const char *const *names, const char *name)
{
	while (*names && strcmp(*names, name))
		names++;
	return *names;
}

/*
 * Chunk metadata is on the disk as it is. A hash of what is sealed later tells
 * whoever has the disk which pages of memory were known ones, and all the rest
 * that can be guessed. What a filter that encrypts keeps is of what it made.
 */
static bool leaks(const struct dumpflt_placed *filter,
		  const struct dumpflt_placed *behind)
{
	static const char *const keep[] = { "digest", "tally", NULL };
	static const char *const encrypt[] = { "age", "crypt", NULL };

	return !is_one_of(encrypt, filter->name) &&
	       is_one_of(encrypt, behind->name) &&
	       (filter->keeps || is_one_of(keep, filter->name));
}

/* The tag that is kept beside a chunk is of what age made of it, and of nothing else */
static bool breaks_seal(const struct dumpflt_placed *filter,
			const struct dumpflt_placed *behind)
{
	static const char *const change[] = { "age", "crypt", "template", NULL };

	return !strcmp(filter->name, "age") &&
	       (behind->changes || is_one_of(change, behind->name));
}

static const char leaked[] =
	"leaves what it keeps of the plain text, such as hashes, on the disk: put it behind";
static const char broken[] =
	"seals what that one then changes, so that no key opens it: put it behind";

/**
 * dumpflt_order_wrong - may one filter be somewhere before another, in an area?
 * @filter: the one before
 * @behind: one that comes after it
 *
 * Kernel and tool ask this. The tool knows only those filters that come with it;
 * of the others it has to ask the kernel, which knows what init() has said.
 *
 * No check of an area asks this: a dump that was written so is read all the same.
 *
 * Return: %NULL, or what is wrong, in words that fit behind "filter '<name>'
 * before '<behind>' ".
 */
const char *dumpflt_order_wrong(const struct dumpflt_placed *filter,
				const struct dumpflt_placed *behind)
{
	if (leaks(filter, behind))
		return leaked;
	return breaks_seal(filter, behind) ? broken : NULL;
}

/**
 * dumpflt_policy_options - the options of a filter of the policy
 * @policy: where it is in the header: they follow it there
 *
 * Return: @policy->options_len bytes, without a NUL.
 */
const char *dumpflt_policy_options(const struct dumpflt_disk_policy *policy)
{
	return (const char *)(policy + 1);
}
