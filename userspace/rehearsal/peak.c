// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How much memory a process and all that it starts had at most: the sum of what the
 * kernel remembers of each, so that it does not matter when it is looked at, as long
 * as that is before the process ends. Without what is mapped from files: in a capture
 * kernel those are in memory anyhow, once, as the image.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>

#include "lib/text.h"
#include "rehearsal/peak.h"

static __u64 most_kib(pid_t pid)
{
	char path[64], line[128];
	unsigned long long value, most = 0, files = 0;
	FILE *file;

	format_string(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "VmHWM: %llu kB", &value) == 1)
			most = value;
		else if (sscanf(line, "RssFile: %llu kB", &value) == 1)
			files = value;
	fclose(file);
	return most > files ? most - files : 0;
}

static void keep(struct peak *peak, pid_t pid)
{
	__u64 kib = most_kib(pid);

	size_t i;

	for (i = 0; i < peak->nr && peak->pid[i] != pid; i++)
		;
	if (i == PEAK_PROCESSES)
		return;
	if (i == peak->nr) {
		peak->pid[i] = pid;
		peak->kib[i] = 0;
		peak->nr++;
	}
	if (kib > peak->kib[i])
		peak->kib[i] = kib;
}

/* Behind the others in @pid. Returns: how many there are then */
static size_t add_children(pid_t pid[PEAK_PROCESSES], size_t nr, pid_t parent)
{
	char path[64];
	FILE *file;
	int child;

	format_string(path, sizeof(path), "/proc/%d/task/%d/children", (int)parent, (int)parent);
	file = fopen(path, "re");
	if (!file)
		return nr;
	while (nr < PEAK_PROCESSES && fscanf(file, "%d", &child) == 1)
		pid[nr++] = child;
	fclose(file);
	return nr;
}

/* @pid, what it has started, what that has started */
void peak_look(struct peak *peak, pid_t pid)
{
	pid_t all[PEAK_PROCESSES] = { pid };
	size_t nr = 1, i;

	for (i = 0; i < nr; i++) {
		keep(peak, all[i]);
		nr = add_children(all, nr, all[i]);
	}
}

__u64 peak_bytes(const struct peak *peak)
{
	__u64 sum = 0;
	size_t i;

	for (i = 0; i < peak->nr; i++)
		sum += peak->kib[i];
	return sum * 1024;
}
