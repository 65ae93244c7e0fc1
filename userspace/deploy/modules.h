/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modules that an image needs, in the order in which they are loaded.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_MODULES_H
#define DUMPFLT_MODULES_H

#include "deploy/root.h"
#include "deploy/signer.h"

/* As many as process 1 of the capture kernel takes */
#define MODULES_MAX	256
#define MODULE_OPTIONS_MAX	256

/**
 * struct module_file - one of them
 * @path: of its file, from / on
 * @options: that it is loaded with
 * @needed: there is no dump without it
 */
struct module_file {
	char	path[256];
	char	options[MODULE_OPTIONS_MAX];
	bool	needed;
};

/**
 * struct module_set - those that an image gets
 * @release: of the kernel
 * @signed_only: it takes only modules with a signature
 * @nr: valid entries of @file
 * @file: in the order in which they are loaded
 * @dep: all of modules.dep, modules.alias and modules.builtin; for modules.c
 * @alias: likewise
 * @builtin: likewise
 * @doubted: who has signed the last one whose key may not be known
 * @busy: names that are being added, each between two blanks
 */
struct module_set {
	char			release[65];
	bool			signed_only;
	size_t			nr;
	struct module_file	file[MODULES_MAX];
	char			doubted[SIGNER_NAME_MAX];
	char			*dep;
	char			*alias;
	char			*builtin;
	char			busy[1024];
};

int modules_open(struct module_set *set, const char *release);
void modules_close(struct module_set *set);
int modules_add(struct module_set *set, const char *name);
void modules_try(struct module_set *set, const char *name);
void modules_try_loaded(struct module_set *set, const char *folder);
void modules_set_options(struct module_set *set, const char *name, const char *options);

#endif
