// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How far it is and how long it will take, on standard error: for people, or for a program.
 * What is for a program is one object a line, and nothing else begins with a brace there.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/json.h"
#include "lib/progress.h"
#include "lib/report.h"
#include "lib/text.h"

/* A terminal may be quick to read; a log, and a serial console behind it, not */
#define TTY_MS		250
#define LOG_MS		2000
/* An estimate from less than this is a guess */
#define ESTIMATE_MS	1000
#define MIB		(1024.0 * 1024.0)

static const char * const forms[] = {
	[PROGRESS_LINE] = "line", [PROGRESS_JSON] = "json", [PROGRESS_NONE] = "none",
};

static enum progress_form chosen = PROGRESS_AUTO;
static const char *of_command = "";

/**
 * progress_choose() - how it is shown from here on
 * @form: "line", "json" or "none"
 *
 * Return: false if it is none of these
 */
bool progress_choose(const char *form)
{
	size_t i;

	for (i = PROGRESS_LINE; i < ARRAY_SIZE(forms); i++) {
		if (strcmp(form, forms[i]))
			continue;
		chosen = (enum progress_form)i;
		return true;
	}
	return false;
}

/* Who is quiet wants none, unless they say so */
static enum progress_form form_of(void)
{
	return chosen == PROGRESS_AUTO && report_is_quiet() ? PROGRESS_NONE : chosen;
}

/* For progress_choose() of another process. Returns: NULL if nothing was chosen */
const char *progress_chosen(void)
{
	return forms[chosen];
}

/* @command: whose progress it is; it is kept */
void progress_of(const char *command)
{
	of_command = command;
}

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
	if (form_of() == PROGRESS_AUTO)
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

/* Returns: true if it is another one */
static bool look_at_phase(struct progress *progress, const char *phase, int permille,
			  __u64 now)
{
	bool begins = strcmp(progress->phase, phase);

	if (begins) {
		copy_string(progress->phase, sizeof(progress->phase), phase);
		progress->phase_ms = now;
		progress->phase_permille = permille < 0 ? 0 : permille;
		progress->seen_permille = progress->phase_permille;
	}
	if (permille > progress->seen_permille) {
		progress->seen_ms = now;
		progress->seen_permille = permille;
	}
	return begins;
}

static void print_object(const struct progress *progress, __u64 now)
{
	struct json_object *object = json_object_new_object();
	__s64 left_ms = progress_left_ms(progress, now);

	json_add_text(object, "progress", progress->phase);
	json_add_text(object, "command", of_command);
	if (progress->permille >= 0)
		json_add_number(object, "permille", (__u64)progress->permille);
	json_add_number(object, "bytes", progress->bytes);
	json_add_number(object, "ms", now - progress->start_ms);
	if (left_ms >= 0)
		json_add_number(object, "seconds_left", (__u64)(left_ms + 999) / 1000);
	json_print_to(stderr, object);
}

static void print_line(const struct progress *progress, __u64 now)
{
	char line[128];

	progress_format(line, sizeof(line), progress->phase, progress->permille,
			progress->bytes, now - progress->start_ms,
			progress_left_ms(progress, now));
	/* Behind a shorter line the rest of the one before must go */
	fprintf(stderr, progress->tty ? "\r%-78s" : "%s\n", line);
}

static void print_progress(struct progress *progress, enum progress_form form, __u64 now)
{
	if (form == PROGRESS_JSON)
		print_object(progress, now);
	else
		print_line(progress, now);
	progress->shown_ms = now;
	progress->shown = true;
	progress->pending = false;
}

/* @permille: of the phase, or -1 if it is not known. @bytes: from progress_start() on */
void progress_show(struct progress *progress, const char *phase, int permille,
		   __u64 bytes)
{
	enum progress_form form = form_of();
	__u64 now = now_ms();
	bool begins = look_at_phase(progress, phase, permille, now);

	progress->permille = permille;
	progress->bytes = bytes;
	progress->pending = true;
	/* a program is told of each phase, however short it is */
	if (form != PROGRESS_NONE &&
	    ((form == PROGRESS_JSON && begins) || progress_due(progress, now)))
		print_progress(progress, form, now);
}

void progress_end(struct progress *progress)
{
	/* and how far it came */
	if (form_of() == PROGRESS_JSON && progress->pending)
		print_progress(progress, PROGRESS_JSON, now_ms());
	if (progress->tty && progress->shown)
		fputc('\n', stderr);
	progress->shown = false;
	progress->pending = false;
}
