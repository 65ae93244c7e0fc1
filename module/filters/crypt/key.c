// SPDX-License-Identifier: GPL-2.0-only
/*
 * The crypt filter's key: from the kernel keyring into the cipher.
 *
 * The keyrings of the task that makes the stack live are searched: its thread
 * and process keyrings, then its session keyring. A task without a session
 * keyring, such as the shell of an initramfs, gets the user session keyring
 * instead, which links to the user keyring @u. A task that has one (a login, a
 * systemd service) sees @u only if it is linked: keyctl link @u @s.
 *
 * The key goes from the keyring's memory straight into the cipher, so this
 * file has no copy of it that would have to be wiped.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <crypto/algapi.h>
#include <keys/user-type.h>
#include <linux/bitops.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/key.h>
#include <linux/rwsem.h>
#include <linux/string.h>

#include "crypt.h"

/*
 * logon first: user space cannot read it back. A key that exists but may not
 * be used is an error, not a reason to look for another one.
 */
static struct key *find_key(const char *description)
{
	struct key *key;

	key = request_key(&key_type_logon, description, NULL);
	if (key == ERR_PTR(-ENOKEY))
		key = request_key(&key_type_user, description, NULL);
	return key;
}

/*
 * What keyctl is to add to so that we find it. A session keyring that is the
 * user session keyring would be replaced by keyctl, for itself alone, if it
 * were told to add to @s.
 */
static const char *keyring_to_add_to(void)
{
	const struct key *session = current_cred()->session_keyring;

	if (session && !test_bit(KEY_FLAG_UID_KEYRING, &session->flags))
		return "@s";
	return "@u";
}

static void explain_missing(const struct dumpflt_init_data *init_data,
			    const char *description, int err)
{
	/* keyctl refuses a logon key whose description has no prefix */
	const char *type = strchr(description, ':') ? "logon" : "user";

	if (err == -ENOKEY)
		dumpflt_explain(init_data,
				"no key '%s' of type logon or user in the keyrings; add one with: keyctl padd %s %s %s < KEYFILE",
				description, type, description,
				keyring_to_add_to());
	else
		dumpflt_explain(init_data,
				"key '%s' cannot be used: it is revoked, or not ours to search",
				description);
}

static int set_key(const struct dumpflt_init_data *init_data,
		   const char *description, struct key *key,
		   struct dumpflt_xts *xts)
{
	const struct user_key_payload *payload = user_key_payload_locked(key);
	int err;

	if (!payload) {
		dumpflt_explain(init_data, "key '%s' has been revoked",
				description);
		return -EKEYREVOKED;
	}
	if (payload->datalen != DUMPFLT_CRYPT_KEY_SIZE) {
		dumpflt_explain(init_data,
				"key '%s' has %u bytes, AES-256-XTS needs %u",
				description, payload->datalen,
				DUMPFLT_CRYPT_KEY_SIZE);
		return -EINVAL;
	}
	/* Equal halves cancel out: what is left is weaker than AES */
	if (!crypto_memneq(payload->data, payload->data + AES_KEYSIZE_256,
			   AES_KEYSIZE_256)) {
		dumpflt_explain(init_data,
				"key '%s': its two halves are equal, make one with: head -c %u /dev/urandom",
				description, DUMPFLT_CRYPT_KEY_SIZE);
		return -EINVAL;
	}

	err = dumpflt_xts_set_key(xts, payload->data);
	if (err)
		dumpflt_explain(init_data, "the cipher refused key '%s'",
				description);
	return err;
}

/**
 * dumpflt_crypt_load_key() - find the key and give it to the cipher
 * @init_data: for the words, if it fails
 * @description: of a key of type logon or user
 * @xts: the cipher
 *
 * Context: process context of whoever makes the stack live, sleeps.
 * Return: 0 or a negative errno, explained.
 */
int dumpflt_crypt_load_key(const struct dumpflt_init_data *init_data,
			   const char *description, struct dumpflt_xts *xts)
{
	struct key *key;
	int err;

	key = find_key(description);
	if (IS_ERR(key)) {
		explain_missing(init_data, description, PTR_ERR(key));
		return PTR_ERR(key);
	}

	/* Keeps the payload: an update or a revocation has to wait */
	down_read(&key->sem);
	err = set_key(init_data, description, key, xts);
	up_read(&key->sem);
	key_put(key);
	return err;
}
