// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The machine's watchdog, if it has one: what hangs is reset.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <fcntl.h>
#include <unistd.h>

#include "init/init.h"
#include "lib/clock.h"

#define DEVICE	"/dev/watchdog"
/* Its own limit is ten seconds or more */
#define EVERY_MS	2000

/* Its driver may come with the modules. It is never told that all is well for good */
void watchdog_pet(void)
{
	static int fd = -1;
	static __u64 last;

	if (last && now_ms() - last < EVERY_MS)
		return;
	last = now_ms();
	if (fd < 0) {
		fd = open(DEVICE, O_WRONLY | O_CLOEXEC);
		if (fd >= 0)
			say("a watchdog is petted");
	}
	if (fd >= 0 && write(fd, "", 1) < 0)
		say("%s: %m", DEVICE);
}
