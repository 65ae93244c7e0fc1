// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Asking the kernel whether it would take a stack.
 *
 * Which options a filter knows, and what it wants of a target, only the filter
 * can tell, and it tells when its stack goes live. So a stack of another name
 * goes live and is taken down again. Nothing is written to the target: that
 * begins with a session.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>

#include "kernel/module.h"
#include "kernel/stack.h"
#include "kernel/trial.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "lib/text.h"

/* Where nobody can be asked, or somebody has to be asked for leave first */
static bool is_out_of_reach(char words[KERNEL_VALUE_MAX])
{
	const char *why = NULL;
	char state[KERNEL_VALUE_MAX];

	if (!kernel_present())
		why = "the module dumpflt is not loaded: 'modprobe dumpflt', and try again";
	else if (!kernel_writable())
		why = "only root may ask the kernel";
	else if (!kernel_stack_read(TRIAL_STACK, KERNEL_STATE, state))
		why = "there is a stack '" TRIAL_STACK "': somebody else tries, or was killed, and 'dumpflt destroy "
		      TRIAL_STACK "' takes it down";
	if (why)
		copy_string(words, KERNEL_VALUE_MAX, why);
	return why;
}

static void explain_missing(const struct stack_spec *spec,
			    char words[KERNEL_VALUE_MAX])
{
	char why[MODULE_WORDS_MAX];
	size_t i;

	for (i = 0; i < spec->nr_filters; i++)
		if (module_why(spec->filters[i].name, why)) {
			format_string(words, KERNEL_VALUE_MAX, "filter '%s': %s",
				      spec->filters[i].name, why);
			return;
		}
}

/* A stack that would work without one of its filters */
static enum trial look_for_left_out(const struct stack_spec *spec,
				    char words[KERNEL_VALUE_MAX])
{
	char entry[KERNEL_ENTRY_MAX], value[KERNEL_VALUE_MAX];
	size_t i;

	for (i = 0; i < spec->nr_filters; i++) {
		spec_entry(spec, i, entry, sizeof(entry));
		if (kernel_filter_read(spec->name, entry, KERNEL_STATE, value) ||
		    strcmp(value, DUMPFLT_FILTER_STATE_LEFT_OUT))
			continue;
		kernel_filter_read(spec->name, entry, KERNEL_LAST_ERROR, value);
		if (!spec->filters[i].may_be_left_out) {
			format_string(words, KERNEL_VALUE_MAX,
				      "filter '%s' is left out: %.400s", entry,
				      value);
			return TRIAL_REFUSED;
		}
		report_warning("a dump would be made without filter '%s': %s",
			       entry, value);
	}
	return TRIAL_GOOD;
}

/* A live stack of it, as it stands, for a moment. Returns: a negative errno in @err */
static enum trial try_once(const struct stack_spec *spec, int *err,
			   char words[KERNEL_VALUE_MAX])
{
	enum trial result = TRIAL_REFUSED;

	words[0] = '\0';
	*err = stack_up(spec, false);
	if (*err) {
		copy_string(words, KERNEL_VALUE_MAX, strerror(-*err));
		return result;
	}
	*err = kernel_stack_write(spec->name, KERNEL_LIVE, "1");
	if (!*err) {
		result = look_for_left_out(spec, words);
	} else {
		if (kernel_stack_read(spec->name, KERNEL_LAST_ERROR, words) ||
		    !words[0])
			copy_string(words, KERNEL_VALUE_MAX, strerror(-*err));
		if (*err == -ENOENT)
			explain_missing(spec, words);
	}
	stack_down(spec->name);
	/* free, or filled, when the machine has crashed: target and keyring */
	if (*err == -EBUSY || *err == -ENOKEY)
		result = TRIAL_NOT_ASKED;
	return result;
}

/* Returns: whether there are any that may be left out */
static bool demand_all(struct stack_spec *spec)
{
	bool any = false;
	size_t i;

	for (i = 0; i < spec->nr_filters; i++)
		if (spec->filters[i].may_be_left_out) {
			spec->filters[i].critical = true;
			any = true;
		}
	return any;
}

/**
 * stack_try() - would the kernel take this stack?
 * @spec: the stack, complete
 * @words: why not, or why that is not known; empty if it would
 *
 * A filter that may be left out may be so for what is not there, not for an
 * option that it does not take: with that, it would be left out always. Warns of
 * one that is. Signals are held from now on, so that nothing is left behind.
 *
 * Return: see &enum trial
 */
enum trial stack_try(const struct stack_spec *spec, char words[KERNEL_VALUE_MAX])
{
	/* Too large for a stack, and there is only one */
	static struct stack_spec copy;
	enum trial result;
	int err;

	if (is_out_of_reach(words))
		return TRIAL_NOT_ASKED;
	signals_catch();
	signals_hold();
	copy = *spec;
	copy_string(copy.name, sizeof(copy.name), TRIAL_STACK);
	if (demand_all(&copy)) {
		result = try_once(&copy, &err, words);
		if (err == -EINVAL)
			return result;
		memcpy(copy.filters, spec->filters, sizeof(copy.filters));
	}
	return try_once(&copy, &err, words);
}
