// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bringing a stack up and taking it down again.
 *
 * The functions print what went wrong and return a negative errno.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kernel/module.h"
#include "kernel/stack.h"
#include "lib/report.h"
#include "lib/text.h"
#include "lib/clock.h"

/* How long somebody else may have the stack device open, such as udev does */
#define BUSY_MS		5000
#define BUSY_STEP_MS	50

static const char exists_hint[] =
	"Choose another name, or 'dumpflt destroy' it if 'dumpflt status' shows no session.";

static const char refused_hint[] = {
	"That refusal is the kernel's or a filter's, as last_error says: it has nothing to do with who runs this."
};

static const char *hint_for(int err, bool said)
{
	switch (err) {
	case EACCES:
	case EPERM:
		return said && !geteuid() ? refused_hint : kernel_forbidden_hint();
	case EBUSY:
		return "Is the target mounted or in use, the stack live, or its device open?";
	case EROFS:
		return "The target is read-only.";
	case ENOENT:
		return "Check the name, the target, and that the filters are installed.";
	case EEXIST:
		return exists_hint;
	default:
		return NULL;
	}
}

/*
 * Report a failed operation, with the kernel's own words if it has any. Without
 * an @hint there is one that fits the error, for most of them.
 */
void stack_report(const char *op, const char *name, int err, const char *hint)
{
	char message[KERNEL_VALUE_MAX];
	int ret = kernel_stack_read(name, KERNEL_LAST_ERROR, message);
	bool said = !ret && message[0];

	if (!hint)
		hint = err == -ENOENT && ret == -ENOENT ? STACK_NONE_HINT :
							  hint_for(-err, said);
	report_error(op, name, -err);
	if (said)
		report_hint("last_error: %s", message);
	if (hint)
		report_hint("%s", hint);
}

static int set_attr(const char *name, const char *attr, const char *value)
{
	char op[64];
	int ret = kernel_stack_write(name, attr, value);

	if (ret) {
		snprintf(op, sizeof(op), "setting %s", attr);
		stack_report(op, name, ret, NULL);
	}
	return ret;
}

/* A filter may answer so as well */
static bool refused_by_policy(const char *name)
{
	char message[KERNEL_VALUE_MAX];

	return !kernel_stack_read(name, KERNEL_LAST_ERROR, message) &&
	       strstr(message, "dump area's policy");
}

/* Where the error alone would lead to the wrong hint */
static const char *live_hint(const struct stack_spec *spec, int err)
{
	if (spec->area && err == -EPERM && refused_by_policy(spec->name))
		return "With no filter named, they are taken from the policy.";
	if (!spec->area && err == -EEXIST)
		return "Use it as one with --area.";
	return NULL;
}

/* The kernel only knows that modprobe failed */
static void explain_modules(const struct stack_spec *spec)
{
	char words[MODULE_WORDS_MAX];
	size_t i;

	for (i = 0; i < spec->nr_filters; i++)
		if (module_why(spec->filters[i].name, words)) {
			report_hint("filter '%s': %s", spec->filters[i].name,
				    words);
			return;
		}
}

static int set_live(const struct stack_spec *spec)
{
	int ret = kernel_stack_write(spec->name, KERNEL_LIVE, "1");

	if (ret)
		stack_report("setting live", spec->name, ret,
			     live_hint(spec, ret));
	if (ret == -ENOENT)
		explain_modules(spec);
	return ret;
}

static int set_attr_number(const char *name, const char *attr, __u64 value)
{
	char text[24];

	/* 0 stands for what the kernel has by itself */
	if (!value)
		return 0;
	snprintf(text, sizeof(text), "%llu", value);
	return set_attr(name, attr, text);
}

static int add_stack_filter(const char *name, const char *entry,
			    const struct filter_spec *filter)
{
	char op[64];
	int ret;

	snprintf(op, sizeof(op), "adding filter %s", entry);
	ret = kernel_filter_create(name, entry);
	if (!ret && filter->options[0])
		ret = kernel_filter_write(name, entry, KERNEL_OPTIONS,
					  filter->options);
	if (!ret && filter->critical)
		ret = kernel_filter_write(name, entry, KERNEL_CRITICAL, "1");
	if (!ret && filter->start_optional)
		ret = kernel_filter_write(name, entry, KERNEL_START_OPTIONAL, "1");
	if (ret)
		stack_report(op, name, ret, NULL);
	return ret;
}

static int configure(const struct stack_spec *spec, bool live)
{
	char entry[KERNEL_ENTRY_MAX];
	size_t i;
	int ret;

	ret = set_attr(spec->name, KERNEL_TARGET, spec->target);
	if (!ret)
		ret = set_attr(spec->name, KERNEL_TYPE, spec->type);
	if (!ret)
		ret = set_attr_number(spec->name, KERNEL_MAX_PAGES, spec->max_pages);
	if (!ret)
		ret = set_attr_number(spec->name, KERNEL_TIMEOUT_MS, spec->timeout_ms);
	if (!ret && spec->require_flush)
		ret = set_attr(spec->name, KERNEL_REQUIRE_FLUSH, "1");
	if (!ret && spec->area)
		ret = set_attr(spec->name, KERNEL_AREA, "1");
	for (i = 0; !ret && i < spec->nr_filters; i++) {
		spec_entry(spec, i, entry, sizeof(entry));
		ret = add_stack_filter(spec->name, entry, &spec->filters[i]);
	}
	if (!ret && live)
		ret = set_live(spec);
	return ret;
}

/* Create and configure a stack, and set it live. Undoes all of it on failure */
int stack_up(const struct stack_spec *spec, bool live)
{
	int ret;

	ret = kernel_stack_create(spec->name);
	if (ret) {
		report_error("creating the stack", spec->name, -ret);
		if (hint_for(-ret, false))
			report_hint("%s", hint_for(-ret, false));
		return ret;
	}
	ret = configure(spec, live);
	if (ret)
		stack_down(spec->name);
	return ret;
}

/* udev and others open a device for a moment whenever it changes: wait for them */
static int set_not_live(const char *name)
{
	const struct timespec step = { .tv_nsec = BUSY_STEP_MS * 1000L * 1000 };
	__u64 end = now_ms() + BUSY_MS;
	char live[KERNEL_VALUE_MAX];
	int ret;

	ret = kernel_stack_read(name, KERNEL_LIVE, live);
	if (ret || !strcmp(live, "0"))
		return ret;
	for (;;) {
		ret = kernel_stack_write(name, KERNEL_LIVE, "0");
		if (ret != -EBUSY || now_ms() >= end)
			return ret;
		nanosleep(&step, NULL);
	}
}

/* Unload a stack if it is live; it stays configured */
int stack_unload(const char *name)
{
	int ret = set_not_live(name);

	if (ret)
		stack_report("taking down the stack", name, ret, NULL);
	return ret;
}

/* Unload a stack if it is live, and remove it with all its filters */
int stack_down(const char *name)
{
	struct kernel_names entries;
	size_t i;
	int ret;

	ret = stack_unload(name);
	if (ret)
		return ret;
	ret = kernel_filters(name, &entries);
	if (ret) {
		stack_report("removing the stack", name, ret, NULL);
		return ret;
	}
	for (i = 0; !ret && i < entries.nr; i++)
		ret = kernel_filter_remove(name, entries.names[i]);
	kernel_names_free(&entries);
	if (!ret)
		ret = kernel_stack_remove(name);
	if (ret)
		stack_report("removing the stack", name, ret, NULL);
	return ret;
}

/* The name of a live stack's device, as in "dumpflt0". Prints the error, if any */
int stack_device(const char *name, char device[KERNEL_DEVICE_MAX])
{
	char value[KERNEL_VALUE_MAX];
	int ret;

	ret = kernel_stack_read(name, KERNEL_DEVICE, value);
	if (ret) {
		stack_report("reading the device", name, ret, NULL);
		return ret;
	}
	if (!value[0] || strchr(value, '/') ||
	    !copy_string(device, KERNEL_DEVICE_MAX, value)) {
		report_failure("reading the device", name, "the stack is not live");
		report_hint("Set it live: dumpflt create without --no-live does.");
		return -ENODEV;
	}
	return 0;
}

/**
 * stack_node() - the node of a live stack's device
 * @name: of the stack
 * @device: name of the device
 * @path: of its node
 *
 * What is written to something else of that name goes past every filter, and
 * is no dump.
 *
 * Return: 0 if it is the stack's device, or a negative errno, which is reported
 */
int stack_node(const char *name, char device[KERNEL_DEVICE_MAX],
	       char path[KERNEL_PATH_MAX])
{
	int ret = stack_device(name, device);

	if (ret)
		return ret;
	ret = kernel_device_path(device, path);
	switch (ret) {
	case 0:
		return 0;
	case -ENOENT:
		report_failure("finding the device", name, "there is no %s", path);
		report_hint("The kernel makes it in a devtmpfs: mount that on /dev, or use mknod with the number in /sys/block/%s/dev.",
			    device);
		break;
	case -ENOTBLK:
		report_failure("finding the device", name,
			       "%s is not a block device: something was written to that name before the stack was live",
			       path);
		break;
	case -ENODEV:
		report_failure("finding the device", name,
			       "%s is the block device of something else", path);
		break;
	default:
		report_error("finding the device", path, -ret);
	}
	if (ret == -ENOTBLK || ret == -ENODEV)
		report_hint("What is in it went past the filters. Remove it with 'rm %s', take the stack down if it is there ('dumpflt destroy'), and make it again.",
			    path);
	return ret;
}

/* By name: is a dump without it better than none? */
static bool may_be_left_out(const struct stack_spec *spec, const char *entry,
			    bool started)
{
	char name[KERNEL_ENTRY_MAX];
	size_t i;

	for (i = 0; i < spec->nr_filters; i++) {
		spec_entry(spec, i, name, sizeof(name));
		if (!strcmp(name, entry))
			return spec->filters[i].may_be_left_out ||
			       (started && spec->filters[i].start_optional);
	}
	return false;
}

/**
 * stack_check_left_out() - does the stack work with all filters that it must?
 * @spec: what it was to be
 * @started: every start has been called, not only every init
 *
 * Return: 0, or a negative errno, which is reported
 */
int stack_check_left_out(const struct stack_spec *spec, bool started)
{
	char value[KERNEL_VALUE_MAX];
	struct kernel_names entries;
	const char *entry;
	size_t i;
	int ret;

	ret = kernel_filters(spec->name, &entries);
	if (ret)
		return ret;
	for (i = 0; i < entries.nr; i++) {
		entry = entries.names[i];
		ret = kernel_filter_read(spec->name, entry, KERNEL_STATE, value);
		if (ret)
			break;
		if (strcmp(value, DUMPFLT_FILTER_STATE_LEFT_OUT) ||
		    may_be_left_out(spec, entry, started))
			continue;
		kernel_filter_read(spec->name, entry, KERNEL_LAST_ERROR, value);
		report_failure("capture", spec->name,
			       "filter '%s' was left out: %s", entry, value);
		report_hint("If a dump without it is better than none, set may_be_left_out = yes in its section.");
		ret = -EPERM;
		break;
	}
	kernel_names_free(&entries);
	return ret;
}

/* A stack that works without one of its filters must not go unnoticed */
void stack_warn_left_out(const char *name)
{
	char value[KERNEL_VALUE_MAX];
	struct kernel_names entries;
	const char *entry;
	size_t i;

	if (kernel_filters(name, &entries))
		return;
	for (i = 0; i < entries.nr; i++) {
		entry = entries.names[i];
		if (kernel_filter_read(name, entry, KERNEL_STATE, value) ||
		    strcmp(value, DUMPFLT_FILTER_STATE_LEFT_OUT))
			continue;
		kernel_filter_read(name, entry, KERNEL_LAST_ERROR, value);
		report_warning("stack '%s' works without filter '%s': %s", name,
			       entry, value[0] ? value : "it was left out");
	}
	kernel_names_free(&entries);
}
