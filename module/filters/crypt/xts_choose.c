// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which implementation of AES-XTS a filter can use.
 *
 * The kernel's crypto API offers "xts(aes)" in three kinds, and a filter cannot
 * use all of them:
 *
 *  1. synchronous implementations. Always fine.
 *  2. SIMD implementations that are marked asynchronous (AES-NI in Linux 6.1,
 *     crypto/simd.c). They hand a call to another thread only if it comes from where
 *     the vector registers may not be used, such as an interrupt. Callbacks run
 *     in process context, where they work at once, several times as fast as
 *     anything of the first kind.
 *  3. accelerator cards. They sleep, allocate, and depend on a driver and on
 *     interrupts that a crashed machine may not have. Never used.
 *
 * The flags of an implementation tell the third kind from the others, but not
 * the second from a slow asynchronous one. So one is allocated with
 * asynchronous ones allowed, and the self-test's calls show whether they
 * complete at once. If they do not, only the first kind is allowed.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/crypto.h>
#include <linux/err.h>
#include <linux/kmod.h>

#include "crypt.h"

/* The third kind, see above */
#define UNUSABLE	(CRYPTO_ALG_ALLOCATES_MEMORY | \
			 CRYPTO_ALG_KERN_DRIVER_ONLY)

/* Return: an implementation that @mask does not exclude, tested in all lanes */
static struct dumpflt_xts *create_tested(u32 nr_lanes, u32 mask)
{
	struct dumpflt_xts *xts = dumpflt_xts_create(nr_lanes, mask);
	int err;
	u32 i;

	if (IS_ERR(xts))
		return xts;
	for (i = 0; i < nr_lanes; i++) {
		err = dumpflt_xts_selftest(xts, i);
		if (err) {
			dumpflt_xts_destroy(xts);
			return ERR_PTR(err);
		}
	}
	return xts;
}

/**
 * dumpflt_xts_load() - have loaded what dumpflt_xts_choose() will look for
 *
 * As this module is, and not in init(): that may be in a notifier of PM, and a module
 * that registers one of its own would wait for us, and we for modprobe.
 *
 * Context: module init; runs modprobe.
 */
void dumpflt_xts_load(void)
{
	struct dumpflt_xts *xts;

	/* The API does not look for a faster one if there is a slow one */
	request_module("crypto-aes");
	/* What it has found once it finds again. init() says so if there is none */
	xts = dumpflt_xts_choose(1);
	if (!IS_ERR(xts))
		dumpflt_xts_destroy(xts);
}

/**
 * dumpflt_xts_choose() - find an implementation and test it
 * @nr_lanes: how many calls may run at once
 *
 * Context: process context, sleeps; behind dumpflt_xts_load() it loads no module.
 * Return: a cipher without a key, or an ERR_PTR(): -EBADMSG if the
 * implementation computes something else than AES-256-XTS.
 */
struct dumpflt_xts *dumpflt_xts_choose(u32 nr_lanes)
{
	struct dumpflt_xts *xts;

	xts = create_tested(nr_lanes, UNUSABLE);
	if (xts == ERR_PTR(-EINPROGRESS))
		xts = create_tested(nr_lanes, UNUSABLE | CRYPTO_ALG_ASYNC);
	return xts;
}
