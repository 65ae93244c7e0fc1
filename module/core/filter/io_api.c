// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a filter may call from its callbacks: for the data that it was given, and
 * for what it keeps beside the dump.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/atomic.h>
#include <linux/highmem.h>
#include <linux/sched.h>

#include "filter/filter.h"

/**
 * dumpflt_bounce - the calling filter's private buffer for this write
 * @io: what write() was given
 *
 * Page aligned, resident, physically contiguous, max_pages pages long, and
 * DUMPFLT_BOUNCE_ROOM bytes more with DUMPFLT_F_ROOM; not
 * touched by anybody else until the target has the data. The data is never in it
 * yet: if an earlier filter has moved the data to its buffer, this is another one.
 * A filter that does not install it has changed nothing, whatever it wrote there.
 *
 * Without DUMPFLT_F_BOUNCE, and in a read, that is a broken rule, which fails the dump. What comes
 * back then is memory that leads nowhere: a filter in the template's shape fills it
 * without asking, and is to be found out, not to bring the kernel down.
 *
 * Context: from write() only.
 * Return: the buffer.
 */
void *dumpflt_bounce(const struct dumpflt_io *io)
{
	struct dumpflt_call *call = container_of(io, struct dumpflt_call, io);

	if (call->bounce)
		return call->bounce;
	call->unasked = true;
	return call->stack->nowhere;
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_bounce);

/**
 * dumpflt_set_buffer - the data is here now
 * @io: what write() was given
 * @buffer: what dumpflt_bounce() returned; @io->len bytes of it count
 *
 * @io->segs and @io->nr_segs describe the buffer afterwards. Anything but the
 * filter's own bounce buffer makes the core fail the dump, even if it is called
 * again with that one.
 *
 * Context: from write() only.
 */
void dumpflt_set_buffer(const struct dumpflt_io *io, void *buffer)
{
	struct dumpflt_call *call = container_of(io, struct dumpflt_call, io);

	/* what is wrong once is not made good by a second call */
	if (call->is_set && call->installed != call->bounce)
		return;
	call->is_set = true;
	call->installed = buffer;
	/* judged after the callback; a foreign address is not looked at */
	if (!buffer || buffer != call->bounce)
		return;
	dumpflt_compat_bvec_set(&call->single, virt_to_page(buffer), io->len, 0);
	call->io.segs = &call->single;
	call->io.nr_segs = 1;
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_set_buffer);

/**
 * dumpflt_in_place - may the data be changed where it is?
 * @io: what write() was given
 *
 * Context: from write() only.
 * Return: true if the data is in an earlier filter's bounce buffer.
 */
bool dumpflt_in_place(const struct dumpflt_io *io)
{
	return container_of(io, struct dumpflt_call, io)->replaced;
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_in_place);

/**
 * dumpflt_io_copy - gather some of the data into one piece
 * @io: what write() or read() was given
 * @dst: where to
 * @from: first byte, counted from the start of the data
 * @len: bytes; @from + @len is at most @io->len
 *
 * Context: from write() or read() only.
 */
void dumpflt_io_copy(const struct dumpflt_io *io, void *dst, u32 from, u32 len)
{
	u32 i;

	for (i = 0; i < io->nr_segs && len; i++) {
		const struct bio_vec *bv = &io->segs[i];
		u32 n;

		if (from >= bv->bv_len) {
			from -= bv->bv_len;
			continue;
		}
		n = min(bv->bv_len - from, len);
		memcpy(dst, page_address(bv->bv_page) + bv->bv_offset + from,
		       n);
		dst += n;
		len -= n;
		from = 0;
	}
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_io_copy);

static int store_result(struct dumpflt_disk_result *result, const void *data,
			u32 len)
{
	if (len > sizeof(result->data))
		return -E2BIG;
	memset(result, 0, sizeof(*result));
	memcpy(result->data, data, len);
	result->len = cpu_to_le16(len);
	return 0;
}

/**
 * dumpflt_store - keep something beside the dump, in the dump area
 * @ext: what the callback was given
 * @data: what, in the clear: who reads the dump finds it without a key
 * @len: bytes of it, at most DUMPFLT_FMETA_MAX in start(), and
 *	DUMPFLT_RESULT_MAX in finish()
 *
 * It is copied now. What start() stores is durable before the first write. What
 * finish() stores is in the receipt, of a failed dump too, and is authentic as the
 * receipt is; the other one stays. A second call of the same callback replaces the
 * first one's.
 *
 * Context: from start() and finish() only.
 * Return: 0; -EOPNOTSUPP without a dump area (see DUMPFLT_EXT_F_AREA), and in
 * init(); -E2BIG; -EINVAL elsewhere, and in start() of a session that reads.
 */
int dumpflt_store(const struct dumpflt_extension *ext, const void *data, u32 len)
{
	struct dumpflt_instance *inst = dumpflt_instance_of(ext);

	if (!inst->stored)
		return -EOPNOTSUPP;
	if (inst->running == DUMPFLT_CB_FINISH)
		return store_result(&inst->result, data, len);
	if (inst->running != DUMPFLT_CB_START ||
	    inst->master.flags & DUMPFLT_EXT_F_READ_SESSION)
		return -EINVAL;
	if (len > DUMPFLT_FMETA_MAX)
		return -E2BIG;
	memcpy(inst->stored, data, len);
	inst->stored_len = len;
	return 0;
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_store);

/*
 * May the words of now go to @inst->why? Of lanes that fail at once one is heard, who
 * gives them back when its call has been judged
 */
static bool is_heard(struct dumpflt_instance *inst)
{
	if (inst->running == DUMPFLT_CB_START ||
	    inst->running == DUMPFLT_CB_FINISH)
		return !inst->why[0];
	if (inst->running != DUMPFLT_NR_CB || !inst->active)
		return false;
	return !cmpxchg(&inst->why_of, NULL, current);
}

/**
 * dumpflt_stored - what start() stored when the dump that is read was written
 * @ext: what the callback was given
 * @len: set to how many bytes of it there are
 *
 * From the dump area, in the clear: its checksum is right and it fits the receipt, of
 * which only a MAC says whose it is (see dumpflt_set_mac_key()).
 *
 * Context: from start() of a session that reads a dump area (DUMPFLT_EXT_F_READ_SESSION)
 * only.
 * Return: the bytes, there until start() returns; %NULL elsewhere.
 */
const void *dumpflt_stored(const struct dumpflt_extension *ext, u32 *len)
{
	struct dumpflt_instance *inst = dumpflt_instance_of(ext);

	*len = 0;
	if (!inst->stored || inst->running != DUMPFLT_CB_START ||
	    !(inst->master.flags & DUMPFLT_EXT_F_READ_SESSION))
		return NULL;
	*len = inst->stored_len;
	return inst->stored;
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_stored);

/**
 * dumpflt_reason - say in words why a callback is about to fail
 * @ext: what the callback was given
 * @fmt: one line without a newline; the filter's name, the callback and the errno
 *	are added
 *
 * The first words of a call count, and only if it fails; of several lanes that fail
 * at once, those of one. Never put a secret into them. For init() there is
 * dumpflt_explain().
 *
 * Context: from start(), write(), read() and finish() only; elsewhere it does nothing.
 */
void dumpflt_reason(const struct dumpflt_extension *ext, const char *fmt, ...)
{
	struct dumpflt_instance *inst = dumpflt_instance_of(ext);
	va_list args;

	if (!is_heard(inst))
		return;
	va_start(args, fmt);
	vscnprintf(inst->why, sizeof(inst->why), fmt, args);
	va_end(args);
	dumpflt_one_line(inst->why);
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_reason);
