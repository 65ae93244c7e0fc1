/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A look at each of many things, any of which may never answer.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_PROBE_H
#define DUMPFLT_PROBE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Of a name, with the NUL */
#define PROBE_NAME_MAX	64

enum probe_state {
	PROBE_DUE,	/* to be looked at */
	PROBE_RUNNING,	/* somebody is looking */
	PROBE_YES,	/* it is one */
	PROBE_NO,	/* it is none */
	PROBE_FAILED,	/* nobody could look */
};

/**
 * struct probe - one of the things
 * @name: of it
 * @state: what is known of it
 * @pid: who is looking
 * @end: when an answer is not waited for any more, even if one may come yet
 */
struct probe {
	char			name[PROBE_NAME_MAX];
	enum probe_state	state;
	pid_t			pid;
	__u64			end;
};

/**
 * struct prober - all of them
 * @look: is it one? In a process of its own, without any open file
 * @ctx: for @look
 * @ms: how long an answer may take
 * @nr: valid entries of @probe
 * @room: all entries of @probe
 * @probe: in the order in which they were named
 */
struct prober {
	bool		(*look)(const void *ctx, const char *name);
	const void	*ctx;
	__u64		ms;
	size_t		nr;
	size_t		room;
	struct probe	*probe;
};

int prober_add(struct prober *prober, const char *name);
void prober_run(struct prober *prober);
size_t prober_found(const struct prober *prober, const char **first, const char **last);
void prober_silent(const struct prober *prober, char *text, size_t size);
void prober_end(struct prober *prober);

#endif
