// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file of a kernel, before it is loaded: is it whole, and the right one?
 *
 * kexec_file_load() takes a bzImage that was cut, and then it cannot boot. The
 * header of x86 says how long it is: see the kernel's arch/x86/boot.rst.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../module/format/format.h"
#include "deploy/kernelfile.h"
#include "deploy/root.h"
#include "lib/report.h"

#define OP		"looking at the kernel"
#define SECTOR		512
#define SETUP_SECTS	0x1f1
#define SYSSIZE		0x1f4	/* in 16 bytes */
#define MAGIC		0x202
#define VERSION		0x20e	/* of its text, less SECTOR */
#define INIT_SIZE	0x260
#define HEADER_END	0x264

static __u32 number(const char *data, size_t at)
{
	__u32 value;

	memcpy(&value, data + at, sizeof(value));
	return le32_to_cpu(value);
}

static bool is_whole(const char *data, size_t size)
{
	size_t setup = ((size_t)(unsigned char)data[SETUP_SECTS] + 1) * SECTOR;

	return size >= setup + (size_t)number(data, SYSSIZE) * 16;
}

/* "6.1.0-56-amd64 (builder@host) #1 ..." */
static bool is_of(const char *data, size_t size, const char *release)
{
	size_t at = (number(data, VERSION) & 0xffff) + SECTOR, len = strlen(release);

	return at + len + 1 < size && !strncmp(data + at, release, len) &&
	       (data[at + len] == ' ' || !data[at + len]);
}

/**
 * kernelfile_check() - may it be loaded?
 * @path: of it, from / on
 * @release: that it should be of
 * @memory: set to what it needs to unpack itself and run; 0: it does not say
 *
 * Return: 0 or a negative errno, which is reported
 */
int kernelfile_check(const char *path, const char *release, __u64 *memory)
{
	char full[ROOT_PATH_MAX];
	size_t size = 0;
	char *data;
	int ret = 0;

	*memory = 0;
	root_path(full, "%s", path);
	data = root_load(full, &size);
	if (!data) {
		ret = -errno;
		report_error(OP, path, -ret);
		report_hint("Install the package of the running kernel, %s, again; or boot the installed one.",
			    release);
		return ret;
	}
	/* other architectures have no such header */
	if (size < HEADER_END || memcmp(data + MAGIC, "HdrS", 4)) {
		free(data);
		return 0;
	}
	*memory = number(data, INIT_SIZE);
	if (!is_whole(data, size)) {
		ret = -ENOEXEC;
		report_failure(OP, path, "it is cut: its header says that it is longer");
		report_hint("Install the package of the running kernel, %s, again.", release);
	} else if (!is_of(data, size, release)) {
		ret = -ENOEXEC;
		report_failure(OP, path, "it is not of the kernel that runs, %s", release);
		report_hint("The modules of the running kernel need that very kernel: boot the new one, or set image in [kernel].");
	}
	free(data);
	return ret;
}
