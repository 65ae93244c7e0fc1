// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One hibernation: the memory into a dump area, through the filters.
 *
 * What can be refused is refused while everybody runs, in words; what happens after
 * that is in frozen.c. The stack is that of auto_stack.c.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "dumps/plain.h"
#include "hibernate/auto_stack.h"
#include "hibernate/frozen.h"
#include "hibernate/hibernate.h"
#include "hibernate/memory.h"
#include "hibernate/origin.h"
#include "hibernate/place.h"
#include "hibernate/random.h"
#include "hibernate/snapshot.h"
#include "kernel/stack.h"
#include "lib/blkdev.h"
#include "lib/report.h"

static const char op[] = "hibernating";
static const char stack[] = AUTO_STACK;

/**
 * struct hibernation - one under way
 * @options: how
 * @result: what came of it
 * @spec: of AUTO_STACK, with the filters of the area once that was looked at
 * @frozen: what is needed while the machine stands still
 * @sessions: of the area, before this one
 */
struct hibernation {
	const struct hibernate_options	*options;
	struct hibernate_result		*result;
	struct stack_spec		spec;
	struct frozen			frozen;
	__u64				sessions;
};

/* Is it sure that the image fits, before anything is stopped? */
static int check_room(const struct hibernation *h)
{
	__u64 size = h->options->image_size, most;
	int ret = 0;

	if (size == HIBERNATE_ANY)
		ret = power_image_size(&size);
	if (ret)
		return ret;
	most = power_most(size);
	if (most <= h->frozen.room)
		return 0;
	report_failure(op, h->spec.target, "an image may have %llu bytes, and there is room for %llu",
		       most, h->frozen.room);
	report_hint("Format a larger device, or use --image-size, or image_size of [hibernation]: the kernel then drops caches and swaps out.");
	return -ENOSPC;
}

static bool holds_image(const struct open_area *open)
{
	struct area_slot slot;
	bool holds;

	if (open_slot(open, PLACE_SLOT, &slot))
		return false;
	holds = place_may_hold(open, &slot);
	area_slot_unload(&slot);
	return holds;
}

static int release_image(const char *path)
{
	struct open_area open;
	int ret = open_area(&open, path, true);

	if (ret)
		return ret;
	ret = place_release(&open);
	close_area(&open);
	return ret;
}

/*
 * While the machine runs, an image knows less than the disks do. If this hibernation fails before
 * it takes its place, the next boot would resume it.
 */
static int drop_stale(const char *path)
{
	int ret = release_image(path);

	if (!ret)
		report_warning("there was an image in '%s' which this boot has neither resumed nor released: it is released now",
			       path);
	return ret;
}

/* Where the image goes, and through which filters */
static int look_at_area(struct hibernation *h)
{
	struct open_area open;
	int dropped, ret;
	bool stale;

	ret = open_area(&open, h->spec.target, false);
	if (ret)
		return ret;
	h->frozen.room = pack_fits(h->options->compressor, place_room(&open));
	ret = plain_check_live(&open);
	if (!ret)
		ret = place_check(&open);
	/* also one that nothing takes the place of, as this hibernation is refused */
	stale = !ret && holds_image(&open);
	if (!ret)
		ret = place_is(&open, h->options->fingerprint);
	if (!ret)
		ret = area_complete(&open, &h->spec);
	if (!ret)
		ret = check_room(h);
	close_area(&open);
	dropped = stale ? drop_stale(h->spec.target) : 0;
	return ret ? ret : dropped;
}

/* The stack is live from here on. Prints the error, if any */
static int open_snapshot(struct frozen *f)
{
	int ret = snapshot_open(false);

	f->snapshot = ret;
	if (ret >= 0)
		return 0;
	auto_stack_report(ret);
	return ret;
}

/* Of the area, as the disk has it now. Prints the error, if any */
static int count_sessions(const char *target, __u64 *sessions)
{
	struct open_area open;
	int ret = forget_cached(target);

	if (ret) {
		report_error("looking at the dump area", target, -ret);
		return ret;
	}
	ret = open_area(&open, target, false);
	if (ret)
		return ret;
	*sessions = le64_to_cpu(open.area.header->sessions);
	close_area(&open);
	return 0;
}

static int open_attr(const char *attr, int flags, int *fd)
{
	int ret = kernel_stack_open_attr(stack, attr, flags);

	*fd = ret;
	if (ret >= 0)
		return 0;
	report_error("opening an attribute of the stack", attr, -ret);
	return ret;
}

static int open_random(int *fd)
{
	int ret = random_open();

	*fd = ret;
	if (ret >= 0)
		return 0;
	report_error("opening the random numbers", "/dev/random", -ret);
	return ret;
}

/* All that cannot be opened later */
static int open_all(struct frozen *f)
{
	char device[KERNEL_DEVICE_MAX], path[KERNEL_PATH_MAX];
	int ret;

	ret = stack_node(stack, device, path);
	if (ret)
		return ret;
	f->pump.fd = open(path, O_WRONLY | O_DIRECT | O_CLOEXEC);
	if (f->pump.fd < 0) {
		ret = -errno;
		report_error("opening the stack device", path, -ret);
		return ret;
	}
	ret = open_attr(KERNEL_SESSION, O_WRONLY, &f->session);
	if (!ret)
		ret = open_attr(KERNEL_STATE, O_RDONLY, &f->state);
	if (!ret)
		ret = open_random(&f->random);
	f->kmsg = kernel_node_open("kmsg", O_WRONLY);
	return ret;
}

static void close_all(struct frozen *f)
{
	int *fds[] = { &f->pump.fd, &f->session, &f->state, &f->random, &f->kmsg, &f->snapshot };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

static void report_frozen(const struct hibernation *h, int err)
{
	const struct frozen *f = &h->frozen;
	const char *what = frozen_word(f->step);

	switch (f->step) {
	case FROZEN_START:
	case FROZEN_WRITE:
	case FROZEN_FINISH:
		stack_report(what, stack, err, NULL);
		break;
	case FROZEN_SIZE:
		report_failure(what, h->spec.target,
			       "it has %llu bytes, and there is room for %llu", f->size, f->room);
		report_hint("Format a larger device, or use --image-size, or image_size of [hibernation].");
		break;
	default:
		report_error(what, h->spec.target, -err);
	}
	if (!f->image_left)
		report_hint("The system goes on, and no image is left that would be resumed.");
}

/* From the moment on when others are told that the machine hibernates */
static int stand_still(struct hibernation *h)
{
	struct frozen *f = &h->frozen;
	int ret = open_snapshot(f);

	if (ret)
		return ret;
	ret = open_all(f);
	/* from here on only we can begin one */
	if (!ret)
		ret = count_sessions(h->spec.target, &h->sessions);
	if (!ret) {
		ret = memory_lock();
		if (ret) {
			report_error(op, "the memory of this process", -ret);
			report_hint("It is to be locked: run this as root, and look at 'ulimit -l'.");
		}
	}
	if (!ret) {
		ret = frozen_run(f);
		memory_unlock();
		if (ret)
			report_frozen(h, ret);
	}
	close_all(f);
	h->result->bytes = f->size;
	h->result->stored = f->stored;
	h->result->woken = f->woken;
	return ret;
}

/* What the stack could not do. It is the last thing that can be tried */
static int drop_image(const struct hibernation *h)
{
	int ret;

	report_failure("making the image invalid", h->spec.target, "%s",
		       strerror(-h->frozen.image_left));
	ret = release_image(h->spec.target);
	if (!ret)
		report_hint("It was released: it is not resumed any more.");
	return ret;
}

/*
 * Woken up before it has made an image, the kernel says what it says in the resumed memory.
 * The disk tells one from the other: before an image a session has begun. If it cannot be asked,
 * the kernel's word stands.
 */
static int check_resumed(const struct hibernation *h)
{
	__u64 sessions;

	if (count_sessions(h->spec.target, &sessions)) {
		report_warning("'%s' cannot be read, so that only the kernel says that this is a resume",
			       h->spec.target);
		return 0;
	}
	if (sessions != h->sessions)
		return 0;
	report_failure(frozen_word(FROZEN_CREATE), h->spec.target,
		       "the machine was woken up before there was one");
	report_hint("The system goes on, and no image is left that would be resumed.");
	return -EAGAIN;
}

/* With the kernel's own measure for an image, if there is to be another one */
static int with_image_size(struct hibernation *h)
{
	__u64 wanted = h->options->image_size, before;
	int ret;

	if (wanted == HIBERNATE_ANY)
		return stand_still(h);
	ret = power_image_size(&before);
	if (!ret)
		ret = power_set_image_size(wanted);
	if (ret)
		return ret;
	ret = stand_still(h);
	power_set_image_size(before);
	return ret;
}

static int use_stack(struct hibernation *h)
{
	int claimed, dropped, ret;

	ret = auto_stack_up(&h->spec, op, &claimed);
	if (ret)
		return ret;
	ret = with_image_size(h);
	auto_stack_down(claimed);
	if (!ret && h->frozen.resumed)
		ret = check_resumed(h);
	dropped = h->frozen.image_left ? drop_image(h) : 0;
	return ret ? ret : dropped;
}

static int prepare_to_write(struct frozen *f, enum compressor compressor)
{
	int ret = image_header_fill(&f->header);

	f->header.compressor = compressor;
	f->header.platform = f->mode == POWER_PLATFORM;
	if (!ret)
		ret = pack_open(&f->pack, compressor);
	if (!ret)
		ret = pump_open(&f->pump);
	return ret;
}

static int prepare_and_run(struct hibernation *h)
{
	int ret;

	ret = power_check(&h->frozen.mode);
	h->result->mode = h->frozen.mode;
	if (!ret)
		ret = kernel_attach();
	if (!ret)
		ret = place_find(h->options->area, 0, h->spec.target);
	copy_string(h->result->target, sizeof(h->result->target), h->spec.target);
	if (!ret)
		ret = look_at_area(h);
	if (!ret)
		ret = origin_load(&h->spec, h->options->origin);
	if (ret)
		return ret;
	ret = prepare_to_write(&h->frozen, h->options->compressor);
	if (ret)
		report_error("preparing to write", h->spec.target, -ret);
	else
		ret = use_stack(h);
	pack_close(&h->frozen.pack);
	pump_close(&h->frozen.pump);
	return ret;
}

/**
 * hibernate_run() - hibernate
 * @options: how
 * @result: filled, on error as far as it goes
 *
 * Needs signals_hold(). Prints what goes wrong.
 *
 * Return: 0 after the resume, or when a machine that slept has woken up; else a negative
 * errno: the system goes on
 */
int hibernate_run(const struct hibernate_options *options, struct hibernate_result *result)
{
	/* Too large for a stack, and there is only one */
	static struct hibernation h;

	h = (struct hibernation){
		.options = options, .result = result,
		.frozen = { .snapshot = -1, .session = -1, .state = -1, .random = -1, .kmsg = -1,
			    .mode = options->mode, .pump = { .fd = -1 } },
	};
	memset(result, 0, sizeof(*result));
	result->mode = options->mode;
	spec_init(&h.spec);
	copy_string(h.spec.name, sizeof(h.spec.name), stack);
	h.spec.type = DUMPFLT_TYPE_WORD_HIBERNATION;
	h.spec.area = true;
	return prepare_and_run(&h);
}
