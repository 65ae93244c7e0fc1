// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump from a device back into a file.
 *
 * The device holds makedumpfile's flattened stream and, behind its end marker,
 * whatever was there before. Nothing appears under the name of the output
 * unless the stream is whole, the output is on stable storage and, if it was
 * read through filters, their finish succeeded too.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dumps/extract.h"
#include "dumps/extraction.h"
#include "kernel/session.h"
#include "kernel/stack.h"
#include "lib/signals.h"
#include "lib/util.h"

static int report_stop(struct extraction *x)
{
	report_failure("extracting", x->from, "stopped by %s",
		       signals_stop_name());
	return -EINTR;
}

static int report_output(struct extraction *x, int ret)
{
	if (ret == -EINTR && signals_stop())
		return report_stop(x);
	report_error("writing the dump", x->options->out, -ret);
	return ret;
}

/**
 * extraction_put() - write to the output
 * @x: the extraction
 * @offset: where; standard output takes it in order only
 * @data: what
 * @len: bytes of it
 *
 * Return: 0 or a negative errno, which is reported
 */
int extraction_put(struct extraction *x, __u64 offset,
		   const unsigned char *data, size_t len)
{
	int ret;

	if (x->to_stdout)
		ret = write_all(STDOUT_FILENO, data, len);
	else
		ret = outfile_write(&x->file, offset, data, len);
	return ret ? report_output(x, ret) : 0;
}

static const char *bad_advice(const struct extraction *x)
{
	/* what comes from an area is verified before it is parsed */
	if (x->options->area)
		return "The dump was written like that. Use --raw to have it as it is.";
	if (x->flat.position)
		return "The dump is damaged, or was cut and older data follow.";
	return "There is no dump, or filters have changed it: use --stack.";
}

/**
 * extraction_consume() - take some of a flattened stream
 * @x: the extraction
 * @data: the next bytes; those behind the end marker are ignored
 * @len: how many
 *
 * Return: 0 or a negative errno, which is reported
 */
int extraction_consume(struct extraction *x, const unsigned char *data,
		       size_t len)
{
	const unsigned char *start = data;
	__u64 position = x->flat.position;
	enum flat_event event;
	struct flat_span span;
	int ret = 0;

	do {
		event = flat_next(&x->flat, &data, &len, &span);
		if (event != FLAT_DATA)
			break;
		if (span.offset + span.len > x->end)
			x->end = span.offset + span.len;
		if (!x->options->flattened)
			ret = extraction_put(x, span.offset, span.data, span.len);
	} while (!ret);
	if (event == FLAT_BAD) {
		report_failure("reading the dump", x->from, "%s, at byte %llu",
			       x->flat.problem, x->flat.position);
		report_advice("%s", bad_advice(x));
		return -EBADMSG;
	}
	if (!ret && x->options->flattened)
		ret = extraction_put(x, position, start, (size_t)(data - start));
	x->position = x->flat.position;
	return ret;
}

static int report_read(struct extraction *x, int ret)
{
	char words[KERNEL_VALUE_MAX];

	if (ret == -EINTR && signals_stop())
		return report_stop(x);
	if (!ret) {
		report_failure("reading the dump", x->from,
			       "it ends at byte %llu without an end marker",
			       x->source.position);
		report_advice("The dump was cut: writing it was not finished.");
		return -EBADMSG;
	}
	report_failure("reading the dump", x->from, "%s, at byte %llu",
		       strerror(-ret), x->source.position);
	if (x->options->stack &&
	    !kernel_stack_read(x->options->stack, KERNEL_LAST_ERROR, words) &&
	    words[0])
		report_advice("last_error: %s", words);
	return ret;
}

static void show_progress(struct extraction *x)
{
	int permille = -1;

	if (x->expected && x->source.position <= x->expected)
		permille = (int)(x->source.position * 1000 / x->expected);
	progress_show(&x->progress, x->phase, permille, x->source.position);
}

static int copy(struct extraction *x)
{
	ssize_t n;
	int ret = 0;

	flat_init(&x->flat);
	progress_start(&x->progress);
	while (!ret && x->flat.state != FLAT_AT_END) {
		n = source_read(&x->source);
		if (n <= 0) {
			ret = report_read(x, (int)n);
			break;
		}
		ret = extraction_consume(x, x->source.buffer, (size_t)n);
		if (!ret && signals_stop())
			ret = report_stop(x);
		show_progress(x);
	}
	progress_end(&x->progress);
	return ret;
}

/**
 * extraction_size() - how long the output should be
 * @x: the extraction
 *
 * Return: bytes
 */
__u64 extraction_size(const struct extraction *x)
{
	if (x->raw || x->options->flattened)
		return x->position;
	/* of a stream that was cut: as far as it goes, not as it was meant */
	return x->flat.state == FLAT_AT_END ? x->flat.file_size : x->end;
}

/**
 * extraction_sync() - make the output durable, as long as it should be
 * @x: the extraction
 *
 * Return: 0 or a negative errno, which is reported
 */
int extraction_sync(struct extraction *x)
{
	int ret;

	if (x->to_stdout)
		return 0;
	ret = outfile_sync(&x->file, extraction_size(x));
	return ret ? report_output(x, ret) : 0;
}

static int copy_from(struct extraction *x, const char *path)
{
	int ret = source_open(&x->source, path);

	if (ret) {
		report_error("opening the source", path, -ret);
		return ret;
	}
	if (!x->expected) {
		/* Of a device only a bound is known: the dump is no larger */
		x->expected = x->source.size;
		x->phase = "Extracting from the whole device";
	}
	ret = copy(x);
	if (!ret)
		ret = extraction_sync(x);
	source_close(&x->source);
	return ret;
}

/* Through the filters of a live stack: a read-back session of its own */
static int copy_from_stack(struct extraction *x)
{
	const char *stack = x->options->stack;
	char device[KERNEL_DEVICE_MAX], path[KERNEL_PATH_MAX];
	char value[KERNEL_VALUE_MAX];
	int finished, ret;

	ret = kernel_attach();
	if (!ret)
		ret = stack_device(stack, device);
	if (!ret)
		ret = kernel_device_path(device, path);
	if (ret)
		return ret;
	/* Known if the dump was written since the stack went live */
	if (kernel_disk_read(device, KERNEL_DUMP_BYTES, value) ||
	    !parse_number(value, 1, ~0ULL, &x->expected))
		x->expected = 0;
	ret = session_read(stack);
	if (ret)
		return ret;
	ret = copy_from(x, path);
	signals_hold();
	finished = session_finish(stack, SESSION_ALL, value);
	return ret ? ret : finished;
}

static int open_output(struct extraction *x)
{
	const struct extract_options *options = x->options;
	int ret;

	x->to_stdout = !strcmp(options->out, "-");
	if (x->to_stdout)
		return 0;
	ret = outfile_open(&x->file, options->out, options->force);
	if (!ret)
		return 0;
	report_error("creating the output", options->out, -ret);
	if (ret == -EEXIST)
		report_advice("It or its .partial exists. If no other extract runs, use --force.");
	return ret;
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
	struct extraction x = {
		.options = options,
		.from = options->stack ? options->stack : options->device,
		.phase = "Extracting",
	};
	int ret;

	ret = open_output(&x);
	if (ret)
		return ret;
	if (options->stack)
		ret = copy_from_stack(&x);
	else if (options->area)
		ret = extract_from_area(&x);
	else if (options->age)
		ret = extract_from_age(&x);
	else
		ret = copy_from(&x, options->device);
	*bytes = extraction_size(&x);
	if (x.to_stdout)
		return ret;
	if (!ret) {
		ret = outfile_commit(&x.file);
		if (ret)
			report_output(&x, ret);
	}
	if (ret)
		outfile_discard(&x.file);
	return ret;
}
