// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command line of the capture kernel: made from a list, not taken over.
 *
 * That of the running kernel has root=, resume=, what systemd is to start, and
 * whatever else is right for it alone.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "deploy/cmdline.h"
#include "deploy/root.h"
#include "lib/report.h"

#define OP	"making the command line"

/* Which consoles there are, and what keeps hardware and signatures in order */
static const char * const carried[] = {
	"console=", "earlycon", "earlyprintk", "iommu=", "intel_iommu=", "amd_iommu=",
	"lockdown=", "module.sig_enforce",
};

/* One CPU, as the others are where the crash left them; and no waiting at a panic */
static const char always[] = "nr_cpus=1 irqpoll reset_devices panic=-1";

static bool add(char text[CMDLINE_MAX], const char *word)
{
	return append_string(text, CMDLINE_MAX, "%s%s", text[0] ? " " : "", word);
}

static bool is_carried(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(carried); i++)
		if (!strncmp(word, carried[i], strlen(carried[i])))
			return true;
	return false;
}

/* Without EFI the keys of Secure Boot are not there, and no module is trusted */
static bool is_refused(const char *word)
{
	return !strcmp(word, "noefi") || !strcmp(word, "efi=noruntime");
}

/* Words of @from: all of them, or those that are carried over. Returns: NULL or one refused */
static const char *add_words(char text[CMDLINE_MAX], char *from, bool all, bool *fits)
{
	char *word, *rest;

	for (word = strtok_r(from, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
		if (all && is_refused(word))
			return word;
		if (all || is_carried(word))
			*fits = *fits && add(text, word);
	}
	return NULL;
}

/**
 * cmdline_make() - what the capture kernel is told
 * @append: of the configuration
 * @text: filled
 *
 * Return: 0 or a negative errno, which is reported
 */
int cmdline_make(const char *append, char text[CMDLINE_MAX])
{
	char own[4096], more[CMDLINE_MAX];
	const char *refused;
	bool fits = true;

	text[0] = '\0';
	root_line("/proc/cmdline", own, sizeof(own));
	add_words(text, own, false, &fits);
	fits = fits && add(text, always) && copy_string(more, sizeof(more), append);
	refused = add_words(text, more, true, &fits);
	if (refused) {
		report_failure(OP, "append", "'%s' keeps the capture kernel from the keys that its modules are signed with",
			       refused);
		report_hint("Remove it from append in [kernel].");
		return -EINVAL;
	}
	if (fits)
		return 0;
	report_failure(OP, "append", "it is longer than %d characters", CMDLINE_MAX - 1);
	return -E2BIG;
}
