// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the fault filter does wrong, one function for each kind.
 *
 * Nearly everything here breaks a rule of <linux/dumpflt.h> on purpose: it is
 * the core's task to notice, and to keep the damage away from the target.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/atomic.h>
#include <linux/blkdev.h>
#include <linux/bvec.h>
#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "fault.h"

/* By the clock: the kernel's loops were counted when the machine may have been busy */
static void wait_ms(unsigned int ms)
{
	ktime_t end = ktime_add_ms(ktime_get(), ms);

	while (ktime_before(ktime_get(), end))
		cpu_relax();
}

static int allocate(void)
{
	void *memory = kmalloc(SZ_64, GFP_NOWAIT);

	if (!memory)
		return -ENOMEM;
	kfree(memory);
	return 0;
}

/*
 * What a filter is given is const. Who breaks the rules takes that away, as a bug in
 * a filter does that writes behind an array.
 */
static struct dumpflt_io *writable(const struct dumpflt_io *io)
{
	return (struct dumpflt_io *)io;
}

static void change_length(struct dumpflt_io *io)
{
	io->len = io->len == SECTOR_SIZE ? 2 * SECTOR_SIZE : SECTOR_SIZE;
}

/* The data is right, so that nothing but the place of the buffer is wrong */
static void install_foreign(struct fault *fault, const struct dumpflt_io *io)
{
	dumpflt_io_copy(io, fault->foreign, 0, io->len);
	dumpflt_set_buffer(io, fault->foreign);
}

static void install_misaligned(const struct dumpflt_io *io)
{
	u8 *middle = (u8 *)dumpflt_bounce(io) + SECTOR_SIZE;

	/* Not all of it: the buffer may end there */
	dumpflt_io_copy(io, middle, 0, io->len - SECTOR_SIZE);
	dumpflt_set_buffer(io, middle);
}

/* What every filter that changes data does */
static void use_bounce(const struct dumpflt_io *io)
{
	void *buffer = dumpflt_bounce(io);

	dumpflt_io_copy(io, buffer, 0, io->len);
	dumpflt_set_buffer(io, buffer);
}

static void change_segment(struct fault *fault, const struct dumpflt_io *io)
{
	struct bio_vec *seg = (struct bio_vec *)&io->segs[0];

	seg->bv_page = virt_to_page(fault->foreign);
	seg->bv_offset = 0;
}

static void scribble(const struct dumpflt_io *io)
{
	u8 *source = dumpflt_segment(io, 0);

	*source ^= 0xff;
}

static void change_extension(struct dumpflt_extension *ext)
{
	ext->type = DUMPFLT_TYPE_UNDEFINED;
	ext->part_start = U64_MAX;
	ext->data = NULL;
}

static bool is_due(struct fault *fault, enum fault_callback callback)
{
	const struct fault_plan *plan = &fault->plan;
	u32 call = atomic_inc_return(&fault->calls[callback]);

	if (plan->mode == FAULT_NONE || plan->at != callback)
		return false;
	return plan->every ? call >= plan->call : call == plan->call;
}

/**
 * dumpflt_fault_change_ops() - change the table behind the core's back
 * @work: the instance's
 *
 * The worst change there is: writes would pass without the filter.
 */
void dumpflt_fault_change_ops(struct work_struct *work)
{
	struct fault *fault = container_of(to_delayed_work(work), struct fault,
					   change_ops);

	WRITE_ONCE(fault->ops.write, NULL);
}

/**
 * dumpflt_fault_inject() - do what the plan says for this call
 * @fault: its plan is read, and its memory is there; this call is counted
 * @callback: where we are
 * @ext: what the callback was given
 * @io: the write or read, or NULL
 *
 * Return: what the callback is to return.
 */
int dumpflt_fault_inject(struct fault *fault, enum fault_callback callback,
			 const struct dumpflt_extension *ext,
			 const struct dumpflt_io *io)
{
	const struct fault_plan *plan = &fault->plan;

	if (!is_due(fault, callback)) {
		if (plan->mode == FAULT_PASS && callback == FAULT_WRITE)
			use_bounce(io);
		return 0;
	}

	switch (plan->mode) {
	case FAULT_ERROR:
		return -plan->errno_value;
	case FAULT_POSITIVE:
		return plan->errno_value;
	case FAULT_DELAY:
		wait_ms(plan->ms);
		return 0;
	case FAULT_SLEEP:
		msleep(plan->ms);
		return 0;
	case FAULT_ALLOC:
		return allocate();
	case FAULT_LENGTH:
		change_length(writable(io));
		return 0;
	case FAULT_OFFSET:
		writable(io)->offset += SZ_4K;
		return 0;
	case FAULT_FOREIGN:
		install_foreign(fault, io);
		return 0;
	case FAULT_MISALIGNED:
		install_misaligned(io);
		return 0;
	case FAULT_NRSEGS:
		writable(io)->nr_segs++;
		return 0;
	case FAULT_DESCRIPTOR:
		change_segment(fault, io);
		return 0;
	case FAULT_SCRIBBLE:
		scribble(io);
		return 0;
	case FAULT_OPS:
		/* At init the core has not seen the table yet */
		if (callback == FAULT_INIT)
			schedule_delayed_work(&fault->change_ops,
					      msecs_to_jiffies(plan->ms));
		else
			dumpflt_fault_change_ops(&fault->change_ops.work);
		return 0;
	case FAULT_EXT:
		change_extension((struct dumpflt_extension *)ext);
		return 0;
	case FAULT_UNASKED:
		use_bounce(io);
		return 0;
	case FAULT_PASS:
		/* it has forgotten to */
	case FAULT_NONE:
	case FAULT_NR_MODES:
		break;
	}
	return 0;
}
