// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * search: are these secrets anywhere in these files, in any form?
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Lines "<name> <hexadecimal>" on standard input are the secrets. Looked for
 * are the bytes themselves, backwards too; hexadecimal in lower and upper case,
 * with and without spaces; base64, wherever in a group of three it begins.
 * Ends with 0 if nothing was found, with 1 if something was (and says where).
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRETS	32
#define BYTES	128
#define TEXT	(3 * BYTES)

struct secret {
	char		name[64];
	unsigned char	bytes[BYTES];
	size_t		len;
};

struct file {
	const char		*path;
	const unsigned char	*data;
	size_t			size;
};

static struct secret secrets[SECRETS];
static size_t nr_secrets;

static int read_secrets(void)
{
	char name[64], hex[2 * BYTES + 1];

	while (scanf("%63s %256s", name, hex) == 2) {
		struct secret *s = &secrets[nr_secrets];

		if (nr_secrets == SECRETS || strlen(hex) < 16)
			return -1;
		strcpy(s->name, name);
		for (s->len = 0; hex[2 * s->len]; s->len++)
			if (sscanf(hex + 2 * s->len, "%2hhx", &s->bytes[s->len]) != 1)
				return -1;
		nr_secrets++;
	}
	return nr_secrets ? 0 : -1;
}

static bool found(const struct file *file, const struct secret *s,
		  const char *form, const void *text, size_t len)
{
	const unsigned char *at = memmem(file->data, file->size, text, len);

	if (at)
		printf("%s: %s as %s at byte %zu\n", file->path, s->name, form,
		       (size_t)(at - file->data));
	return at;
}

static bool found_hex(const struct file *file, const struct secret *s,
		      const char *format, const char *form)
{
	char text[TEXT + 1];
	size_t i, len = 0;

	for (i = 0; i < s->len; i++)
		len += sprintf(text + len, format, s->bytes[i]);
	while (isspace(text[len - 1]))
		len--;
	return found(file, s, form, text, len);
}

/* @skip bytes of it belong to the group before */
static bool found_base64(const struct file *file, const struct secret *s,
			 unsigned int skip)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char text[TEXT];
	size_t i, len = 0;

	for (i = skip; i + 3 <= s->len; i += 3) {
		unsigned int group = s->bytes[i] << 16 | s->bytes[i + 1] << 8 |
				     s->bytes[i + 2];
		int shift;

		for (shift = 18; shift >= 0; shift -= 6)
			text[len++] = alphabet[group >> shift & 63];
	}
	return found(file, s, "base64", text, len);
}

static bool found_in(const struct file *file, const struct secret *s)
{
	unsigned char reversed[BYTES];
	bool any = false;
	size_t i;

	for (i = 0; i < s->len; i++)
		reversed[i] = s->bytes[s->len - 1 - i];
	any |= found(file, s, "bytes", s->bytes, s->len);
	any |= found(file, s, "bytes backwards", reversed, s->len);
	any |= found_hex(file, s, "%02x", "hexadecimal");
	any |= found_hex(file, s, "%02X", "hexadecimal");
	any |= found_hex(file, s, "%02x ", "hexadecimal with spaces");
	for (i = 0; i < 3; i++)
		any |= found_base64(file, s, i);
	return any;
}

/* 0: none found, 1: some, 2: it could not be read */
static int search(const char *path)
{
	struct file file = { .path = path };
	struct stat st;
	bool any = false;
	size_t i;
	int fd;

	fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st)) {
		perror(path);
		return 2;
	}
	file.size = st.st_size;
	if (file.size) {
		file.data = mmap(NULL, file.size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (file.data == MAP_FAILED) {
			perror(path);
			return 2;
		}
		for (i = 0; i < nr_secrets; i++)
			any |= found_in(&file, &secrets[i]);
		munmap((void *)file.data, file.size);
	}
	close(fd);
	return any;
}

int main(int argc, char **argv)
{
	int status = 0, i;

	if (argc < 2 || read_secrets()) {
		fputs("Usage: search FILE... <SECRETS\n", stderr);
		return 2;
	}
	for (i = 1; i < argc; i++) {
		int ret = search(argv[i]);

		if (ret > status)
			status = ret;
	}
	return status;
}
