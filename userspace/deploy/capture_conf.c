// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The configuration of the capture kernel, without its target.
 *
 * It names the filters and recipients that were looked at when the machine was
 * armed. The policy is on the disk, and whoever has the disk may change it until
 * the crash, or hand in another one that shows the same id. With filters of its
 * own 'capture' takes no other policy than these, and seals where there is none.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../module/format/format.h"
#include "deploy/capture_conf.h"
#include "lib/report.h"
#include "lib/text.h"

#define ADD(text, ...)	append_string(text, CAPTURE_CONF_MAX, __VA_ARGS__)

/* The kernel's lines "name=value", as lines of the file */
static bool add_options(char *text, const char *options)
{
	size_t len;

	for (; *options; options += len + (options[len] == '\n')) {
		size_t name = strcspn(options, "=\n");

		len = strcspn(options, "\n");
		if (len && (options[name] != '=' ||
			    !ADD(text, "%.*s = \"%.*s\"\n", (int)name, options,
				 (int)(len - name - 1), options + name + 1)))
			return false;
	}
	return true;
}

static bool add_filter(char *text, const struct filter_spec *filter)
{
	return ADD(text, "[filter %s]\ncritical = %s\nstart_optional = %s\n", filter->name,
		   filter->critical ? "yes" : "no", filter->start_optional ? "yes" : "no") &&
	       add_options(text, filter->options);
}

static bool same_options(const char *a, const char *b)
{
	return dumpflt_options_equal(a, strlen(a), b, strlen(b));
}

static bool same_filters(const struct stack_spec *a, const struct stack_spec *b)
{
	size_t i;

	if (a->nr_filters != b->nr_filters)
		return false;
	for (i = 0; i < a->nr_filters; i++)
		if (strcmp(a->filters[i].name, b->filters[i].name) ||
		    a->filters[i].critical != b->filters[i].critical ||
		    a->filters[i].start_optional != b->filters[i].start_optional ||
		    !same_options(a->filters[i].options, b->filters[i].options))
			return false;
	return true;
}

/* What is read from @text is what was looked at: there are values that no line can hold */
static bool is_read_back(const struct plan *plan, const char *text)
{
	static const char target[] = "[stack]\ntarget = /dev/x\n";
	static struct config config;
	struct ini_error error;
	FILE *file = tmpfile();
	bool same;

	if (!file)
		return false;
	same = fputs(target, file) >= 0 && fputs(strchr(text, '\n') + 1, file) >= 0 &&
	       !fseek(file, 0, SEEK_SET) && !config_read(file, &config, &error) &&
	       same_filters(&config.stack, &plan->config.stack);
	fclose(file);
	return same;
}

/**
 * capture_conf() - what 'dumpflt capture' will read in the capture kernel
 * @plan: checked
 * @text: filled; process 1 puts the target behind its first line
 *
 * Return: 0 or a negative errno, which is reported
 */
int capture_conf(const struct plan *plan, char text[CAPTURE_CONF_MAX])
{
	const struct stack_spec *stack = &plan->config.stack;
	char args[ARGS_TEXT_MAX];
	bool good;
	size_t i;

	plan_args(plan, args);
	text[0] = '\0';
	good = ADD(text, "[stack]\narea = yes\n%s", plan->settings.stack);
	for (i = 0; good && i < stack->nr_filters; i++)
		good = add_filter(text, &stack->filters[i]);
	good = good && ADD(text, "[dump]\nmakedumpfile = /usr/bin/makedumpfile\nargs = %s\n%s",
			   args, plan->settings.dump);
	if (good && is_read_back(plan, text))
		return 0;
	report_failure("writing the configuration of the capture kernel", plan->device,
		       "an option of a filter in the area's policy has a value that no line of it can hold");
	report_hint("'dumpflt show %s' prints the policy; a line holds 190 characters. Collect the dumps and format the area with shorter options",
		    plan->device);
	return -EINVAL;
}
