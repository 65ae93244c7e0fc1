// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loading and unloading a capture kernel, by kexec-tools.
 *
 * Always with -s, that is kexec_file_load(): the kernel itself reads the files,
 * checks signatures, and hands on a seed for random numbers.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deploy/kexec.h"
#include "deploy/record.h"
#include "deploy/remedy.h"
#include "deploy/root.h"
#include "lib/child.h"
#include "lib/report.h"

#define WORDS_MAX	400

/* What a child says on standard error, in one line */
static void read_words(struct child *child, char words[WORDS_MAX])
{
	ssize_t n;
	size_t have = 0;
	char *end;

	fcntl(child->err, F_SETFL, 0);
	while (have < WORDS_MAX - 1 &&
	       (n = read(child->err, words + have, WORDS_MAX - 1 - have)) > 0)
		have += (size_t)n;
	words[have] = '\0';
	while ((end = strchr(words, '\n')))
		*end = end[1] ? ' ' : '\0';
}

/* Returns: 0, -EIO with words if it failed, or why it could not be started */
static int run(char *const argv[], char words[WORDS_MAX])
{
	char program[ROOT_PATH_MAX];
	struct child child;
	int ret = find_program("kexec", program, sizeof(program));

	words[0] = '\0';
	if (!ret)
		ret = child_start(&child, program, argv);
	if (ret) {
		report_error("starting kexec", "kexec", -ret);
		remedy_install("kexec", "kexec-tools");
		return ret;
	}
	read_words(&child, words);
	child_wait(&child);
	child_close(&child);
	return child_succeeded(&child) ? 0 : -EIO;
}

/* The kernel gives a number, and the reason is only in its log, if anywhere */
static void explain(const char *words)
{
	if (words[0])
		report_hint("kexec: %s", words);
	if (strstr(words, "Operation not permitted") ||
	    strstr(words, "Permission denied")) {
		if (geteuid())
			report_hint("Only root may load a kernel.");
		else if (root_says_yes("/proc/sys/kernel/kexec_load_disabled"))
			report_hint("kernel.kexec_load_disabled is 1, which only a reboot changes: let it be set later, or not at all.");
		else
			report_hint("A kernel that is locked down takes only one whose signature it knows: 'dmesg | grep -i -e lockdown -e kexec' may say more. Install the signed kernel of the distribution, or enrol its key: mokutil --import.");
	} else if (strstr(words, "Key was rejected") ||
		   strstr(words, "Required key not available")) {
		report_hint("The kernel's signature is not known: enrol its key (mokutil --import), or install the signed one.");
	} else if (strstr(words, "Cannot assign requested address")) {
		report_hint("It does not fit into what crashkernel= reserves: raise that, and reboot.");
	} else if (strstr(words, "Device or resource busy")) {
		report_hint("Another command loads a kernel at this moment: try again.");
	}
}

static int load(const char *how, const char *what, const char *kernel, const char *image,
		const char *cmdline)
{
	char initrd[ROOT_PATH_MAX + 16], append[4096], path[ROOT_PATH_MAX], words[WORDS_MAX];
	char *const argv[] = {
		(char *)"kexec", (char *)"-s", (char *)how, path, initrd, append, NULL,
	};
	int ret;

	if (!root_path(path, "%s", kernel) ||
	    !format_string(initrd, sizeof(initrd), "--initrd=%s", image) ||
	    !format_string(append, sizeof(append), "--append=%s", cmdline))
		return -ENAMETOOLONG;
	ret = run(argv, words);
	if (ret == -EIO) {
		report_failure(what, kernel, "the kernel does not take it");
		explain(words);
	}
	return ret;
}

/* For a reboot, not for a crash */
bool kexec_is_loaded(void)
{
	return root_says_yes("/sys/kernel/kexec_loaded");
}

/**
 * kexec_try() - would this kernel be taken?
 * @kernel: path of it
 * @image: its image
 * @cmdline: its command line
 *
 * A load that fails takes away the capture kernel that was loaded before. So
 * the pair is tried where kernels for a reboot are loaded; kexec_is_loaded() says
 * whether one is, which that would take away.
 *
 * Return: 0 or a negative errno, which is reported
 */
int kexec_try(const char *kernel, const char *image, const char *cmdline)
{
	char *const argv[] = { (char *)"kexec", (char *)"-s", (char *)"-u", NULL };
	char words[WORDS_MAX];
	int ret;

	ret = load("-l", "trying the capture kernel", kernel, image, cmdline);
	if (ret)
		return ret;
	ret = run(argv, words);
	if (ret == -EIO) {
		report_failure("trying the capture kernel", kernel, "it cannot be unloaded: a reboot by kexec would boot it");
		explain(words);
	}
	return ret;
}

int kexec_load_crash(const char *kernel, const char *image, const char *cmdline)
{
	int ret = load("-p", "loading the capture kernel", kernel, image, cmdline);

	if (!ret && !root()[0] && !record_is_loaded()) {
		report_failure("loading the capture kernel", kernel, "kexec says it is loaded, and the kernel that it is not");
		ret = -EIO;
	}
	return ret;
}

int kexec_unload_crash(void)
{
	char *const argv[] = { (char *)"kexec", (char *)"-s", (char *)"-p", (char *)"-u", NULL };
	char words[WORDS_MAX];
	int ret = run(argv, words);

	if (ret == -EIO) {
		report_failure("unloading the capture kernel", "kexec", "the kernel keeps it");
		explain(words);
	}
	return ret;
}
