// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sealed dumps that an attacker has put together anew from pieces that are all
 * genuine, and mended: each piece vouches for its place.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <string.h>

#include "area_attack.h"
#include "unit.h"

#define CHUNK	DUMPFLT_CHUNK_SIZE
#define RECORD	64

/* A chunk with its record, from how the disk was before */
static void put_chunk(struct attack *a, __u64 to, __u32 from_slot, __u64 from,
		      bool with_record)
{
	size_t data = attack_chunk(a, from_slot, from) - a->f.image;
	size_t record = attack_record(a, from_slot, from) - a->f.image;

	memcpy(attack_chunk(a, 0, to), a->before + data, CHUNK);
	if (with_record)
		memcpy(attack_record(a, 0, to), a->before + record, RECORD);
}

/* As much of the dump as is in its first chunks */
static __u64 bytes_of(const struct attack *a, __u64 chunks)
{
	return chunks * CHUNK < a->data_size[0] ? chunks * CHUNK :
						  a->data_size[0];
}

/* Detected, as it is and mended, with the first @good chunks given out. On a */
#define TRY_BOTH(good, change) do {					\
	enum attack_mend how;						\
									\
	for (how = ATTACK_AS_IT_IS; how <= ATTACK_MENDED; how++) {	\
		change;							\
		assert_true(attack_try(&a, how));			\
		assert_int_equal(a.prefix, bytes_of(&a, good));		\
	}								\
} while (0)

static void put_all(struct attack *a, const __u64 *place)
{
	__u64 i;

	for (i = 0; i < ATTACK_CHUNKS; i++)
		put_chunk(a, i, 0, place[i], true);
}

/* Every order of the chunks that is not the right one: swapped, rotated, reversed */
static void test_reordered(void **state)
{
	__u64 order, place[ATTACK_CHUNKS], i, good;
	struct attack a;

	(void)state;
	attack_make(&a);
	/* also those in which one is there twice, and another one is not */
	for (order = 0; order < 256; order++) {
		for (i = 0; i < ATTACK_CHUNKS; i++)
			place[i] = order >> (2 * i) & 3;
		good = 0;
		while (good < ATTACK_CHUNKS && place[good] == good)
			good++;
		if (good == ATTACK_CHUNKS)
			continue;
		TRY_BOTH(good, put_all(&a, place));
	}
	attack_report(&a, "chunks in every other order, doubled, lost", 0);
	attack_free(&a);
}

static void put_tag(struct attack *a, __u64 to, __u64 from)
{
	const size_t at = sizeof(struct dumpflt_disk_record);
	size_t record = attack_record(a, 0, from) - a->f.image;

	memcpy(attack_record(a, 0, to) + at, a->before + record + at,
	       DUMPFLT_AGE_TAG);
}

/* The chunks, and not their tags; the tags, and not the chunks */
static void test_separated(void **state)
{
	struct attack a;
	__u64 i, j;

	(void)state;
	attack_make(&a);
	for (i = 0; i < ATTACK_CHUNKS; i++) {
		for (j = 0; j < ATTACK_CHUNKS; j++) {
			if (i == j)
				continue;
			TRY_BOTH(i, put_chunk(&a, i, 0, j, false));
			TRY_BOTH(i, put_tag(&a, i, j));
		}
	}
	attack_report(&a, "chunks with the tags of others", 0);
	attack_free(&a);
}

/* The receipt says that the dump is shorter; all in it fits, but for the MAC */
static void say_chunks(struct attack *a, __u64 chunks, __u64 size)
{
	struct dumpflt_disk_receipt *receipt = attack_receipt(a, 0);

	receipt->chunks = cpu_to_le64(chunks);
	receipt->dump_size = cpu_to_le64(size);
	receipt->written = cpu_to_le64(chunks * CHUNK);
}

static void drop(struct attack *a, __u64 chunk)
{
	__u64 i;

	for (i = chunk; i < ATTACK_CHUNKS - 1; i++)
		put_chunk(a, i, 0, i + 1, true);
	say_chunks(a, ATTACK_CHUNKS - 1, 2 * CHUNK);
}

static void test_dropped(void **state)
{
	struct attack a;
	__u64 i;

	(void)state;
	attack_make(&a);
	for (i = 0; i < ATTACK_CHUNKS - 1; i++) {
		drop(&a, i);
		assert_true(attack_try(&a, ATTACK_MENDED));
		assert_int_equal(a.prefix, bytes_of(&a, i));
	}
	attack_report(&a, "chunks cut out, receipt adapted", 0);
	attack_free(&a);
}

static void zero_receipt(struct attack *a)
{
	memset(attack_receipt(a, 0), 0, sizeof(struct dumpflt_disk_receipt));
}

static void zero_from(struct attack *a, __u64 chunk)
{
	for (; chunk < a->f.geo.slot_chunks; chunk++) {
		memset(attack_chunk(a, 0, chunk), 0, CHUNK);
		memset(attack_record(a, 0, chunk), 0, RECORD);
	}
}

/* Cut behind every chunk: with the receipt, with one that fits, with none */
static void test_truncated(void **state)
{
	struct attack a;
	__u64 i;

	(void)state;
	attack_make(&a);
	for (i = 0; i < ATTACK_CHUNKS; i++) {
		TRY_BOTH(i, zero_from(&a, i));
		TRY_BOTH(i, (zero_from(&a, i), zero_receipt(&a)));
		TRY_BOTH(i, (zero_from(&a, i),
			     say_chunks(&a, i + 1, i * CHUNK)));
		/* the trailer is moved to the new end */
		TRY_BOTH(i, (zero_from(&a, i + 1),
			     put_chunk(&a, i, 0, i == 3 ? 0 : 3, true),
			     say_chunks(&a, i + 1, i * CHUNK)));
		/* the last chunk that is left is to be the trailer */
		if (i)
			TRY_BOTH(i, (zero_from(&a, i),
				     say_chunks(&a, i, (i - 1) * CHUNK)));
	}
	/* torn behind the trailer: all of it is there, and is not called authentic */
	TRY_BOTH(ATTACK_CHUNKS, zero_receipt(&a));
	attack_report(&a, "cut behind every chunk", 0);
	attack_free(&a);
}

/* Which parts are those of the other dump */
enum {
	PART_FMETA	= 1,
	PART_RECEIPT	= 2,
	PART_ENTRY	= 4,
	PART_CHUNK	= 8,		/* and twice that for the next one */
	PART_ALL	= (1 << (3 + ATTACK_CHUNKS)) - 1,
};

static void splice(struct attack *a, unsigned int parts)
{
	unsigned int copy;
	__u64 i;

	if (parts & PART_FMETA)
		memcpy(attack_fmeta(a, 0), attack_fmeta(a, 1),
		       DUMPFLT_AREA_UNIT);
	if (parts & PART_RECEIPT)
		*attack_receipt(a, 0) = *attack_receipt(a, 1);
	for (copy = 0; copy < 2 && parts & PART_ENTRY; copy++)
		attack_header(a, copy)->slots[0] = attack_header(a, copy)->slots[1];
	for (i = 0; i < ATTACK_CHUNKS; i++)
		if (parts & PART_CHUNK << i)
			put_chunk(a, i, 1, i, true);
}

/* Metadata and receipt say whose they are: the attacker makes it fit the entry */
static void adopt(struct attack *a)
{
	const struct dumpflt_disk_slot *entry = &attack_header(a, 0)->slots[0];
	struct dumpflt_disk_fmeta_head *head = (void *)attack_fmeta(a, 0);
	struct dumpflt_disk_receipt *receipt = attack_receipt(a, 0);

	memcpy(head->session, entry->session, sizeof(head->session));
	memcpy(receipt->session, entry->session, sizeof(receipt->session));
	receipt->number = entry->number;
	receipt->started = entry->started;
	receipt->slot = 0;
}

static void test_spliced(void **state)
{
	unsigned int parts;
	struct attack a;

	(void)state;
	attack_make(&a);
	/* whatever it is, it is not the dump of slot 0 */
	for (parts = 1; parts <= PART_ALL; parts++) {
		splice(&a, parts);
		assert_true(attack_try(&a, ATTACK_MENDED));
		splice(&a, parts);
		adopt(&a);
		assert_true(attack_try(&a, ATTACK_MENDED));
	}
	attack_report(&a, "two dumps in every mixture", 0);
	attack_free(&a);
}

/* The filter disowned, its MAC dropped, a receipt that somebody made up */
static void test_disowned(void **state)
{
	struct dumpflt_disk_fmeta *age;
	struct attack a;

	(void)state;
	attack_make(&a);
	age = (void *)(attack_fmeta(&a, 0) +
		       sizeof(struct dumpflt_disk_fmeta_head));
	TRY_BOTH(0, memcpy(age->name, "xyz", 3));
	TRY_BOTH(0, (memcpy(age->name, "xyz", 3), age->flags = 0));
	assert_true((age->flags = 0, attack_try(&a, ATTACK_MENDED)));
	assert_true((age->flags = cpu_to_le32(DUMPFLT_DISK_FILTER_F_LEFT_OUT),
		     attack_try(&a, ATTACK_MENDED)));
	TRY_BOTH(ATTACK_CHUNKS,
		 (memset(attack_receipt(&a, 0)->mac, 0, 32),
		  attack_receipt(&a, 0)->mac_filter = 0));
	TRY_BOTH(ATTACK_CHUNKS,
		 attack_receipt(&a, 0)->mac_filter = cpu_to_le32(2));
	TRY_BOTH(ATTACK_CHUNKS,
		 attack_receipt(&a, 0)->dump_size = cpu_to_le64(3 * CHUNK));
	TRY_BOTH(ATTACK_CHUNKS,
		 attack_receipt(&a, 0)->dump_size = cpu_to_le64(2 * CHUNK + 1));
	attack_report(&a, "filter and receipt disowned", 0);
	attack_free(&a);
}

int main(void)
{
	UNIT_TESTS(tests) = {
		cmocka_unit_test(test_reordered),
		cmocka_unit_test(test_separated),
		cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_spliced),
		cmocka_unit_test(test_disowned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
