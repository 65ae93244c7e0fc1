// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who has signed a module: a signature in the format CMS names the key as a certificate
 * does, by its issuer and number, or by the number of the key itself.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/types.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <string.h>

#include "deploy/signer.h"
#include "lib/text.h"

/* Behind the signature, as the kernel's struct module_signature */
struct tail {
	__u8	algo;
	__u8	hash;
	__u8	id_type;
	__u8	signer_len;
	__u8	key_id_len;
	__u8	pad[3];
	__u8	sig_len[4];
};

#define ID_TYPE_PKCS7	2

static bool add_hex(struct signer *signer, const unsigned char *data, size_t len)
{
	size_t have = strlen(signer->id);

	if (len * 2 >= SIGNER_ID_MAX - have)
		return false;
	text_hex(data, len, signer->id + have);
	return true;
}

/* What is inside of one value in DER, without its type and length */
static bool add_inside(struct signer *signer, const unsigned char *der, int len)
{
	const unsigned char *at = der;
	int type, class;
	long size = 0;

	return len > 0 && !(ASN1_get_object(&at, &size, &type, &class, len) & 0x80) &&
	       add_hex(signer, at, (size_t)size);
}

/* As the kernel puts it together for its keys: the number first */
static bool add_certificate(struct signer *signer, ASN1_INTEGER *number, X509_NAME *issuer)
{
	unsigned char *number_der = NULL, *issuer_der = NULL;
	int number_len = i2d_ASN1_INTEGER(number, &number_der);
	int issuer_len = i2d_X509_NAME(issuer, &issuer_der);
	bool good = add_inside(signer, number_der, number_len) &&
		    add_inside(signer, issuer_der, issuer_len);

	OPENSSL_free(number_der);
	OPENSSL_free(issuer_der);
	return good;
}

static bool name_key(struct signer *signer, CMS_SignerInfo *info)
{
	ASN1_OCTET_STRING *key = NULL;
	ASN1_INTEGER *number = NULL;
	X509_NAME *issuer = NULL;
	char name[SIGNER_NAME_MAX];

	if (CMS_SignerInfo_get0_signer_id(info, &key, &issuer, &number) != 1)
		return false;
	if (key) {
		if (!add_hex(signer, ASN1_STRING_get0_data(key), (size_t)ASN1_STRING_length(key)))
			return false;
		format_string(signer->name, sizeof(signer->name), "key %.40s", signer->id);
		return true;
	}
	if (!add_certificate(signer, number, issuer) ||
	    X509_NAME_get_text_by_NID(issuer, NID_commonName, name, sizeof(name)) <= 0)
		return false;
	text_clean(name, strlen(name), signer->name);
	return true;
}

/**
 * signer_read() - whom a signature names
 * @data: of the module, with the signature
 * @size: without the mark at its end
 * @signer: filled; empty if that is not understood
 */
void signer_read(const char *data, size_t size, struct signer *signer)
{
	const unsigned char *at = (const unsigned char *)data + size;
	const struct tail *tail = (const void *)(at - sizeof(*tail));
	struct stack_st_CMS_SignerInfo *all;
	struct stack_st_X509 *certificates;
	CMS_ContentInfo *cms;
	size_t len;

	memset(signer, 0, sizeof(*signer));
	if (size < sizeof(*tail) || tail->id_type != ID_TYPE_PKCS7)
		return;
	len = (size_t)tail->sig_len[0] << 24 | (size_t)tail->sig_len[1] << 16 |
	      (size_t)tail->sig_len[2] << 8 | tail->sig_len[3];
	if (len > size - sizeof(*tail))
		return;
	at -= sizeof(*tail) + len;
	cms = d2i_CMS_ContentInfo(NULL, &at, (long)len);
	all = cms ? CMS_get0_SignerInfos(cms) : NULL;
	if (!all || sk_CMS_SignerInfo_num(all) < 1 ||
	    !name_key(signer, sk_CMS_SignerInfo_value(all, 0)))
		memset(signer, 0, sizeof(*signer));
	certificates = all ? CMS_get1_certs(cms) : NULL;
	signer->others = all && (sk_CMS_SignerInfo_num(all) > 1 || sk_X509_num(certificates) > 0);
	sk_X509_pop_free(certificates, X509_free);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
}
