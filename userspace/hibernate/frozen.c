// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What happens while the machine stands still.
 *
 * From freeze() to thaw() nobody else runs who could help: no file is opened, read or
 * written, nothing is allocated, and nothing printed but to the kernel's log. The only way
 * out is through thaw(). An image that is complete on the disk is either resumed, or made
 * invalid before anybody else runs: it would bring back a memory that knows nothing of
 * what has been written to the disks since.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include <uapi/linux/dumpflt.h>

#include "hibernate/frozen.h"
#include "hibernate/random.h"
#include "hibernate/snapshot.h"
#include "lib/clock.h"
#include "lib/text.h"

static const char * const words[] = {
	[FROZEN_FREEZE]		= "stopping all processes",
	[FROZEN_PLATFORM]	= "asking the firmware",
	[FROZEN_CREATE]		= "making the image",
	[FROZEN_SIZE]		= "looking for room for the image",
	[FROZEN_RANDOM]		= "renewing the random numbers",
	[FROZEN_START]		= "beginning the session",
	[FROZEN_READ]		= "reading the image",
	[FROZEN_PACK]		= "compressing the image",
	[FROZEN_WRITE]		= "writing the image",
	[FROZEN_FINISH]		= "ending the session",
	[FROZEN_POWER]		= "going down",
};

const char *frozen_word(enum frozen_step step)
{
	return words[step];
}

static int fail(struct frozen *f, enum frozen_step step, int err)
{
	if (err)
		f->step = step;
	return err;
}

/* Into the kernel's log, which takes a line at a time, and needs no disk */
static __printf(2, 3) void say(const struct frozen *f, const char *fmt, ...)
{
	char line[160] = "<6>dumpflt hibernate: ";
	size_t have = strlen(line);
	va_list args;

	va_start(args, fmt);
	vsnprintf(line + have, sizeof(line) - have, fmt, args);
	va_end(args);
	/* whether anybody reads it changes nothing */
	if (f->kmsg >= 0 && write(f->kmsg, line, strlen(line)) < 0)
		return;
}

static int order(const struct frozen *f, const char *word)
{
	return pwrite(f->session, word, strlen(word), 0) < 0 ? -errno : 0;
}

static int freeze(struct frozen *f)
{
	int ret = fail(f, FROZEN_FREEZE, snapshot_freeze(f->snapshot));

	if (!ret && f->mode == POWER_PLATFORM)
		ret = fail(f, FROZEN_PLATFORM, snapshot_use_platform(f->snapshot));
	return ret;
}

static int create(struct frozen *f)
{
	int ret = fail(f, FROZEN_CREATE, snapshot_create(f->snapshot, &f->resumed));

	if (ret || f->resumed)
		return ret;
	ret = fail(f, FROZEN_CREATE, snapshot_size(f->snapshot, &f->size));
	/* woken up on its way there, the kernel has nothing, and says what it said last time */
	if (!ret && f->size <= IMAGE_PAGE)
		ret = fail(f, FROZEN_CREATE, -EAGAIN);
	if (!ret && f->size > f->room)
		ret = fail(f, FROZEN_SIZE, -ENOSPC);
	/* the keys of the session are drawn next */
	if (!ret)
		ret = fail(f, FROZEN_RANDOM, random_part(f->random));
	return ret;
}

static int put(struct frozen *f, const void *data, size_t len)
{
	f->stored += len;
	return fail(f, FROZEN_WRITE, pump_put(&f->pump, data, len));
}

/* Returns: bytes of the image in it, 0 if that was all, or a negative errno */
static ssize_t move_block(struct frozen *f)
{
	const unsigned char *packed;
	ssize_t n, stored;
	int ret;

	n = snapshot_read(f->snapshot, f->pack.block, PACK_BLOCK);
	if (n <= 0)
		return fail(f, FROZEN_READ, (int)n);
	stored = pack_block(&f->pack, (size_t)n, &packed);
	if (stored < 0)
		return fail(f, FROZEN_PACK, (int)stored);
	ret = put(f, packed, (size_t)stored);
	return ret ? ret : n;
}

/* All of it, behind its header */
static int move_image(struct frozen *f)
{
	__u64 bytes = 0;
	ssize_t n;

	f->stored = 0;
	n = put(f, &f->header, sizeof(f->header));
	if (!n)
		do {
			n = move_block(f);
			bytes += n > 0 ? (__u64)n : 0;
			/* the kernel's size is what there is room for */
			if (bytes > f->room)
				n = fail(f, FROZEN_SIZE, -ENOSPC);
		} while (n > 0);
	if (!n)
		return fail(f, FROZEN_WRITE, pump_end(&f->pump));
	pump_drain(&f->pump);
	return (int)n;
}

/* Only what the kernel says afterwards counts */
static int finish(struct frozen *f)
{
	char word[48], state[32] = "";
	ssize_t n;
	int ret;

	snprintf(word, sizeof(word), DUMPFLT_SESSION_FINISH " %llu", f->stored);
	ret = order(f, word);
	if (ret)
		return ret;
	n = pread(f->state, state, sizeof(state) - 1, 0);
	if (n < 0)
		return -errno;
	state[strcspn(state, "\n")] = '\0';
	return strcmp(state, DUMPFLT_STATE_COMPLETE) ? -EIO : 0;
}

/*
 * A session that begins makes the dump that was in its slot invalid, durably, before it is
 * begun; and is not to be a dump itself.
 */
static void invalidate(struct frozen *f)
{
	f->image_left = order(f, DUMPFLT_SESSION_START);
	if (!f->image_left)
		order(f, DUMPFLT_SESSION_ABORT " the machine did not go down");
}

static int write_image(struct frozen *f)
{
	__u64 begun = now_ms(), ms;
	char word[120];
	int ret;

	ret = fail(f, FROZEN_START, order(f, DUMPFLT_SESSION_START));
	if (ret)
		return ret;
	say(f, "writing an image of %llu bytes", f->size);
	ret = move_image(f);
	if (ret) {
		snprintf(word, sizeof(word), DUMPFLT_SESSION_ABORT " %s failed: error %d",
			 words[f->step], -ret);
		order(f, word);
		return ret;
	}
	ret = fail(f, FROZEN_FINISH, finish(f));
	/* it may be on the disk all the same */
	if (ret) {
		invalidate(f);
		return ret;
	}
	ms = now_ms() - begun;
	say(f, "%llu bytes written in %llu.%llu s, durable", f->stored, ms / 1000, ms / 100 % 10);
	return 0;
}

/* Returns only if the machine runs */
static int go_down(struct frozen *f)
{
	int ret;

	switch (f->mode) {
	case POWER_SUSPEND:
		ret = snapshot_suspend(f->snapshot);
		f->woken = !ret;
		break;
	case POWER_PLATFORM:
		ret = snapshot_power_off(f->snapshot);
		break;
	default:
		ret = reboot(f->mode == POWER_REBOOT ? RB_AUTOBOOT : RB_POWER_OFF) ? -errno : 0;
		break;
	}
	if (!ret && !f->woken)
		ret = -EIO;
	return fail(f, FROZEN_POWER, ret);
}

/* The stack can be unloaded only if nobody has its device open */
static void thaw(struct frozen *f)
{
	close(f->pump.fd);
	f->pump.fd = -1;
	snapshot_thaw(f->snapshot);
	close(f->snapshot);
	f->snapshot = -1;
}

/**
 * frozen_run() - make the image, write it, go down
 * @f: see there
 *
 * Return: 0 after a resume, or if the machine has slept and kept its memory; else a
 * negative errno, and then the system goes on as if nothing had been
 */
int frozen_run(struct frozen *f)
{
	int ret = freeze(f);

	if (!ret)
		ret = create(f);
	if (!ret && !f->resumed) {
		ret = write_image(f);
		if (!ret) {
			ret = go_down(f);
			invalidate(f);
		}
	}
	if (ret)
		say(f, "%s failed: error %d; the system goes on", words[f->step], -ret);
	thaw(f);
	return ret;
}
