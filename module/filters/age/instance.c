// SPDX-License-Identifier: GPL-2.0-only
/*
 * An instance of the age filter: made and destroyed. It has no key yet.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/err.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "age.h"

/**
 * dumpflt_age_create - make an instance
 * @nr_lanes: lanes that open at the same time
 *
 * Context: process context; sleeps, allocates.
 * Return: the instance, or an error pointer; -ENOENT without hmac(sha256).
 */
struct dumpflt_age *dumpflt_age_create(unsigned int nr_lanes)
{
	struct dumpflt_age *age;

	age = kzalloc(struct_size(age, lanes, nr_lanes), GFP_KERNEL);
	if (!age)
		return ERR_PTR(-ENOMEM);
	age->hmac = crypto_alloc_shash("hmac(sha256)", 0, 0);
	if (IS_ERR(age->hmac)) {
		int ret = PTR_ERR(age->hmac);

		kfree(age);
		return ERR_PTR(ret);
	}
	return age;
}

/**
 * dumpflt_age_destroy - undo dumpflt_age_create()
 * @age: from dumpflt_age_create(), which did not fail
 *
 * Context: process context.
 */
void dumpflt_age_destroy(struct dumpflt_age *age)
{
	crypto_free_shash(age->hmac);
	kfree_sensitive(age);
}
