// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What came of a rehearsal, as JSON: what 'dumpflt rehearse' prints and keeps.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "deploy/root.h"
#include "lib/json.h"
#include "module/version.h"
#include "rehearsal/rehearsal.h"

/* Beside the programs: slab, drivers, bounce buffers of filters */
#define KERNEL_BYTES	(12ULL << 20)

/* Memory that a capture needs beside kernel and image; makedumpfile has two bits a page */
__u64 rehearsal_work(const struct rehearsal *rehearsal)
{
	enum census_kind kind;
	__u64 pages = 0;

	for (kind = 0; kind < CENSUS_KINDS; kind++)
		pages += rehearsal->estimate.kind[kind].pages;
	return rehearsal->processes + pages / 4 + KERNEL_BYTES;
}

/* Of the first one; not every architecture has names for them */
static void processor(char *name, size_t size)
{
	char path[ROOT_PATH_MAX], line[160];
	struct utsname system;
	FILE *file;

	root_path(path, "/proc/cpuinfo");
	name[0] = '\0';
	file = fopen(path, "re");
	while (file && !name[0] && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "model name", 10) && strstr(line, ": "))
			copy_string(name, size, strstr(line, ": ") + 2);
	}
	if (file)
		fclose(file);
	if (!name[0] && !uname(&system))
		copy_string(name, size, system.machine);
}

static void add_processor(struct json_object *object, const struct estimate *estimate)
{
	char name[160];

	processor(name, sizeof(name));
	json_add_text(object, "cpu", name);
	json_add_number(object, "cpu_permille", estimate->cpu_permille);
}

static void add_identity(struct json_object *object, const struct plan *plan)
{
	char id[AREA_ID_TEXT], when[TEXT_TIME_MAX], args[ARGS_TEXT_MAX];

	text_hex(plan->id, AREA_ID_SIZE, id);
	text_time((__u64)time(NULL), when);
	args_text(plan->config.args, plan->config.nr_args, args);
	json_add_text(object, "rehearsed", when);
	json_add_text(object, "tool_version", DUMPFLT_VERSION);
	json_add_text(object, "release", plan->release);
	json_add_text(object, "area", id);
	json_add_text(object, "device", plan->device);
	json_add_text(object, "args", args);
	json_add_number(object, "level", plan->config.facts.level);
}

static void add_pages(struct json_object *object, const struct estimate *estimate)
{
	struct json_object *pages = json_object_new_object();
	enum census_kind kind;

	json_add_number(pages, "page_bytes", estimate->page);
	for (kind = 0; kind < CENSUS_KINDS; kind++)
		json_add_number(pages, census_word(kind), estimate->kind[kind].pages);
	json_object_object_add(object, "pages", pages);
}

static struct json_object *filters(const struct slot *slot)
{
	struct json_object *array = json_object_new_array(), *filter;
	size_t i;

	for (i = 0; i < slot->nr_filters; i++) {
		filter = json_object_new_object();
		json_add_text(filter, "name", slot->filter[i].name);
		json_add_number(filter, "bytes_per_second",
				estimate_rate(slot->filter[i].bytes, slot->filter[i].us));
		json_object_array_add(array, filter);
	}
	return array;
}

static void add_stages(struct json_object *object, const struct rehearsal *rehearsal)
{
	const struct estimate *estimate = &rehearsal->estimate;
	struct json_object *stages = json_object_new_object();
	enum census_kind kind;
	__u64 us = 0;

	for (kind = 0; kind < CENSUS_KINDS; kind++)
		us += estimate->kind[kind].us;
	json_add_number(stages, "source_bytes_per_second",
			estimate_rate(rehearsal->source_bytes, us));
	json_object_object_add(stages, "filters", filters(&rehearsal->slot));
	json_add_number(stages, "disk_bytes_per_second",
			estimate_rate(estimate->disk_bytes, estimate->disk_us));
	json_add_number(stages, "chain_bytes_per_second",
			estimate_rate(rehearsal->sample_bytes, estimate->chain_us));
	json_add_number(stages, "stream_bytes_per_second",
			estimate_rate(estimate->chain_bytes, estimate->chain_us));
	json_add_number(stages, "scan_ms", estimate->scan_us / 1000);
	json_add_number(stages, "fixed_ms", estimate->fixed_us / 1000);
	json_object_object_add(object, "stages", stages);
}

static void add_levels(struct json_object *object, const struct estimate *estimate)
{
	struct json_object *array = json_object_new_array(), *entry;
	struct estimate_dump dump;
	__u64 level;

	for (level = 0; level < ESTIMATE_LEVELS; level++) {
		estimate_level(estimate, level, &dump);
		entry = json_object_new_object();
		json_add_number(entry, "level", level);
		json_add_number(entry, "bytes", dump.bytes);
		json_add_number(entry, "ms", dump.ms);
		json_add_number(entry, "ms_least", dump.least_ms);
		json_object_array_add(array, entry);
	}
	json_object_object_add(object, "levels", array);
}

/* The other choice, and whether a slot has room for it */
static void add_uncompressed(struct json_object *object, const struct plan *plan,
			     const struct rehearsal *rehearsal)
{
	struct json_object *other;
	struct estimate estimate;
	struct estimate_dump dump;
	char args[ARGS_TEXT_MAX];

	if (!plan->config.facts.compressed ||
	    !args_uncompressed(plan->config.args, plan->config.nr_args, args))
		return;
	estimate_uncompressed(&rehearsal->estimate, &rehearsal->plain, &estimate);
	estimate_level(&estimate, plan->config.facts.level, &dump);
	other = json_object_new_object();
	json_add_text(other, "args", args);
	json_add_number(other, "bytes", dump.bytes);
	json_add_number(other, "ms", dump.ms);
	json_add_number(other, "ms_least", dump.least_ms);
	json_add_flag(other, "fits", dump.bytes <= rehearsal->slot.room);
	json_object_object_add(object, "uncompressed", other);
}

/**
 * rehearsal_json() - all of it
 * @plan: that was rehearsed
 * @rehearsal: what was measured
 *
 * Return: an object for json_object_put()
 */
struct json_object *rehearsal_json(const struct plan *plan, const struct rehearsal *rehearsal)
{
	struct json_object *object = json_object_new_object();
	struct estimate_dump dump;

	estimate_level(&rehearsal->estimate, plan->config.facts.level, &dump);
	add_identity(object, plan);
	json_add_number(object, "bytes", dump.bytes);
	json_add_number(object, "ms", dump.ms);
	json_add_number(object, "ms_least", dump.least_ms);
	add_uncompressed(object, plan, rehearsal);
	add_processor(object, &rehearsal->estimate);
	json_add_number(object, "slot_bytes", rehearsal->slot.room);
	json_add_number(object, "max_seconds", plan->config.max_seconds);
	json_add_number(object, "work_bytes", rehearsal_work(rehearsal));
	json_add_number(object, "processes_bytes", rehearsal->processes);
	json_add_number(object, "need_bytes", plan_need(plan, rehearsal_work(rehearsal)));
	json_add_number(object, "reserved_bytes", plan->reserve);
	json_add_flag(object, "made_up", rehearsal->made_up);
	json_add_flag(object, "makedumpfile_understands", rehearsal->understood);
	json_add_number(object, "slot", rehearsal->slot.number);
	json_add_number(object, "sample_bytes", rehearsal->sample_bytes);
	json_add_number(object, "stream_bytes", rehearsal->estimate.chain_bytes);
	add_pages(object, &rehearsal->estimate);
	add_stages(object, rehearsal);
	add_levels(object, &rehearsal->estimate);
	return object;
}
