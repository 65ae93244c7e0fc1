// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The configuration file: what is loaded for the next crash, and where dumps go.
 * That of the capture kernel is made from it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "deploy/settings.h"
#include "lib/file.h"
#include "lib/ini.h"
#include "lib/report.h"

/* A key of [capture], and the section that it has in the capture kernel */
static const struct {
	const char *name;
	bool dump;
} capture_keys[] = {
	{ "max_pages",		false },
	{ "timeout_ms",		false },
	{ "require_flush",	false },
	{ "args",		true },
	{ "wait_for_target",	true },
	{ "max_seconds",	true },
	{ "checkpoint_mib",	true },
	{ "checkpoint_seconds",	true },
	{ "log",		true },
	{ "log_kib",		true },
	{ "log_seconds",	true },
};

struct reading {
	struct settings	*settings;
	enum settings_part part;
	bool		skipping;	/* a section of the other part */
	char		section[16];
	char		seen[512];	/* "|name" of each section and key */
};

static bool once(struct reading *reading, const char *name)
{
	char word[80];

	snprintf(word, sizeof(word), "|%.16s/%.40s|", reading->section, name);
	if (strstr(reading->seen, word))
		return false;
	return append_string(reading->seen, sizeof(reading->seen), "%s", word);
}

static bool take_section(void *ctx, const char *name, char error[INI_ERROR_MAX])
{
	struct reading *reading = ctx;
	bool area = !strcmp(name, "area"), collect = !strcmp(name, "collect");
	bool hibernation = !strcmp(name, "hibernation");

	if (!area && !collect && !hibernation && strcmp(name, "kernel") &&
	    strcmp(name, "capture")) {
		snprintf(error, INI_ERROR_MAX,
			 "unknown section [%.40s]: [area], [kernel], [capture], [collect] and [hibernation] exist",
			 name);
		return false;
	}
	reading->skipping = hibernation ||
			    (!area && collect != (reading->part == SETTINGS_COLLECT));
	copy_string(reading->section, sizeof(reading->section), name);
	if (once(reading, ""))
		return true;
	snprintf(error, INI_ERROR_MAX, "section [%s] is there twice", name);
	return false;
}

/* By the capture kernel's own reader. Returns: as config_read() */
static int read_text(char *text, struct config *config, struct ini_error *error)
{
	FILE *file = fmemopen(text, strlen(text), "r");
	int ret;

	if (!file)
		return -errno;
	ret = config_read(file, config, error);
	fclose(file);
	return ret;
}

/* The capture kernel's own reader says whether it would take the line */
static bool check_capture_key(bool dump, const char *name, const char *value,
			      char error[INI_ERROR_MAX])
{
	static struct config config;
	struct ini_error wrong;
	char text[512];
	int ret;

	snprintf(text, sizeof(text), "[stack]\ntarget = /dev/x\n%s%s = %s\n",
		 dump ? "[dump]\n" : "", name, value);
	ret = read_text(text, &config, &wrong);
	if (ret)
		copy_string(error, INI_ERROR_MAX, ret == -EINVAL ? wrong.text : strerror(-ret));
	return !ret;
}

static bool add_line(char text[SETTINGS_TEXT_MAX], const char *name, const char *value,
		     char error[INI_ERROR_MAX])
{
	if (append_string(text, SETTINGS_TEXT_MAX, "%s = %s\n", name, value))
		return true;
	snprintf(error, INI_ERROR_MAX, "[capture] is too long");
	return false;
}

/* Returns: which of them it is, or -1 */
static int choose(const char *value, const char *const *words, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(value, words[i]))
			return (int)i;
	return -1;
}

static bool take_compress(struct settings *settings, const char *value,
			  char error[INI_ERROR_MAX])
{
	static const char * const words[] = {
		[SETTINGS_COMPRESS_MEASURED]	= "measured",
		[SETTINGS_COMPRESS_ARGS]	= "args",
	};
	int which = choose(value, words, ARRAY_SIZE(words));

	if (which >= 0)
		settings->compress = (enum settings_compress)which;
	else
		snprintf(error, INI_ERROR_MAX,
			 "'%.40s' is no value for compress: it can be measured or args", value);
	return which >= 0;
}

/* The lines of the capture kernel's section that has the key */
static char *lines_of(struct settings *settings, size_t key)
{
	if (!strcmp(capture_keys[key].name, "args"))
		return settings->args;
	return capture_keys[key].dump ? settings->dump : settings->stack;
}

static bool take_capture(struct settings *settings, const char *name, const char *value,
			 char error[INI_ERROR_MAX])
{
	size_t i;

	if (!strcmp(name, "makedumpfile")) {
		if (value[0] && copy_string(settings->makedumpfile, CONFIG_PATH_MAX, value))
			return true;
		snprintf(error, INI_ERROR_MAX, "a path of 1 to %d characters is needed",
			 CONFIG_PATH_MAX - 1);
		return false;
	}
	if (!strcmp(name, "compress"))
		return take_compress(settings, value, error);
	settings->seconds_said |= !strcmp(name, "max_seconds");
	for (i = 0; i < ARRAY_SIZE(capture_keys); i++)
		if (!strcmp(capture_keys[i].name, name))
			return check_capture_key(capture_keys[i].dump, name, value, error) &&
			       add_line(lines_of(settings, i), name, value, error);
	snprintf(error, INI_ERROR_MAX, "unknown key '%.40s' in section [capture]", name);
	return false;
}

static bool take_path(char *to, size_t size, const char *name, const char *value,
		      char error[INI_ERROR_MAX])
{
	if (value[0] == '/' && copy_string(to, size, value))
		return true;
	snprintf(error, INI_ERROR_MAX, "%s: a path from / on of at most %zu characters is needed",
		 name, size - 1);
	return false;
}

static bool take_append(struct settings *settings, const char *value,
			char error[INI_ERROR_MAX])
{
	if (copy_string(settings->append, sizeof(settings->append), value))
		return true;
	snprintf(error, INI_ERROR_MAX, "append is longer than %zu characters",
		 sizeof(settings->append) - 1);
	return false;
}

static bool take_rehearsal(struct settings *settings, const char *value,
			   char error[INI_ERROR_MAX])
{
	static const char * const words[] = {
		[SETTINGS_REHEARSAL_WARN]	= "warn",
		[SETTINGS_REHEARSAL_REQUIRE]	= "require",
		[SETTINGS_REHEARSAL_NO]		= "no",
	};
	int which = choose(value, words, ARRAY_SIZE(words));

	if (which >= 0)
		settings->rehearsal = (enum settings_rehearsal)which;
	else
		snprintf(error, INI_ERROR_MAX, "'%.40s' is no value for rehearsal: it can be warn, require or no",
			 value);
	return which >= 0;
}

static bool take_id(struct settings *settings, const char *value, char error[INI_ERROR_MAX])
{
	settings->id_said = area_id_parse(value, settings->id);
	if (settings->id_said)
		return true;
	snprintf(error, INI_ERROR_MAX,
		 "'%.60s' is no id of a dump area: 32 hexadecimal digits, as 'dumpflt show' prints them",
		 value);
	return false;
}

static bool take_keep(struct settings *settings, const char *value, char error[INI_ERROR_MAX])
{
	if (parse_number(value, 0, SETTINGS_KEEP_MAX, &settings->keep))
		return true;
	snprintf(error, INI_ERROR_MAX, "keep: a number from 0 (all) to %d is needed",
		 SETTINGS_KEEP_MAX);
	return false;
}

static bool take_salvage(struct settings *settings, const char *value,
			 char error[INI_ERROR_MAX])
{
	settings->salvage = !strcmp(value, "yes") || !strcmp(value, "1");
	if (settings->salvage || !strcmp(value, "no") || !strcmp(value, "0"))
		return true;
	snprintf(error, INI_ERROR_MAX, "'%.40s' is no value for salvage: yes and no are", value);
	return false;
}

static bool take_key(void *ctx, const char *name, const char *value,
		     char error[INI_ERROR_MAX])
{
	struct reading *reading = ctx;
	struct settings *settings = reading->settings;
	const char *section = reading->section;

	if (reading->skipping)
		return true;
	if (!once(reading, name)) {
		snprintf(error, INI_ERROR_MAX, "key '%.40s' is there twice", name);
		return false;
	}
	if (!strcmp(section, "capture"))
		return take_capture(settings, name, value, error);
	if (!strcmp(section, "area") && !strcmp(name, "id"))
		return take_id(settings, value, error);
	if (!strcmp(section, "area") && !strcmp(name, "target"))
		return take_path(settings->target, sizeof(settings->target), name, value, error);
	if (!strcmp(section, "kernel") && !strcmp(name, "image"))
		return take_path(settings->kernel, sizeof(settings->kernel), name, value, error);
	if (!strcmp(section, "kernel") && !strcmp(name, "append"))
		return take_append(settings, value, error);
	if (!strcmp(section, "kernel") && !strcmp(name, "rehearsal"))
		return take_rehearsal(settings, value, error);
	if (!strcmp(section, "collect") && !strcmp(name, "dir"))
		return take_path(settings->dir, sizeof(settings->dir), name, value, error);
	if (!strcmp(section, "collect") && !strcmp(name, "keep"))
		return take_keep(settings, value, error);
	if (!strcmp(section, "collect") && !strcmp(name, "salvage"))
		return take_salvage(settings, value, error);
	snprintf(error, INI_ERROR_MAX, "unknown key '%.40s' in section [%s]", name, section);
	return false;
}

/**
 * settings_read() - read the configuration file
 * @path: of it
 * @part: what it is needed for
 * @settings: filled
 *
 * Return: 0 or a negative errno, which is reported
 */
int settings_read(const char *path, enum settings_part part, struct settings *settings)
{
	static const char op[] = "reading the configuration";
	struct reading reading = { .settings = settings, .part = part };
	const struct ini_reader reader = {
		.section = take_section, .key = take_key, .ctx = &reading,
	};
	struct ini_error error;
	FILE *file;
	int ret;

	memset(settings, 0, sizeof(*settings));
	copy_string(settings->makedumpfile, sizeof(settings->makedumpfile), "makedumpfile");
	copy_string(settings->dir, sizeof(settings->dir), "/var/crash");
	ret = file_stream(op, path, &file);
	if (ret) {
		report_hint("See dumpflt.conf(5): two lines are enough, [area] and id = ...");
		return ret;
	}
	ret = ini_read(file, &reader, &error);
	fclose(file);
	if (ret) {
		ini_report(op, path, &error, ret);
	} else if (settings->id_said == !!settings->target[0]) {
		ret = -EINVAL;
		report_failure(op, path, "[area] needs id, or target, and not both");
		report_hint("'dumpflt show DEVICE' prints the id; it stays when names of devices move.");
	}
	return ret;
}

/* Returns: false if there is no room for the line */
bool settings_set_seconds(struct settings *settings, __u64 seconds)
{
	return append_string(settings->dump, sizeof(settings->dump), "max_seconds = %llu\n",
			     (unsigned long long)seconds);
}

/**
 * settings_config() - what the capture kernel will read
 * @settings: read
 * @target: path of the device that the area is on now
 * @config: filled, with the makedumpfile of this system
 *
 * Return: 0 or a negative errno, which is reported
 */
int settings_config(const struct settings *settings, const char *target,
		    struct config *config)
{
	char text[3 * SETTINGS_TEXT_MAX + SPEC_TARGET_MAX + 64];
	struct ini_error error;
	int ret;

	snprintf(text, sizeof(text), "[stack]\ntarget = %s\n%s[dump]\n%s%s", target,
		 settings->stack, settings->args, settings->dump);
	ret = read_text(text, config, &error);
	/* no line of a file */
	error.line = 0;
	if (ret)
		ini_report("reading the configuration", "[capture]", &error, ret);
	copy_string(config->makedumpfile, sizeof(config->makedumpfile),
		    settings->makedumpfile);
	return ret;
}
