// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an instance leaves in a dump area: what it stores at start, and its
 * part of the receipt.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/slab.h>

#include "layout/area.h"

/* In front of each extension, so that it leads back to its instance */
struct extension_box {
	struct dumpflt_instance		*inst;
	struct dumpflt_extension	ext;
};

/**
 * dumpflt_extension_alloc - make an instance's extension
 * @inst: the instance
 * @size: bytes that the filter knows
 *
 * Context: process context; allocates.
 * Return: the extension, or %NULL.
 */
struct dumpflt_extension *dumpflt_extension_alloc(struct dumpflt_instance *inst,
						  size_t size)
{
	struct extension_box *box;

	/* never less than the filter knows, so that it may read all of it */
	box = kzalloc(offsetof(struct extension_box, ext) +
		      max(size, sizeof(box->ext)), GFP_KERNEL);
	if (!box)
		return NULL;
	box->inst = inst;
	return &box->ext;
}

/**
 * dumpflt_extension_free - undo dumpflt_extension_alloc()
 * @ext: the extension; %NULL is legal
 *
 * Context: process context.
 */
void dumpflt_extension_free(struct dumpflt_extension *ext)
{
	if (ext)
		kfree(container_of(ext, struct extension_box, ext));
}

/**
 * dumpflt_store - keep something beside the dump, in the dump area
 * @ext: the instance
 * @data: what, in the clear: who reads the dump finds it without a key
 * @len: bytes of it, at most DUMPFLT_FMETA_MAX
 *
 * It is copied now, and durable before the first write. A second call replaces
 * the first one's.
 *
 * Context: from start() only.
 * Return: 0; -EOPNOTSUPP without a dump area (see DUMPFLT_EXT_F_AREA); -E2BIG;
 * -EINVAL outside of start().
 */
int dumpflt_store(struct dumpflt_extension *ext, const void *data, u32 len)
{
	struct dumpflt_instance *inst =
		container_of(ext, struct extension_box, ext)->inst;

	if (!inst->stored)
		return -EOPNOTSUPP;
	if (!inst->starting)
		return -EINVAL;
	if (len > DUMPFLT_FMETA_MAX)
		return -E2BIG;
	memcpy(inst->stored, data, len);
	inst->stored_len = len;
	return 0;
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_store);

/**
 * dumpflt_set_mac_key - give the key for the MAC of this session's receipt
 * @ext: the instance
 * @key: the key; copied, so wipe yours
 *
 * For filters that seal: whoever can derive the key from the dump's own can
 * tell the receipt from a forged one. The MAC is HMAC-SHA-256, see the format's
 * manual in uapi/linux/dumpflt.h. The core forgets the key with the session.
 *
 * Context: from start() only.
 * Return: 0; -EOPNOTSUPP without a dump area (see DUMPFLT_EXT_F_AREA); -EBUSY
 * if another filter of the stack has given one; -EINVAL outside of start().
 */
int dumpflt_set_mac_key(struct dumpflt_extension *ext,
			const u8 key[DUMPFLT_MAC_KEY_SIZE])
{
	struct dumpflt_instance *inst =
		container_of(ext, struct extension_box, ext)->inst;
	struct dumpflt_stack *stack = inst->stack;
	unsigned int i;
	int ret;

	if (!stack->area)
		return -EOPNOTSUPP;
	if (!inst->starting)
		return -EINVAL;
	for (i = 0; stack->inst[i] != inst; i++)
		;
	ret = dumpflt_mac_set(stack->area, key, i + 1);
	if (ret == -EBUSY)
		dumpflt_fail(stack, inst, ret,
			     "start: another filter seals this dump already");
	return ret;
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_set_mac_key);

/* Counters run since the stack went live; a receipt is about one session */
static struct dumpflt_total sum(const struct dumpflt_instance *inst)
{
	struct dumpflt_total total = {
		.writes = atomic64_read(&inst->stat[DUMPFLT_CB_WRITE].calls),
		.bytes = atomic64_read(&inst->stat[DUMPFLT_CB_WRITE].bytes),
	};
	unsigned int i;

	for (i = 0; i < DUMPFLT_NR_CB; i++) {
		total.errors += atomic64_read(&inst->stat[i].errors);
		total.ns += atomic64_read(&inst->stat[i].ns);
	}
	return total;
}

/**
 * dumpflt_instance_begin - a session begins in an area
 * @inst: the instance
 *
 * Context: stack lock held, queue frozen.
 */
void dumpflt_instance_begin(struct dumpflt_instance *inst)
{
	inst->stored_len = 0;
	inst->start_err = 0;
	inst->finish_err = 0;
	inst->before = sum(inst);
}

/**
 * dumpflt_instance_disk_flags - what a reader must know of an instance
 * @inst: the instance
 *
 * Context: stack lock held.
 * Return: DUMPFLT_DISK_FILTER_F_*.
 */
u32 dumpflt_instance_disk_flags(const struct dumpflt_instance *inst)
{
	u32 flags = 0;

	if (dumpflt_instance_is_critical(inst))
		flags |= DUMPFLT_DISK_FILTER_F_CRITICAL;
	if (inst->start_err)
		flags |= DUMPFLT_DISK_FILTER_F_LEFT_OUT;
	else if (inst->flags & DUMPFLT_F_BOUNCE)
		flags |= DUMPFLT_DISK_FILTER_F_CHANGES;
	return flags;
}

/**
 * dumpflt_instance_report - an instance's part of the receipt
 * @inst: the instance
 * @filter: zeroed; filled but for the digest
 *
 * Context: stack lock held, no callback runs.
 */
void dumpflt_instance_report(const struct dumpflt_instance *inst,
			     struct dumpflt_disk_filter *filter)
{
	const struct dumpflt_total now = sum(inst);
	const struct dumpflt_total *before = &inst->before;

	memcpy(filter->name, inst->entry->name, sizeof(filter->name));
	filter->number = cpu_to_le16(inst->entry->number);
	filter->chunk_meta = cpu_to_le16(inst->chunk_meta);
	filter->flags = cpu_to_le32(dumpflt_instance_disk_flags(inst));
	filter->start_err = cpu_to_le32(-inst->start_err);
	filter->finish_err = cpu_to_le32(-inst->finish_err);
	filter->fmeta_len = cpu_to_le32(inst->stored_len);
	filter->writes = cpu_to_le64(now.writes - before->writes);
	filter->bytes = cpu_to_le64(now.bytes - before->bytes);
	filter->errors = cpu_to_le64(now.errors - before->errors);
	filter->ns = cpu_to_le64(now.ns - before->ns);
}
