// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mklog: a write log of a dump in a dump area, without any kernel.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Makes an area with one COMPLETE dump in it, and logs what the module would
 * write for the next ones (core.c). With --break it does as a module would that
 * breaks a rule, in all of them or in one.
 */
#include <err.h>
#include <getopt.h>
#include <stdlib.h>

#include "core.h"
#include "log.h"
#include "random.h"

static const char * const rules[NR_RULES] = {
	[NO_HEADER_FLUSH]	= "no-header-flush",
	[SAME_HEADER]		= "same-header",
	[BOTH_HEADERS]		= "both-headers",
	[NO_START_FLUSH]	= "no-start-flush",
	[NO_ZEROING]		= "no-zeroing",
	[NO_ZERO_FLUSH]		= "no-zero-flush",
	[WRONG_SLOT]		= "wrong-slot",
	[RECEIPT_FIRST]		= "receipt-first",
	[NO_RECORDS]		= "no-records",
	[ONE_HEADER]		= "one-header",
	[NO_FINAL_FLUSH]	= "no-final-flush",
	[NO_RECEIPT_FLUSH]	= "no-receipt-flush",
};

static struct {
	u64		bytes;
	unsigned int	flush_every;
	unsigned int	broken;
	unsigned int	dumps;
	unsigned int	broken_dump;
	bool		overwrite;
} job = { .bytes = 500000, .flush_every = 3, .dumps = 1 };

static int usage(void)
{
	int i;

	fprintf(stderr,
		"Usage: mklog [options] LOG BASE REFERENCE...\n"
		"  --bytes N          size of the dump (500000)\n"
		"  --flush-every N    chunks between flushes from above, 0: none (3)\n"
		"  --dumps N          into one log, with as many references (1)\n"
		"  --overwrite        one slot, so that the old dump makes way\n"
		"  --break-in N       only the dump number N breaks the rule; 0: all (0)\n"
		"  --break RULE       one of:");
	for (i = 0; i < NR_RULES; i++)
		fprintf(stderr, " %s", rules[i]);
	fprintf(stderr, "\n");
	return 2;
}

static bool to_rule(const char *word)
{
	int i;

	for (i = 0; i < NR_RULES; i++) {
		if (strcmp(word, rules[i]))
			continue;
		job.broken |= 1U << i;
		return true;
	}
	return false;
}

static bool to_number(const char *word, u64 limit, u64 *number)
{
	char *end;

	*number = strtoull(word, &end, 10);
	return *word && !*end && *number <= limit;
}

static bool parse(int argc, char **argv)
{
	static const struct option options[] = {
		{ "bytes", required_argument, NULL, 'n' },
		{ "flush-every", required_argument, NULL, 'f' },
		{ "dumps", required_argument, NULL, 'd' },
		{ "break-in", required_argument, NULL, 'i' },
		{ "overwrite", no_argument, NULL, 'o' },
		{ "break", required_argument, NULL, 'b' },
		{ }
	};
	u64 number;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'n':
			if (!to_number(optarg, 1 << 28, &job.bytes))
				return false;
			break;
		case 'f':
			if (!to_number(optarg, 1 << 20, &number))
				return false;
			job.flush_every = (unsigned int)number;
			break;
		case 'd':
			if (!to_number(optarg, 8, &number) || !number)
				return false;
			job.dumps = (unsigned int)number;
			break;
		case 'i':
			if (!to_number(optarg, 8, &number))
				return false;
			job.broken_dump = (unsigned int)number;
			break;
		case 'o':
			job.overwrite = true;
			break;
		case 'b':
			if (!to_rule(optarg))
				return false;
			break;
		default:
			return false;
		}
	}
	return argc - optind == 2 + (int)job.dumps && !(job.overwrite && job.dumps > 1);
}

static FILE *create(const char *path)
{
	FILE *file = fopen(path, "wb");

	if (!file)
		err(1, "%s", path);
	return file;
}

static void save(const char *path, const void *data, u64 size)
{
	FILE *file = create(path);

	if (fwrite(data, size, 1, file) != 1 || fclose(file))
		err(1, "%s", path);
}

static u8 *make_dump(u64 size, u64 seed)
{
	u64 *words = core_alloc(size + sizeof(*words)), i;

	for (i = 0; i <= size / sizeof(*words); i++)
		words[i] = random_next(&seed);
	return (u8 *)words;
}

static void format(struct core *core)
{
	static const u8 uuid[16] = { 0xa4, 0xea };
	u32 slots = job.overwrite ? 1 : 1 + job.dumps;
	u64 slot = job.bytes / DUMPFLT_CHUNK_SIZE + 8;

	if (dumpflt_geometry_make(&core->geo, (2 + slots * slot) * DUMPFLT_AREA_UNIT, slots,
				  DUMPFLT_RECORD_DEF))
		errx(1, "dumpflt_geometry_make");
	dumpflt_header_init(&core->header, &core->geo, uuid, 1790000000,
			    job.overwrite ? DUMPFLT_AREA_F_OVERWRITE : 0);
	dumpflt_header_seal(&core->header);
	core->disk = core_alloc(core->geo.area_size);
	core_put(core, &core->header, sizeof(core->header), 0);
	core_put(core, &core->header, sizeof(core->header),
		 dumpflt_geometry_header(&core->geo, 1));
}

static void log_dump(struct core *core, unsigned int number, const char *reference)
{
	u8 *dump = make_dump(job.bytes, 1 + number);

	save(reference, dump, job.bytes);
	core->broken = job.broken_dump && job.broken_dump != number ? 0 : job.broken;
	core_dump(core, dump, job.bytes);
	core_mark(core, LOG_SAVED);
	free(dump);
}

int main(int argc, char **argv)
{
	struct core core = { 0 };
	unsigned int i;
	u8 *old;

	if (!parse(argc, argv))
		return usage();
	old = make_dump(job.bytes, 1);
	format(&core);
	core_dump(&core, old, job.bytes);
	save(argv[optind + 1], core.disk, core.geo.area_size);

	core.flush_every = job.flush_every;
	core_begin_log(&core, create(argv[optind]));
	for (i = 1; i <= job.dumps; i++)
		log_dump(&core, i, argv[optind + 1 + (int)i]);
	core_end_log(&core);
	free(core.disk);
	free(old);
	return 0;
}
