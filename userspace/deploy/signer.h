/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who has signed a module, and whether the running kernel knows that key.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SIGNER_H
#define DUMPFLT_SIGNER_H

#include <stdbool.h>
#include <stddef.h>

#define SIGNER_NAME_MAX	80
/* In hex digits */
#define SIGNER_ID_MAX	1024

/**
 * struct signer - as the signature names the key
 * @name: for people: common name of who has issued the certificate, or @id; empty if
 *	the signature is not understood
 * @id: for the kernel: the number of the certificate and who has issued it, or the
 *	number of the key; in hex
 * @others: there may be others who vouch for it: more signatures, or certificates with it
 */
struct signer {
	char	name[SIGNER_NAME_MAX];
	char	id[SIGNER_ID_MAX];
	bool	others;
};

/**
 * enum signer_known - does the kernel know the key?
 * @SIGNER_KNOWN: yes
 * @SIGNER_UNKNOWN: no, it says itself
 * @SIGNER_IN_DOUBT: it cannot be asked, and no key of that name is to be seen
 */
enum signer_known {
	SIGNER_KNOWN,
	SIGNER_UNKNOWN,
	SIGNER_IN_DOUBT,
};

void signer_read(const char *data, size_t size, struct signer *signer);
enum signer_known signer_look_up(const struct signer *signer);

#endif
