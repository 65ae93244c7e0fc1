// SPDX-License-Identifier: GPL-2.0-only
/*
 * The recipients of a dump: public keys, "recipient=age1..." once for each. Of a
 * hibernation image also "origin=<description of a key>": see threat-model.md. To read a
 * dump back "file_key=<description of a key>": that of this one dump.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <crypto/curve25519.h>
#include <linux/string.h>

#include "age.h"
#include "bech32.h"

static_assert(DUMPFLT_BECH32_KEY == DUMPFLT_AGE_KEY);
static_assert(DUMPFLT_BECH32_KEY == CURVE25519_KEY_SIZE);

/*
 * A point of low order gives a shared secret of zeros with every key: anybody
 * could open the dump.
 */
static const char *low_order(const u8 key[DUMPFLT_AGE_KEY])
{
	u8 secret[CURVE25519_KEY_SIZE] = { 1 }, shared[CURVE25519_KEY_SIZE];

	curve25519_clamp_secret(secret);
	if (curve25519(shared, secret, key))
		return NULL;
	return "it is a point of low order, so that anybody could open the dump";
}

static int read_recipient(struct dumpflt_age *age, const char *text,
			  const struct dumpflt_init_data *init_data)
{
	u8 *key = age->recipients[age->nr_recipients];
	const char *wrong;

	wrong = dumpflt_bech32_key(text, strlen(text), DUMPFLT_BECH32_PUBLIC,
				   key);
	if (!wrong)
		wrong = low_order(key);
	if (!wrong) {
		age->nr_recipients++;
		return 0;
	}
	/* whatever is no public key may be a secret one: not for a log */
	if (strstr(text, "SECRET") || strstr(text, "secret"))
		dumpflt_explain(init_data,
				"recipient %u is a SECRET key: it does not belong here, and who could read this configuration can open the dumps of it; make a new key pair and use the public key, age1...",
				age->nr_recipients + 1);
	else if (strncasecmp(text, DUMPFLT_BECH32_PUBLIC "1",
			     strlen(DUMPFLT_BECH32_PUBLIC "1")))
		dumpflt_explain(init_data,
				"recipient %u is no X25519 public key of age: %s",
				age->nr_recipients + 1, wrong);
	else
		dumpflt_explain(init_data,
				"recipient %u ('%.80s') is no X25519 public key of age: %s",
				age->nr_recipients + 1, text, wrong);
	return -EINVAL;
}

static int read_recipients(struct dumpflt_age *age,
			   const struct dumpflt_init_data *init_data)
{
	const char *text;
	int ret;

	while ((text = dumpflt_option(init_data, "recipient",
				      age->nr_recipients))) {
		if (age->nr_recipients == DUMPFLT_AGE_RECIPIENTS_MAX) {
			dumpflt_explain(init_data,
					"more than %u recipients",
					DUMPFLT_AGE_RECIPIENTS_MAX);
			return -EINVAL;
		}
		ret = read_recipient(age, text, init_data);
		if (ret)
			return ret;
	}
	if (age->nr_recipients)
		return 0;
	dumpflt_explain(init_data,
			"no recipient: set the option recipient=age1... (make a key with age-keygen, elsewhere)");
	return -EINVAL;
}

/*
 * An image runs as the kernel, and whoever has the public keys can seal one. So the MAC
 * of its receipt needs a key that only this machine has. A crash dump is for people
 * elsewhere, who have not.
 */
static int read_origin(struct dumpflt_age *age,
		       const struct dumpflt_init_data *init_data, bool needed)
{
	const char *text = dumpflt_option(init_data, "origin", 0);
	int ret;

	if (!text && !needed)
		return 0;
	if (!text) {
		dumpflt_explain(init_data,
				"no origin: anybody could make an image that is resumed; set the option origin=KEY, the description of a key that only this machine has");
		return -EINVAL;
	}
	if (!needed) {
		dumpflt_explain(init_data,
				"origin is for hibernation images: who opens a crash dump elsewhere has not this machine's key");
		return -EINVAL;
	}
	if (dumpflt_option(init_data, "origin", 1)) {
		dumpflt_explain(init_data, "more than one origin");
		return -EINVAL;
	}
	ret = dumpflt_key(init_data, text, age->origin, sizeof(age->origin));
	age->has_origin = !ret;
	return ret;
}

/*
 * Whoever has a secret key of a recipient finds it in the header of the dump. It opens
 * nothing else, so that the secret key need not come here.
 */
static int read_file_key(struct dumpflt_age *age,
			 const struct dumpflt_init_data *init_data)
{
	const char *text = dumpflt_option(init_data, "file_key", 0);
	int ret;

	if (!text)
		return 0;
	if (dumpflt_option(init_data, "file_key", 1)) {
		dumpflt_explain(init_data, "more than one file key");
		return -EINVAL;
	}
	ret = dumpflt_key(init_data, text, age->file_key, sizeof(age->file_key));
	age->has_file_key = !ret;
	return ret;
}

/**
 * dumpflt_age_options - read the recipients, the origin, and a file key
 * @age: new; recipients, origin and file key are filled in
 * @init_data: what init() was given
 * @type: of the stack: an image has an origin, a crash dump has none
 *
 * Context: process context, from init() only; sleeps.
 * Return: 0 or a negative errno, explained.
 */
int dumpflt_age_options(struct dumpflt_age *age,
			const struct dumpflt_init_data *init_data,
			enum dumpflt_type type)
{
	int ret = read_recipients(age, init_data);

	if (!ret)
		ret = read_origin(age, init_data,
				  type == DUMPFLT_TYPE_HIBERNATION);
	return ret ?: read_file_key(age, init_data);
}
