// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why the module of a filter, or that of the core, is not loaded.
 *
 * The kernel runs modprobe and learns from it only that it failed. So what
 * modprobe does is done again, one step after the other: the module and those
 * that it needs are looked up in modules.dep, looked for, and loaded, and the
 * first step that fails says why. What is to be known of a symbol is in the
 * kernel's log alone.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/kernel.h"
#include "kernel/module.h"
#include "lib/text.h"

/* Of the kernel's log, the end */
#define LOG_SIZE	65536
/* As in <sys/klog.h>, which has no names: read the last messages */
#define LOG_READ_ALL	3
/* As in <linux/module.h>: the kernel decompresses it, if it can */
#define COMPRESSED_FILE	4
#define NEEDED_MAX	32
#define NAME_MAX_LEN	64

/* The name of a module, out of its path: "-" is "_" in it, as modprobe has it */
static void module_name(const char *path, char name[NAME_MAX_LEN])
{
	size_t i;

	path = text_base(path);
	for (i = 0; path[i] && path[i] != '.' && i < NAME_MAX_LEN - 1; i++)
		name[i] = path[i];
	name[i] = '\0';
	for (i = 0; name[i]; i++)
		if (name[i] == '-')
			name[i] = '_';
}

bool module_is_loaded(const char *filter)
{
	char path[KERNEL_PATH_MAX];

	return !kernel_module_path(filter, path) && !access(path, F_OK);
}

/* The last line of the log that is about a symbol of this module */
static void find_symbol(const char *module, const char *log,
			char symbol[NAME_MAX_LEN])
{
	const char *at = log;
	char what[NAME_MAX_LEN + 24], format[24];

	symbol[0] = '\0';
	snprintf(what, sizeof(what), "%s: Unknown symbol ", module);
	snprintf(format, sizeof(format), "%%%d[^\n ]", NAME_MAX_LEN - 1);
	while ((at = strstr(at, what))) {
		at += strlen(what);
		if (sscanf(at, format, symbol) != 1)
			symbol[0] = '\0';
	}
}

/**
 * module_words() - why the kernel does not take a module
 * @module: its name
 * @err: positive errno of loading it
 * @log: the kernel's log
 * @words: filled
 */
void module_words(const char *module, int err, const char *log,
		  char words[MODULE_WORDS_MAX])
{
	char symbol[NAME_MAX_LEN];

	switch (err) {
	case ENOKEY:
	case EKEYREJECTED:
	case EKEYEXPIRED:
	case EKEYREVOKED:
	case EBADMSG:
		format_string(words, MODULE_WORDS_MAX,
			      "module %s: the kernel takes only modules that are signed with a key it trusts (%s): sign it and enrol the key, or boot without Secure Boot",
			      module, strerror(err));
		break;
	case ENOENT:
		find_symbol(module, log, symbol);
		if (symbol[0])
			format_string(words, MODULE_WORDS_MAX,
				      "module %s needs the symbol %s, and the module that has it is not there",
				      module, symbol);
		else
			format_string(words, MODULE_WORDS_MAX,
				      "module %s needs a symbol that is not there: see dmesg",
				      module);
		break;
	case ENOEXEC:
		format_string(words, MODULE_WORDS_MAX,
			      "module %s was built for another kernel, or is damaged: see dmesg",
			      module);
		break;
	case EPERM:
		format_string(words, MODULE_WORDS_MAX,
			      "module %s: no modules may be loaded, by whom this runs as or in a kernel that is locked down",
			      module);
		break;
	default:
		format_string(words, MODULE_WORDS_MAX,
			      "module %s cannot be loaded: %s", module,
			      strerror(err));
		break;
	}
}

static void explain_load(const char *module, int err,
			 char words[MODULE_WORDS_MAX])
{
	char *log = calloc(1, LOG_SIZE);
	int len = log ? klogctl(LOG_READ_ALL, log, LOG_SIZE - 1) : 0;

	if (log && len >= 0)
		log[len] = '\0';
	module_words(module, err, log ? log : "", words);
	free(log);
}

/* Returns: 0, also if it was loaded before; else a positive errno */
static int load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;
	const char *end = strrchr(path, '.');
	int flags = end && !strcmp(end, ".ko") ? 0 : COMPRESSED_FILE;

	if (fd < 0)
		return errno;
	ret = syscall(SYS_finit_module, fd, "", flags) ? errno : 0;
	close(fd);
	return ret == EEXIST ? 0 : ret;
}

/* The line of modules.dep; false if there is none of this module */
static bool find_line(const char *folder, const char *module, char **line)
{
	char path[KERNEL_PATH_MAX], name[NAME_MAX_LEN];
	size_t size = 0;
	bool found = false;
	char *colon;
	FILE *file;

	*line = NULL;
	format_string(path, sizeof(path), "%s/modules.dep", folder);
	file = fopen(path, "re");
	if (!file)
		return false;
	while (!found && getline(line, &size, file) > 0) {
		(*line)[strcspn(*line, "\n")] = '\0';
		colon = strchr(*line, ':');
		if (!colon)
			continue;
		*colon = '\0';
		module_name(*line, name);
		*colon = ' ';
		found = !strcmp(name, module);
	}
	fclose(file);
	return found;
}

/* One module of those that are needed, the last one first. Words if it fails */
static bool try_one(const char *folder, const char *file, bool needed,
		    char words[MODULE_WORDS_MAX])
{
	char path[KERNEL_PATH_MAX], name[NAME_MAX_LEN];
	int err;

	module_name(file, name);
	if (!format_string(path, sizeof(path), file[0] == '/' ? "%.0s%s" : "%s/%s",
			   folder, file))
		return true;
	if (access(path, F_OK)) {
		format_string(words, MODULE_WORDS_MAX, needed ?
			      "a module that it needs is not there: %s (%s)" :
			      "modules.dep names module %s, but it is not there (%s)",
			      name, path);
		return false;
	}
	err = kernel_is_moved() ? 0 : load(path);
	/* compressed, and the kernel cannot: modprobe can, and knows more */
	if (!err || err == EOPNOTSUPP)
		return true;
	explain_load(name, err, words);
	return false;
}

/* Loads what can be loaded. Returns whether it was found out */
static bool find_out(const char *module, const char *file,
		     char words[MODULE_WORDS_MAX])
{
	char *line, *files[NEEDED_MAX], *rest;
	char folder[KERNEL_PATH_MAX];
	bool good = true;
	size_t nr = 0;

	if (kernel_modules_folder(folder))
		return false;
	if (!find_line(folder, module, &line)) {
		free(line);
		format_string(words, MODULE_WORDS_MAX,
			      "module %s is not in %s/modules.dep: install it, and run depmod",
			      file, folder);
		return true;
	}
	for (files[nr] = strtok_r(line, " ", &rest); files[nr] && nr < NEEDED_MAX - 1;
	     files[nr] = strtok_r(NULL, " ", &rest))
		nr++;
	while (good && nr--)
		good = try_one(folder, files[nr], nr, words);
	free(line);
	return !good;
}

/**
 * module_why() - why is the module of a filter not loaded?
 * @filter: its name
 * @words: filled if that is found out
 *
 * Loads what can be loaded, as the kernel has tried before.
 *
 * Return: whether it was found out
 */
bool module_why(const char *filter, char words[MODULE_WORDS_MAX])
{
	char module[NAME_MAX_LEN], file[NAME_MAX_LEN];

	if (module_is_loaded(filter))
		return false;
	snprintf(module, sizeof(module), "dumpflt_%s", filter);
	snprintf(file, sizeof(file), "dumpflt-%s", filter);
	return find_out(module, file, words);
}

/**
 * module_why_core() - why is there no kernel side?
 * @words: filled if that is found out
 *
 * Return: whether it was found out
 */
bool module_why_core(char words[MODULE_WORDS_MAX])
{
	return find_out("dumpflt", "dumpflt", words);
}

/* Filters that are installed for this kernel; one without an alias is not among them */
static bool is_found(const char *filter, bool *any)
{
	char folder[KERNEL_PATH_MAX], module[NAME_MAX_LEN];
	struct kernel_names names;
	char *line = NULL;
	bool found = false;
	size_t i;

	*any = false;
	if (!kernel_available_filters(&names)) {
		*any = names.nr;
		for (i = 0; i < names.nr; i++)
			found = found || !strcmp(names.names[i], filter);
		kernel_names_free(&names);
	}
	snprintf(module, sizeof(module), "dumpflt_%s", filter);
	if (!found && !kernel_modules_folder(folder)) {
		/* it is found by the name of its file */
		found = find_line(folder, module, &line);
		free(line);
	}
	return found;
}

/**
 * module_is_installed() - is the module of a filter here?
 * @filter: its name, which has been checked
 *
 * Loads nothing.
 */
bool module_is_installed(const char *filter)
{
	bool any;

	return module_is_loaded(filter) || is_found(filter, &any);
}

/**
 * module_is_missing() - is it known that the module of a filter is not here?
 * @filter: its name, which has been checked
 *
 * Where no filter at all is installed, such as on a machine that only checks a
 * configuration for another one, nothing is known. Loads nothing.
 */
bool module_is_missing(const char *filter)
{
	bool any, found;

	if (module_is_loaded(filter))
		return false;
	found = is_found(filter, &any);
	return any && !found;
}
