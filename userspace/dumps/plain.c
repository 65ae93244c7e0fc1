// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Is there something that is still wanted where a plain dump would go, or the
 * first header of a dump area?
 *
 * A plain dump begins at the first byte of its target. A wrong name in a
 * configuration costs a file system that way, which nobody need have mounted
 * in a capture kernel, so that the kernel cannot know that it is in use.
 *
 * Who makes a file system of a dump area, or a LUKS device, leaves the header
 * at its end. The area is found by that one, and the next change of it goes to
 * the other copy: over the first bytes of what is there now.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "dumps/plain.h"
#include "dumps/recognise.h"
#include "lib/blkdev.h"
#include "lib/report.h"
#include "lib/signature.h"
#include "lib/text.h"

/* Where a file system or the like begins, if not at the end */
#define FRONT_SIZE	1048576

/* A device that is not there, or not yet ready, is for the kernel to refuse */
static bool is_absent(int err)
{
	return err == -ENOENT || err == -ENXIO || err == -ENODEV ||
	       err == -ENOMEDIUM || err == -ENOTDIR;
}

static int look(const char *target, char text[SIGNATURE_TEXT_MAX])
{
	int fd = open(target, O_RDONLY | O_NONBLOCK | O_CLOEXEC), ret;
	__u64 size;

	text[0] = '\0';
	if (fd < 0)
		return -errno;
	/* what has no size has no contents either: the kernel says what it is */
	ret = blkdev_size(fd, &size);
	if (ret == -EINVAL || (!ret && !size))
		ret = 0;
	else if (!ret)
		ret = signature_find(fd, text);
	close(fd);
	return ret;
}

/* Damaged too: what is in its slots may be whole for all that */
static int refuse_area(const char *target)
{
	bool found;
	int ret = area_find(target, &found);

	if (ret) {
		report_error("looking at what is there", target, -ret);
		return ret;
	}
	if (!found)
		return 0;
	report_failure("taking the target for a plain dump", target,
		       "it holds a dump area, which a dump would go over");
	report_hint("Use it as one with --area. 'dumpflt show' says what is in it. Zeros over its first and last 64 KiB remove it.");
	return -EEXIST;
}

/**
 * plain_check() - refuse a target that holds something that is recognised
 * @target: path of it
 * @advice: how to say that it may be written over
 *
 * Prints the error, if any.
 *
 * Return: 0, also if there is no such device; -EEXIST if something is there; or
 * why nobody can know
 */
int plain_check(const char *target, const char *advice)
{
	char text[SIGNATURE_TEXT_MAX];
	int ret = look(target, text);

	if (is_absent(ret))
		return 0;
	if (ret) {
		report_error("looking at what is there", target, -ret);
		return ret;
	}
	if (!text[0])
		return refuse_area(target);
	report_failure("taking the target for a plain dump", target,
		       "it holds %s, which a dump would go over", text);
	report_hint("Is this the right device? 'dumpflt format' makes a dump area of it; %s writes over what is there.",
		    advice);
	return -EEXIST;
}

static bool is_front_lost(struct area_io *io)
{
	struct dumpflt_disk_header *front = malloc(sizeof(*front));
	bool lost = front && io->read(io->ctx, front, sizeof(*front), 0);

	free(front);
	return lost;
}

/* Where header A should be: what cannot be read there, nobody recognises */
static int look_at_front(struct area_io *io, char text[SIGNATURE_TEXT_MAX])
{
	struct recognised found;
	int ret = recognise(io, &found);

	text[0] = '\0';
	if (!ret && found.kind != RECOGNISED_OTHER)
		copy_string(text, SIGNATURE_TEXT_MAX, found.text);
	if (ret == -EIO && is_front_lost(io))
		ret = recognise_place(io, 0, io->size < FRONT_SIZE ? (size_t)io->size : FRONT_SIZE,
				      text);
	return ret;
}

static int refuse_front(const struct open_area *open, const char *what,
			const char *hint)
{
	report_failure("changing the dump area", open->path,
		       "in the place of header A it holds %s, which a header would go over",
		       what);
	report_hint("%s", hint);
	return -EEXIST;
}

/**
 * plain_check_area() - refuse to change an area whose beginning is not its own
 * @open: loaded; nothing more is read of it if header A is good
 *
 * A damaged header is made good by the next change; this is for what somebody
 * has put in its place. Prints the error, if any.
 *
 * Return: 0; -EEXIST if something is there; or why nobody can know
 */
int plain_check_area(struct open_area *open)
{
	char text[SIGNATURE_TEXT_MAX];
	int ret;

	if (!open->area.wrong[0])
		return 0;
	ret = look_at_front(&open->io, text);
	if (ret) {
		report_error("looking at what is there", open->path, -ret);
		return ret;
	}
	if (!text[0])
		return 0;
	return refuse_front(open, text,
			    "Is this the right device? If only the dump area is wanted, 'wipefs --all' takes the rest away.");
}

/**
 * plain_check_live() - the same, before the kernel is to take the area
 * @open: loaded; need not be writable
 *
 * The kernel has nobody to ask what it is that is there. Prints the error, if any.
 *
 * Return: 0; -EEXIST if something is there; or why nobody can know
 */
int plain_check_live(struct open_area *open)
{
	struct dumpflt_disk_header *front;
	int ret = plain_check_area(open);

	if (ret || !open->area.wrong[0])
		return ret;
	front = malloc(sizeof(*front));
	if (!front) {
		report_error("looking at what is there", open->path, ENOMEM);
		return -ENOMEM;
	}
	if (!open->io.read(open->io.ctx, front, sizeof(*front), 0) &&
	    dumpflt_header_is_foreign(front))
		ret = refuse_front(open,
				   "something that is neither a header nor zeros",
				   "If only the dump area is wanted: zeros over its first 64 KiB keep it.");
	free(front);
	return ret;
}
