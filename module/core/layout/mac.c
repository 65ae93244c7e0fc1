// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MAC of a receipt: who can open a sealed dump can also tell that the
 * receipt is the one that this session wrote.
 *
 * The filter gives the key at start and forgets it; the core has it only inside
 * of the transform, until the last receipt of the session is written. So no
 * filter has to keep a secret beyond its finish.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <crypto/algapi.h>
#include <crypto/hash.h>
#include <linux/crypto.h>
#include <linux/err.h>

#include "layout/area.h"

#define MAC_NAME	"hmac(sha256)"

/* Keeps what computes MACs in the kernel; %NULL if it has none */
static struct crypto_shash *held;

/**
 * dumpflt_mac_init - have loaded what computes MACs
 *
 * As the core is, and not when an area goes live: that may be in a notifier of PM, and
 * a module that registers one of its own would wait for us, and we for modprobe.
 *
 * Context: module init; runs modprobe.
 */
void dumpflt_mac_init(void)
{
	struct crypto_shash *tfm = crypto_alloc_shash(MAC_NAME, 0, 0);

	/* a plain stack needs none; an area says so when it goes live */
	held = IS_ERR(tfm) ? NULL : tfm;
}

/**
 * dumpflt_mac_exit - undo dumpflt_mac_init()
 *
 * Context: module exit.
 */
void dumpflt_mac_exit(void)
{
	if (held)
		crypto_free_shash(held);
}

/**
 * dumpflt_mac_create - get what computes MACs
 * @area: being prepared, while its stack becomes live
 *
 * Context: process context; sleeps, allocates.
 * Return: 0 or a negative errno; what is wrong is in the stack's error.
 */
int dumpflt_mac_create(struct dumpflt_area *area)
{
	u32 mask = area->stack->by_hibernation ? CRYPTO_NOLOAD : 0;
	struct crypto_shash *tfm = crypto_alloc_shash(MAC_NAME, 0, mask);

	if (IS_ERR(tfm)) {
		dumpflt_fail(area->stack, NULL, PTR_ERR(tfm),
			     "this kernel has no usable hmac(sha256)");
		return PTR_ERR(tfm);
	}
	area->mac = tfm;
	return 0;
}

/**
 * dumpflt_mac_destroy - undo dumpflt_mac_create()
 * @area: may be without: then there is nothing to undo
 *
 * Context: process context.
 */
void dumpflt_mac_destroy(struct dumpflt_area *area)
{
	if (area->mac)
		crypto_free_shash(area->mac);
	area->mac = NULL;
}

/**
 * dumpflt_mac_set - take the key of a session's receipt
 * @area: the area, in a session that begins
 * @key: the key, not kept
 * @filter: 1 + index of the instance that gives it
 *
 * Context: stack lock held; does not sleep or allocate.
 * Return: 0; -EBUSY if a filter has given one already; a negative errno.
 */
int dumpflt_mac_set(struct dumpflt_area *area,
		    const u8 key[DUMPFLT_MAC_KEY_SIZE], u32 filter)
{
	int ret;

	if (area->mac_filter)
		return -EBUSY;
	ret = crypto_shash_setkey(area->mac, key, DUMPFLT_MAC_KEY_SIZE);
	if (!ret)
		area->mac_filter = filter;
	return ret;
}

/**
 * dumpflt_mac_wipe - forget the key
 * @area: may be without a key: then nothing happens
 *
 * Context: stack lock held.
 */
void dumpflt_mac_wipe(struct dumpflt_area *area)
{
	static const u8 none[DUMPFLT_MAC_KEY_SIZE];

	if (!area->mac_filter)
		return;
	/* goes over what the transform made of the key */
	crypto_shash_setkey(area->mac, none, sizeof(none));
	area->mac_filter = 0;
}

/**
 * dumpflt_mac_left_out - a filter that failed to start has no say
 * @area: of a session that is beginning
 * @filter: 1 + index of its instance
 *
 * Context: stack lock held.
 */
void dumpflt_mac_left_out(struct dumpflt_area *area, u32 filter)
{
	if (area->mac_filter == filter)
		dumpflt_mac_wipe(area);
}

/**
 * dumpflt_mac_order - does a filter keep something of what another one seals?
 * @area: the area, every filter's start has been called
 *
 * Of the filters that come with dumpflt this is known before, when the stack
 * goes live. Of others, that they seal is known once they have given a key.
 *
 * Context: stack lock held.
 * Return: 0; -EPERM: the session must not go on, even without either filter.
 */
int dumpflt_mac_order(struct dumpflt_area *area)
{
	struct dumpflt_stack *stack = area->stack;
	u32 i;

	for (i = 0; i + 1 < area->mac_filter; i++) {
		struct dumpflt_instance *inst = stack->inst[i];

		if (!inst->active || !inst->chunk_meta)
			continue;
		dumpflt_fail(stack, inst, -EPERM,
			     "it keeps something of each chunk in the clear that filter '%s' behind it seals: put it behind that one",
			     stack->inst[area->mac_filter - 1]->entry->name);
		return -EPERM;
	}
	return 0;
}

static int compute(struct dumpflt_area *area, u8 *mac)
{
	return crypto_shash_tfm_digest(area->mac, (const u8 *)area->receipt,
				       offsetof(struct dumpflt_disk_receipt, crc),
				       mac);
}

/**
 * dumpflt_mac_is - is the receipt's MAC the one of the key that a filter gave?
 * @area: the area; its receipt was read, every filter's start has been called
 *
 * Context: stack lock held.
 * Return: true if so, or if it has none and no filter gave a key.
 */
bool dumpflt_mac_is(struct dumpflt_area *area)
{
	struct dumpflt_disk_receipt *receipt = area->receipt;
	u8 was[sizeof(receipt->mac)], mac[sizeof(receipt->mac)];
	bool same;

	if (le32_to_cpu(receipt->mac_filter) != area->mac_filter)
		return false;
	if (!area->mac_filter)
		return true;
	memcpy(was, receipt->mac, sizeof(was));
	memset(receipt->mac, 0, sizeof(receipt->mac));
	same = !compute(area, mac) && !crypto_memneq(mac, was, sizeof(was));
	memcpy(receipt->mac, was, sizeof(was));
	return same;
}

/**
 * dumpflt_mac_receipt - compute the MAC of a receipt
 * @area: the area, receipt filled but for mac, mac_filter and crc
 *
 * Does nothing if no filter gave a key.
 *
 * Context: stack lock held.
 * Return: 0 or a negative errno.
 */
int dumpflt_mac_receipt(struct dumpflt_area *area)
{
	struct dumpflt_disk_receipt *receipt = area->receipt;
	u8 mac[sizeof(receipt->mac)];
	int ret;

	if (!area->mac_filter)
		return 0;
	receipt->mac_filter = cpu_to_le32(area->mac_filter);
	ret = compute(area, mac);
	if (ret) {
		receipt->mac_filter = 0;
		return ret;
	}
	memcpy(receipt->mac, mac, sizeof(mac));
	return 0;
}

/**
 * dumpflt_set_mac_key - give the key for the MAC of this session's receipt
 * @ext: what the callback was given
 * @key: the key; copied, so wipe yours
 *
 * For filters that seal: whoever can derive the key from the dump's own can
 * tell the receipt from a forged one. The MAC is HMAC-SHA-256, see the format's
 * manual in uapi/linux/dumpflt.h. The core forgets the key with the session.
 *
 * Context: from start() only.
 * Return: 0; -EOPNOTSUPP without a dump area (see DUMPFLT_EXT_F_AREA); -EBUSY
 * if a filter of the stack, this one included, has given one: the session does not
 * begin then, whatever start() returns; -EINVAL outside of start().
 */
int dumpflt_set_mac_key(const struct dumpflt_extension *ext,
			const u8 key[DUMPFLT_MAC_KEY_SIZE])
{
	struct dumpflt_instance *inst = dumpflt_instance_of(ext);
	struct dumpflt_stack *stack = inst->stack;
	unsigned int i;
	int ret;

	if (!stack->area)
		return -EOPNOTSUPP;
	if (inst->running != DUMPFLT_CB_START)
		return -EINVAL;
	for (i = 0; stack->inst[i] != inst; i++)
		;
	ret = dumpflt_mac_set(stack->area, key, i + 1);
	if (ret == -EBUSY)
		dumpflt_fail(stack, inst, ret,
			     stack->area->mac_filter == i + 1 ?
				     "start: gave the key of the receipt twice" :
				     "start: another filter seals this dump already");
	return ret;
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_set_mac_key);
