// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What to type about what is missing, on the distribution that runs.
 *
 * Packages are installed as os-release says whose child it is, as tools of others can be
 * there, too; a boot loader is configured with what is there to do it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>

#include "deploy/remedy.h"
#include "deploy/root.h"
#include "lib/report.h"
#include "lib/text.h"

#define LINE_MAX_BYTES	256

/* @by_file: packages are found by the files that are in them, whatever they are called */
static const struct family {
	const char	*ids;
	const char	*tool;
	bool		by_file;
} families[] = {
	{ " debian ubuntu ", "apt", false },
	{ " fedora rhel centos ", "dnf", true },
	{ " suse opensuse sles ", "zypper", false },
};

static bool has_tool(const char *name)
{
	static const char * const folders[] = { "/usr/sbin", "/usr/bin", "/sbin", "/bin" };
	char path[ROOT_PATH_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(folders); i++)
		if (format_string(path, sizeof(path), "%s/%s", folders[i], name) &&
		    root_exists(path))
			return true;
	return false;
}

/* Of the words of ID and ID_LIKE the first that is known */
static const struct family *find_in_words(char *words)
{
	char *word, *rest = NULL, wanted[LINE_MAX_BYTES + 2];
	size_t i;

	for (word = strtok_r(words, " \"'\n", &rest); word;
	     word = strtok_r(NULL, " \"'\n", &rest)) {
		format_string(wanted, sizeof(wanted), " %s ", word);
		for (i = 0; i < ARRAY_SIZE(families); i++)
			if (strstr(families[i].ids, wanted))
				return &families[i];
	}
	return NULL;
}

static const struct family *find_by_release(const char *path)
{
	const struct family *of_id = NULL, *of_like = NULL;
	char full[ROOT_PATH_MAX], line[LINE_MAX_BYTES];
	FILE *file = root_path(full, "%s", path) ? fopen(full, "re") : NULL;

	while (file && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, "ID=", 3))
			of_id = find_in_words(line + 3);
		else if (!strncmp(line, "ID_LIKE=", 8))
			of_like = find_in_words(line + 8);
	}
	if (file)
		fclose(file);
	return of_id ? of_id : of_like;
}

static const struct family *find_family(void)
{
	const struct family *family = find_by_release("/etc/os-release");
	size_t i;

	if (!family)
		family = find_by_release("/usr/lib/os-release");
	for (i = 0; !family && i < ARRAY_SIZE(families); i++)
		if (has_tool(families[i].tool))
			family = &families[i];
	return family;
}

/**
 * remedy_install() - say how a program is installed
 * @program: that is missing
 * @package: that has it, where packages are called alike
 */
void remedy_install(const char *program, const char *package)
{
	const struct family *family = find_family();

	if (!family)
		report_hint("Install the package that has %s: it is called %s in most distributions.",
			    program, package);
	else if (family->by_file)
		report_hint("Install it: %s install /usr/sbin/%s", family->tool, program);
	else
		report_hint("Install it: %s install %s", family->tool, package);
}

/**
 * remedy_crashkernel() - say how memory is reserved for a capture kernel
 * @mib: so much
 */
void remedy_crashkernel(__u64 mib)
{
	static const char grub[] = {
		"Add crashkernel=%lluM to GRUB_CMDLINE_LINUX in /etc/default/grub, run %s, and reboot."
	};

	if (has_tool("grubby"))
		report_hint("Run grubby --update-kernel=ALL --args=crashkernel=%lluM, and reboot.",
			    mib);
	else if (has_tool("update-grub"))
		report_hint(grub, mib, "update-grub");
	else if (has_tool("grub2-mkconfig"))
		report_hint(grub, mib, "grub2-mkconfig -o /boot/grub2/grub.cfg");
	else if (has_tool("grub-mkconfig"))
		report_hint(grub, mib, "grub-mkconfig -o /boot/grub/grub.cfg");
	else
		report_hint("Add crashkernel=%lluM to the kernel's command line in the configuration of the boot loader, and reboot.",
			    mib);
}
