// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is run in a rehearsal: makedumpfile alone, and the whole chain, that is
 * 'dumpflt capture' with the configuration of the image.
 *
 * That is changed in what cannot be the same: the target, which process 1 would have
 * found, the memory, which is a sample, and the level, as of the sample nothing but
 * zeros can be left out; and the kernel log, which is in no sample.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "lib/json.h"
#include "lib/report.h"
#include "rehearsal/chain.h"

#define OP		"rehearsing"
#define MAKEDUMPFILE	"/usr/bin/makedumpfile"
#define DUMPFLT		"/usr/bin/dumpflt"
#define CONFIG_IN	"/etc/dumpflt/capture.conf.in"
#define CONFIG		"/run/rehearsal.conf"
#define STACK		"rehearsal"
/* Zeros only */
#define LEVEL		1
#define LINE_MAX_HERE	(DUMPFLT_OPTIONS_MAX + 64)

static int stopped(const char *object)
{
	report_failure(OP, object, "it was told to end: what was begun is taken away");
	return -EINTR;
}

static int fails(const struct run *run, const char *object, const char *words, int ret)
{
	if (ret == -EINTR)
		return stopped(object);
	if (ret == -EIO)
		report_failure(OP, object, "%s", words);
	else
		report_error(OP, object, -ret);
	run_hint(run);
	return ret;
}

/**
 * chain_look() - have makedumpfile look at all of this kernel's memory
 * @run: with progress; filled
 * @understood: set to whether it could: the capture kernel's memory is of the same kernel
 *
 * Return: 0 or a negative errno, which is reported
 */
int chain_look(struct run *run, bool *understood)
{
	char *const argv[] = {
		(char *)"makedumpfile", (char *)"--mem-usage", (char *)"/proc/kcore", NULL,
	};
	int ret;

	run->phase = "looking at memory";
	run->total = 0;
	ret = run_program(run, MAKEDUMPFILE, argv);
	*understood = !ret;
	if (ret != -EIO)
		return ret ? fails(run, MAKEDUMPFILE, "", ret) : 0;
	report_warning("makedumpfile cannot tell what this kernel's memory is used for: a dump that leaves out more than zeros is likely to fail. Install a newer one");
	run_hint(run);
	return 0;
}

/* Splits @text */
static size_t split(char *text, char *argv[CONFIG_ARGS_MAX])
{
	char *word, *rest;
	size_t nr = 0;

	for (word = strtok_r(text, " ", &rest); word && nr < CONFIG_ARGS_MAX;
	     word = strtok_r(NULL, " ", &rest))
		argv[nr++] = word;
	return nr;
}

/**
 * chain_source() - makedumpfile alone: what it writes goes nowhere
 * @run: with progress and total; filled
 * @plan: with its arguments
 * @compressed: as they say; else pages stay as they are
 *
 * Return: 0 or a negative errno, which is reported
 */
int chain_source(struct run *run, const struct plan *plan, bool compressed)
{
	char *argv[CONFIG_ARGS_MAX + 4] = { (char *)"makedumpfile", (char *)"-F" };
	char text[ARGS_TEXT_MAX], plain[ARGS_TEXT_MAX], *words[CONFIG_ARGS_MAX];
	size_t nr = 2;
	int ret;

	if (!args_with_level(plan->config.args, plan->config.nr_args, LEVEL, text))
		return -E2BIG;
	if (compressed)
		nr += split(text, argv + nr);
	else if (args_uncompressed(words, split(text, words), plain))
		nr += split(plain, argv + nr);
	else
		return -E2BIG;
	argv[nr++] = (char *)CHAIN_SAMPLE;
	argv[nr] = NULL;
	ret = run_program(run, MAKEDUMPFILE, argv);
	return ret ? fails(run, MAKEDUMPFILE, "it fails", ret) : 0;
}

static bool is_line_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	return !strncmp(line, key, len) && !strncmp(line + len, " = ", 3);
}

/* In [dump]: an option of a filter may have such a name, too */
static bool is_replaced(const char *line)
{
	static const char * const replaced[] = { "args", "log", "log_kib", "log_seconds" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(replaced); i++)
		if (is_line_of(line, replaced[i]))
			return true;
	return false;
}

static void copy_config(const struct plan *plan, const char *args, FILE *in, FILE *out)
{
	static char line[LINE_MAX_HERE];
	bool dump = false;

	while (fgets(line, sizeof(line), in)) {
		if (line[0] == '[')
			dump = !strcmp(line, "[dump]\n");
		if (!dump || !is_replaced(line))
			fputs(line, out);
		if (!strcmp(line, "[stack]\n"))
			fprintf(out, "name = " STACK "\ntarget = %s\n", plan->device);
		if (!strcmp(line, "[dump]\n"))
			fprintf(out, "vmcore = " CHAIN_SAMPLE "\nargs = %s\nlog = no\n", args);
	}
}

/**
 * chain_config() - the configuration for the rehearsal
 * @plan: with target and arguments
 * @from: file of the image
 * @to: file to be written
 *
 * Return: 0 or a negative errno, which is reported
 */
int chain_config(const struct plan *plan, const char *from, const char *to)
{
	char args[ARGS_TEXT_MAX];
	FILE *in, *out;
	int ret = 0;

	if (!args_with_level(plan->config.args, plan->config.nr_args, LEVEL, args))
		ret = -E2BIG;
	in = fopen(from, "re");
	out = in ? fopen(to, "we") : NULL;
	if (!ret && out)
		copy_config(plan, args, in, out);
	else if (!ret)
		ret = -errno;
	if (in)
		fclose(in);
	if (out && fclose(out) && !ret)
		ret = -errno;
	if (ret)
		report_error(OP, to, -ret);
	return ret;
}

/* Its line of JSON */
static int read_result(const struct run *run, struct chain *chain)
{
	struct json_object *object = json_tokener_parse(run->text);

	if (!object)
		return -EIO;
	chain->bytes = json_number(object, "bytes");
	chain->us = json_number(object, "ms") * 1000;
	json_object_put(object);
	return chain->bytes && chain->us ? 0 : -EIO;
}

/**
 * chain_all() - a dump of the sample through the whole chain
 * @run: with progress and total; filled
 * @plan: with the target
 * @chain: filled
 *
 * Return: 0 or a negative errno, which is reported
 */
int chain_all(struct run *run, const struct plan *plan, struct chain *chain)
{
	char *const argv[] = {
		(char *)"dumpflt", (char *)"capture", (char *)"-c", (char *)CONFIG,
		(char *)"--json", NULL,
	};
	int ret = chain_config(plan, CONFIG_IN, CONFIG);

	if (ret)
		return ret;
	run->phase = "the whole chain";
	run->total = 0;
	ret = run_program(run, DUMPFLT, argv);
	if (!ret)
		ret = read_result(run, chain);
	return ret ? fails(run, plan->device, "the dump fails, as it would in a crash", ret) : 0;
}
