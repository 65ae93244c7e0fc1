// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Secret keys, as age-keygen writes them: one a line, "#" begins a comment.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../module/filters/age/bech32.h"
#include "age/crypto.h"
#include "age/identity.h"
#include "lib/report.h"
#include "lib/text.h"

/* A file of that size is no file of keys */
#define FILE_MAX	65536

/* What a line is that is no key of ours, in words; NULL if that is not known */
static const char *known_as(const char *line)
{
	static const struct {
		const char	*begin;
		const char	*words;
	} kinds[] = {
		{ "age1",
		  "it is a public key; the secret key begins with AGE-SECRET-KEY-1" },
		{ "age-encryption.org/",
		  "the file is encrypted itself; open it with: age -d FILE" },
		{ "-----BEGIN AGE",
		  "the file is encrypted itself; open it with: age -d FILE" },
		{ "-----BEGIN",
		  "SSH keys are not supported; dumps are sealed to X25519 keys" },
		{ "AGE-PLUGIN-",
		  "keys of age plugins are not supported; collect the dump and use age -d" },
		{ "AGE-SECRET-KEY-PQ-",
		  "post-quantum keys are not supported; dumps are sealed to X25519 keys" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strncmp(line, kinds[i].begin, strlen(kinds[i].begin)))
			return kinds[i].words;
	return NULL;
}

static int bad_line(const char *path, unsigned int number, const char *line,
		    const char *wrong)
{
	const char *kind = known_as(line);

	/* the line is not repeated: it may be a secret with a typing error */
	report_failure("reading the identity", path, "line %u: %s", number,
		       kind ? kind : wrong);
	return -EINVAL;
}

static int add(struct age_identities *ids, const char *path,
	       unsigned int number, const char *line, size_t len)
{
	struct age_identity *id = &ids->list[ids->nr];
	const char *wrong;

	if (ids->nr == AGE_IDENTITIES_MAX)
		return bad_line(path, number, "", "more keys than can be tried");
	wrong = dumpflt_bech32_key(line, len, DUMPFLT_BECH32_SECRET, id->secret);
	if (wrong)
		return bad_line(path, number, line, wrong);
	if (age_x25519(id->secret, NULL, id->public)) {
		report_error("reading the identity", path, ENOMEM);
		return -ENOMEM;
	}
	ids->nr++;
	return 0;
}

static int parse(struct age_identities *ids, const char *path, char *text)
{
	unsigned int number = 0;
	char *line, *next = text;
	size_t len;
	int ret = 0;

	while (!ret && (line = strsep(&next, "\n"))) {
		number++;
		len = strlen(line);
		if (len && line[len - 1] == '\r')
			line[--len] = '\0';
		if (len && line[0] != '#')
			ret = add(ids, path, number, line, len);
	}
	if (!ret && !ids->nr) {
		report_failure("reading the identity", path, "there is no key in it");
		report_advice("age-keygen writes such a file; its line begins with AGE-SECRET-KEY-1.");
		ret = -EINVAL;
	}
	return ret;
}

/* Into @text, of FILE_MAX + 1 bytes; returns how many there are */
static int read_file(const char *path, char *text)
{
	struct stat st;
	size_t have = 0;
	ssize_t n = 0;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (have <= FILE_MAX &&
	       (n = read(fd, text + have, FILE_MAX + 1 - have)) > 0)
		have += (size_t)n;
	if (n < 0)
		n = -errno;
	else if (have > FILE_MAX)
		n = -EFBIG;
	else if (!fstat(fd, &st) && S_ISREG(st.st_mode) &&
		 st.st_mode & 0077)
		report_warning("others may read the secret key in '%s': chmod 600 it",
			       path);
	close(fd);
	text[n < 0 ? 0 : have] = '\0';
	return n < 0 ? (int)n : (int)have;
}

/**
 * age_identities_read() - read a file of secret keys
 * @ids: filled; to be wiped whatever is returned
 * @path: of the file
 *
 * From now on the program leaves no core file: the keys would be in it.
 *
 * Return: 0 or a negative errno, which is reported
 */
int age_identities_read(struct age_identities *ids, const char *path)
{
	char *text = malloc(FILE_MAX + 1);
	int ret = text ? 0 : -ENOMEM;

	memset(ids, 0, sizeof(*ids));
	prctl(PR_SET_DUMPABLE, 0);
	if (!ret)
		ret = read_file(path, text);
	if (ret < 0) {
		report_error("reading the identity", path, -ret);
	} else if (strlen(text) != (size_t)ret) {
		/* no line behind it would be read */
		report_failure("reading the identity", path,
			       "there is a NUL in it: it is no file of text");
		ret = -EINVAL;
	} else {
		ret = parse(ids, path, text);
	}
	if (text)
		OPENSSL_cleanse(text, FILE_MAX + 1);
	free(text);
	return ret;
}

void age_identities_wipe(struct age_identities *ids)
{
	OPENSSL_cleanse(ids, sizeof(*ids));
}
