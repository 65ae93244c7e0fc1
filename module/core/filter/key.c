// SPDX-License-Identifier: GPL-2.0-only
/*
 * A key for a filter, from the kernel keyring.
 *
 * The keyrings of the task that makes the stack live are searched: its thread
 * and process keyrings, then its session keyring. A task without a session
 * keyring, such as the shell of an initramfs, gets the user session keyring
 * instead, which links to the user keyring @u. A task that has one (a login, a
 * systemd service) sees @u only if it is linked: keyctl link @u @s.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <keys/user-type.h>
#include <linux/bitops.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/key.h>
#include <linux/rwsem.h>
#include <linux/string.h>

#include "filter/filter.h"

/*
 * Without words for whom to ask, a key that is not there is not asked for: no program
 * of user space is run, which a hibernation that just begins would have to wait for.
 *
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

static int copy_key(const struct dumpflt_init_data *init_data,
		    const char *description, const struct key *key, void *data,
		    u32 len)
{
	const struct user_key_payload *payload = user_key_payload_locked(key);

	if (!payload) {
		dumpflt_explain(init_data, "key '%s' has been revoked",
				description);
		return -EKEYREVOKED;
	}
	if (payload->datalen != len) {
		dumpflt_explain(init_data,
				"key '%s' has %u bytes, and %u are needed",
				description, payload->datalen, len);
		return -EINVAL;
	}
	memcpy(data, payload->data, len);
	return 0;
}

/**
 * dumpflt_key - a key from the keyrings of who makes the stack live
 * @init_data: what init() was given
 * @description: of a key of type logon, or else of type user
 * @key: filled; it is yours now, so wipe it with memzero_explicit()
 * @len: bytes that the key must have
 *
 * If there is no such key, or none that can be used, the words for last_error are
 * set. The description is in them.
 *
 * Context: from init() only; sleeps.
 * Return: 0 or a negative errno.
 */
int dumpflt_key(const struct dumpflt_init_data *init_data,
		const char *description, void *key, u32 len)
{
	struct key *found;
	int err;

	found = find_key(description);
	if (IS_ERR(found)) {
		explain_missing(init_data, description, PTR_ERR(found));
		return PTR_ERR(found);
	}
	/* Keeps the payload: an update or a revocation has to wait */
	down_read(&found->sem);
	err = copy_key(init_data, description, found, key, len);
	up_read(&found->sem);
	key_put(found);
	return err;
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_key);
