// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The memory of a hibernated machine, out of a dump area and back.
 *
 * An image is resumed once at most: it is released, durably, before the kernel is told to
 * jump into it. If it is not resumed, it is released all the same, for the disks that it
 * knew are about to change.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hibernate/auto_stack.h"
#include "hibernate/pack.h"
#include "hibernate/place.h"
#include "hibernate/readback.h"
#include "hibernate/resume.h"
#include "hibernate/snapshot.h"
#include "hibernate/verify.h"
#include "kernel/kernel.h"
#include "lib/clock.h"
#include "lib/report.h"
#include "lib/signals.h"

static const char op[] = "resuming";

/**
 * struct resume - one under way
 * @options: how
 * @result: what came of it
 * @open: the area, held by this command alone unless it only checks
 * @closed: it is not: the kernel has had it
 * @ids: what may open it
 * @began: to verify it, in milliseconds
 * @image: in it
 * @unpack: from how it is stored
 * @snapshot: where it goes
 */
struct resume {
	const struct resume_options	*options;
	struct resume_result		*result;
	struct open_area		open;
	bool				closed;
	struct age_identities		ids;
	__u64				began;
	struct verified			image;
	struct unpack			unpack;
	int				snapshot;
};

static int release(struct resume *r)
{
	int ret = r->closed ? -EBADF : place_release(&r->open);

	r->result->released = !ret;
	return ret;
}

static void wipe(struct resume *r)
{
	age_identities_wipe(&r->ids);
	verified_end(&r->image);
}

static int give(void *ctx, const void *data, size_t len)
{
	const struct resume *r = ctx;
	int ret = snapshot_write(r->snapshot, data, len);

	if (ret == -EFBIG)
		report_failure(op, r->open.path, "the kernel has all of the image before its end");
	else if (ret)
		report_error("giving the image to the kernel", SNAPSHOT_DEVICE, -ret);
	if (ret == -EPERM)
		report_hint("'Image mismatch' in dmesg: memory or firmware are not as they were when the machine hibernated.");
	return ret;
}

/* Its header says how it is stored, and that was judged by now */
static int begin_unpacking(struct resume *r)
{
	int ret = unpack_open(&r->unpack, (enum compressor)r->image.header.compressor);

	if (ret)
		report_error(op, r->open.path, -ret);
	return ret;
}

static int load(void *ctx, __u64 offset, const void *data, size_t len)
{
	struct resume *r = ctx;
	size_t head = offset ? 0 : IMAGE_HEADER_SIZE;
	const char *wrong;
	int ret;

	ret = head ? begin_unpacking(r) : 0;
	if (ret)
		return ret;
	ret = unpack_put(&r->unpack, (const unsigned char *)data + head, len - head, &wrong);
	if (wrong)
		report_failure(op, r->open.path, "%s", wrong);
	return ret;
}

/* From here on every key is gone: what the image does not overwrite stays in the memory */
static int jump(struct resume *r)
{
	int ret;

	/* nobody is interrupted between the release and the restore */
	signals_hold();
	ret = r->image.header.platform ? snapshot_use_platform(r->snapshot) : 0;
	if (ret) {
		report_error("asking the firmware", SNAPSHOT_DEVICE, -ret);
		return ret;
	}
	ret = snapshot_freeze(r->snapshot);
	if (ret) {
		report_error("stopping all processes", r->open.path, -ret);
		return ret;
	}
	ret = release(r);
	wipe(r);
	if (ret) {
		snapshot_thaw(r->snapshot);
		return ret;
	}
	ret = snapshot_restore(r->snapshot);
	snapshot_thaw(r->snapshot);
	/* it does not come back by itself */
	if (!ret)
		ret = -EIO;
	report_error("putting the image back", SNAPSHOT_DEVICE, -ret);
	report_hint("It was released: this boot goes on, and the next one finds no image.");
	return ret;
}

static int open_snapshot(struct resume *r, bool filters)
{
	r->snapshot = snapshot_open(true);
	if (r->snapshot >= 0)
		return 0;
	if (filters) {
		auto_stack_report(r->snapshot);
	} else {
		report_error("opening " SNAPSHOT_DEVICE, "this kernel", -r->snapshot);
		if (r->snapshot == -EPERM)
			report_hint("Secure Boot's lockdown or 'nohibernate' may forbid it.");
	}
	return r->snapshot;
}

/* The stack is gone afterwards, and each key of it */
static int load_through(struct resume *r, struct readback *rb)
{
	int down, ret = readback_begin(rb);

	if (ret)
		return ret;
	ret = open_snapshot(r, true);
	if (!ret)
		ret = readback_run(rb);
	down = readback_end(rb);
	return ret ? ret : down;
}

/* The kernel takes the area for itself, and then it is ours again */
static int load_filtered(struct resume *r)
{
	/* Too large for a stack, and there is only one */
	static struct readback rb;
	const char *path = r->open.path;
	int ret;

	rb = (struct readback){
		.image = &r->image, .origin = r->ids.origin, .sink = load, .ctx = r,
	};
	ret = readback_prepare(&rb, &r->open);
	if (ret)
		return ret;
	close_area(&r->open);
	ret = load_through(r, &rb);
	r->closed = open_area(&r->open, path, true);
	if (r->closed && !ret)
		ret = -EIO;
	return ret;
}

/* A boot may come without the modules; what vouches for the image is checked either way */
static int load_unfiltered(struct resume *r)
{
	int ret;

	report_warning("the module dumpflt is not there: the image is read past the filters of the kernel");
	ret = open_snapshot(r, false);
	return ret ? ret : verified_read(&r->image, load, r);
}

/* The last word of this kernel: if the image is put back, it says the next one */
static void say_loaded(const struct resume *r, __u64 began)
{
	__u64 verified = began - r->began, loaded = now_ms() - began;

	if (report_is_quiet())
		return;
	fprintf(stderr, "image: %llu bytes, verified in %llu.%llu s, read in %llu.%llu s\n",
		r->image.bytes, verified / 1000, verified / 100 % 10, loaded / 1000,
		loaded / 100 % 10);
}

static int load_all(struct resume *r)
{
	__u64 began = now_ms();
	const char *wrong;
	int ret;

	r->unpack = (struct unpack){ .sink = give, .ctx = r };
	ret = kernel_attach_if_there() ? load_filtered(r) : load_unfiltered(r);
	wrong = ret ? NULL : unpack_end(&r->unpack);
	unpack_close(&r->unpack);
	if (!ret && !wrong && !snapshot_whole(r->snapshot))
		wrong = "it ends before the kernel has all of it";
	if (!ret && !wrong)
		say_loaded(r, began);
	if (!wrong)
		return ret;
	report_failure(op, r->open.path, "%s", wrong);
	return -EBADMSG;
}

/* Returns only if it fails */
static int put_back(struct resume *r)
{
	int ret = load_all(r);

	if (!ret)
		ret = jump(r);
	if (r->snapshot >= 0)
		close(r->snapshot);
	return ret;
}

/* Whatever fails, but a passphrase or a signal, means that it is not resumed by this boot */
static void use_image(struct resume *r)
{
	int ret = identities_read(&r->ids, &r->options->identity);
	bool stopped;

	if (ret == -EKEYREJECTED) {
		wipe(r);
		r->result->end = RESUME_LOCKED;
		report_hint("The image is still there. Try again; 'dumpflt resume --noresume' releases it.");
		return;
	}
	r->began = now_ms();
	if (!ret)
		ret = verify_image(&r->image, &r->open, &r->ids);
	r->result->bytes = r->image.bytes;
	if (!ret && r->options->check) {
		r->result->end = RESUME_GOOD;
		if (r->image.sealed.opener.changed)
			report_warning("a filter in front of age hides which kernel it is of: only a resume tells");
	}
	if (!ret && !r->options->check)
		ret = put_back(r);
	wipe(r);
	if (!ret)
		return;
	/* asked once: a signal that comes now is not to keep what was said to be released */
	stopped = signals_stop();
	r->result->end = stopped ? RESUME_FAILED : RESUME_REFUSED;
	if (r->result->released || r->options->check)
		return;
	if (r->options->keep || stopped)
		report_hint("The image is still there: 'dumpflt resume --noresume' releases it. Mount nothing that it knows before.");
	else if (!release(r))
		report_hint("It was released: the next boot finds no image.");
	else
		r->result->end = RESUME_FAILED;
}

/* Is there one, as far as its receipt says? */
static void find_image(struct resume *r)
{
	struct area_slot slot;
	__u32 state;
	bool may;

	if (open_slot(&r->open, PLACE_SLOT, &slot))
		return;
	state = slot.state;
	may = place_may_hold(&r->open, &slot);
	area_slot_unload(&slot);
	if (!may) {
		if (state != DUMPFLT_SLOT_EMPTY && state != DUMPFLT_SLOT_COLLECTED)
			report_warning("the last hibernation was not completed: it is %s",
				       dumpflt_slot_word(state));
		r->result->end = RESUME_NOTHING;
		return;
	}
	if (!r->options->noresume)
		use_image(r);
	else if (!release(r))
		r->result->end = RESUME_RELEASED;
}

/**
 * resume_run() - resume, if there is something to resume
 * @options: how
 * @result: filled, if this kernel goes on
 *
 * Needs signals_catch(). Prints what goes wrong.
 */
void resume_run(const struct resume_options *options, struct resume_result *result)
{
	/* Too large for a stack, and there is only one */
	static struct resume r;

	r = (struct resume){ .options = options, .result = result, .snapshot = -1 };
	memset(result, 0, sizeof(*result));
	if (place_find(options->area, options->wait, result->target))
		return;
	if (open_area(&r.open, result->target, !options->check))
		return;
	if (!place_check(&r.open))
		find_image(&r);
	if (!r.closed)
		close_area(&r.open);
}
