/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far it is and how long it will take, on standard error.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_PROGRESS_H
#define DUMPFLT_PROGRESS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* Of a phase's name, with the NUL: one that does not fit would begin anew each time it is shown */
#define PROGRESS_PHASE_MAX	64

/* What is shown. AUTO: lines, on a terminal one that is written again and again */
enum progress_form {
	PROGRESS_AUTO,
	PROGRESS_LINE,
	PROGRESS_JSON,
	PROGRESS_NONE,
};

/**
 * struct progress - what was shown last
 * @tty: standard error is a terminal: one line is written again and again
 * @shown: something was shown, so the line has to be ended
 * @start_ms: when the work began
 * @shown_ms: when something was shown last
 * @phase_ms: when the current phase began
 * @phase_permille: how far the phase was when we first saw it
 * @seen_ms: when it was last seen to have got further
 * @seen_permille: how far it was then
 * @permille: what it is now, or -1
 * @bytes: likewise, from the start on
 * @pending: that was not shown
 * @phase: its name
 */
struct progress {
	bool	tty;
	bool	shown;
	__u64	start_ms;
	__u64	shown_ms;
	__u64	phase_ms;
	int	phase_permille;
	__u64	seen_ms;
	int	seen_permille;
	int	permille;
	__u64	bytes;
	bool	pending;
	char	phase[PROGRESS_PHASE_MAX];
};

bool progress_choose(const char *form);
const char *progress_chosen(void);
void progress_of(const char *command);
void progress_assume_tty(bool tty);
void progress_start(struct progress *progress);
bool progress_due(const struct progress *progress, __u64 now);
void progress_show(struct progress *progress, const char *phase, int permille,
		   __u64 bytes);
void progress_end(struct progress *progress);
size_t progress_format(char *line, size_t size, const char *phase, int permille,
		       __u64 bytes, __u64 elapsed_ms, __s64 left_ms);
__s64 progress_left_ms(const struct progress *progress, __u64 now);

#endif
