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
#include "dumps/extract.h"
#include "dumps/from.h"
#include "dumps/open.h"

static int (* const readers[])(const struct extract_options *options,
			       struct sink *sink) = {
	[EXTRACT_DEVICE]	= from_device,
	[EXTRACT_STACK]		= from_stack,
	[EXTRACT_AREA]		= from_area,
	[EXTRACT_AGE]		= from_age,
};

/**
 * extract_probe() - what is there?
 * @options: kind is set
 *
 * Areas and age files are found by themselves; who asked for a slot, or for raw
 * bytes, must have an area.
 */
void extract_probe(struct extract_options *options)
{
	bool slot = options->slot != AREA_NO_SLOT || options->salvage;

	if (options->stack)
		options->kind = EXTRACT_STACK;
	else if (!slot && from_age_probe(options->device))
		options->kind = EXTRACT_AGE;
	else if (slot || options->raw || from_area_probe(options->device))
		options->kind = EXTRACT_AREA;
	else
		options->kind = EXTRACT_DEVICE;
}

/**
 * extract_run() - read a dump back
 * @options: what and where to
 * @bytes: size of the file that was made
 *
 * Needs signals_catch(). Prints what goes wrong, and the progress.
 *
 * Return: 0 if the output is whole and durable, else a negative errno
 */
int extract_run(const struct extract_options *options, __u64 *bytes)
{
	struct sink sink = {
		.from = options->stack ? options->stack : options->device,
		.out = options->out,
		.flattened = options->flattened,
		.raw = options->raw,
		.verified = options->kind == EXTRACT_AREA,
	};
	int ret;

	ret = sink_open(&sink, options->force);
	if (ret)
		return ret;
	ret = readers[options->kind](options, &sink);
	*bytes = sink_size(&sink);
	return sink_close(&sink, ret);
}
