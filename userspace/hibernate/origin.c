// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The key of this machine, for the filter that proves whose image it is.
 *
 * It is in the keyring of this process alone, which the kernel searches first, whatever
 * keyrings a service or a login has; and it is gone when this process is.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <linux/keyctl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dumps/identity.h"
#include "hibernate/origin.h"
#include "lib/report.h"
#include "lib/text.h"

#define FILTER	"age"
#define OPTION	"origin="
/* As long as a key may be called */
#define NAME_SIZE	4096

/* What the area's policy calls it. Returns: false if it has none */
static bool find_name(struct stack_spec *spec, char name[NAME_SIZE])
{
	const struct filter_spec *filter = spec_find_filter(spec, FILTER);
	const char *line = filter ? filter->options : "";
	size_t len;

	for (; *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (len < strlen(OPTION) || memcmp(line, OPTION, strlen(OPTION)) != 0)
			continue;
		line += strlen(OPTION);
		len -= strlen(OPTION);
		if (!len || len >= NAME_SIZE)
			return false;
		memcpy(name, line, len);
		name[len] = '\0';
		return true;
	}
	return false;
}

/**
 * key_give() - have the kernel find a key, for as long as this process lives
 * @name: of it
 * @key: the bytes
 * @len: how many
 * @serial: filled, for key_revoke()
 *
 * From now on the program leaves no core file: the key would be in it.
 *
 * Return: 0 or a negative errno, which is reported
 */
int key_give(const char *name, const void *key, size_t len, long *serial)
{
	/* of type logon, if it can be: nobody reads it back */
	const char *type = strchr(name, ':') ? "logon" : "user";
	int err;

	prctl(PR_SET_DUMPABLE, 0);
	*serial = syscall(SYS_add_key, type, name, key, len, KEY_SPEC_PROCESS_KEYRING);
	if (*serial >= 0)
		return 0;
	err = errno;
	report_error("loading a key", name, err);
	*serial = 0;
	return -err;
}

/* The kernel wipes it. 0: there is none */
void key_revoke(long serial)
{
	if (serial)
		syscall(SYS_keyctl, KEYCTL_REVOKE, serial);
}

/**
 * origin_give() - have the kernel find this machine's key
 * @spec: with the filters of the area's policy
 * @key: it
 * @serial: filled, for key_revoke()
 *
 * Return: 0 or a negative errno, which is reported
 */
int origin_give(struct stack_spec *spec, const unsigned char key[DUMPFLT_AGE_ORIGIN],
		long *serial)
{
	static char name[NAME_SIZE];

	*serial = 0;
	if (find_name(spec, name))
		return key_give(name, key, DUMPFLT_AGE_ORIGIN, serial);
	report_failure("loading the origin key", spec->target,
		       "the policy of the area names none");
	return -ENOENT;
}

/**
 * origin_load() - the same, from a file
 * @spec: with the filters of the area's policy
 * @path: file of the key; NULL if it is in a keyring already
 *
 * Return: 0 or a negative errno, which is reported
 */
int origin_load(struct stack_spec *spec, const char *path)
{
	unsigned char key[DUMPFLT_AGE_ORIGIN];
	long serial;
	int ret;

	if (!path)
		return 0;
	prctl(PR_SET_DUMPABLE, 0);
	ret = origin_read(path, key);
	if (!ret)
		ret = origin_give(spec, key, &serial);
	explicit_bzero(key, sizeof(key));
	return ret;
}
