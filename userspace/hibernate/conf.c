// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Section [hibernation] of the configuration file.
 *
 * The other sections are passed over: a mistake in what is for crashes must not keep a
 * machine from its memory, nor the other way round.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "area/find.h"
#include "hibernate/conf.h"
#include "hibernate/hibernate.h"
#include "lib/file.h"
#include "lib/ini.h"
#include "lib/report.h"
#include "lib/text.h"

struct reading {
	struct hibernation_conf	*conf;
	bool			inside;
};

static bool take_section(void *ctx, const char *name, char error[INI_ERROR_MAX])
{
	struct reading *reading = ctx;

	reading->inside = !strcmp(name, "hibernation");
	if (!reading->inside)
		return true;
	if (reading->conf->said) {
		snprintf(error, INI_ERROR_MAX, "section [hibernation] is there twice");
		return false;
	}
	reading->conf->said = true;
	return true;
}

static bool take_text(char *to, size_t size, const char *name, const char *value,
		      char error[INI_ERROR_MAX])
{
	if (to[0])
		snprintf(error, INI_ERROR_MAX, "key '%s' is there twice", name);
	else if (!value[0] || !copy_string(to, size, value))
		snprintf(error, INI_ERROR_MAX, "%s: 1 to %zu characters are needed", name,
			 size - 1);
	else
		return true;
	return false;
}

static bool take_path(char *to, size_t size, const char *name, const char *value,
		      char error[INI_ERROR_MAX])
{
	if (value[0] == '/')
		return take_text(to, size, name, value, error);
	snprintf(error, INI_ERROR_MAX, "%s: a path from / on is needed", name);
	return false;
}

static bool take_id(char *to, size_t size, const char *value, char error[INI_ERROR_MAX])
{
	__u8 id[AREA_ID_SIZE];

	if (area_id_parse(value, id))
		return take_text(to, size, "id", value, error);
	snprintf(error, INI_ERROR_MAX,
		 "'%.60s' is no id of a dump area: 32 hexadecimal digits, as 'dumpflt show' prints them",
		 value);
	return false;
}

static bool take_fingerprint(char *to, const char *value, char error[INI_ERROR_MAX])
{
	if (fingerprint_parse(value, to))
		return true;
	snprintf(error, INI_ERROR_MAX,
		 "'%.70s' is no fingerprint: 64 hexadecimal digits, as 'dumpflt show' prints them",
		 value);
	return false;
}

static bool take_mode(enum power_mode *mode, const char *value, char error[INI_ERROR_MAX])
{
	if (power_parse(value, mode))
		return true;
	snprintf(error, INI_ERROR_MAX, "'%.40s' is no mode: platform, shutdown, reboot or suspend",
		 value);
	return false;
}

static bool take_compressor(enum compressor *compressor, const char *value,
			    char error[INI_ERROR_MAX])
{
	if (compressor_parse(value, compressor))
		return true;
	snprintf(error, INI_ERROR_MAX, "'%.40s' is no compressor: lz4 or none", value);
	return false;
}

static bool take_image_size(__u64 *size, const char *value, char error[INI_ERROR_MAX])
{
	if (parse_number(value, 0, HIBERNATE_ANY - 1, size))
		return true;
	snprintf(error, INI_ERROR_MAX, "'%.40s' is no number of bytes", value);
	return false;
}

static bool take_key(void *ctx, const char *name, const char *value,
		     char error[INI_ERROR_MAX])
{
	struct reading *reading = ctx;
	struct hibernation_conf *conf = reading->conf;

	if (!reading->inside)
		return true;
	if (!strcmp(name, "id"))
		return take_id(conf->area, sizeof(conf->area), value, error);
	if (!strcmp(name, "target"))
		return take_path(conf->area, sizeof(conf->area), name, value, error);
	if (!strcmp(name, "fingerprint"))
		return take_fingerprint(conf->fingerprint, value, error);
	if (!strcmp(name, "identity"))
		return take_path(conf->identity, sizeof(conf->identity), name, value, error);
	if (!strcmp(name, "origin"))
		return take_path(conf->origin, sizeof(conf->origin), name, value, error);
	if (!strcmp(name, "mode"))
		return take_mode(&conf->mode, value, error);
	if (!strcmp(name, "compressor"))
		return take_compressor(&conf->compressor, value, error);
	if (!strcmp(name, "image_size"))
		return take_image_size(&conf->image_size, value, error);
	snprintf(error, INI_ERROR_MAX, "unknown key '%.40s' in section [hibernation]", name);
	return false;
}

/* What holds where nothing is said */
void hibernation_conf_init(struct hibernation_conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	conf->mode = POWER_AUTO;
	conf->image_size = HIBERNATE_ANY;
	conf->compressor = COMPRESSOR_AUTO;
}

/**
 * hibernation_conf_read() - read it
 * @path: of the configuration file
 * @conf: filled
 *
 * Return: 0 or a negative errno, which is reported
 */
int hibernation_conf_read(const char *path, struct hibernation_conf *conf)
{
	static const char op[] = "reading the configuration";
	struct reading reading = { .conf = conf };
	const struct ini_reader reader = {
		.section = take_section, .key = take_key, .ctx = &reading,
	};
	struct ini_error error;
	FILE *file;
	int ret;

	hibernation_conf_init(conf);
	ret = file_stream(op, path, &file);
	if (ret)
		return ret;
	ret = ini_read(file, &reader, &error);
	fclose(file);
	if (ret) {
		ini_report(op, path, &error, ret);
	} else if (!conf->area[0]) {
		ret = -EINVAL;
		report_failure(op, path, "[hibernation] needs id, or target");
		report_hint("'dumpflt show DEVICE' prints the id of an area that 'dumpflt format --hibernation' has made.");
	}
	return ret;
}
