// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of the reader of age headers: what the grammar forbids is refused,
 * though its MAC is right.
 *
 * Only a sealer of our own can make such headers: an attacker's have a wrong
 * MAC, and those of other programs are good.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdlib.h>
#include <string.h>

#include "age/header.h"
#include "age_key.h"
#include "age_writer.h"
#include "lib/text.h"
#include "unit.h"

/* Where things are in a header for one recipient */
#define STANZA	22	/* its first line */
#define TYPE	25	/* "X25519" */
#define SHARE	32	/* of 43 characters */
#define BODY	76	/* of 43 characters, too */
#define FOOTER	120	/* the MAC's line: "--- ", 43 characters */
#define MAC	124
#define END	168	/* the nonce */

#define A16	"AAAAAAAAAAAAAAAA"
#define A64	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define OTHER	"it is sealed to others"
#define DAMAGED	"its header is damaged"
#define CUT	"it is cut off within its header"
#define VERSION	"it is no age file of version 1"
#define X25519	"an X25519 recipient in it is not what it should be"

static struct age_identities ids;

/**
 * struct edit - a change of a header
 * @at: bytes from the beginning of the header
 * @cut: bytes to take out
 * @put: text to put there
 * @wrong: what the reader says then, or a part of it; NULL if it is to open it
 */
struct edit {
	size_t		at;
	size_t		cut;
	const char	*put;
	const char	*wrong;
};

/* Before the MAC is made */
static const struct edit sealed_edits[] = {
	{ STANZA, 0, "", NULL },
	/* recipients of other kinds, with bodies of every length */
	{ STANZA, 0, "-> other\n\n", NULL },
	{ STANZA, 0, "-> other !~ b c d\nAA\n", NULL },
	{ STANZA, 0, "-> other\nAAA\n", NULL },
	{ STANZA, 0, "-> other\n" A64 "\nAAAA\n", NULL },
	{ FOOTER, 0, "-> other\n" A64 "\n" A64 "\n\n", NULL },
	{ STANZA, 0, "-> scrypt AAAA 10\nAAAA\n", "mixes a passphrase" },
	{ STANZA, FOOTER - STANZA, "-> scrypt AAAA 10\nAAAA\n", "sealed with a passphrase" },
	{ STANZA, FOOTER - STANZA, "-> other\n\n", OTHER },
	{ STANZA, FOOTER - STANZA, "", "names no recipient" },
	/* the first line */
	{ STANZA - 2, 1, "2", VERSION },
	{ STANZA - 1, 0, "\r", VERSION },
	{ STANZA - 1, 0, " ", VERSION },
	{ 0, 0, "\n", VERSION },
	{ 0, 0, "-----BEGIN AGE ENCRYPTED FILE-----\n", "it is armored" },
	/* the first line of a stanza */
	{ STANZA, 0, "\n", DAMAGED },
	{ STANZA, 0, "->\x20\n\n", DAMAGED },
	{ STANZA, 0, "->\n\n", DAMAGED },
	{ STANZA, 0, "->other\n\n", DAMAGED },
	{ STANZA, 0, "->  other\n\n", DAMAGED },
	{ STANZA, 0, "-> other\x20\n\n", DAMAGED },
	{ STANZA, 0, "-> other  a\n\n", DAMAGED },
	{ STANZA, 0, "-> other\r\n\n", DAMAGED },
	{ STANZA, 0, "-> other\ta\n\n", DAMAGED },
	{ STANZA, 0, "-> other\x7f\n\n", DAMAGED },
	{ STANZA, 0, "-> oth\xc3\xa9r\n\n", DAMAGED },
	{ STANZA, 0, "=> other\n\n", DAMAGED },
	/* its body: base64 as it must be, and a short line that ends it */
	{ STANZA, 0, "-> other\n", DAMAGED },
	{ STANZA, 0, "-> other\nA\n", DAMAGED },
	{ STANZA, 0, "-> other\nAAAAA\n", DAMAGED },
	{ STANZA, 0, "-> other\nAB\n", DAMAGED },
	{ STANZA, 0, "-> other\nAAB\n", DAMAGED },
	{ STANZA, 0, "-> other\nAA==\n", DAMAGED },
	{ STANZA, 0, "-> other\nAA-_\n", DAMAGED },
	{ STANZA, 0, "-> other\nAAAA\r\n", DAMAGED },
	{ STANZA, 0, "-> other\nAA AA\n", DAMAGED },
	{ STANZA, 0, "-> other\n" A64 "\n", DAMAGED },
	{ STANZA, 0, "-> other\n" A64 "AA\n", DAMAGED },
	{ STANZA, 0, "-> other\n" A64 A64 "\n", DAMAGED },
	{ STANZA, 0, "-> other\nAAAA\nAAAA\n", DAMAGED },
	{ FOOTER, 0, "-> other\n" A64 "\n", DAMAGED },
	/* a recipient of ours, of which there is one form only */
	{ TYPE, 1, "x", OTHER },
	{ SHARE - 1, 44, "", X25519 },
	{ SHARE + 43, 0, " AAAA", X25519 },
	{ SHARE + 43, 0, "AAAA", X25519 },
	{ SHARE + 39, 4, "", X25519 },
	{ SHARE + 43, 0, "=", X25519 },
	{ SHARE, 43, A16 A16 "AAAAAAAAAAA", "point of low order" },
	{ BODY, 0, "AAAA", X25519 },
	{ BODY, 4, "", X25519 },
	{ BODY, 43, "", X25519 },
	{ BODY, 0, A64 "\n", X25519 },
	{ BODY + 43, 0, "=", DAMAGED },
};

/* After it was made: only that line changes, or all is found by it */
static const struct edit later_edits[] = {
	{ FOOTER, 0, "-> other\n\n", "the MAC is wrong" },
	{ FOOTER, 1, "", DAMAGED },
	{ FOOTER, 4, "---", DAMAGED },
	{ FOOTER, 4, "---  ", DAMAGED },
	{ FOOTER, 4, "---- ", DAMAGED },
	{ MAC, 44, "\n", DAMAGED },
	{ FOOTER + 3, 45, "\n", DAMAGED },
	{ MAC + 43, 0, " ", DAMAGED },
	{ MAC + 43, 0, "\r", DAMAGED },
	{ MAC + 43, 0, "=", DAMAGED },
	{ MAC + 43, 0, "AAAA", DAMAGED },
	{ MAC, 4, "", DAMAGED },
	{ MAC, 43, A16 A16 "AAAAAAAAAAA", "the MAC is wrong" },
	{ MAC + 43, 1 + DUMPFLT_AGE_NONCE, "", CUT },
	{ END, 1, "", CUT },
	{ END, DUMPFLT_AGE_NONCE, "", CUT },
};

static int read_key(void **state)
{
	(void)state;
	return age_key_get(&ids);
}

static void apply(struct age_writer *age, const struct edit *edit)
{
	size_t put = strlen(edit->put), behind = edit->at + edit->cut;

	assert_true(behind <= age->len &&
		    age->len + put <= sizeof(age->stored));
	memmove(age->stored + edit->at + put, age->stored + behind,
		age->len - behind);
	memcpy(age->stored + edit->at, edit->put, put);
	age->len += put - edit->cut;
}

/* Of @len bytes, on the heap, so that a byte too much is found */
static const char *open_header(const struct age_writer *age, size_t len)
{
	unsigned char *data = malloc(len ? len : 1);
	struct age_keys keys;
	const char *wrong;
	size_t used;

	assert_non_null(data);
	memcpy(data, age->stored, len);
	wrong = age_header_open(data, len, &ids, &keys, &used);
	free(data);
	if (!wrong) {
		assert_int_equal(used, len);
		assert_memory_equal(keys.payload, age->payload_key,
				    sizeof(keys.payload));
	}
	return wrong;
}

static void judge(const struct age_writer *age, const struct edit *edit)
{
	const char *wrong = open_header(age, age->len);

	if (!wrong != !edit->wrong || (wrong && !strstr(wrong, edit->wrong)))
		fail_msg("%zu: -%zu +'%s': %s", edit->at, edit->cut, edit->put,
			 wrong ? wrong : "opened");
}

static void test_grammar(void **state)
{
	struct age_writer age;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sealed_edits); i++) {
		age_writer_begin(&age, &age_key_recipient, 1);
		assert_int_equal(age.len, FOOTER);
		apply(&age, &sealed_edits[i]);
		age_writer_end(&age);
		judge(&age, &sealed_edits[i]);
	}
}

static void test_last_line(void **state)
{
	struct age_writer age;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(later_edits); i++) {
		age_writer_start(&age, &age_key_recipient, 1);
		assert_int_equal(age.len, END + DUMPFLT_AGE_NONCE);
		apply(&age, &later_edits[i]);
		judge(&age, &later_edits[i]);
	}
}

/* The two bits of 43 characters that are no part of 32 bytes */
static void test_spare_bits(void **state)
{
	static const char after[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const struct {
		size_t		at;
		const char	*wrong;
	} ends[] = {
		{ SHARE + 42, X25519 }, { BODY + 42, DAMAGED },
		{ MAC + 42, DAMAGED },
	};
	struct age_writer age;
	unsigned int add;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		for (add = 1; add < 4; add++) {
			char *c = age.stored + ends[i].at;

			age_writer_begin(&age, &age_key_recipient, 1);
			if (ends[i].at > FOOTER)
				age_writer_end(&age);
			*c = strchr(after, *c)[add];
			if (ends[i].at < FOOTER)
				age_writer_end(&age);
			assert_string_equal(open_header(&age, age.len),
					    ends[i].wrong);
		}
	}
}

static void test_mac_of_another(void **state)
{
	struct age_writer age, other;

	(void)state;
	age_writer_start(&age, &age_key_recipient, 1);
	age_writer_start(&other, &age_key_recipient, 1);
	memcpy(age.stored + FOOTER, other.stored + FOOTER, END - FOOTER);
	assert_non_null(strstr(open_header(&age, age.len), "the MAC is wrong"));
}

static void test_every_length(void **state)
{
	struct age_writer age;
	size_t len;

	(void)state;
	age_writer_start(&age, &age_key_recipient, 1);
	for (len = 0; len < strlen("age-encryption.org/"); len++)
		assert_non_null(open_header(&age, len));
	for (; len < age.len; len++)
		assert_string_equal(open_header(&age, len), CUT);
	assert_null(open_header(&age, len));
}

/* The nonce is no part of what the MAC is over: it makes another payload key */
static void test_every_bit(void **state)
{
	struct age_writer age;
	size_t bit;

	(void)state;
	age_writer_start(&age, &age_key_recipient, 1);
	for (bit = 0; bit < 8 * END; bit++) {
		age.stored[bit / 8] ^= (char)(1 << bit % 8);
		if (!open_header(&age, age.len))
			fail_msg("bit %zu", bit);
		age.stored[bit / 8] ^= (char)(1 << bit % 8);
	}
	assert_null(open_header(&age, age.len));
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_grammar),
	cmocka_unit_test(test_last_line),
	cmocka_unit_test(test_spare_bits),
	cmocka_unit_test(test_mac_of_another),
	cmocka_unit_test(test_every_length),
	cmocka_unit_test(test_every_bit),
};

int main(void)
{
	return cmocka_run_group_tests(tests, read_key, NULL);
}
