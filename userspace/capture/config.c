// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The configuration file of the capture kernel: which sections and keys there are.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "capture/config.h"
#include "kernel/spec_policy.h"
#include "lib/text.h"

#define FILTER_PREFIX	"filter "

_Static_assert(INI_ERROR_MAX == SPEC_ERROR_MAX, "words of one are passed on as the other's");

struct key {
	const char *section;
	const char *name;
	bool (*set)(struct config *config, const char *value,
		    char error[SPEC_ERROR_MAX]);
};

struct parser {
	struct config		*config;
	char			*error;	/* INI_ERROR_MAX */
	const char		*section;	/* NULL before the first one */
	struct filter_spec	*filter;	/* of the current section, if any */
	unsigned int		seen_keys;	/* bit i: keys[i] */
	bool			seen_stack, seen_dump;
	bool			seen_critical, seen_start_optional;
	bool			seen_may_be_left_out;
};

static bool set_name(struct config *config, const char *value,
		     char error[SPEC_ERROR_MAX])
{
	return spec_set_name(&config->stack, value, error);
}

static bool set_target(struct config *config, const char *value,
		       char error[SPEC_ERROR_MAX])
{
	return spec_set_target(&config->stack, value, error);
}

static bool set_type(struct config *config, const char *value,
		     char error[SPEC_ERROR_MAX])
{
	return spec_set_type(&config->stack, value, error);
}

static bool set_max_pages(struct config *config, const char *value,
			  char error[SPEC_ERROR_MAX])
{
	return spec_set_max_pages(&config->stack, value, error);
}

static bool set_timeout_ms(struct config *config, const char *value,
			   char error[SPEC_ERROR_MAX])
{
	return spec_set_timeout_ms(&config->stack, value, error);
}

static bool parse_flag_value(const char *name, const char *value, bool *flag,
			     char error[SPEC_ERROR_MAX])
{
	*flag = !strcmp(value, "yes") || !strcmp(value, "1");
	if (*flag || !strcmp(value, "no") || !strcmp(value, "0"))
		return true;
	snprintf(error, SPEC_ERROR_MAX, "'%.40s' is no value for %s: yes and no are",
		 value, name);
	return false;
}

static bool set_area(struct config *config, const char *value,
		     char error[SPEC_ERROR_MAX])
{
	config->area_said = true;
	return parse_flag_value("area", value, &config->stack.area, error);
}

static bool set_overwrite(struct config *config, const char *value,
			  char error[SPEC_ERROR_MAX])
{
	return parse_flag_value("overwrite", value, &config->overwrite, error);
}

static bool set_require_flush(struct config *config, const char *value,
			      char error[SPEC_ERROR_MAX])
{
	return parse_flag_value("require_flush", value,
				&config->stack.require_flush, error);
}

static bool set_path(char to[CONFIG_PATH_MAX], const char *value,
		     char error[SPEC_ERROR_MAX])
{
	if (value[0] && copy_string(to, CONFIG_PATH_MAX, value))
		return true;
	snprintf(error, SPEC_ERROR_MAX,
		 "a path of 1 to %d characters is needed", CONFIG_PATH_MAX - 1);
	return false;
}

static bool set_vmcore(struct config *config, const char *value,
		       char error[SPEC_ERROR_MAX])
{
	return set_path(config->vmcore, value, error);
}

static bool set_makedumpfile(struct config *config, const char *value,
			     char error[SPEC_ERROR_MAX])
{
	return set_path(config->makedumpfile, value, error);
}

/* Words between blanks: no quotes, no variables, no shell */
static bool set_args(struct config *config, const char *value,
		     char error[SPEC_ERROR_MAX])
{
	char *word, *rest;

	config->nr_args = 0;
	if (!copy_string(config->args_text, sizeof(config->args_text), value)) {
		snprintf(error, SPEC_ERROR_MAX,
			 "the arguments are longer than %zu characters",
			 sizeof(config->args_text) - 1);
		return false;
	}
	for (word = strtok_r(config->args_text, INI_BLANKS, &rest); word;
	     word = strtok_r(NULL, INI_BLANKS, &rest)) {
		if (config->nr_args == CONFIG_ARGS_MAX) {
			snprintf(error, SPEC_ERROR_MAX,
				 "more than %d arguments", CONFIG_ARGS_MAX);
			return false;
		}
		config->args[config->nr_args++] = word;
	}
	return args_check(config->args, config->nr_args, &config->facts, error);
}

static bool set_number(__u64 *to, const char *value, const char *unit,
		       unsigned int min, unsigned int max,
		       char error[SPEC_ERROR_MAX])
{
	if (parse_number(value, min, max, to))
		return true;
	snprintf(error, SPEC_ERROR_MAX, "'%.40s' is no number of %s from %u to %u",
		 value, unit, min, max);
	return false;
}

static bool set_wait_for_target(struct config *config, const char *value,
				char error[SPEC_ERROR_MAX])
{
	return set_number(&config->wait_for_target, value, "seconds", 0,
			  CONFIG_WAIT_MAX, error);
}

static bool set_max_seconds(struct config *config, const char *value,
			    char error[SPEC_ERROR_MAX])
{
	return set_number(&config->max_seconds, value, "seconds", 1,
			  CONFIG_SECONDS_MAX, error);
}

static bool set_checkpoint_mib(struct config *config, const char *value,
			       char error[SPEC_ERROR_MAX])
{
	return set_number(&config->checkpoint_mib, value, "MiB", 0,
			  CONFIG_CHECKPOINT_MAX, error);
}

static bool set_checkpoint_seconds(struct config *config, const char *value,
				   char error[SPEC_ERROR_MAX])
{
	return set_number(&config->checkpoint_seconds, value, "seconds", 0,
			  CONFIG_SECONDS_DEF, error);
}

static bool set_log(struct config *config, const char *value,
		    char error[SPEC_ERROR_MAX])
{
	return parse_flag_value("log", value, &config->log, error);
}

static bool set_log_kib(struct config *config, const char *value,
			char error[SPEC_ERROR_MAX])
{
	return set_number(&config->log_kib, value, "KiB", 1, CONFIG_LOG_KIB_MAX,
			  error);
}

static bool set_log_seconds(struct config *config, const char *value,
			    char error[SPEC_ERROR_MAX])
{
	return set_number(&config->log_seconds, value, "seconds", 1,
			  CONFIG_WAIT_MAX, error);
}

static const struct key keys[] = {
	{ "stack",	"name",			set_name },
	{ "stack",	"target",		set_target },
	{ "stack",	"type",			set_type },
	{ "stack",	"max_pages",		set_max_pages },
	{ "stack",	"timeout_ms",		set_timeout_ms },
	{ "stack",	"area",			set_area },
	{ "stack",	"overwrite",		set_overwrite },
	{ "stack",	"require_flush",	set_require_flush },
	{ "dump",	"vmcore",		set_vmcore },
	{ "dump",	"makedumpfile",		set_makedumpfile },
	{ "dump",	"args",			set_args },
	{ "dump",	"wait_for_target",	set_wait_for_target },
	{ "dump",	"max_seconds",		set_max_seconds },
	{ "dump",	"checkpoint_mib",	set_checkpoint_mib },
	{ "dump",	"checkpoint_seconds",	set_checkpoint_seconds },
	{ "dump",	"log",			set_log },
	{ "dump",	"log_kib",		set_log_kib },
	{ "dump",	"log_seconds",		set_log_seconds },
};

static __printf(2, 3)
bool refuse(struct parser *parser, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(parser->error, INI_ERROR_MAX, fmt, args);
	va_end(args);
	return false;
}

/* The setters and spec.c make the words themselves */
static bool refuse_value(struct parser *parser, const char *message)
{
	return refuse(parser, "%s", message);
}

static bool begin_section(void *ctx, const char *section, char error[INI_ERROR_MAX])
{
	struct parser *parser = ctx;
	char message[SPEC_ERROR_MAX];
	bool *seen;

	parser->error = error;
	parser->filter = NULL;
	if (!strncmp(section, FILTER_PREFIX, strlen(FILTER_PREFIX))) {
		section += strlen(FILTER_PREFIX);
		section += strspn(section, INI_BLANKS);
		parser->section = "filter";
		parser->seen_critical = false;
		parser->seen_start_optional = false;
		parser->seen_may_be_left_out = false;
		parser->filter = spec_add_filter(&parser->config->stack, section,
						 message);
		return parser->filter || refuse_value(parser, message);
	}
	if (!strcmp(section, "stack")) {
		parser->section = "stack";
		seen = &parser->seen_stack;
	} else if (!strcmp(section, "dump")) {
		parser->section = "dump";
		seen = &parser->seen_dump;
	} else {
		return refuse(parser, "unknown section [%.40s]: [stack], [dump] and [filter NAME] exist",
			      section);
	}
	if (*seen)
		return refuse(parser, "section [%s] is there twice", section);
	*seen = true;
	return true;
}

static bool set_flag(struct parser *parser, bool *seen, bool *flag,
		     const char *name, const char *value)
{
	char message[SPEC_ERROR_MAX];

	if (*seen)
		return refuse(parser, "key '%s' is there twice", name);
	*seen = true;
	return parse_flag_value(name, value, flag, message) ||
	       refuse_value(parser, message);
}

static bool set_in_filter(struct parser *parser, const char *name,
			  const char *value)
{
	struct filter_spec *filter = parser->filter;
	char message[SPEC_ERROR_MAX];

	if (!strcmp(name, "may_be_left_out"))
		return set_flag(parser, &parser->seen_may_be_left_out,
				&filter->may_be_left_out, name, value);
	filter->critical_said = filter->critical_said || !strcmp(name, "critical");
	if (!strcmp(name, "critical"))
		return set_flag(parser, &parser->seen_critical,
				&filter->critical, name, value);
	if (!strcmp(name, "start_optional"))
		return set_flag(parser, &parser->seen_start_optional,
				&filter->start_optional, name, value);
	return spec_add_option(filter, name, value, message) ||
	       refuse_value(parser, message);
}

static bool set_key(struct parser *parser, const char *name, const char *value)
{
	const char *section = parser->section;
	char message[SPEC_ERROR_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].section, section) &&
		    !strcmp(keys[i].name, name))
			break;
	if (i == ARRAY_SIZE(keys))
		return refuse(parser, "unknown key '%.40s' in section [%s]", name,
			      section);
	if (parser->seen_keys & (1U << i))
		return refuse(parser, "key '%s' is there twice", name);
	parser->seen_keys |= 1U << i;
	return keys[i].set(parser->config, value, message) ||
	       refuse_value(parser, message);
}

static bool take_key(void *ctx, const char *name, const char *value,
		     char error[INI_ERROR_MAX])
{
	struct parser *parser = ctx;

	parser->error = error;
	return parser->filter ? set_in_filter(parser, name, value) :
				set_key(parser, name, value);
}

/**
 * config_defaults() - what a file says that says nothing
 * @config: filled
 */
void config_defaults(struct config *config)
{
	char message[SPEC_ERROR_MAX];

	memset(config, 0, sizeof(*config));
	spec_init(&config->stack);
	spec_set_name(&config->stack, "crash", message);
	set_vmcore(config, "/proc/vmcore", message);
	set_makedumpfile(config, "makedumpfile", message);
	set_args(config, "-l -d 31", message);
	config->wait_for_target = 30;
	config->max_seconds = CONFIG_SECONDS_DEF;
	config->checkpoint_mib = CONFIG_CHECKPOINT_MIB;
	config->checkpoint_seconds = CONFIG_CHECKPOINT_S;
	config->log = true;
	config->log_kib = CONFIG_LOG_KIB;
	config->log_seconds = CONFIG_LOG_S;
}

/* What no line of the file is wrong about alone */
static bool check_whole(struct parser *parser)
{
	struct config *config = parser->config;
	struct stack_spec *stack = &config->stack;
	char message[SPEC_ERROR_MAX];
	size_t i;

	if (config->overwrite && stack->area)
		return refuse(parser, "overwrite = yes is for a plain dump, and area = yes refuses one");
	/* a target that is not a dump area is somebody else's, if nobody says more */
	if (!config->area_said)
		stack->area = !config->overwrite;
	for (i = 0; i < stack->nr_filters; i++)
		if (stack->filters[i].critical && stack->filters[i].may_be_left_out)
			return refuse(parser, "filter '%s' is critical, and so may not be left out",
				      stack->filters[i].name);
	if (stack->area && spec_order_wrong(stack, message))
		return refuse_value(parser, message);
	return stack->target[0] ||
	       refuse(parser, "there is no target in a section [stack]");
}

/**
 * config_read() - read a configuration file
 * @file: to be read from here to its end
 * @config: filled; without meaning on error
 * @error: filled on -EINVAL
 *
 * Return: 0, -EINVAL if the file is not right, or why it cannot be read
 */
int config_read(FILE *file, struct config *config, struct ini_error *error)
{
	struct parser parser = { .config = config };
	const struct ini_reader reader = {
		.section = begin_section, .key = take_key, .ctx = &parser,
	};
	int ret;

	config_defaults(config);
	ret = ini_read(file, &reader, error);
	if (ret)
		return ret;
	parser.error = error->text;
	return check_whole(&parser) ? 0 : -EINVAL;
}
