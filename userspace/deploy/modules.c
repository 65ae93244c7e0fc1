// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The modules that an image needs, in the order in which they are loaded.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deploy/modinfo.h"
#include "deploy/modules.h"
#include "lib/report.h"
#include "module/version.h"

#define NAME_SIZE	64
#define OP		"choosing the modules"

static int add(struct module_set *set, const char *name, bool needed);

/* As modprobe has it: without folders and endings, "-" is "_" */
static void plain_name(const char *path, size_t len, char name[NAME_SIZE])
{
	size_t i, from = len;

	while (from && path[from - 1] != '/')
		from--;
	for (i = 0; from < len && path[from] != '.' && i < NAME_SIZE - 1; i++, from++)
		name[i] = (char)(path[from] == '-' ? '_' : path[from]);
	name[i] = '\0';
}

static char *load_list(const char *release, const char *file)
{
	char path[ROOT_PATH_MAX];
	size_t size;

	return root_path(path, "/lib/modules/%s/%s", release, file) ?
	       root_load(path, &size) : NULL;
}

/* Lockdown tells the module loader, too */
static bool takes_signed_only(void)
{
	return root_says_yes("/sys/module/module/parameters/sig_enforce") ||
	       root_is_locked_down();
}

/* Returns: 0 or a negative errno, which is reported */
int modules_open(struct module_set *set, const char *release)
{
	memset(set, 0, sizeof(*set));
	copy_string(set->release, sizeof(set->release), release);
	set->signed_only = takes_signed_only();
	set->dep = load_list(release, "modules.dep");
	set->alias = load_list(release, "modules.alias");
	set->builtin = load_list(release, "modules.builtin");
	if (set->dep)
		return 0;
	report_failure(OP, release, "/lib/modules/%s/modules.dep cannot be read", release);
	report_hint("Install the kernel's package again, or run: depmod %s", release);
	modules_close(set);
	return -ENOENT;
}

void modules_close(struct module_set *set)
{
	free(set->dep);
	free(set->alias);
	free(set->builtin);
}

/* The line of a list whose path up to @end is the module's; NULL: none */
static const char *find_line(const char *list, const char *name, char end, size_t *len)
{
	char other[NAME_SIZE];
	const char *line;

	for (line = list; line && *line; line += strcspn(line, "\n") + (*line != '\0')) {
		*len = strcspn(line, end == ':' ? ":\n" : "\n");
		plain_name(line, *len, other);
		if (!strcmp(other, name))
			return line;
		line += *len;
	}
	return NULL;
}

/*
 * As deep as soft dependencies lead: who is on the way is not begun again, see add_new().
 * NOLINTBEGIN(misc-no-recursion)
 */

/* All modules of that alias, as soft dependencies use them. Returns: how many */
static unsigned int add_alias(struct module_set *set, const char *name, bool needed)
{
	char line[256], pattern[128], module[NAME_SIZE];
	unsigned int nr = 0;
	const char *at;
	size_t len;

	for (at = set->alias; at && *at; at += len + (at[len] == '\n')) {
		len = strcspn(at, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)len, at);
		if (sscanf(line, "alias %127s %63s", pattern, module) == 2 &&
		    !fnmatch(pattern, name, 0) && !add(set, module, needed))
			nr++;
	}
	return nr;
}

/* Words of "pre: a b post: c" behind "pre:", or behind "post:" */
static void add_softdeps(struct module_set *set, const char *softdep, const char *when)
{
	char words[MODINFO_SOFT_MAX], *word, *rest;
	bool now = false;

	copy_string(words, sizeof(words), softdep);
	for (word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		if (word[strlen(word) - 1] == ':')
			now = !strcmp(word, when);
		else if (now)
			add(set, word, false);
	}
}

/* Those that modules.dep names are needed as much as who needs them; the last is first */
static int add_deps(struct module_set *set, const char *deps, size_t len, bool needed)
{
	char name[NAME_SIZE];
	size_t from;
	int ret = 0;

	while (len && !ret) {
		while (len && deps[len - 1] == ' ')
			len--;
		for (from = len; from && deps[from - 1] != ' '; )
			from--;
		plain_name(deps + from, len - from, name);
		if (name[0])
			ret = add(set, name, needed);
		len = from;
	}
	return ret;
}

static bool is_ours(const char *name)
{
	return !strncmp(name, "dumpflt", strlen("dumpflt"));
}

/* Whom the kernel may not know is said once */
static int check_signer(struct module_set *set, const char *path, const struct signer *signer)
{
	const char *name;

	switch (signer_look_up(signer)) {
	case SIGNER_KNOWN:
		return 0;
	case SIGNER_UNKNOWN:
		return -EKEYREJECTED;
	default:
		break;
	}
	name = signer->name[0] ? signer->name : "?";
	if (strcmp(set->doubted, name)) {
		copy_string(set->doubted, sizeof(set->doubted), name);
		report_warning("%s is signed by '%s', and no key of that name is in /proc/keys: the capture kernel may not take it",
			       path, name);
		report_hint("'modprobe' of it, now, tells whether this kernel takes it. If not: mokutil --import, and a reboot.");
	}
	return 0;
}

/* Would the kernel take it? A stale file in another folder goes before a new one */
static int check_file(struct module_set *set, const char *name, const char *path,
		      struct modinfo *info)
{
	char full[ROOT_PATH_MAX];
	int ret;

	root_path(full, "%s", path);
	ret = modinfo_read(full, info);
	if (ret)
		return ret == -ENOENT ? -ENODATA : ret;
	if (strcmp(info->release, set->release))
		return -ENOEXEC;
	if (is_ours(name) && strcmp(info->version, DUMPFLT_VERSION))
		return -ESTALE;
	if (!set->signed_only)
		return 0;
	return info->is_signed ? check_signer(set, path, &info->signer) : -ENOKEY;
}

static void report_file(const struct module_set *set, const char *name, const char *path,
			const struct modinfo *info, int err)
{
	switch (err) {
	case -ENOEXEC:
		report_failure(OP, name, "%s was built for another kernel (%s)", path,
			       info->release[0] ? info->release : "it does not say which");
		report_hint("Build it for %s: dkms autoinstall -k %s", set->release, set->release);
		break;
	case -ESTALE:
		report_failure(OP, name, "%s is of version %s, and this tool of %s", path,
			       info->version[0] ? info->version : "?", DUMPFLT_VERSION);
		report_hint("An older one may be in the way, as 'modinfo -n %s' shows: remove it, and run depmod.",
			    name);
		break;
	case -ENOKEY:
		report_failure(OP, name, "%s is not signed, and this kernel takes only signed modules",
			       path);
		report_hint("Sign it with a key that is enrolled (mokutil --import), as DKMS does.");
		break;
	case -EKEYREJECTED:
		report_failure(OP, name, "%s is signed by '%s', whose key this kernel does not know",
			       path, info->signer.name);
		report_hint("Enrol that key (of DKMS: mokutil --import /var/lib/dkms/mok.pub), reboot, and confirm at the console; or sign it with one that is enrolled.");
		break;
	default:
		report_failure(OP, name, "modules.dep names %s: %s", path, strerror(-err));
		report_hint("Install it again, or run: depmod %s", set->release);
		break;
	}
}

static int add_file(struct module_set *set, const char *name, const char *line, size_t len,
		    bool needed)
{
	const char *deps = line + len + 1;
	struct module_file *file;
	struct modinfo info;
	char path[256];
	int ret;

	snprintf(path, sizeof(path), line[0] == '/' ? "%.0s%.*s" : "/lib/modules/%s/%.*s",
		 set->release, (int)len, line);
	ret = check_file(set, name, path, &info);
	if (ret && needed)
		report_file(set, name, path, &info, ret);
	if (ret)
		return ret;
	add_softdeps(set, info.softdep, "pre:");
	ret = add_deps(set, deps, strcspn(deps, "\n"), needed);
	if (!ret && set->nr == MODULES_MAX)
		ret = -E2BIG;
	if (ret)
		return ret;
	file = &set->file[set->nr++];
	copy_string(file->path, sizeof(file->path), path);
	file->needed = needed;
	add_softdeps(set, info.softdep, "post:");
	return 0;
}

static struct module_file *find_file(struct module_set *set, const char *name)
{
	char other[NAME_SIZE];
	size_t i;

	for (i = 0; i < set->nr; i++) {
		plain_name(set->file[i].path, strlen(set->file[i].path), other);
		if (!strcmp(other, name))
			return &set->file[i];
	}
	return NULL;
}

/* Soft dependencies may go in circles: who is on the way is not begun again */
static int add_new(struct module_set *set, const char *name, const char *plain, bool needed)
{
	size_t len = strlen(set->busy), line_len;
	char word[NAME_SIZE + 2];
	const char *line;
	int ret;

	snprintf(word, sizeof(word), " %s ", plain);
	if (strstr(set->busy, word))
		return 0;
	if (!append_string(set->busy, sizeof(set->busy), "%s", word))
		return -E2BIG;
	line = find_line(set->dep, plain, ':', &line_len);
	if (line)
		ret = add_file(set, plain, line, line_len, needed);
	else
		ret = add_alias(set, name, needed) ? 0 : -ENOENT;
	set->busy[len] = '\0';
	return ret;
}

/* Returns: 0 or a negative errno; -ENOENT and -E2BIG are not reported */
static int add(struct module_set *set, const char *name, bool needed)
{
	struct module_file *file;
	char plain[NAME_SIZE];
	const char *line;
	size_t len;

	plain_name(name, strlen(name), plain);
	if (find_line(set->builtin, plain, '\n', &len))
		return 0;
	file = find_file(set, plain);
	if (!file)
		return add_new(set, name, plain, needed);
	if (file->needed || !needed)
		return 0;
	/* it was only wanted before, and so was what it needs */
	file->needed = true;
	line = find_line(set->dep, plain, ':', &len);
	return add_deps(set, line + len + 1, strcspn(line + len + 1, "\n"), true);
}

/* NOLINTEND(misc-no-recursion) */

/**
 * modules_add() - one module, and all that it needs
 * @set: open
 * @name: of it
 *
 * Return: 0, also if it is built in; a negative errno, which is reported
 */
int modules_add(struct module_set *set, const char *name)
{
	int ret = add(set, name, true);

	if (ret == -ENOENT) {
		report_failure(OP, name, "there is no such module for %s", set->release);
		report_hint("Install it, and run: depmod %s", set->release);
	} else if (ret == -E2BIG) {
		report_failure(OP, name, "there are more than %d", MODULES_MAX);
	}
	return ret;
}

/* One that only makes it faster, or that may be built in under another name */
void modules_try(struct module_set *set, const char *name)
{
	add(set, name, false);
}

/* If it is in the set at all */
void modules_set_options(struct module_set *set, const char *name, const char *options)
{
	struct module_file *file = find_file(set, name);

	if (file)
		copy_string(file->options, sizeof(file->options), options);
}

/**
 * modules_try_loaded() - those of a folder that the running kernel has loaded
 * @set: open, and of the running kernel
 * @folder: as it is in the paths of modules.dep
 */
void modules_try_loaded(struct module_set *set, const char *folder)
{
	char file[256], name[NAME_SIZE], path[ROOT_PATH_MAX];
	const char *line;
	size_t len;

	for (line = set->dep; *line; line += strcspn(line, "\n"), line += *line != '\0') {
		len = strcspn(line, ":\n");
		plain_name(line, len, name);
		/* a folder that only has parameters is of one that is built in */
		if (format_string(file, sizeof(file), "%.*s", (int)len, line) &&
		    strstr(file, folder) &&
		    format_string(path, sizeof(path), "/sys/module/%s/initstate", name) &&
		    root_exists(path))
			modules_try(set, name);
	}
}
