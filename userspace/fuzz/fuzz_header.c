// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A header, changed here and there: refused, or everything in it is in bounds.
 *
 * The last byte of the input says whether the checksum is mended, so that the
 * fuzzer gets past it, how large the device is, and whether the counters are near
 * their end.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "fuzz.h"

static struct dumpflt_disk_header header;

static void check_geometry(const struct dumpflt_geometry *geo, __u64 size)
{
	__u32 last = geo->nr_slots - 1;

	promise(geo->area_size <= size);
	promise(geo->nr_slots && geo->nr_slots <= DUMPFLT_AREA_SLOTS_MAX);
	/* in order, none over another, header B behind all of them */
	promise(dumpflt_geometry_fmeta(geo, 0) >= sizeof(header));
	promise(dumpflt_geometry_record(geo, last, geo->slot_chunks) <=
		dumpflt_geometry_receipt(geo, last, 0));
	promise(dumpflt_geometry_receipt(geo, last, 1) + 4096 <=
		dumpflt_geometry_header(geo, 1));
	promise(dumpflt_geometry_receipt(geo, 0, 1) + 4096 <=
		dumpflt_geometry_fmeta(geo, 0) + geo->slot_size);
}

static void walk_policy(void)
{
	const __u8 *end = header.fixed.policy +
			  le32_to_cpu(header.fixed.policy_len);
	const struct dumpflt_disk_policy *policy = NULL;
	__u32 i;

	while ((policy = dumpflt_policy_next(&header, policy))) {
		promise((const __u8 *)(policy + 1) <= end);
		promise(policy->name[DUMPFLT_NAME_MAX - 1] == '\0');
		promise(le32_to_cpu(policy->options_len) <=
			(size_t)(end - (const __u8 *)(policy + 1)));
		for (i = 0; i < le32_to_cpu(policy->options_len); i++)
			fuzz_touch(dumpflt_policy_options(policy)[i]);
	}
}

static void make_header(void)
{
	static const __u8 uuid[16] = "an area's uuid!", session[16] = "a session here!";
	struct dumpflt_geometry geo;

	promise(!dumpflt_geometry_make(&geo, 1 << 24, 3, 64));
	dumpflt_header_init(&header, &geo, uuid, 1, DUMPFLT_AREA_F_OVERWRITE);
	promise(!dumpflt_policy_add(&header, "trace", 10, 0, "", 0));
	promise(!dumpflt_policy_add(&header, "digest", 20,
				    DUMPFLT_POLICY_F_CRITICAL, "a=b\nc=d", 7));
	promise(dumpflt_slot_start(&header, 0, session, 1));
	promise(dumpflt_slot_start(&header, 1, session, 2));
	promise(dumpflt_slot_collect(&header, 1));
	dumpflt_header_seal(&header);
}

static void check_again(__u64 size)
{
	struct dumpflt_geometry geo;

	dumpflt_header_seal(&header);
	promise(!dumpflt_header_check(&header, size, &geo));
}

/* What we make of a valid header must be valid again, a dump come to its end, too */
static void change_header(__u64 size, int slot)
{
	static const __u8 session[16] = "a session here!";
	bool spent = dumpflt_header_is_spent(&header);
	__u32 i, nr = le32_to_cpu(header.fixed.nr_slots);

	if (slot >= 0) {
		promise(dumpflt_slot_start(&header, (__u32)slot, session, 1) == !spent);
		check_again(size);
	}
	if (slot >= 0 && !spent) {
		promise(dumpflt_header_touch(&header));
		check_again(size);
	}
	for (i = 0; i < nr; i++) {
		fuzz_touch(dumpflt_slot_collect(&header, i));
		check_again(size);
	}
	fuzz_touch(dumpflt_header_touch(&header));
	check_again(size);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	/* sizes and flags, the policy's entries, sequence, slots */
	static const struct fuzz_range ranges[] = {
		{ 0, 104 }, { 512, 80 }, { 16896, 16 }, { 17408, 256 },
	};
	const __u64 sizes[] = { 0, 1 << 20, 1 << 24, 1ULL << 40, ~0ULL };
	struct dumpflt_geometry geo;
	unsigned int how;
	int slot;

	if (!size)
		return 0;
	make_header();
	fuzz_change((__u8 *)&header, sizeof(header), ranges, 4, data, size - 1);
	how = data[size - 1];
	if (how / 10 % 3 == 1)
		header.sequence = cpu_to_le64(DUMPFLT_COUNTER_MAX - how / 30 % 4);
	else if (how / 10 % 3 == 2)
		header.sessions = cpu_to_le64(DUMPFLT_COUNTER_MAX - how / 30 % 4);
	if (how & 1)
		dumpflt_header_seal(&header);
	size = sizes[how / 2 % 5];
	if (dumpflt_header_check(&header, size, &geo))
		return 0;
	check_geometry(&geo, size);
	walk_policy();
	slot = dumpflt_slot_choose(&header);
	promise(slot < (int)geo.nr_slots);
	change_header(size, slot);
	return 0;
}
