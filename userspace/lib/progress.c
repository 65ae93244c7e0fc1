// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How far it is and how long it will take, on the console.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/progress.h"
#include "lib/text.h"
#include "lib/clock.h"

/* A terminal may be quick to read; a log, and a serial console behind it, not */
#define TTY_MS		250
#define LOG_MS		2000
/* An estimate from less than this is a guess */
#define ESTIMATE_MS	1000
#define MIB		(1024.0 * 1024.0)

/* What is behind a pipe that leads to it: -1 if standard error is what it is */
static int assumed_tty = -1;

/* Standard error is to become a pipe, whose reader hands on what comes */
void progress_assume_tty(bool tty)
{
	assumed_tty = tty;
}

void progress_start(struct progress *progress)
{
	memset(progress, 0, sizeof(*progress));
	progress->tty = assumed_tty < 0 ? isatty(STDERR_FILENO) : assumed_tty;
	progress->start_ms = now_ms();
	progress->shown_ms = progress->start_ms;
	progress->phase_ms = progress->start_ms;
}

bool progress_due(const struct progress *progress, __u64 now)
{
	return now - progress->shown_ms >= (progress->tty ? TTY_MS : LOG_MS);
}

/**
 * progress_left_ms() - the estimate
 * @progress: what was seen of the phase
 * @now: as from now_ms()
 *
 * It is made when the phase gets further, and counts down until it does again:
 * makedumpfile says only once in a second how far it is.
 *
 * Return: milliseconds that are left, or -1 if it is too early to say
 */
__s64 progress_left_ms(const struct progress *progress, __u64 now)
{
	__u64 elapsed = progress->seen_ms - progress->phase_ms;
	int done = progress->seen_permille - progress->phase_permille;
	__s64 left;

	if (done <= 0 || elapsed < ESTIMATE_MS)
		return -1;
	left = (__s64)(elapsed * (__u64)(1000 - progress->seen_permille) /
		       (__u64)done);
	left -= (__s64)(now - progress->seen_ms);
	return left < 0 ? 0 : left;
}

/* @permille and @left_ms may be -1. Returns: the length of the line */
size_t progress_format(char *line, size_t size, const char *phase, int permille,
		       __u64 bytes, __u64 elapsed_ms, __s64 left_ms)
{
	char percent[24] = "", left[48] = "";
	int len;

	if (permille >= 0)
		snprintf(percent, sizeof(percent), " %d.%d %%,", permille / 10,
			 permille % 10);
	if (left_ms >= 0)
		snprintf(left, sizeof(left), ", about %lld s left",
			 (left_ms + 999) / 1000);
	len = snprintf(line, size, "%s:%s %.0f MiB, %.1f MiB/s%s", phase, percent,
		       (double)bytes / MIB, elapsed_ms ? (double)bytes / MIB *
		       1000.0 / (double)elapsed_ms : 0.0, left);
	if (len < 0)
		return 0;
	return (size_t)len < size ? (size_t)len : size - 1;
}

static void look_at_phase(struct progress *progress, const char *phase, int permille,
			  __u64 now)
{
	if (strcmp(progress->phase, phase)) {
		copy_string(progress->phase, sizeof(progress->phase), phase);
		progress->phase_ms = now;
		progress->phase_permille = permille < 0 ? 0 : permille;
		progress->seen_permille = progress->phase_permille;
	}
	if (permille > progress->seen_permille) {
		progress->seen_ms = now;
		progress->seen_permille = permille;
	}
}

/* @permille: of the phase, or -1 if it is not known. @bytes: from the start on */
void progress_show(struct progress *progress, const char *phase, int permille,
		   __u64 bytes)
{
	__u64 now = now_ms();
	char line[128];

	look_at_phase(progress, phase, permille, now);
	if (!progress_due(progress, now))
		return;
	progress_format(line, sizeof(line), phase, permille, bytes,
			now - progress->start_ms,
			progress_left_ms(progress, now));
	/* Behind a shorter line the rest of the one before must go */
	fprintf(stderr, progress->tty ? "\r%-78s" : "%s\n", line);
	progress->shown_ms = now;
	progress->shown = true;
}

void progress_end(struct progress *progress)
{
	if (progress->tty && progress->shown)
		fputc('\n', stderr);
	progress->shown = false;
}
