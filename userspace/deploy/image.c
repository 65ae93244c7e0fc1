// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The image of the capture kernel: all that is in its first file system.
 *
 * It is made in memory, in /run: there nothing gets old, and nothing is left
 * when the machine is off.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deploy/capture_conf.h"
#include "deploy/cpio.h"
#include "deploy/image.h"
#include "deploy/modinfo.h"
#include "deploy/waits.h"
#include "lib/child.h"
#include "lib/report.h"

#define OP	"building the image"
#define TEXT_MAX	65536

/* Without what packed it: the capture kernel's process 1 unpacks nothing */
static void module_path(const char *from, char to[256])
{
	char *end;

	copy_string(to, 256, from);
	end = strstr(to, ".ko");
	if (end)
		end[3] = '\0';
}

static bool add_text(char *text, const char *word, const char *value)
{
	return append_string(text, TEXT_MAX, "%s %s\n", word, value);
}

static bool add_number(char *text, const char *word, __u64 value)
{
	return append_string(text, TEXT_MAX, "%s %llu\n", word, (unsigned long long)value);
}

static bool add_module(char *text, const struct module_file *file)
{
	char path[256];

	module_path(file->path, path);
	return append_string(text, TEXT_MAX, "%s %s%s%s\n", file->needed ? "module" : "try",
			     path, file->options[0] ? " " : "", file->options);
}

/* See userspace/init/plan.c, which reads it */
static bool write_plan(const struct plan *plan, char *text)
{
	char id[AREA_ID_TEXT];
	struct waits waits;
	bool good;
	size_t i;

	text[0] = '\0';
	text_hex(plan->id, AREA_ID_SIZE, id);
	waits_add_up(&plan->config, &waits);
	good = add_text(text, "area", id) &&
	       add_number(text, "wait", plan->config.wait_for_target) &&
	       add_number(text, "before", waits.before) &&
	       add_number(text, "budget", waits.budget);
	if (plan->boot[0])
		good = good && add_text(text, "boot", plan->boot);
	for (i = 0; good && i < plan->modules.nr; i++)
		good = add_module(text, &plan->modules.file[i]);
	return good;
}

static int add_texts(struct cpio *cpio, const struct plan *plan, const char *text)
{
	char *config = malloc(CAPTURE_CONF_MAX);
	int ret = config ? capture_conf(plan, config) : -ENOMEM;

	if (!ret) {
		cpio_add_file(cpio, "/etc/dumpflt/plan", 0600, text, strlen(text));
		cpio_add_file(cpio, "/etc/dumpflt/capture.conf.in", 0600, config, strlen(config));
	}
	free(config);
	return ret;
}

static int add_file(struct cpio *cpio, const char *from, const char *to, mode_t mode)
{
	size_t size = 0;
	char *data = modinfo_load(from, &size);
	int ret = data ? 0 : -errno;

	if (data)
		cpio_add_file(cpio, to, mode, data, size);
	else
		report_error(OP, from, -ret);
	free(data);
	return ret;
}

static int add_all(struct cpio *cpio, const struct plan *plan)
{
	static const char * const folders[] = { "/dev", "/proc", "/sys", "/run", "/tmp" };
	char from[ROOT_PATH_MAX], to[256];
	const struct program_file *file;
	int ret = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(folders); i++)
		cpio_add_folder(cpio, folders[i]);
	for (i = 0; !ret && i < plan->programs.nr; i++) {
		file = &plan->programs.file[i];
		ret = add_file(cpio, file->from, file->to, 0755);
	}
	for (i = 0; !ret && i < plan->modules.nr; i++) {
		root_path(from, "%s", plan->modules.file[i].path);
		module_path(plan->modules.file[i].path, to);
		ret = add_file(cpio, from, to, 0600);
	}
	return ret;
}

static int write_members(const struct plan *plan, FILE *file, const char *text)
{
	struct cpio cpio;
	int ret;

	cpio_begin(&cpio, file);
	ret = add_texts(&cpio, plan, text);
	if (!ret)
		ret = add_all(&cpio, plan);
	return ret ? ret : cpio_end(&cpio);
}

static int write_archive(const struct plan *plan, const char *path)
{
	char *text = malloc(TEXT_MAX);
	FILE *file = fopen(path, "we");
	int ret = -ENOMEM;

	if (!file)
		ret = -errno;
	else if (text)
		ret = write_plan(plan, text) ? write_members(plan, file, text) : -E2BIG;
	if (ret)
		report_error(OP, path, -ret);
	if (file)
		fclose(file);
	free(text);
	return ret;
}

static bool kernel_unpacks_zstd(const char *release)
{
	char path[ROOT_PATH_MAX], *config;
	size_t size;
	bool can;

	root_path(path, "/boot/config-%s", release);
	config = root_load(path, &size);
	can = config && strstr(config, "\nCONFIG_RD_ZSTD=y\n");
	free(config);
	return can;
}

/* What every kernel unpacks, or what is smaller if it is known to. The window is small, too */
static int pack(const char *release, const char *from, const char *to)
{
	char *const zstd[] = { (char *)"zstd", (char *)"-q", (char *)"-f", (char *)"-9",
			 (char *)"--zstd=wlog=20", (char *)from, (char *)"-o", (char *)to, NULL };
	char *const gzip[] = { (char *)"gzip", (char *)"-n", (char *)"-f", (char *)from, NULL };
	char program[ROOT_PATH_MAX], packed[ROOT_PATH_MAX];
	int ret;

	if (kernel_unpacks_zstd(release) && !find_program("zstd", program, sizeof(program)))
		return child_run(program, zstd);
	ret = find_program("gzip", program, sizeof(program));
	if (!ret)
		ret = child_run(program, gzip);
	if (!ret && format_string(packed, sizeof(packed), "%s.gz", from) && rename(packed, to))
		ret = -errno;
	return ret;
}

/**
 * image_build() - make the image
 * @plan: made
 * @path: of the image
 *
 * Return: 0 or a negative errno, which is reported; there is no image then
 */
int image_build(const struct plan *plan, const char *path)
{
	char archive[ROOT_PATH_MAX];
	int ret;

	if (!format_string(archive, sizeof(archive), "%s.cpio", path))
		return -ENAMETOOLONG;
	ret = write_archive(plan, archive);
	if (!ret) {
		ret = pack(plan->release, archive, path);
		if (ret)
			report_error("packing the image", path, -ret);
	}
	unlink(archive);
	if (ret)
		unlink(path);
	return ret;
}
