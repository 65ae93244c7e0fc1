// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a capture would fail at, as far as that can be known before the crash:
 * filters that are not installed, or that the kernel does not take with their
 * options, arguments that makedumpfile does not take, no free slot, a target that
 * is too small.
 *
 * The functions print what is wrong and return a negative errno.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "capture/kmsg.h"
#include "capture/likely.h"
#include "capture/rehearse.h"
#include "capture/target.h"
#include "dumps/open.h"
#include "dumps/recipient_words.h"
#include "kernel/module.h"
#include "kernel/trial.h"
#include "lib/blkdev.h"
#include "lib/child.h"
#include "lib/report.h"

/* How long makedumpfile may think about its arguments */
#define ARGS_PATIENCE_MS 10000
#define ARGS_STEP_MS	20
#define WORDS_MAX	400

/**
 * rehearse_device() - is the target a block device?
 * @target: path of it
 *
 * Return: 0 or -ENOTBLK, which is reported
 */
int rehearse_device(const char *target)
{
	if (target_is_device(target))
		return 0;
	report_failure("looking at the target", target, "it is no block device");
	report_hint("The kernel takes no file. It takes a loop device over one.");
	return -ENOTBLK;
}

static int check_filters(const struct stack_spec *stack)
{
	size_t i;

	for (i = 0; i < stack->nr_filters; i++) {
		const char *name = stack->filters[i].name;

		if (!module_is_missing(name))
			continue;
		report_failure("looking for the filter", name,
			       "its module, dumpflt-%s, is not installed for this kernel",
			       name);
		report_hint("Install it, run depmod, and put it into the initramfs.");
		return -ENOENT;
	}
	return 0;
}

/* Whom it is sealed for: that much is known wherever it is asked */
static int check_recipients(const struct stack_spec *stack)
{
	char error[SPEC_ERROR_MAX];

	if (!recipients_are_wrong(stack, error))
		return 0;
	report_failure("looking at the recipients", stack->target, "%s", error);
	return -EINVAL;
}

/*
 * It knows best which options it knows: it is asked, and does nothing. Returns: 0,
 * -EINVAL if it does not take them, with its first line in @words, or why not
 */
static int ask_program(const struct config *config, const char *program,
		       char *const *args, size_t nr_args, char words[WORDS_MAX])
{
	char *argv[CONFIG_ARGS_MAX + 5];
	struct child child;
	size_t nr = 0, have = 0;
	int left = ARGS_PATIENCE_MS / ARGS_STEP_MS, ret;
	ssize_t n;

	argv[nr++] = (char *)program;
	argv[nr++] = (char *)"--check-params";
	argv[nr++] = (char *)"-F";
	memcpy(argv + nr, args, nr_args * sizeof(*argv));
	nr += nr_args;
	argv[nr++] = (char *)config->vmcore;
	argv[nr] = NULL;
	words[0] = '\0';
	ret = child_start(&child, program, argv);
	if (ret)
		return ret;
	while (!child_reap(&child) && left--)
		usleep(ARGS_STEP_MS * 1000);
	child_stop(&child);
	while (have < WORDS_MAX - 1) {
		n = read(child.err, words + have, WORDS_MAX - 1 - have);
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	words[have] = '\0';
	words[strcspn(words, "\n")] = '\0';
	child_close(&child);
	return child_succeeded(&child) ? 0 : -EINVAL;
}

static int check_with_program(const struct config *config, const char *program)
{
	char words[WORDS_MAX];
	int ret = ask_program(config, program, config->args, config->nr_args, words);

	if (ret && ret != -EINVAL)
		report_error("starting makedumpfile", program, -ret);
	if (ret != -EINVAL)
		return ret;
	report_failure("asking makedumpfile about args", program,
		       "it does not take them");
	if (words[0])
		report_hint("makedumpfile: %s", words);
	return ret;
}

/* A dump without the kernel log is a dump: to be warned of is enough */
static void check_log(const struct config *config, const char *program)
{
	char *const args[] = { (char *)"--dump-dmesg" };
	char words[WORDS_MAX], other[CONFIG_PATH_MAX];

	if (!config->log || !ask_program(config, program, args, 1, words))
		return;
	if (find_program(KMSG_OTHER_PROGRAM, other, sizeof(other)))
		report_warning("the kernel log will not be kept: '%s' does not take --dump-dmesg (%s), and %s is not there",
			       program, words, KMSG_OTHER_PROGRAM);
}

/* @what: "a slot", or "the target" */
static int check_room(const struct config *config, const char *what, __u64 room)
{
	__u64 need;

	/* in the capture kernel the memory is that of another one */
	if (!access(config->vmcore, R_OK))
		return 0;
	need = likely_bytes(&config->facts);
	if (need <= room)
		return 0;
	report_failure("looking for room", config->stack.target,
		       "%s holds %llu MiB, and a dump of this machine is likely to need %llu MiB",
		       what, room >> 20, need >> 20);
	report_hint("That is what /proc/meminfo counts now, less what args leaves out (-d %llu)%s.",
		    config->facts.level,
		    config->facts.compressed ? ", and half of it as it is compressed" : "");
	report_hint("%s%s.", config->stack.area ?
		    "Format it with fewer slots, or use a larger device" :
		    "Use a larger device", args_leave_more(&config->facts));
	return -ENOSPC;
}

static int check_slots(const struct config *config)
{
	struct open_area open;
	__u64 room;
	int ret;

	ret = open_area(&open, config->stack.target, false);
	if (ret)
		return ret;
	ret = area_check_slot(&open);
	room = (__u64)(open.area.geo.slot_chunks - 1) * DUMPFLT_CHUNK_SIZE;
	close_area(&open);
	return ret ? ret : check_room(config, "a slot", room);
}

/* The device itself: nothing of ours is on it, but the stream */
static int check_plain(const struct config *config)
{
	const char *target = config->stack.target;
	int fd = open(target, O_RDONLY | O_NONBLOCK | O_CLOEXEC), ret;
	__u64 room = 0;

	ret = fd < 0 ? -errno : blkdev_size(fd, &room);
	if (fd >= 0)
		close(fd);
	if (!ret)
		return check_room(config, "the target", room);
	report_error("looking for room", target, -ret);
	return ret;
}

/**
 * rehearse() - find what the capture would fail at
 * @config: completed by capture_find_area(), if the target is there
 * @program: path of makedumpfile, from capture_program()
 * @ready: the target is there
 *
 * Changes nothing, and asks nobody but makedumpfile.
 *
 * Return: 0 or a negative errno
 */
int rehearse(const struct config *config, const char *program, bool ready)
{
	int ret;

	ret = ready ? rehearse_device(config->stack.target) : 0;
	if (!ret)
		ret = check_filters(&config->stack);
	if (!ret)
		ret = check_recipients(&config->stack);
	if (!ret)
		ret = check_with_program(config, program);
	if (!ret)
		check_log(config, program);
	if (!ret && ready)
		ret = config->stack.area ? check_slots(config) : check_plain(config);
	return ret;
}

/**
 * rehearse_in_kernel() - find what the kernel would refuse
 * @config: that rehearse() has found nothing in
 * @ready: the target is there
 * @not_checked: filled with why the kernel could not be asked, empty if it was
 *
 * What the kernel says of it now, it will say in the crash, too. For a moment
 * there is a stack, and signals are held from now on: see stack_try().
 *
 * Return: 0 or a negative errno
 */
int rehearse_in_kernel(const struct config *config, bool ready,
		       char not_checked[KERNEL_VALUE_MAX])
{
	copy_string(not_checked, KERNEL_VALUE_MAX, "the target is not there");
	if (!ready || stack_try(&config->stack, not_checked) != TRIAL_REFUSED)
		return 0;
	report_failure("asking the kernel for the stack", config->stack.target,
		       "it refuses: %s", not_checked);
	return -EINVAL;
}
