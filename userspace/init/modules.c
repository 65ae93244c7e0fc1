// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The modules of the plan, loaded in its order.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init/init.h"

/*
 * A driver looks for its disks, and reads their partitions, beside the loading: one
 * that does not answer keeps neither the next module nor the next disk. Loading without
 * that word would wait for all that is being looked for, whoever began it.
 */
#define BESIDE	"async_probe "

/* Returns: 0, also if it was there; or a positive errno */
static int load(const struct init_module *module)
{
	int fd = open(module->path, O_RDONLY | O_CLOEXEC), ret;
	char options[INIT_PATH_MAX + sizeof(BESIDE)];

	if (fd < 0)
		return errno;
	snprintf(options, sizeof(options), "%s%s", BESIDE, module->options);
	ret = syscall(SYS_finit_module, fd, options, 0) ? errno : 0;
	close(fd);
	return ret == EEXIST ? 0 : ret;
}

/* Returns: false, and it is said why */
bool modules_load(const struct init_plan *plan)
{
	const struct init_module *module;
	size_t i;
	int err;

	for (i = 0; i < plan->nr_modules; i++) {
		module = &plan->modules[i];
		err = load(module);
		if (!err)
			continue;
		if (module->needed)
			return say_failure("module %s: %s", module->path, strerror(err));
		/* of a processor that this is not, most often */
		say("module %s is left out: %s", text_base(module->path), strerror(err));
	}
	say("%zu modules", plan->nr_modules);
	return true;
}
