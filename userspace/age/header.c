// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The header of an age file: read strictly, and opened with a secret key.
 *
 * The grammar is that of c2sp.org/age, "ABNF definition of file header". All
 * of the header is judged, whatever is found in it on the way: a file that age
 * would refuse is refused.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

#include "age/crypto.h"
#include "age/header.h"

#define LINE_MAX_CHARS	64	/* of a body */
#define ARGUMENTS_MAX	2	/* that are looked at */
#define BODY_MAX	(DUMPFLT_AGE_FILE_KEY + DUMPFLT_AGE_TAG)

static const char armor[] = "-----BEGIN AGE ENCRYPTED";
static const char armored[] = "it is armored";
static const char no_key[] = "none of the keys can open it: it is sealed to others";
static const char cut_off[] = "it is cut off within its header";
static const char passphrase[] = "it is sealed with a passphrase, not to a key";
static const char stopped[] = "stopped by a signal while keys were tried";
static const char no_memory[] = "there is not enough memory";

/**
 * struct parser - a header, as it is read
 * @at: the next character
 * @end: behind the last one
 * @ids: what may open it
 * @nr_stanzas: seen so far
 * @scrypt: one of them is for a passphrase
 * @found: @file_key is there
 * @ended: a line was wanted that has no end
 * @file_key: from a stanza
 */
struct parser {
	const char			*at;
	const char			*end;
	const struct age_identities	*ids;
	unsigned int			nr_stanzas;
	bool				scrypt;
	bool				found;
	bool				ended;
	unsigned char			file_key[DUMPFLT_AGE_FILE_KEY];
};

struct text {
	const char	*at;
	size_t		len;
};

/* One recipient's: its arguments, as far as they matter, and its body */
struct stanza {
	struct text	argument[ARGUMENTS_MAX];
	unsigned int	nr_arguments;
	unsigned char	body[BODY_MAX];
	size_t		body_len;
};

static bool next_header_line(struct parser *p, struct text *line)
{
	const char *newline = memchr(p->at, '\n', (size_t)(p->end - p->at));

	if (!newline) {
		p->ended = true;
		return false;
	}
	line->at = p->at;
	line->len = (size_t)(newline - p->at);
	p->at = newline + 1;
	return true;
}

static bool text_is(const struct text *text, const char *what)
{
	return text->len == strlen(what) && !memcmp(text->at, what, text->len);
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/*
 * Canonical base64 without padding. Up to @max bytes are stored. Returns how
 * many there are, or -1 if it is not that.
 */
static int base64(const struct text *text, unsigned char *out, size_t max)
{
	unsigned int bits = 0, have = 0;
	int value, n = 0;
	size_t i;

	for (i = 0; i < text->len; i++) {
		value = base64_value(text->at[i]);
		if (value < 0)
			return -1;
		bits = bits << 6 | (unsigned int)value;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if ((size_t)n < max)
			out[n] = (unsigned char)(bits >> have);
		n++;
	}
	/* six bits left over are a character too many, others must be zero */
	if (have == 6 || bits & ((1U << have) - 1))
		return -1;
	return n;
}

static bool split_arguments(struct stanza *stanza, const struct text *line)
{
	const char *at = line->at + 3, *end = line->at + line->len, *begin;

	for (;;) {
		begin = at;
		while (at < end && *at > ' ' && *at < 127)
			at++;
		if (at == begin)
			return false;
		if (stanza->nr_arguments < ARGUMENTS_MAX)
			stanza->argument[stanza->nr_arguments] =
				(struct text){ begin, (size_t)(at - begin) };
		stanza->nr_arguments++;
		if (at == end)
			return true;
		if (*at++ != ' ')
			return false;
	}
}

/* Lines of 64 characters, and a shorter one that ends it */
static bool read_body(struct parser *p, struct stanza *stanza)
{
	unsigned char bytes[LINE_MAX_CHARS];
	struct text line;
	size_t i;
	int n;

	do {
		if (!next_header_line(p, &line) || line.len > LINE_MAX_CHARS)
			return false;
		n = base64(&line, bytes, sizeof(bytes));
		if (n < 0)
			return false;
		for (i = 0; i < (size_t)n; i++)
			if (stanza->body_len + i < sizeof(stanza->body))
				stanza->body[stanza->body_len + i] = bytes[i];
		stanza->body_len += (size_t)n;
	} while (line.len == LINE_MAX_CHARS);
	return true;
}

/* One stanza and one key: NULL, whether or not they belong together */
static const char *try_key(struct parser *p, const struct age_identity *id,
			   const struct stanza *stanza,
			   const unsigned char share[DUMPFLT_AGE_KEY])
{
	static const unsigned char nonce[12];
	unsigned char key[DUMPFLT_AGE_KEY];
	int ret = age_stanza_key(id->secret, share, share, id->public, key);

	if (!ret)
		p->found = age_unseal(key, nonce, stanza->body,
				      DUMPFLT_AGE_FILE_KEY,
				      stanza->body + DUMPFLT_AGE_FILE_KEY,
				      p->file_key);
	OPENSSL_cleanse(key, sizeof(key));
	if (ret == -EKEYREJECTED)
		return "a recipient's share is a point of low order";
	return ret ? no_memory : NULL;
}

static const char *take_x25519(struct parser *p, const struct stanza *stanza)
{
	unsigned char share[DUMPFLT_AGE_KEY];
	const char *wrong = NULL;
	size_t i;

	if (stanza->nr_arguments != 2 ||
	    base64(&stanza->argument[1], share, sizeof(share)) != sizeof(share) ||
	    stanza->body_len != sizeof(stanza->body))
		return "an X25519 recipient in it is not what it should be";
	for (i = 0; i < p->ids->nr && !p->found && !wrong; i++)
		wrong = p->ids->stop && p->ids->stop() ?
			stopped :
			try_key(p, &p->ids->list[i], stanza, share);
	return wrong;
}

static const char *take_stanza(struct parser *p, const struct text *line)
{
	struct stanza stanza = { .nr_arguments = 0 };

	if (line->len < 3 || memcmp(line->at, "-> ", 3) ||
	    !split_arguments(&stanza, line) || !read_body(p, &stanza))
		return "its header is damaged";
	p->nr_stanzas++;
	if (text_is(&stanza.argument[0], "scrypt"))
		p->scrypt = true;
	if (text_is(&stanza.argument[0], "X25519"))
		return take_x25519(p, &stanza);
	return NULL;
}

static const char *check_mac(const struct parser *p, const unsigned char *data,
			     const struct text *line)
{
	const size_t mark = strlen(DUMPFLT_AGE_FOOTER);
	unsigned char mac[DUMPFLT_AGE_KEY], want[DUMPFLT_AGE_KEY];
	unsigned char key[DUMPFLT_AGE_KEY];
	struct text text = { line->at + mark + 1, line->len - mark - 1 };
	const char *wrong = NULL;

	if (line->len <= mark || line->at[mark] != ' ' ||
	    base64(&text, mac, sizeof(mac)) != sizeof(mac))
		return "its header is damaged";
	if (!p->found)
		return NULL;
	if (age_hkdf(p->file_key, sizeof(p->file_key), NULL, 0,
		     DUMPFLT_AGE_INFO_HEADER, key) ||
	    age_hmac(key, data, (size_t)(line->at + mark - (const char *)data),
		     want))
		wrong = no_memory;
	else if (!age_same(mac, want, sizeof(mac)))
		wrong = "its header has been changed: the MAC is wrong";
	OPENSSL_cleanse(key, sizeof(key));
	return wrong;
}

/* Up to the end of the MAC's line */
static const char *read_header(struct parser *p, const unsigned char *data)
{
	const char *wrong;
	struct text line;

	if (!next_header_line(p, &line) || !text_is(&line, "age-encryption.org/v1"))
		return "it is no age file of version 1";
	for (;;) {
		if (!next_header_line(p, &line))
			return "its header is damaged";
		if (line.len >= 3 && !memcmp(line.at, DUMPFLT_AGE_FOOTER, 3))
			break;
		wrong = take_stanza(p, &line);
		if (wrong)
			return wrong;
	}
	if (!p->nr_stanzas)
		return "its header names no recipient";
	if (p->scrypt && p->nr_stanzas > 1)
		return "its header mixes a passphrase with other recipients";
	return check_mac(p, data, &line);
}

/* Of an image, it needs what only the machine has that it is of */
static int derive_receipt_key(const struct parser *p, unsigned char key[DUMPFLT_AGE_KEY])
{
	unsigned char ikm[DUMPFLT_AGE_FILE_KEY + DUMPFLT_AGE_ORIGIN];
	int ret;

	if (!p->ids->has_origin)
		return age_hkdf(p->file_key, sizeof(p->file_key), NULL, 0,
				DUMPFLT_AGE_INFO_RECEIPT, key);
	memcpy(ikm, p->file_key, sizeof(p->file_key));
	memcpy(ikm + sizeof(p->file_key), p->ids->origin, sizeof(p->ids->origin));
	ret = age_hkdf(ikm, sizeof(ikm), NULL, 0, DUMPFLT_AGE_INFO_HIBERNATION, key);
	OPENSSL_cleanse(ikm, sizeof(ikm));
	return ret;
}

static const char *derive_keys(const struct parser *p, const unsigned char *nonce,
			       struct age_keys *keys)
{
	if (age_hkdf(p->file_key, sizeof(p->file_key), nonce, DUMPFLT_AGE_NONCE,
		     DUMPFLT_AGE_INFO_PAYLOAD, keys->payload) ||
	    derive_receipt_key(p, keys->receipt))
		return no_memory;
	memcpy(keys->file, p->file_key, sizeof(keys->file));
	return NULL;
}

static bool begins(const void *data, size_t len, const char *what)
{
	return len >= strlen(what) && !memcmp(data, what, strlen(what));
}

/* Does it look like an age file? */
bool age_header_begins(const void *data, size_t len)
{
	return begins(data, len, "age-encryption.org/") ||
	       begins(data, len, armor);
}

/**
 * age_header_open() - read a header, and get the keys of its file
 * @data: the header, the nonce and whatever comes then; not trusted
 * @len: bytes that may be looked at, which may be more than the header has
 * @ids: what may open it
 * @keys: filled; to be wiped by the caller
 * @used: bytes of header and nonce
 *
 * Return: NULL, or what is wrong, in words that fit behind a colon
 */
const char *age_header_open(const unsigned char *data, size_t len,
			    const struct age_identities *ids,
			    struct age_keys *keys, size_t *used)
{
	struct parser p = {
		.at = (const char *)data,
		.end = (const char *)data + len,
		.ids = ids,
	};
	const char *wrong;

	if (begins(data, len, armor))
		return armored;
	wrong = read_header(&p, data);
	if (wrong && p.ended && len < AGE_HEADER_MAX && age_header_begins(data, len))
		wrong = cut_off;
	if (!wrong && p.scrypt)
		wrong = passphrase;
	else if (!wrong && !p.found)
		wrong = no_key;
	else if (!wrong && p.end - p.at < DUMPFLT_AGE_NONCE)
		wrong = cut_off;
	if (!wrong)
		wrong = derive_keys(&p, (const unsigned char *)p.at, keys);
	if (!wrong)
		*used = (size_t)(p.at - (const char *)data) + DUMPFLT_AGE_NONCE;
	OPENSSL_cleanse(p.file_key, sizeof(p.file_key));
	return wrong;
}

/**
 * age_header_fault() - what it was that is not right
 * @wrong: what age_header_open() returned
 */
enum age_fault age_header_fault(const char *wrong)
{
	if (wrong == no_key || wrong == passphrase)
		return AGE_FAULT_KEY;
	if (wrong == no_memory || wrong == armored || wrong == stopped)
		return AGE_FAULT_OTHER;
	return AGE_FAULT_DAMAGE;
}

/**
 * age_header_no_key() - was it the keys that were wrong, and nothing else?
 * @wrong: what age_header_open() returned
 */
bool age_header_no_key(const char *wrong)
{
	return wrong == no_key;
}

/**
 * age_header_is_cut() - was all of it right, as far as it goes?
 * @wrong: what age_header_open() returned
 */
bool age_header_is_cut(const char *wrong)
{
	return wrong == cut_off;
}

/**
 * age_header_is_armor() - is it text, which is not opened here?
 * @wrong: what age_header_open() returned
 */
bool age_header_is_armor(const char *wrong)
{
	return wrong == armored;
}
