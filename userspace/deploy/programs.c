// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The programs of an image, and the libraries that they need.
 *
 * Which libraries those are is asked of the program's own loader, as ldd does:
 * it knows the folders, the cache and what libraries need in turn.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/kmsg.h"
#include "deploy/programs.h"
#include "deploy/remedy.h"
#include "lib/child.h"
#include "lib/report.h"

#define OP		"looking for the programs"
/* In place of the folder beside this program, for tests */
#define LIB_FOLDER	"/usr/lib/dumpflt"

#if __SIZEOF_POINTER__ == 8
#define ELF_CLASS	ELFCLASS64
#define elf_header	Elf64_Ehdr
#define elf_segment	Elf64_Phdr
#else
#define ELF_CLASS	ELFCLASS32
#define elf_header	Elf32_Ehdr
#define elf_segment	Elf32_Phdr
#endif

static int add(struct programs *programs, const char *from, const char *to)
{
	struct program_file *file;
	size_t i;

	for (i = 0; i < programs->nr; i++)
		if (!strcmp(programs->file[i].to, to))
			return 0;
	file = &programs->file[programs->nr];
	if (programs->nr == PROGRAMS_MAX ||
	    !copy_string(file->from, sizeof(file->from), from) ||
	    !copy_string(file->to, sizeof(file->to), to))
		return -E2BIG;
	programs->nr++;
	return 0;
}

/* The loader that a program names. Returns: false if it is static, or none of ours */
static bool find_loader(const char *path, char loader[256])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	elf_segment segment;
	elf_header header;
	bool found = false;
	unsigned int i;
	ssize_t n;

	if (fd < 0)
		return false;
	if (read(fd, &header, sizeof(header)) != sizeof(header) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) ||
	    header.e_ident[EI_CLASS] != ELF_CLASS)
		header.e_phnum = 0;
	for (i = 0; i < header.e_phnum && !found; i++) {
		if (pread(fd, &segment, sizeof(segment),
			  (off_t)(header.e_phoff + i * sizeof(segment))) != sizeof(segment))
			break;
		if (segment.p_type != PT_INTERP || segment.p_filesz >= 256)
			continue;
		n = pread(fd, loader, segment.p_filesz, (off_t)segment.p_offset);
		loader[n > 0 ? n : 0] = '\0';
		found = loader[0] == '/';
	}
	close(fd);
	return found;
}

/* "	libz.so.1 => /lib/.../libz.so.1 (0x...)", or the loader without "=>" */
static int take_line(struct programs *programs, char *line, const char *program)
{
	char *path = strchr(line, '/'), *end;

	if (strstr(line, "not found")) {
		report_failure(OP, program, "a library is missing: %s", line + strspn(line, "\t "));
		return -ENOENT;
	}
	if (!path)
		return 0;
	end = strstr(path, " (");
	if (end)
		*end = '\0';
	return add(programs, path, path);
}

static int take_libraries(struct programs *programs, struct child *child,
			  const char *program)
{
	char line[512];
	int ret = 0;
	FILE *out;

	/* read to its end: its pipe must block for stdio */
	fcntl(child->out, F_SETFL, 0);
	out = fdopen(dup(child->out), "r");
	if (!out)
		return -errno;
	while (!ret && fgets(line, sizeof(line), out)) {
		line[strcspn(line, "\n")] = '\0';
		ret = take_line(programs, line, program);
	}
	fclose(out);
	return ret;
}

static int add_libraries(struct programs *programs, const char *path)
{
	char loader[256];
	char *const argv[] = { loader, (char *)"--list", (char *)path, NULL };
	struct child child;
	int ret;

	if (!find_loader(path, loader))
		return 0;
	ret = add(programs, loader, loader);
	if (!ret)
		ret = child_start(&child, loader, argv);
	if (ret) {
		report_error("asking for the libraries", path, -ret);
		return ret;
	}
	ret = take_libraries(programs, &child, path);
	child_wait(&child);
	child_close(&child);
	if (!ret && !child_succeeded(&child)) {
		report_failure("asking for the libraries", path, "%s --list fails", loader);
		ret = -EIO;
	}
	return ret;
}

static int add_program(struct programs *programs, const char *path, const char *to)
{
	int ret = access(path, X_OK) ? -errno : add(programs, path, to);

	if (ret) {
		report_error(OP, path, -ret);
		return ret;
	}
	return add_libraries(programs, path);
}

/* What was installed together stays together: .../sbin/dumpflt, .../lib/dumpflt */
static bool lib_folder(char path[ROOT_PATH_MAX])
{
	char self[PATH_MAX], *slash;
	ssize_t n;
	int i;

	if (root()[0])
		return root_path(path, LIB_FOLDER);
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n < 0)
		return false;
	self[n] = '\0';
	for (i = 0; i < 2; i++) {
		slash = strrchr(self, '/');
		if (!slash)
			return false;
		*slash = '\0';
	}
	return format_string(path, ROOT_PATH_MAX, "%s/lib/dumpflt", self);
}

static int add_ours(struct programs *programs, const char *name, const char *to)
{
	char folder[ROOT_PATH_MAX], path[ROOT_PATH_MAX];
	int ret;

	if (!lib_folder(folder) || !format_string(path, sizeof(path), "%s/%s", folder, name))
		return -ENAMETOOLONG;
	ret = add_program(programs, path, to);
	if (ret == -ENOENT)
		report_hint("It comes with this tool: install its package again, or in the source tree run 'make install'.");
	return ret;
}

/**
 * programs_find() - process 1, this tool, makedumpfile, and their libraries
 * @programs: filled
 * @makedumpfile: name or path of it
 *
 * Return: 0 or a negative errno, which is reported
 */
int programs_find(struct programs *programs, const char *makedumpfile)
{
	char path[ROOT_PATH_MAX];
	int ret;

	memset(programs, 0, sizeof(*programs));
	ret = add_ours(programs, "capture-init", "/init");
	if (!ret)
		ret = add_ours(programs, "initramfs/dumpflt", "/usr/bin/dumpflt");
	if (ret)
		return ret;
	ret = find_program(makedumpfile, path, sizeof(path));
	if (ret) {
		report_error(OP, makedumpfile, -ret);
		remedy_install("makedumpfile", "makedumpfile");
		return ret;
	}
	ret = add_program(programs, path, "/usr/bin/makedumpfile");
	/* asked for the kernel log if makedumpfile does not know this kernel */
	if (!ret && !find_program(KMSG_OTHER_PROGRAM, path, sizeof(path)))
		ret = add_program(programs, path, "/usr/bin/" KMSG_OTHER_PROGRAM);
	return ret;
}
