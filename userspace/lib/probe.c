// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A look at each of many things, any of which may never answer.
 *
 * A disk that is silent keeps whoever reads it in the kernel, where not even SIGKILL
 * reaches him. So each is looked at by a process of its own, several at once, and who has
 * not come back in time is passed over. If he comes back later, that is an answer, too.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/probe.h"
#include "lib/text.h"

/* So many look at once, beside those that are not waited for any more */
#define AT_ONCE		32
#define STEP_NS		(5L * 1000 * 1000)
/* What a process of ours has open is below that: pipes, locks, an area */
#define FILES_MAX	256

/**
 * prober_add() - have something looked at in the next run
 * @prober: look, ctx and ms are set
 * @name: of it; if it is known already it is looked at again, unless somebody still is
 *
 * Return: 0, -ENOMEM, or -ENAMETOOLONG
 */
int prober_add(struct prober *prober, const char *name)
{
	struct probe *more;
	size_t i;

	for (i = 0; i < prober->nr; i++)
		if (!strcmp(prober->probe[i].name, name)) {
			if (prober->probe[i].state != PROBE_RUNNING)
				prober->probe[i].state = PROBE_DUE;
			return 0;
		}
	if (prober->nr == prober->room) {
		more = realloc(prober->probe, (prober->room + AT_ONCE) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		prober->probe = more;
		prober->room += AT_ONCE;
	}
	memset(&prober->probe[i], 0, sizeof(*prober->probe));
	if (!copy_string(prober->probe[i].name, PROBE_NAME_MAX, name))
		return -ENAMETOOLONG;
	prober->nr++;
	return 0;
}

/*
 * No lock of ours, and no pipe that somebody reads, is to be held by who may stay for ever
 */
static void close_files(void)
{
	int fd;

	for (fd = 0; fd < FILES_MAX; fd++)
		close(fd);
}

static void begin(const struct prober *prober, struct probe *probe)
{
	pid_t pid = fork();

	if (!pid) {
		close_files();
		_exit(!prober->look(prober->ctx, probe->name));
	}
	probe->state = pid < 0 ? PROBE_FAILED : PROBE_RUNNING;
	probe->pid = pid;
	probe->end = now_ms() + prober->ms;
}

static void reap(struct probe *probe)
{
	int status;
	pid_t pid = waitpid(probe->pid, &status, WNOHANG);

	if (!pid || (pid < 0 && errno == EINTR))
		return;
	if (pid < 0 || !WIFEXITED(status))
		probe->state = PROBE_FAILED;
	else
		probe->state = WEXITSTATUS(status) ? PROBE_NO : PROBE_YES;
}

/* Returns: whether there is anything that is worth waiting for */
static bool step(struct prober *prober)
{
	size_t i, young = 0;
	bool due = false;

	for (i = 0; i < prober->nr; i++) {
		struct probe *probe = &prober->probe[i];

		if (probe->state == PROBE_RUNNING)
			reap(probe);
		if (probe->state == PROBE_RUNNING && now_ms() < probe->end)
			young++;
	}
	for (i = 0; i < prober->nr; i++) {
		struct probe *probe = &prober->probe[i];

		if (probe->state != PROBE_DUE)
			continue;
		if (young == AT_ONCE) {
			due = true;
			continue;
		}
		begin(prober, probe);
		young++;
	}
	return young || due;
}

/**
 * prober_run() - look at all that was named
 * @prober: named things are in it
 *
 * Returns when each has answered, or has had its time.
 */
void prober_run(struct prober *prober)
{
	const struct timespec pause = { .tv_nsec = STEP_NS };

	while (step(prober))
		nanosleep(&pause, NULL);
}

/**
 * prober_found() - those that are one
 * @prober: has run
 * @first: set to the first of them, if there is any
 * @last: likewise
 *
 * Return: how many
 */
size_t prober_found(const struct prober *prober, const char **first, const char **last)
{
	size_t i, nr = 0;

	for (i = 0; i < prober->nr; i++) {
		if (prober->probe[i].state != PROBE_YES)
			continue;
		*last = prober->probe[i].name;
		if (!nr++)
			*first = *last;
	}
	return nr;
}

static bool is_silent(const struct probe *probe)
{
	return probe->state == PROBE_RUNNING || probe->state == PROBE_FAILED;
}

/**
 * prober_silent() - name those that did not answer
 * @prober: has run
 * @text: filled: ", " between them; "" if all have answered
 * @size: of @text
 */
void prober_silent(const struct prober *prober, char *text, size_t size)
{
	size_t i;

	text[0] = '\0';
	for (i = 0; i < prober->nr; i++)
		if (is_silent(&prober->probe[i]))
			append_string(text, size, "%s%s", text[0] ? ", " : "",
				      prober->probe[i].name);
}

/**
 * prober_end() - forget them
 * @prober: may be used again
 *
 * Who is still looking ends as soon as he can.
 */
void prober_end(struct prober *prober)
{
	size_t i;

	for (i = 0; i < prober->nr; i++)
		if (prober->probe[i].state == PROBE_RUNNING &&
		    !kill(prober->probe[i].pid, SIGKILL))
			waitpid(prober->probe[i].pid, NULL, WNOHANG);
	free(prober->probe);
	prober->probe = NULL;
	prober->nr = 0;
	prober->room = 0;
}
