// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump of a sample of memory, in the kernel that runs, as the capture kernel
 * would write it:
 *
 *   stage     the image that 'dumpflt arm' builds, unpacked, its modules loaded
 *   sample    of each kind of pages some, in memory
 *   look      makedumpfile looks at all of memory
 *   source    makedumpfile alone, for each kind; without its compressor, too
 *   chain     'dumpflt capture' of the image, into a free slot
 *   disk      the slot is written over with zeros, and free again
 *
 * The programs have one CPU, as in the capture kernel. However it ends, what was
 * begun is taken away.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "deploy/rehearsing.h"
#include "lib/report.h"
#include "rehearsal/chain.h"
#include "rehearsal/rehearsal.h"
#include "rehearsal/sample.h"
#include "rehearsal/stage.h"

/* What it is about, while it runs */
struct scene {
	const struct plan	*plan;
	struct rehearsal	*out;
	struct census		census;
	struct sample		sample;
	struct progress		progress;
	struct run		run;
};

/* Half of it for what the level keeps; of the rest as many of each kind */
static size_t share(const struct scene *scene, __u64 bytes, size_t nr[CENSUS_KINDS])
{
	const __u64 half = bytes / 2 / (__u64)sysconf(_SC_PAGESIZE);
	const __u64 level = scene->plan->config.facts.level;
	size_t kept = 0, most = 0;
	enum census_kind kind;

	for (kind = 0; kind < CENSUS_KINDS; kind++)
		kept += census_is_kept(kind, level);
	for (kind = 0; kind < CENSUS_KINDS; kind++) {
		nr[kind] = 1 + (size_t)half /
			   (census_is_kept(kind, level) ? kept : CENSUS_KINDS - kept);
		if (nr[kind] > most)
			most = nr[kind];
	}
	return most;
}

static int take_sample(struct scene *scene, __u64 bytes)
{
	struct estimate *estimate = &scene->out->estimate;
	size_t nr[CENSUS_KINDS], most = share(scene, bytes, nr);
	int ret = census_take(&scene->census, most);
	enum census_kind kind;

	if (!ret)
		ret = sample_make(&scene->sample, CHAIN_SAMPLE, &scene->census,
				  scene->plan->config.facts.level, nr);
	if (ret) {
		report_error("taking a sample of memory", CHAIN_SAMPLE, -ret);
		return ret;
	}
	scene->out->made_up = scene->sample.made_up;
	estimate->page = scene->sample.page;
	estimate->compressed = scene->plan->config.facts.compressed;
	for (kind = 0; kind < CENSUS_KINDS; kind++) {
		estimate->kind[kind].pages = scene->census.pages[kind];
		estimate->kind[kind].sampled = scene->sample.nr[kind];
		estimate->kind[kind].zeros = scene->sample.zeros[kind];
	}
	return 0;
}

/* Under lockdown it may not; then what it would take is not known */
static int look(struct scene *scene)
{
	int ret;

	scene->out->understood = true;
	if (scene->sample.made_up)
		return 0;
	ret = chain_look(&scene->run, &scene->out->understood);
	scene->out->estimate.scan_us = scene->run.us;
	return ret;
}

static int show_failed(int ret)
{
	if (ret)
		report_error("writing the sample", CHAIN_SAMPLE, -ret);
	return ret;
}

/* What makedumpfile takes before it comes to memory */
static int run_nothing(struct scene *scene)
{
	int ret = show_failed(sample_show_one(&scene->sample));

	scene->run.phase = "makedumpfile alone";
	scene->run.total = 0;
	if (!ret)
		ret = chain_source(&scene->run, scene->plan, true);
	scene->out->startup_us = scene->run.us;
	scene->out->startup_bytes = scene->run.bytes;
	return ret;
}

static __u64 without(__u64 all, __u64 less)
{
	return all > less ? all - less : 1;
}

/* makedumpfile on the pages of entry @i of the sample: what is beyond its start */
static int run_alone(struct scene *scene, size_t i, bool compressed, __u64 *bytes, __u64 *us)
{
	int ret = show_failed(sample_show(&scene->sample, i, 1));

	if (!ret)
		ret = chain_source(&scene->run, scene->plan, compressed);
	*bytes = without(scene->run.bytes, scene->out->startup_bytes);
	*us = without(scene->run.us, scene->out->startup_us);
	return ret;
}

static int run_source(struct scene *scene)
{
	struct estimate *estimate = &scene->out->estimate;
	struct estimate_kind *of;
	enum census_kind kind;
	int ret = 0;
	size_t i;

	for (i = 0; !ret && i < CENSUS_KINDS; i++) {
		kind = scene->sample.order[i];
		of = &estimate->kind[kind];
		if (!of->sampled)
			continue;
		ret = run_alone(scene, i, true, &of->bytes, &of->us);
		scene->out->alone_us += scene->run.us;
		scene->out->cpu_us += scene->run.cpu_us;
		scene->out->source_bytes += of->sampled * estimate->page;
		if (i < scene->sample.kept)
			estimate->source_us += of->us;
	}
	return ret;
}

/* What it would be like without a compressor, which may well be the slowest of all */
static int run_plain(struct scene *scene)
{
	struct estimate_plain *plain = &scene->out->plain;
	enum census_kind kind;
	int ret = 0;
	size_t i;

	if (!scene->plan->config.facts.compressed)
		return 0;
	scene->run.phase = "makedumpfile, uncompressed";
	for (i = 0; !ret && i < scene->sample.kept; i++) {
		kind = scene->sample.order[i];
		if (!scene->sample.nr[kind])
			continue;
		ret = run_alone(scene, i, false, &plain->bytes[kind], &plain->us[kind]);
	}
	return ret;
}

static int run_chain(struct scene *scene)
{
	struct estimate *estimate = &scene->out->estimate;
	struct chain chain;
	int ret = show_failed(sample_show(&scene->sample, 0, scene->sample.kept));

	if (!ret)
		ret = chain_all(&scene->run, scene->plan, &chain);
	if (ret)
		return ret;
	scene->out->sample_bytes = estimate->page *
		sample_pages(&scene->sample, 0, scene->sample.kept);
	scene->out->processes = peak_bytes(&scene->run.peak);
	estimate->chain_bytes = chain.bytes;
	/* until its receipt was read */
	estimate->chain_us = chain.us;
	return 0;
}

/* The capture kernel has one CPU */
static void take_one_cpu(cpu_set_t *before)
{
	int cpu = sched_getcpu();
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu < 0 ? 0 : cpu, &one);
	if (!sched_getaffinity(0, sizeof(*before), before))
		sched_setaffinity(0, sizeof(one), &one);
}

static int play(struct scene *scene, struct stage *stage, __u64 bytes)
{
	cpu_set_t before;
	int ret = stage_enter(stage);

	if (ret)
		return ret;
	CPU_ZERO(&before);
	take_one_cpu(&before);
	ret = take_sample(scene, bytes);
	if (!ret)
		ret = look(scene);
	if (!ret)
		ret = run_nothing(scene);
	if (!ret)
		ret = run_source(scene);
	if (!ret)
		ret = run_plain(scene);
	if (!ret)
		ret = run_chain(scene);
	if (CPU_COUNT(&before))
		sched_setaffinity(0, sizeof(before), &before);
	sample_close(&scene->sample);
	census_free(&scene->census);
	stage_leave(stage);
	return ret;
}

/* All in memory, on one CPU: what is missing others had */
static void take_share(struct rehearsal *rehearsal)
{
	__u64 all = rehearsal->alone_us, had = rehearsal->cpu_us;

	rehearsal->estimate.cpu_permille = had < all ? had * 1000 / all : 1000;
}

/* What the receipt and the disk say of the chain */
static void add_slot(struct rehearsal *rehearsal)
{
	struct estimate *estimate = &rehearsal->estimate;
	const struct slot *slot = &rehearsal->slot;
	size_t i;

	for (i = 0; i < slot->nr_filters; i++)
		estimate->filter_us += slot->filter[i].us;
	estimate->disk_bytes = slot->wiped;
	estimate->disk_us = slot->wipe_us;
	if (!slot->write_us || slot->write_us > estimate->chain_us)
		return;
	estimate->fixed_us = estimate->chain_us - slot->write_us + rehearsal->startup_us;
	estimate->chain_us = without(slot->write_us, rehearsal->startup_us);
}

/* What nobody misses, and what fits */
static __u64 default_bytes(const struct slot *slot)
{
	const __u64 least = (__u64)REHEARSAL_MIB_MIN << 20;
	__u64 bytes = (__u64)REHEARSAL_MIB_DEF << 20;
	__u64 available = (__u64)sysconf(_SC_AVPHYS_PAGES) * (__u64)sysconf(_SC_PAGESIZE);

	if (bytes > available / 8)
		bytes = available / 8;
	if (bytes > slot->room / 2)
		bytes = slot->room / 2;
	return bytes < least ? least : bytes;
}

/**
 * rehearsal_run() - rehearse
 * @plan: made
 * @bytes: of memory for the sample; 0: as many as are sensible here
 * @armed: the machine is
 * @rehearsal: filled
 *
 * Needs signals_hold(). Return: 0 or a negative errno, which is reported
 */
int rehearsal_run(const struct plan *plan, __u64 bytes, bool armed,
		  struct rehearsal *rehearsal)
{
	static struct scene scene;
	struct stage stage;
	int ret, back;

	memset(rehearsal, 0, sizeof(*rehearsal));
	memset(&scene, 0, sizeof(scene));
	scene.plan = plan;
	scene.out = rehearsal;
	scene.sample.fd = -1;
	scene.run.progress = &scene.progress;
	ret = slot_find(plan, armed, &rehearsal->slot);
	if (!ret && !bytes)
		bytes = default_bytes(&rehearsal->slot);
	if (!ret)
		ret = slot_check_room(plan, bytes, &rehearsal->slot);
	if (!ret)
		ret = rehearsing_begin(plan, rehearsal->slot.sessions + 1);
	if (ret)
		return ret;
	progress_start(&scene.progress);
	ret = stage_open(&stage, plan);
	if (!ret)
		ret = play(&scene, &stage, bytes);
	progress_end(&scene.progress);
	back = slot_give_back(plan, bytes, &rehearsal->slot);
	if (!back)
		rehearsing_end();
	stage_close(&stage);
	add_slot(rehearsal);
	take_share(rehearsal);
	return ret ? ret : back;
}
