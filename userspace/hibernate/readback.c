// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An image, back through the filters that it was written through.
 *
 * What the contract calls Dump_Read: the stack is loaded as the policy of the area has it,
 * and each chunk goes through the filters in reverse order. They check once more what
 * verify.c has: receipt, its MAC, the digest of all records, and each chunk by its tag. The
 * filter age gets the key of this one image, and nothing that opens another.
 *
 * No key is left in the kernel when this ends, nor if this process is killed: see
 * auto_stack.c.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hibernate/auto_stack.h"
#include "hibernate/intake.h"
#include "hibernate/origin.h"
#include "hibernate/place.h"
#include "hibernate/readback.h"
#include "kernel/stack.h"
#include "lib/progress.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "lib/text.h"

#define FILE_KEY	"dumpflt:image"

static const char op[] = "resuming";
static const char stack[] = AUTO_STACK;

static int order(const char *word)
{
	int ret = kernel_stack_write(stack, KERNEL_SESSION, word);

	if (ret)
		stack_report(op, stack, ret, NULL);
	return ret;
}

static int other_image(const struct readback *rb)
{
	report_failure(op, rb->spec.target, "it has changed while it was read");
	return -EBADMSG;
}

/* Is it as long as the one that was verified? */
static int check_length(const struct readback *rb, const char *device)
{
	char value[KERNEL_VALUE_MAX], wanted[32];
	int ret = kernel_disk_read(device, KERNEL_DUMP_BYTES, value);

	if (ret) {
		stack_report("reading dump_bytes", stack, ret, NULL);
		return ret;
	}
	snprintf(wanted, sizeof(wanted), "%llu", rb->image->bytes + IMAGE_HEADER_SIZE);
	return strcmp(value, wanted) ? other_image(rb) : 0;
}

/* All filters have said yes to each chunk that comes out of here */
static int get_piece(const struct readback *rb, struct intake *in, const unsigned char **piece,
		     size_t *len)
{
	__u64 at = in->given;
	int ret = intake_next(in, piece, len);

	if (signals_stop())
		return -EINTR;
	if (ret)
		stack_report("reading the image", stack, ret, NULL);
	return ret || at ? ret : verified_header(rb->image, (const void *)*piece);
}

static int pour(const struct readback *rb, struct intake *in)
{
	struct progress progress;
	int ret = 0;

	progress_start(&progress);
	while (in->given < in->size && !ret) {
		__u64 at = in->given;
		const unsigned char *piece;
		size_t len;

		ret = get_piece(rb, in, &piece, &len);
		if (!ret)
			ret = rb->sink(rb->ctx, at, piece, len);
		progress_show(&progress, "Resuming", (int)(in->given * 1000 / in->size), in->given);
	}
	progress_end(&progress);
	if (ret == -EINTR && signals_stop())
		report_failure("reading the image", rb->spec.target, "stopped by %s",
			       signals_stop_name());
	return ret;
}

static int pour_device(const struct readback *rb)
{
	char device[KERNEL_DEVICE_MAX], path[KERNEL_PATH_MAX];
	struct intake in;
	int fd, ret;

	ret = stack_node(stack, device, path);
	if (!ret)
		ret = check_length(rb, device);
	if (ret)
		return ret;
	fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (fd < 0) {
		ret = -errno;
		report_error("opening the stack device", path, -ret);
		return ret;
	}
	ret = intake_open(&in, fd, rb->image->bytes + IMAGE_HEADER_SIZE);
	if (ret)
		report_error("reading the image", path, -ret);
	else
		ret = pour(rb, &in);
	intake_close(&in);
	close(fd);
	return ret;
}

/**
 * readback_prepare() - what the stack is to be
 * @rb: image, origin, sink and ctx are there
 * @open: the area, for its policy
 *
 * Return: 0 or a negative errno, which is reported
 */
int readback_prepare(struct readback *rb, const struct open_area *open)
{
	struct stack_spec *spec = &rb->spec;
	char error[SPEC_ERROR_MAX];
	struct filter_spec *age;
	int ret;

	spec_init(spec);
	copy_string(spec->name, sizeof(spec->name), stack);
	copy_string(spec->target, sizeof(spec->target), open->path);
	spec->type = DUMPFLT_TYPE_WORD_HIBERNATION;
	spec->area = true;
	ret = area_complete(open, spec);
	if (ret)
		return ret;
	age = spec_find_filter(spec, "age");
	if (age && spec_add_option(age, "file_key", FILE_KEY, error))
		return 0;
	report_failure(op, open->path, "%s", age ? error : "the policy of the area does not seal it");
	return -EINVAL;
}

static void revoke_keys(struct readback *rb)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rb->keys); i++)
		key_revoke(rb->keys[i]);
}

/**
 * readback_begin() - have the stack, which goes live as soon as /dev/snapshot is opened
 * @rb: prepared; nobody holds the area any more, so that the kernel can
 *
 * Return: 0, and readback_end() is to follow; or a negative errno, which is reported
 */
int readback_begin(struct readback *rb)
{
	const struct age_keys *keys = &rb->image->sealed.keys;
	int ret;

	ret = key_give(FILE_KEY, keys->file, sizeof(keys->file), &rb->keys[0]);
	if (!ret)
		ret = origin_give(&rb->spec, rb->origin, &rb->keys[1]);
	if (!ret)
		ret = auto_stack_up(&rb->spec, op, &rb->claimed);
	if (ret)
		revoke_keys(rb);
	return ret;
}

/**
 * readback_run() - read all of it
 * @rb: its stack is live
 *
 * Needs signals_catch().
 *
 * Return: 0 if that was all of it, and what was verified; else a negative errno, which
 * is reported
 */
int readback_run(const struct readback *rb)
{
	char word[32];
	int ret;

	snprintf(word, sizeof(word), DUMPFLT_SESSION_READ " %u", PLACE_SLOT);
	ret = order(word);
	if (ret)
		return ret;
	ret = pour_device(rb);
	if (!ret)
		return order(DUMPFLT_SESSION_FINISH);
	kernel_stack_write(stack, KERNEL_SESSION, DUMPFLT_SESSION_ABORT " not resumed");
	return ret;
}

/* No key is left in the kernel. Return: 0 or a negative errno, which is reported */
int readback_end(struct readback *rb)
{
	int ret = auto_stack_down(rb->claimed);

	revoke_keys(rb);
	return ret;
}
