// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What 'dumpflt arm' wrote down to be done: a word and a value in each line.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>

#include "init/init.h"

/* The path has no blank; what is behind one are options */
static bool add_module(struct init_plan *plan, const char *value, bool needed)
{
	struct init_module *module = &plan->modules[plan->nr_modules];
	const char *options = strchr(value, ' ');
	int len = options ? (int)(options - value) : (int)strlen(value);

	if (plan->nr_modules == INIT_MODULES_MAX ||
	    !format_string(module->path, sizeof(module->path), "%.*s", len, value) ||
	    !copy_string(module->options, sizeof(module->options), options ? options + 1 : ""))
		return false;
	module->needed = needed;
	plan->nr_modules++;
	return true;
}

static bool take(struct init_plan *plan, const char *word, const char *value)
{
	if (!strcmp(word, "boot"))
		return copy_string(plan->boot, sizeof(plan->boot), value);
	if (!strcmp(word, "area"))
		return area_id_parse(value, plan->id);
	if (!strcmp(word, "wait"))
		return parse_number(value, 0, ~0U, &plan->wait);
	if (!strcmp(word, "before"))
		return parse_number(value, 1, ~0U, &plan->before);
	if (!strcmp(word, "budget"))
		return parse_number(value, 1, ~0U, &plan->budget);
	if (!strcmp(word, "module"))
		return add_module(plan, value, true);
	return !strcmp(word, "try") && add_module(plan, value, false);
}

/* Returns: false, and it is said why */
bool plan_read(struct init_plan *plan)
{
	FILE *file = fopen(INIT_PLAN, "re");
	char line[2 * INIT_PATH_MAX + 32], *value;
	bool good = true;

	memset(plan, 0, sizeof(*plan));
	if (!file)
		return say_failure("%s cannot be read: %m", INIT_PLAN);
	while (good && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		value = strchr(line, ' ');
		if (value)
			*value++ = '\0';
		good = value && take(plan, line, value);
	}
	fclose(file);
	if (!good)
		return say_failure("%s: line '%s' is not understood", INIT_PLAN, line);
	return (plan->before && plan->budget) || say_failure("%s: no budget", INIT_PLAN);
}
