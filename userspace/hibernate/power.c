// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether this kernel hibernates, how it goes down then, and how large an image gets.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "hibernate/power.h"
#include "kernel/kernel.h"
#include "lib/report.h"
#include "lib/text.h"

static const char op[] = "hibernating";
static const char object[] = "this kernel";

static const char * const words[] = {
	[POWER_AUTO] = "auto",
	[POWER_PLATFORM] = "platform",
	[POWER_SHUTDOWN] = "shutdown",
	[POWER_REBOOT] = "reboot",
	[POWER_SUSPEND] = "suspend",
};

const char *power_word(enum power_mode mode)
{
	return words[mode];
}

bool power_parse(const char *word, enum power_mode *mode)
{
	size_t i;

	for (i = POWER_PLATFORM; i < ARRAY_SIZE(words); i++)
		if (!strcmp(word, words[i])) {
			*mode = (enum power_mode)i;
			return true;
		}
	return false;
}

/* Is a word in a list, as it is or in brackets, which mark what is chosen? */
static bool list_has(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (*list) {
		size_t next = strcspn(list, " "), bare = next;
		const char *at = list;

		if (bare > 1 && at[0] == '[' && at[bare - 1] == ']') {
			at++;
			bare -= 2;
		}
		if (bare == len && !strncmp(at, word, len))
			return true;
		list += next + strspn(list + next, " ");
	}
	return false;
}

/* With it the kernel makes no image, and says what it says after a resume */
static int check_no_test(void)
{
	char value[KERNEL_VALUE_MAX];

	if (kernel_power_read("pm_test", value) || strstr(value, "[none]"))
		return 0;
	report_failure(op, object, "/sys/power/pm_test is '%s': it only tries the way there",
		       value);
	report_hint("'echo none >/sys/power/pm_test' ends that.");
	return -EBUSY;
}

static int check_mode(const char *ways, enum power_mode *mode)
{
	char value[KERNEL_VALUE_MAX];

	if (*mode == POWER_AUTO)
		*mode = list_has(ways, words[POWER_PLATFORM]) ? POWER_PLATFORM : POWER_SHUTDOWN;
	if (*mode == POWER_PLATFORM && !list_has(ways, words[POWER_PLATFORM])) {
		report_failure(op, object, "the firmware has no mode 'platform'");
		report_hint("--mode shutdown works on any machine.");
		return -EOPNOTSUPP;
	}
	if (*mode == POWER_SUSPEND &&
	    (kernel_power_read("mem_sleep", value) || !list_has(value, "deep"))) {
		report_failure(op, object, "the machine cannot suspend to memory");
		report_hint("--mode shutdown works on any machine.");
		return -EOPNOTSUPP;
	}
	return 0;
}

/**
 * power_check() - does this kernel hibernate, and go down so?
 * @mode: POWER_AUTO becomes what it stands for
 *
 * Return: 0 or a negative errno, which is reported
 */
int power_check(enum power_mode *mode)
{
	char ways[KERNEL_VALUE_MAX];
	int ret = kernel_power_read("disk", ways);

	if (ret) {
		report_failure(op, object, "it was built without hibernation");
		return ret == -ENOENT ? -EOPNOTSUPP : ret;
	}
	if (list_has(ways, "disabled")) {
		report_failure(op, object, "it does not allow hibernation");
		report_hint("Secure Boot's lockdown, 'nohibernate' on its command line, or somebody's memfd_secret(2) forbid it.");
		return -EPERM;
	}
	ret = check_no_test();
	return ret ? ret : check_mode(ways, mode);
}

/* What the kernel tries to make the image fit into */
int power_image_size(__u64 *size)
{
	char value[KERNEL_VALUE_MAX];
	int ret = kernel_power_read("image_size", value);

	if (!ret && !parse_number(value, 0, ~0ULL, size))
		ret = -EINVAL;
	if (ret)
		report_error("reading /sys/power/image_size", object, -ret);
	return ret;
}

int power_set_image_size(__u64 size)
{
	char text[24];
	int ret;

	snprintf(text, sizeof(text), "%llu", size);
	ret = kernel_power_write("image_size", text);
	if (ret)
		report_error("writing /sys/power/image_size", object, -ret);
	return ret;
}

/* How large an image may be: what it is made to fit into, and never more than half of the memory */
__u64 power_most(__u64 image_size)
{
	struct sysinfo info;
	__u64 half;

	if (sysinfo(&info))
		return image_size;
	half = (__u64)info.totalram * info.mem_unit / 2;
	return image_size < half ? image_size : half;
}
