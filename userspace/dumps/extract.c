// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump back into a file: finds out what it is in, and lets that be read.
 *
 * Nothing appears under the name of the output unless the dump is whole, the
 * output is on stable storage and, if it was read through filters, their finish
 * succeeded too.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>

#include "dumps/copy_verify.h"
#include "dumps/dmesg.h"
#include "dumps/extract.h"
#include "dumps/from.h"
#include "dumps/open.h"
#include "lib/finding.h"
#include "lib/report.h"

static int (* const readers[])(const struct extract_options *options,
			       struct sink *sink) = {
	[EXTRACT_DEVICE]	= from_device,
	[EXTRACT_STACK]		= from_stack,
	[EXTRACT_AREA]		= from_area,
	[EXTRACT_AGE]		= from_age,
};

/*
 * Areas and age files are found by themselves; who asked for a slot, or for raw bytes, must
 * have an area, and who salvages has one if there are any traces of it
 */
static int probe(struct extract_options *options)
{
	bool area = options->slot != AREA_NO_SLOT;
	int ret = 0;

	if (!area && age_file_begins(&options->io)) {
		options->kind = EXTRACT_AGE;
		return 0;
	}
	area = area || options->raw ||
	       (options->salvage && !from_stream_alone(&options->io));
	if (!area)
		ret = from_area_probe(&options->io, options->device, &area);
	options->kind = area ? EXTRACT_AREA : EXTRACT_DEVICE;
	return ret;
}

/* It may be as long as the dump was: that was not COMPLETE all the same */
static int check_part(struct extract_options *options)
{
	options->part = options->kind != EXTRACT_AREA && copy_is_known_part(options->device);
	if (!options->part)
		return 0;
	if (options->salvage || !copy_is_part(options->device)) {
		report_warning("'%s' is a part of a dump that was not complete", options->device);
		return 0;
	}
	finding_add(FINDING_INCOMPLETE);
	report_failure("extracting", options->device,
		       "by its name it is a part of a dump that was not complete");
	report_hint("--salvage gives out what is there.");
	return -ENODATA;
}

/**
 * extract_open() - open the source, and find out what it is
 * @options: io and kind are set
 *
 * It is opened once: it must not become another file while it is looked at.
 *
 * Return: 0 or a negative errno, which is reported
 */
int extract_open(struct extract_options *options)
{
	int ret;

	options->kind = EXTRACT_STACK;
	options->io.fd = -1;
	options->io.lock = -1;
	if (options->stack)
		return 0;
	ret = area_io_open(&options->io, options->device, false);
	if (ret) {
		area_report_open(options->device, ret);
		return ret;
	}
	ret = probe(options);
	if (!ret)
		ret = check_part(options);
	if (ret)
		area_io_close(&options->io);
	return ret;
}

void extract_close(struct extract_options *options)
{
	area_io_close(&options->io);
}

/**
 * extract_run() - read a dump back
 * @options: what and where to, after extract_open()
 * @result: filled
 *
 * Needs signals_catch(). Prints what goes wrong, and the progress.
 *
 * Return: 0 if the output is whole and durable, else a negative errno
 */
int extract_run(const struct extract_options *options, struct extract_result *result)
{
	struct sink sink = {
		.from = options->stack ? options->stack : options->device,
		.io = options->kind == EXTRACT_DEVICE ? &options->io : NULL,
		.stack = options->stack,
		.out = options->out,
		.flattened = options->flattened,
		.raw = options->raw,
		.log = options->dmesg ? dmesg_put : NULL,
		.sparse = options->sparse,
		.verified = options->kind == EXTRACT_AREA,
	};
	int ret;

	*result = (struct extract_result){ .bytes = 0 };
	sink.dump = &result->dump;
	if (options->over_holes)
		sink.holes = &result->holes;
	if (options->device)
		sink_keep_file(&sink, options->io.fd, "what the dump is read from");
	if (options->kind == EXTRACT_AGE)
		sink_keep_receipt(&sink);
	ret = sink_keep_keys(&sink, &options->identity);
	if (!ret)
		ret = sink_open(&sink, options->force);
	if (ret)
		return ret;
	ret = readers[options->kind](options, &sink);
	if (options->dmesg)
		ret = dmesg_end(&sink, ret);
	result->bytes = sink_size(&sink);
	result->whole = !sink.partial && !options->part;
	return sink_close(&sink, ret);
}
