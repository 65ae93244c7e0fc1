// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * areagen: write a dump into a slot of a dump area, as the kernel would.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Usage: areagen IMAGE DUMP [age1...]... [origin=FILE] [digest] [changes] [before]
 *	[DURABILITY] [WHAT]
 * The area must have been made by 'dumpflt format'. DUMP goes to the next free
 * slot. With recipients it is sealed for them, as the filter "age" does, and with
 * the origin key in FILE as an image of that machine. "digest
 * changes" is a filter "change" that inverts the data and keeps as much of each
 * chunk; "before": in front of "age". DURABILITY is flush (default),
 * write-through or unknown. WHAT is how it ends: complete (default), torn: no receipt,
 * notrailer: torn before the trailer, failed or interrupted: with such a
 * receipt; header: nothing of it but the header; claims: a receipt alone says that it
 * is complete, and as large as the slot; contradicted: complete by both receipts, which
 * say different things.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "area_writer.h"

static void put_dump(struct area_writer *w, const char *path)
{
	static char buffer[50000];
	FILE *from = fopen(path, "r");
	size_t n;

	if (!from)
		err(1, "%s", path);
	while ((n = fread(buffer, 1, sizeof(buffer), from)))
		area_writer_data(w, buffer, n);
	if (ferror(from))
		err(1, "%s", path);
	fclose(from);
}

/* The other receipt, of another end */
static void contradict(const struct area_writer *w)
{
	struct dumpflt_disk_receipt receipt;
	struct area_io *io = w->area->io;
	__u64 at = dumpflt_geometry_receipt(&w->area->geo, w->slot, 1);

	if (io->read(io->ctx, &receipt, sizeof(receipt), at))
		errx(1, "the receipt cannot be read");
	receipt.ended = cpu_to_le64(le64_to_cpu(receipt.ended) + 1);
	dumpflt_receipt_seal(&receipt);
	if (pwrite(io->fd, &receipt, sizeof(receipt), (off_t)at) != sizeof(receipt))
		err(1, "the receipt");
}

static void put_end(struct area_writer *w, const char *what)
{
	static const char why[] = "made to fail\033[31m";

	if (!strcmp(what, "notrailer")) {
		area_writer_rest(w);
		return;
	}
	if (!strcmp(what, "claims")) {
		w->chunks = w->area->geo.slot_chunks;
		w->size = (w->chunks - 1) * DUMPFLT_CHUNK_SIZE;
		area_writer_receipt(w, DUMPFLT_SLOT_COMPLETE, NULL);
		return;
	}
	area_writer_trailer(w);
	if (!strcmp(what, "complete") || !strcmp(what, "contradicted"))
		area_writer_receipt(w, DUMPFLT_SLOT_COMPLETE, NULL);
	else if (!strcmp(what, "failed"))
		area_writer_receipt(w, DUMPFLT_SLOT_FAILED, why);
	else if (!strcmp(what, "interrupted"))
		area_writer_receipt(w, DUMPFLT_SLOT_INTERRUPTED, why);
	else if (strcmp(what, "torn") && strcmp(what, "contradicted"))
		errx(2, "'%s' is no end of a dump", what);
	if (!strcmp(what, "contradicted"))
		contradict(w);
}

/**
 * struct request - what the command line asks for
 * @recipients: to seal the dump for
 * @nr_recipients: entries of @recipients
 * @origin: the key of a machine
 * @has_origin: there is one
 * @digest: the filter "digest" is there
 * @flags: of "digest"
 * @before: it is in front of "age"
 * @durability: DUMPFLT_DURABLE_*
 * @what: how the dump ends
 */
struct request {
	const char	*recipients[DUMPFLT_AGE_RECIPIENTS_MAX];
	unsigned int	nr_recipients;
	__u8		origin[DUMPFLT_AGE_ORIGIN];
	bool		has_origin;
	bool		digest;
	__u32		flags;
	bool		before;
	__u32		durability;
	const char	*what;
};

static void read_origin(struct request *request, const char *path)
{
	FILE *from = fopen(path, "r");

	if (!from || fread(request->origin, sizeof(request->origin), 1, from) != 1)
		err(1, "%s", path);
	request->has_origin = true;
	fclose(from);
}

static void parse(struct request *request, int argc, char **argv)
{
	int i;

	if (argc < 3)
		errx(2, "Usage: areagen IMAGE DUMP [age1...]... [digest] [changes] [before] [WHAT]");
	for (i = 3; i < argc; i++) {
		if (!strncmp(argv[i], "age1", 4)) {
			if (request->nr_recipients == DUMPFLT_AGE_RECIPIENTS_MAX)
				errx(2, "too many recipients");
			request->recipients[request->nr_recipients++] = argv[i];
		} else if (!strncmp(argv[i], "origin=", 7)) {
			read_origin(request, argv[i] + 7);
		} else if (!strcmp(argv[i], "digest")) {
			request->digest = true;
		} else if (!strcmp(argv[i], "write-through")) {
			request->durability = DUMPFLT_DURABLE_WRITE_THROUGH;
		} else if (!strcmp(argv[i], "unknown")) {
			request->durability = DUMPFLT_DURABLE_UNKNOWN;
		} else if (!strcmp(argv[i], "changes")) {
			request->flags = DUMPFLT_DISK_FILTER_F_CHANGES;
		} else if (!strcmp(argv[i], "before")) {
			request->before = true;
		} else {
			request->what = argv[i];
		}
	}
}

/* As the kernel would: what the policy calls critical is */
static void obey_policy(const struct area *area,
			struct area_writer_filter *filters, __u32 nr)
{
	const struct dumpflt_disk_policy *policy = NULL;
	__u32 i;

	while ((policy = dumpflt_policy_next(area->header, policy)))
		for (i = 0; i < nr; i++)
			if (le16_to_cpu(policy->flags) & DUMPFLT_POLICY_F_CRITICAL &&
			    !strncmp(filters[i].name, (const char *)policy->name,
				     sizeof(policy->name)))
				filters[i].flags |= DUMPFLT_DISK_FILTER_F_CRITICAL;
}

int main(int argc, char **argv)
{
	struct request request = {
		.what = "complete", .durability = DUMPFLT_DURABLE_FLUSH,
	};
	struct area_writer_filter filters[2], digest;
	struct area_writer writer;
	struct age_writer age;
	__u32 nr_filters = 0, slot;
	struct area area;
	struct area_io io;

	parse(&request, argc, argv);
	digest = (struct area_writer_filter) {
		request.flags ? "change" : "digest", request.flags, 32, NULL
	};
	if (request.digest && request.before)
		filters[nr_filters++] = digest;
	if (request.nr_recipients) {
		age_writer_start(&age, request.recipients, request.nr_recipients);
		age.origin = request.has_origin ? request.origin : NULL;
		filters[nr_filters++] =
			(struct area_writer_filter)AREA_WRITER_AGE(&age);
	}
	if (request.digest && !request.before)
		filters[nr_filters++] = digest;
	if (area_io_open(&io, argv[1], true) || area_load(&area, &io))
		errx(1, "'%s' holds no area", argv[1]);
	obey_policy(&area, filters, nr_filters);
	slot = area_writer_start(&area, NULL);
	if (strcmp(request.what, "header") != 0) {
		area_writer_open(&writer, &area, slot, filters, nr_filters);
		writer.durability = request.durability;
		put_dump(&writer, argv[2]);
		put_end(&writer, request.what);
		area_writer_close(&writer);
	}
	area_unload(&area);
	area_io_close(&io);
	return 0;
}
