// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Does the running kernel know the key that a module is signed with?
 *
 * It is asked as it asks itself: for a key with exactly this issuer and number, in the
 * keyrings that signatures of modules are checked with. A key in them may be found by nobody
 * but the kernel: it answers EACCES then, and ENOKEY if there is none.
 *
 * Where that does not work, what is left are the names of the keys in /proc/keys: who has
 * issued a certificate may have none there himself, so that a missing name proves nothing.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "deploy/root.h"
#include "deploy/signer.h"
#include "lib/text.h"

#define KEYS		"/proc/keys"
#define BUILTIN		".builtin_trusted_keys"
/* Of the permissions of a key: those of its owner, to search it */
#define OWNER_SEARCH	0x00080000

/* The others are in kernels that have them, and .machine is part of the second */
static const char * const keyrings[] = {
	BUILTIN, ".secondary_trusted_keys", ".machine", ".platform",
};

static bool is_trusted(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keyrings); i++)
		if (!strcmp(name, keyrings[i]))
			return true;
	return false;
}

/* A number out of a file may be that of anything by now. May it be searched, by its owner? */
static bool is_keyring(long serial, const char *name)
{
	char text[256] = "", found[64];
	unsigned int owner, perm;

	return syscall(SYS_keyctl, KEYCTL_DESCRIBE, serial, text, sizeof(text) - 1) > 0 &&
	       sscanf(text, "keyring;%u;%*u;%x;%63s", &owner, &perm, found) == 3 &&
	       !strcmp(found, name) && owner == geteuid() && perm & OWNER_SEARCH;
}

static enum signer_known ask(long serial, const struct signer *signer)
{
	char wanted[SIGNER_ID_MAX + 4];

	format_string(wanted, sizeof(wanted), "ex:%s", signer->id);
	if (syscall(SYS_keyctl, KEYCTL_SEARCH, serial, "asymmetric", wanted, 0) > 0 ||
	    errno == EACCES)
		return SIGNER_KNOWN;
	return errno == ENOKEY ? SIGNER_UNKNOWN : SIGNER_IN_DOUBT;
}

/* "...: O: NAME: 0123...: X509.rsa ...": a word for itself */
static bool names(const char *line, const struct signer *signer)
{
	const char *name = signer->name, *at = line;
	size_t len = strlen(name);

	if (strstr(line, signer->id))
		return true;
	while ((at = strstr(at, name))) {
		if (at > line && at[-1] == ' ' && at[len] == ':')
			return true;
		at++;
	}
	return false;
}

/**
 * signer_look_up() - is the key among those that the kernel knows?
 * @signer: that signer_read() has found
 */
enum signer_known signer_look_up(const struct signer *signer)
{
	enum signer_known known = SIGNER_IN_DOUBT, one;
	char path[ROOT_PATH_MAX], line[1024], type[16], name[64];
	bool asked = false, doubt = false, named = false;
	unsigned int serial;
	FILE *file;

	if (!signer->name[0] || !root_path(path, KEYS))
		return SIGNER_IN_DOUBT;
	file = fopen(path, "re");
	while (file && known != SIGNER_KNOWN && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%x %*s %*s %*s %*s %*s %*s %15s %63[^:\n]", &serial, type,
			   name) != 3)
			continue;
		named = named || (!strcmp(type, "asymmetri") && names(line, signer));
		if (strcmp(type, "keyring") != 0 || !is_trusted(name))
			continue;
		one = is_keyring(serial, name) ? ask(serial, signer) : SIGNER_IN_DOUBT;
		known = one == SIGNER_KNOWN ? one : known;
		doubt = doubt || one == SIGNER_IN_DOUBT;
		asked = asked || (one == SIGNER_UNKNOWN && !strcmp(name, BUILTIN));
	}
	if (file)
		fclose(file);
	if (known == SIGNER_KNOWN)
		return known;
	if (asked && !doubt && !signer->others)
		return SIGNER_UNKNOWN;
	return named ? SIGNER_KNOWN : SIGNER_IN_DOUBT;
}
