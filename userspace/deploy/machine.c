// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a machine has beside its disk that a capture kernel can use: a watchdog, for
 * what hangs, and a pstore, which keeps the reason if there is no dump.
 *
 * Both are as the running kernel has them. There may be a dump without them.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <dirent.h>
#include <string.h>

#include "deploy/drivers.h"
#include "deploy/machine.h"

#define RAMOOPS	"/sys/module/ramoops/parameters"

/*
 * What a watchdog hangs on must be driven, too, and some do not say in /sys what that is,
 * nor who drives them
 */
static void add_watchdogs(struct module_set *set)
{
	char folder[ROOT_PATH_MAX], path[ROOT_PATH_MAX];
	struct drivers drivers = { 0 };
	struct dirent *entry;
	DIR *dir;

	root_path(folder, "/sys/class/watchdog");
	dir = opendir(folder);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' &&
		    format_string(path, sizeof(path), "%s/%s", folder, entry->d_name))
			drivers_above(path, &drivers);
	if (dir)
		closedir(dir);
	while (drivers.nr)
		modules_try(set, drivers.name[--drivers.nr]);
	modules_try_loaded(set, "/drivers/watchdog/");
}

/* Where its memory is, and how that is divided, must be the same in each boot */
static void add_ramoops(struct module_set *set)
{
	static const char * const names[] = {
		"mem_address", "mem_size", "mem_type", "record_size", "console_size",
		"ftrace_size", "pmsg_size", "ecc",
	};
	char options[MODULE_OPTIONS_MAX] = "", path[ROOT_PATH_MAX], value[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (format_string(path, sizeof(path), RAMOOPS "/%s", names[i]) &&
		    root_line(path, value, sizeof(value)) && value[0] &&
		    !append_string(options, sizeof(options), "%s%s=%s", options[0] ? " " : "",
				   names[i], value))
			return;
	modules_try(set, "ramoops");
	modules_set_options(set, "ramoops", options);
}

/* That of ACPI is part of the kernel */
static void add_pstore(struct module_set *set)
{
	char backend[32];

	root_line("/sys/module/pstore/parameters/backend", backend, sizeof(backend));
	if (!strcmp(backend, "ramoops"))
		add_ramoops(set);
	else if (strcmp(backend, "erst") != 0 && root_exists("/sys/firmware/efi"))
		modules_try(set, "efi_pstore");
}

/**
 * machine_add() - add the modules for watchdog and pstore
 * @set: open; before those of the disk are added, as one of these may hang
 */
void machine_add(struct module_set *set)
{
	add_pstore(set);
	add_watchdogs(set);
}
