// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which filters a dump passed, as policy, filter metadata and receipt say.
 *
 * Whoever can write to the disk can change each of them, and make every
 * checksum fit. So they are compared with each other, and with what is known of
 * the filters that come with dumpflt: what is said to be plain text is only
 * taken for that if nothing speaks against it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "area/filters.h"

#define AGE_TAG		16
#define AGE_BEGIN	"age-encryption.org/"

/**
 * struct known - what is true of a filter in every dump
 * @name: of it
 * @changes: it changes the data
 * @needed: it is critical by itself, and so never left out
 * @vouches: it gives the key of the receipt's MAC
 * @chunk_meta: bytes that it keeps of each chunk
 */
struct known {
	const char	*name;
	bool		changes;
	bool		needed;
	bool		vouches;
	__u16		chunk_meta;
};

static const struct known filters_known[] = {
	{ "age",	true,	true,	true,	AGE_TAG },
	{ "crypt",	true,	true,	false,	0 },
	{ "digest",	false,	false,	false,	SHA256_SIZE },
	{ "trace",	false,	false,	false,	0 },
	{ NULL,		false,	false,	false,	0 },
};

static const struct known *look_up(const __u8 name[DUMPFLT_NAME_MAX])
{
	const struct known *known = filters_known;

	while (known->name && strncmp(known->name, (const char *)name,
				      DUMPFLT_NAME_MAX))
		known++;
	return known->name ? known : NULL;
}

static bool has(__le32 flags, __u32 flag)
{
	return le32_to_cpu(flags) & flag;
}

static __attribute__((format(printf, 2, 3)))
void say(struct area_filters *found, const char *fmt, ...)
{
	va_list args;

	if (found->problem[0])
		return;
	va_start(args, fmt);
	vsnprintf(found->problem, sizeof(found->problem), fmt, args);
	va_end(args);
}

static bool flags_change(const __u8 name[DUMPFLT_NAME_MAX], __le32 flags)
{
	const struct known *known = look_up(name);

	return has(flags, DUMPFLT_DISK_FILTER_F_CHANGES) ||
	       (known && known->changes &&
		!has(flags, DUMPFLT_DISK_FILTER_F_LEFT_OUT));
}

/**
 * area_filter_changes() - does a filter stand between the disk and the dump?
 * @entry: of filter metadata that was checked
 *
 * Return: true if its metadata says so, or if it always does
 */
bool area_filter_changes(const struct dumpflt_disk_fmeta *entry)
{
	return flags_change(entry->name, entry->flags);
}

/**
 * area_filter_denies() - is it said not to have changed the data, which it
 *	always does?
 * @entry: of filter metadata that was checked
 *
 * Return: true if its metadata cannot be right
 */
bool area_filter_denies(const struct dumpflt_disk_fmeta *entry)
{
	const struct known *known = look_up(entry->name);

	return known && known->changes &&
	       (has(entry->flags, DUMPFLT_DISK_FILTER_F_LEFT_OUT) ||
		!has(entry->flags, DUMPFLT_DISK_FILTER_F_CHANGES));
}

/* May this one have been left out? Only if the policy itself says so */
static bool may_be_left_out(const struct dumpflt_disk_policy *policy)
{
	__u16 flags = le16_to_cpu(policy->flags);

	return flags & DUMPFLT_POLICY_F_START_OPTIONAL &&
	       !(flags & DUMPFLT_POLICY_F_CRITICAL);
}

static void judge_one(const struct dumpflt_disk_policy *policy,
		      const struct dumpflt_disk_fmeta *entry,
		      struct area_filters *found)
{
	if (memcmp(policy->name, entry->name, sizeof(entry->name)) ||
	    policy->number != entry->number)
		say(found, "not sealed as promised: the policy demands filter '%02u-%s', and the dump passed '%02u-%s'",
		    le16_to_cpu(policy->number), policy->name,
		    le16_to_cpu(entry->number), entry->name);
	else if (has(entry->flags, DUMPFLT_DISK_FILTER_F_LEFT_OUT) &&
		 !may_be_left_out(policy))
		say(found, "not sealed as promised: filter '%02u-%s' of the policy was left out",
		    le16_to_cpu(policy->number), policy->name);
	else if (le16_to_cpu(policy->flags) & DUMPFLT_POLICY_F_CRITICAL &&
		 !has(entry->flags, DUMPFLT_DISK_FILTER_F_CRITICAL))
		say(found, "not sealed as promised: filter '%02u-%s' was not critical, as the policy demands",
		    le16_to_cpu(policy->number), policy->name);
}

/* Every filter of the policy, in its order, and no other one */
static void judge_policy(const struct area *area, const struct area_slot *slot,
			 struct area_filters *found)
{
	const struct dumpflt_disk_policy *policy = NULL;
	const struct dumpflt_disk_fmeta *entry = NULL;

	if (!area->header->fixed.policy_len)
		return;
	do {
		policy = dumpflt_policy_next(area->header, policy);
		entry = dumpflt_fmeta_next(slot->fmeta, entry);
		if (policy && entry)
			judge_one(policy, entry, found);
	} while (policy && entry && !found->problem[0]);
	if (policy && !entry)
		say(found, "not sealed as promised: the dump did not pass filter '%02u-%s' of the policy",
		    le16_to_cpu(policy->number), policy->name);
	else if (entry && !policy)
		say(found, "not sealed as promised: the dump passed filter '%02u-%s', which is not in the policy",
		    le16_to_cpu(entry->number), entry->name);
	found->doubtful = found->problem[0];
}

static void judge_known(const struct dumpflt_disk_fmeta *entry,
			const struct known *known, struct area_filters *found)
{
	bool left_out = has(entry->flags, DUMPFLT_DISK_FILTER_F_LEFT_OUT);
	bool changes = has(entry->flags, DUMPFLT_DISK_FILTER_F_CHANGES);

	if (known->needed && left_out)
		say(found, "filter '%s' is said to have been left out, which it never is",
		    known->name);
	else if (!left_out && changes != known->changes)
		say(found, "filter '%s' is said %sto have changed the data, which it %s does",
		    known->name, changes ? "" : "not ",
		    known->changes ? "always" : "never");
	else if (le16_to_cpu(entry->chunk_meta) != known->chunk_meta)
		say(found, "filter '%s' is said to have kept %u bytes of each chunk, and it keeps %u",
		    known->name, le16_to_cpu(entry->chunk_meta),
		    known->chunk_meta);
	if (area_filter_denies(entry))
		found->doubtful = true;
}

/* An age header is not left by a filter that seals nothing, whatever its name */
static void judge_stored(const struct dumpflt_disk_fmeta *entry,
			 struct area_filters *found)
{
	if (has(entry->flags, DUMPFLT_DISK_FILTER_F_CHANGES) ||
	    le32_to_cpu(entry->len) < strlen(AGE_BEGIN) ||
	    memcmp(dumpflt_fmeta_data(entry), AGE_BEGIN, strlen(AGE_BEGIN)))
		return;
	say(found, "filter '%s' has stored the header of an age file, and is said not to have changed the data",
	    entry->name);
	found->doubtful = true;
}

static void judge_metadata(const struct area_slot *slot,
			   struct area_filters *found)
{
	const struct dumpflt_disk_fmeta *entry = NULL;

	while ((entry = dumpflt_fmeta_next(slot->fmeta, entry))) {
		const struct known *known = look_up(entry->name);

		if (known)
			judge_known(entry, known, found);
		judge_stored(entry, found);
	}
}

/* Whatever is said of it: one that always does is never left out */
static bool may_have_changed(const __u8 name[DUMPFLT_NAME_MAX], __le32 flags)
{
	const struct known *known = look_up(name);

	return has(flags, DUMPFLT_DISK_FILTER_F_CHANGES) ||
	       (known && known->changes);
}

/* Does this very filter change the data by its metadata, too? */
static bool metadata_agrees(const struct area_slot *slot,
			    const struct dumpflt_disk_filter *filter)
{
	const struct dumpflt_disk_fmeta *entry = NULL;

	while ((entry = dumpflt_fmeta_next(slot->fmeta, entry)))
		if (entry->number == filter->number &&
		    !memcmp(entry->name, filter->name, sizeof(entry->name)))
			return has(entry->flags, DUMPFLT_DISK_FILTER_F_CHANGES);
	return false;
}

/* Metadata was written at the start, and the receipt at the end, of one dump */
static void judge_receipt(const struct area_slot *slot,
			  const struct dumpflt_disk_receipt *receipt,
			  struct area_filters *found)
{
	const struct dumpflt_disk_fmeta *entry = NULL;
	__u32 i = 0, nr = le32_to_cpu(receipt->nr_filters);

	while ((entry = dumpflt_fmeta_next(slot->fmeta, entry))) {
		const struct dumpflt_disk_filter *filter = &receipt->filters[i];

		if (i++ == nr || memcmp(entry->name, filter->name, sizeof(entry->name)) ||
		    entry->number != filter->number ||
		    entry->flags != filter->flags ||
		    entry->chunk_meta != filter->chunk_meta ||
		    entry->len != filter->fmeta_len)
			break;
	}
	if (entry || i != nr)
		say(found, "receipt and filter metadata name different filters");
	for (i = 0; i < nr; i++)
		if (may_have_changed(receipt->filters[i].name,
				     receipt->filters[i].flags) &&
		    !metadata_agrees(slot, &receipt->filters[i]))
			found->doubtful = true;
}

/* Whoever vouches for a dump has done so, and nobody else has */
static void judge_mac(const struct area_slot *slot, struct area_filters *found)
{
	const struct dumpflt_disk_receipt *receipt = slot->receipt;
	__u32 i, nr = le32_to_cpu(receipt->nr_filters);
	__u32 by = le32_to_cpu(receipt->mac_filter);

	for (i = 0; i < nr; i++) {
		const struct dumpflt_disk_filter *filter = &receipt->filters[i];
		const struct known *known = look_up(filter->name);

		if (!known)
			continue;
		if (known->vouches && by != i + 1 &&
		    le32_to_cpu(receipt->state) == DUMPFLT_SLOT_COMPLETE)
			say(found, "the receipt has no MAC of filter '%s'",
			    known->name);
		else if (!known->vouches && by == i + 1)
			say(found, "the receipt is said to have a MAC of filter '%s', which makes none",
			    known->name);
	}
}

/**
 * area_filters_judge() - do policy, filter metadata and receipt agree?
 * @area: loaded
 * @slot: loaded, with filter metadata
 * @found: filled
 */
void area_filters_judge(const struct area *area, const struct area_slot *slot,
			struct area_filters *found)
{
	memset(found, 0, sizeof(*found));
	judge_policy(area, slot, found);
	judge_metadata(slot, found);
	if (!slot->receipt)
		return;
	judge_receipt(slot, slot->receipt, found);
	/* which of the two is genuine, nobody knows */
	if (slot->contrary)
		judge_receipt(slot, slot->contrary, found);
	judge_mac(slot, found);
}
