// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is said to the console; and the reason, if there is no dump.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "init/init.h"
#include "lib/clock.h"

static char own_reason[INIT_WORDS_MAX];
static char *reason = own_reason;

/* From here on the reason is that of the children, too */
void say_share(void)
{
	void *shared = mmap(NULL, INIT_WORDS_MAX, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared != MAP_FAILED)
		reason = shared;
}

void say(const char *fmt, ...)
{
	__u64 ms = now_ms();
	char words[INIT_WORDS_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	/* a console that is gone takes nothing, and nobody is there to be told */
	dprintf(STDOUT_FILENO, "dumpflt: %llu.%03llu %s\n", ms / 1000, ms % 1000, words);
}

/* The first one is the reason why there is no dump. Returns: false */
bool say_failure(const char *fmt, ...)
{
	char words[INIT_WORDS_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	if (!reason[0])
		copy_string(reason, INIT_WORDS_MAX, words);
	say("%s", words);
	return false;
}

/* Why there is no dump, if that is known */
const char *say_reason(void)
{
	return reason[0] ? reason : "process 1 does not know why";
}
