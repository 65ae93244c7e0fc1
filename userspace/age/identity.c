// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Secret keys, as age-keygen writes them: one a line, "#" begins a comment.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../module/filters/age/bech32.h"
#include "age/crypto.h"
#include "age/identity.h"

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
		{ NULL, NULL },
	};
	size_t i;

	for (i = 0; kinds[i].begin; i++)
		if (!strncmp(line, kinds[i].begin, strlen(kinds[i].begin)))
			return kinds[i].words;
	return NULL;
}

static int add_identity(struct age_identities *ids, const char *line, size_t len,
			struct age_identities_problem *problem)
{
	struct age_identity *id = &ids->list[ids->nr];
	const char *kind;

	if (ids->nr == AGE_IDENTITIES_MAX) {
		problem->wrong = "more keys than can be tried";
		return -EINVAL;
	}
	problem->wrong = dumpflt_bech32_key(line, len, DUMPFLT_BECH32_SECRET,
					    id->secret);
	if (problem->wrong) {
		/* the line is not repeated: it may be a secret with a typing error */
		kind = known_as(line);
		if (kind)
			problem->wrong = kind;
		return -EINVAL;
	}
	if (age_x25519(id->secret, NULL, id->public))
		return -ENOMEM;
	ids->nr++;
	return 0;
}

static int parse_identities(struct age_identities *ids, char *text,
			    struct age_identities_problem *problem)
{
	char *line, *next = text;
	size_t before = ids->nr, len;
	int ret = 0;

	while (!ret && (line = strsep(&next, "\n"))) {
		problem->line++;
		len = strlen(line);
		if (len && line[len - 1] == '\r')
			line[--len] = '\0';
		if (len && line[0] != '#')
			ret = add_identity(ids, line, len, problem);
	}
	if (ret || ids->nr > before)
		return ret;
	problem->line = 0;
	problem->wrong = "there is no key in it";
	problem->hint = "age-keygen writes such a file; its line begins with AGE-SECRET-KEY-1.";
	return -EINVAL;
}

/* Into @text, of FILE_MAX + 1 bytes; returns how many there are */
static int read_file(int fd, char *text, bool *shared)
{
	struct stat st;
	size_t have = 0;
	ssize_t n = 0;

	while (have <= FILE_MAX &&
	       (n = read(fd, text + have, FILE_MAX + 1 - have)) > 0)
		have += (size_t)n;
	if (n < 0)
		n = -errno;
	else if (have > FILE_MAX)
		n = -EFBIG;
	else
		*shared = !fstat(fd, &st) && S_ISREG(st.st_mode) &&
			  st.st_mode & 0077;
	text[n < 0 ? 0 : have] = '\0';
	return n < 0 ? (int)n : (int)have;
}

/**
 * age_identities_read() - read a file of secret keys
 * @ids: empty before the first file; those of this one are added. To be wiped
 *	whatever is returned
 * @fd: of the file, from its beginning
 * @problem: filled
 *
 * Return: 0 or a negative errno; then @problem may say more
 */
int age_identities_read(struct age_identities *ids, int fd,
			struct age_identities_problem *problem)
{
	char *text = malloc(FILE_MAX + 1);
	int ret = -ENOMEM;

	memset(problem, 0, sizeof(*problem));
	if (text)
		ret = read_file(fd, text, &problem->shared);
	if (ret >= 0 && strlen(text) != (size_t)ret) {
		/* no line behind it would be read */
		problem->wrong = "there is a NUL in it: it is no file of text";
		ret = -EINVAL;
	} else if (ret >= 0) {
		ret = parse_identities(ids, text, problem);
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
