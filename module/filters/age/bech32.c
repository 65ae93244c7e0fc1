// SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later
/*
 * Bech32 (BIP 173), as far as age needs it: one key of 32 bytes.
 *
 *	age1qqq...qqqcccccc
 *	hrp ^ 52 characters of 5 bits, 4 of them padding, then 6 of checksum
 *
 * All lower or all upper case. Pure, see bech32.h.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "bech32.h"

#define DATA_CHARS	52	/* 32 bytes in groups of 5 bits, rounded up */
#define CHECK_CHARS	6
#define NO_VALUE	32

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* The 5 bits that a character stands for; NO_VALUE if it stands for none */
static __u32 value_of(char c)
{
	static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	__u32 i;

	for (i = 0; i < NO_VALUE; i++)
		if (alphabet[i] == lower(c))
			break;
	return i;
}

/* One more group of 5 bits; BIP 173 has the generator */
static __u32 checksum(__u32 sum, __u32 value)
{
	static const __u32 generator[] = {
		0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3,
	};
	__u32 top = sum >> 25, i;

	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (i = 0; i < 5; i++)
		if (top >> i & 1)
			sum ^= generator[i];
	return sum;
}

static __u32 checksum_hrp(const char *hrp)
{
	__u32 sum = 1;
	size_t i;

	for (i = 0; hrp[i]; i++)
		sum = checksum(sum, (__u32)hrp[i] >> 5);
	sum = checksum(sum, 0);
	for (i = 0; hrp[i]; i++)
		sum = checksum(sum, (__u32)hrp[i] & 31);
	return sum;
}

static int is_mixed(const char *text, size_t len)
{
	int upper = 0, small = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		upper |= text[i] >= 'A' && text[i] <= 'Z';
		small |= text[i] >= 'a' && text[i] <= 'z';
	}
	return upper && small;
}

/**
 * dumpflt_bech32_key - read a key of 32 bytes
 * @text: as a person wrote it; need not end with a NUL
 * @len: characters of it
 * @hrp: what it is to begin with, before the "1", in lower case
 * @key: where to put the key; undefined after an error
 *
 * Context: any.
 * Return: %NULL, or what is wrong, in words that fit behind a colon.
 */
const char *dumpflt_bech32_key(const char *text, size_t len, const char *hrp,
			       __u8 key[DUMPFLT_BECH32_KEY])
{
	__u32 sum = checksum_hrp(hrp), bits = 0, have = 0, nr = 0, value;
	size_t i, at;

	for (at = 0; hrp[at]; at++)
		if (at >= len || lower(text[at]) != hrp[at])
			return "it does not begin as such a key does";
	if (at >= len || text[at++] != '1')
		return "it does not begin as such a key does";
	if (len - at < DATA_CHARS + CHECK_CHARS)
		return "it is too short";
	if (len - at > DATA_CHARS + CHECK_CHARS)
		return "it is too long";
	if (is_mixed(text, len))
		return "upper and lower case are mixed";

	for (i = 0; i < DATA_CHARS + CHECK_CHARS; i++) {
		value = value_of(text[at + i]);
		if (value == NO_VALUE)
			return "it has a character that no such key has";
		sum = checksum(sum, value);
		if (i >= DATA_CHARS)
			continue;
		bits = bits << 5 | value;
		have += 5;
		if (have >= 8) {
			have -= 8;
			key[nr++] = bits >> have & 0xff;
		}
	}
	if (sum != 1)
		return "the checksum is wrong, so there is a typing error";
	if (bits & ((1U << have) - 1))
		return "its padding is not zero";
	return NULL;
}
