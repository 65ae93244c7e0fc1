// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A rehearsal, for people.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "cmd/print/rehearsed.h"
#include "deploy/compress.h"
#include "lib/json.h"

#define MIB	(1024.0 * 1024.0)
/* Less than that, and the two times differ by more than anybody cares for */
#define QUIET_PERMILLE	800

static double mib(struct json_object *object, const char *key)
{
	return (double)json_number(object, key) / MIB;
}

static __u64 seconds(struct json_object *object, const char *key)
{
	return (json_number(object, key) + 999) / 1000;
}

/* From the shortest to the longest, if that is told apart */
static void print_time(struct json_object *object)
{
	__u64 least = seconds(object, "ms_least"), most = seconds(object, "ms");

	if (least && least < most)
		printf("%llu:%02llu to ", least / 60, least % 60);
	printf("%llu:%02llu min", most / 60, most % 60);
}

static void print_filters(struct json_object *stages)
{
	struct json_object *filters, *filter;
	size_t i;

	if (!json_object_object_get_ex(stages, "filters", &filters))
		return;
	for (i = 0; i < json_object_array_length(filters); i++) {
		filter = json_object_array_get_idx(filters, i);
		printf("  filter   %.1f MiB/s, %s\n", mib(filter, "bytes_per_second"),
		       json_text(filter, "name"));
	}
}

static void print_stages(struct json_object *record)
{
	struct json_object *stages;

	if (!json_object_object_get_ex(record, "stages", &stages))
		return;
	printf("  source   %.1f MiB/s of memory, makedumpfile alone\n",
	       mib(stages, "source_bytes_per_second"));
	print_filters(stages);
	printf("  disk     %.1f MiB/s\n", mib(stages, "disk_bytes_per_second"));
	printf("  chain    %.1f MiB/s of memory, %.1f MiB/s of the dump\n",
	       mib(stages, "chain_bytes_per_second"), mib(stages, "stream_bytes_per_second"));
}

static void print_levels(struct json_object *record)
{
	struct json_object *levels, *entry;
	__u64 level, own = json_number(record, "level");
	size_t i;

	if (!json_object_object_get_ex(record, "levels", &levels))
		return;
	for (i = 0; i < json_object_array_length(levels); i++) {
		entry = json_object_array_get_idx(levels, i);
		level = json_number(entry, "level");
		printf("  -d %-5llu %9.1f MiB in ", level, mib(entry, "bytes"));
		print_time(entry);
		puts(level == own ? ", as configured" : "");
	}
}

/* The other choice */
static void print_other(struct json_object *record)
{
	struct json_object *other;

	if (!json_object_object_get_ex(record, "uncompressed", &other))
		return;
	printf("  without compression about %.1f MiB in ", mib(other, "bytes"));
	print_time(other);
	if (!json_flag(other, "fits"))
		puts(", which no slot holds");
	else if (compress_slower(record))
		printf(": faster, and what 'dumpflt arm' takes, as %s, but for compress = args\n",
		       json_text(other, "args"));
	else
		puts("");
}

/* What it says of the next dump */
static void print_dump(struct json_object *record)
{
	printf("  dump     about %.1f MiB of %.1f MiB in a slot, in ", mib(record, "bytes"),
	       mib(record, "slot_bytes"));
	print_time(record);
	puts(" after the capture kernel has booted");
	print_other(record);
	printf("  memory   about %.0f MiB of %.0f MiB that are reserved\n",
	       mib(record, "need_bytes"), mib(record, "reserved_bytes"));
	printf("  measured on %s, of which makedumpfile had %llu %% of one CPU\n",
	       json_text(record, "cpu"), json_number(record, "cpu_permille") / 10);
	if (json_number(record, "cpu_permille") < QUIET_PERMILLE)
		puts("           other programs had the rest: rehearse when they rest for a closer estimate");
	if (json_flag(record, "made_up"))
		puts("  sample   made up, as memory cannot be read here: sizes are a guess");
}

void print_rehearsal(struct json_object *record)
{
	printf("rehearsed: %.1f MiB of memory, with %s, on %s\n", mib(record, "sample_bytes"),
	       json_text(record, "args"), json_text(record, "device"));
	print_stages(record);
	print_levels(record);
	print_dump(record);
}

/* For 'dumpflt status' */
void print_rehearsal_short(struct json_object *record)
{
	printf("rehearsed at %s, with %s\n", json_text(record, "rehearsed"),
	       json_text(record, "args"));
	print_dump(record);
}
