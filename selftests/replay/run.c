// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tries the images of a plan, and survives those that the reader does not.
 *
 * A child process does the work, with its counts in shared memory. If it dies,
 * by a sanitizer, a signal or its own alarm clock, that image is counted as a
 * crash and named, and the next child goes on behind it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

/* Seconds that an image may take */
#define LIMIT		120
/* What is printed of findings, and how often a child may die */
#define MAX_EXPLAINED	10
#define MAX_CRASHES	20

struct shared {
	struct counts	counts;
	size_t		next;
};

static __u64 findings(const struct counts *counts)
{
	__u64 sum = 0;
	int i;

	for (i = 0; i < NR_FINDINGS; i++)
		sum += counts->found[i];
	return sum;
}

static void work(const struct truth *truth, const struct plan *plan, struct shared *shared)
{
	while (shared->next < plan->nr) {
		const struct image *image = &plan->images[shared->next];

		alarm(LIMIT);
		judge(truth, image, &shared->counts,
		      findings(&shared->counts) < MAX_EXPLAINED);
		shared->next++;
	}
	fflush(stdout);
}

/* Returns whether the child came to its end */
static bool run_child(const struct truth *truth, const struct plan *plan,
		      struct shared *shared)
{
	const struct image *image;
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		work(truth, plan, shared);
		_exit(0);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid && !status)
		return true;
	shared->counts.found[CRASHED]++;
	if (shared->next < plan->nr) {
		image = &plan->images[shared->next++];
		shared->counts.images++;
		printf("# cut %zu, %s, seed %#llx: the reader ended with status %#x\n",
		       image->cut, image_word(image->kind), image->seed, (unsigned int)status);
	}
	return false;
}

int run_plan(const struct truth *truth, const struct plan *plan, struct counts *counts)
{
	struct shared *shared;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		perror("ERROR: mmap failed");
		return -1;
	}
	while (!run_child(truth, plan, shared))
		if (shared->counts.found[CRASHED] == MAX_CRASHES)
			break;
	*counts = shared->counts;
	munmap(shared, sizeof(*shared));
	return 0;
}
