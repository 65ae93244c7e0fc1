// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The chunks of a dump in an area, one behind the other, read and checked by several
 * threads at once.
 *
 * Each lane has a reader of its own, and one chunk: which it reads while the chunks
 * before it are used, and which it keeps until the chunk behind it is asked for. So
 * nothing is in order but what is given to who asks.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "area/ahead.h"

/* Each takes two chunks of memory, and no disk is quicker for more */
#define LANES_MAX	16

/* A reader's frames are small, libcrypto's are not known */
#define LANE_STACK	(512 << 10)

/**
 * struct ahead_lane - a thread, and what it reads
 * @ahead: of which it is one
 * @reader: its own, but while @full
 * @record: of the chunk in it
 * @wrong: what is wrong with that
 * @chunk: which that is, and where the thread begins
 * @thread: if @runs
 * @lock: over @full and @ends
 * @changed: one of them
 * @full: a chunk has been read, and is whose who asks
 * @ends: no more is wanted
 * @runs: it has a thread
 */
struct ahead_lane {
	struct area_ahead	*ahead;
	struct area_reader	reader;
	const unsigned char	*record;
	const char		*wrong;
	__u64			chunk;
	pthread_t		thread;
	pthread_mutex_t		lock;
	pthread_cond_t		changed;
	bool			full;
	bool			ends;
	bool			runs;
};

/* Returns: whether another one is wanted */
static bool hand_over(struct ahead_lane *lane)
{
	bool more;

	pthread_mutex_lock(&lane->lock);
	lane->full = true;
	pthread_cond_signal(&lane->changed);
	while (lane->full && !lane->ends)
		pthread_cond_wait(&lane->changed, &lane->lock);
	more = !lane->ends;
	pthread_mutex_unlock(&lane->lock);
	return more;
}

static void read_chunk(struct ahead_lane *lane)
{
	lane->wrong = area_reader_read(&lane->reader, lane->chunk, &lane->record);
}

static void *run_lane(void *arg)
{
	struct ahead_lane *lane = arg;

	for (; lane->chunk < lane->reader.total; lane->chunk += lane->ahead->lanes) {
		read_chunk(lane);
		if (!hand_over(lane))
			break;
	}
	return NULL;
}

static void wait_full(struct ahead_lane *lane)
{
	pthread_mutex_lock(&lane->lock);
	while (!lane->full)
		pthread_cond_wait(&lane->changed, &lane->lock);
	pthread_mutex_unlock(&lane->lock);
}

/* What it has is not wanted any more; @ends: nor is anything else */
static void let_go(struct ahead_lane *lane, bool ends)
{
	pthread_mutex_lock(&lane->lock);
	lane->full = false;
	lane->ends = ends;
	pthread_cond_signal(&lane->changed);
	pthread_mutex_unlock(&lane->lock);
}

/* Signals are for the thread that knows what to do then */
static int start_lane(struct ahead_lane *lane)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int ret;

	if (pthread_attr_init(&attr))
		return -ENOMEM;
	sigfillset(&all);
	pthread_attr_setstacksize(&attr, LANE_STACK);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ret = pthread_create(&lane->thread, &attr, run_lane, lane);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	lane->runs = !ret;
	return -ret;
}

static void stop_lane(struct ahead_lane *lane)
{
	if (!lane->runs)
		return;
	let_go(lane, true);
	pthread_join(lane->thread, NULL);
	lane->runs = false;
}

static int open_lane(struct ahead_lane *lane, const struct area_reader *like)
{
	int ret = area_reader_open(&lane->reader, like->area, like->slot, like->opener);

	lane->reader.total = like->total;
	lane->reader.last_known = like->last_known;
	pthread_mutex_init(&lane->lock, NULL);
	pthread_cond_init(&lane->changed, NULL);
	return ret;
}

static void close_lane(struct ahead_lane *lane)
{
	area_reader_close(&lane->reader);
	pthread_cond_destroy(&lane->changed);
	pthread_mutex_destroy(&lane->lock);
}

/* As many as there is memory for: the first one has to be */
static int open_lanes(struct area_ahead *ahead, unsigned int wanted,
		      const struct area_reader *like)
{
	unsigned int nr;

	for (nr = 0; nr < wanted; nr++) {
		struct ahead_lane *lane = &ahead->lane[nr];

		lane->ahead = ahead;
		lane->chunk = nr;
		if (open_lane(lane, like)) {
			close_lane(lane);
			break;
		}
	}
	ahead->lanes = nr;
	return nr ? 0 : -ENOMEM;
}

/* All of them or none: which chunks a lane has depends on how many there are */
static void start_lanes(struct area_ahead *ahead)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ahead->lanes && !ret; i++)
		ret = start_lane(&ahead->lane[i]);
	if (!ret)
		return;
	while (i--)
		stop_lane(&ahead->lane[i]);
	while (ahead->lanes > 1)
		close_lane(&ahead->lane[--ahead->lanes]);
	ahead->lane[0].full = false;
	ahead->lane[0].chunk = 0;
}

/**
 * area_ahead_open() - begin to read a dump
 * @ahead: filled; to be closed whatever is returned
 * @lanes: so many chunks at once, if there is memory for them; 0 or 1: by whoever asks,
 *	when it asks
 * @like: what is to be read: area, slot, opener, total and last_known
 * @reader: set to one of those that will read, whose @opener and @digest_at may be asked for
 *
 * An opener's functions are called by several threads at once.
 *
 * Return: 0 or -ENOMEM
 */
int area_ahead_open(struct area_ahead *ahead, unsigned int lanes, const struct area_reader *like,
		    struct area_reader **reader)
{
	int ret;

	*ahead = (struct area_ahead){ .lanes = 0 };
	if (lanes > LANES_MAX)
		lanes = LANES_MAX;
	if (lanes > like->total)
		lanes = (unsigned int)like->total;
	if (!lanes)
		lanes = 1;
	ahead->lane = calloc(lanes, sizeof(*ahead->lane));
	if (!ahead->lane)
		return -ENOMEM;
	ret = open_lanes(ahead, lanes, like);
	if (ret) {
		free(ahead->lane);
		ahead->lane = NULL;
		return ret;
	}
	*reader = &ahead->lane[0].reader;
	if (ahead->lanes > 1)
		start_lanes(ahead);
	return 0;
}

/* What is being read is read to its end first */
void area_ahead_close(struct area_ahead *ahead)
{
	unsigned int i;

	for (i = 0; i < ahead->lanes; i++)
		stop_lane(&ahead->lane[i]);
	for (i = 0; i < ahead->lanes; i++)
		close_lane(&ahead->lane[i]);
	free(ahead->lane);
	ahead->lane = NULL;
	ahead->lanes = 0;
}

/**
 * area_ahead_next() - the next chunk, from the first one on
 * @ahead: open, and not yet asked for all of them
 * @reader: set to what holds it, until the next call; its buffers may be exchanged
 * @record: set to its record, NULL if that cannot be read
 *
 * Return: as area_reader_read()
 */
const char *area_ahead_next(struct area_ahead *ahead, struct area_reader **reader,
			    const unsigned char **record)
{
	struct ahead_lane *lane;

	if (ahead->asked && ahead->lanes > 1)
		let_go(&ahead->lane[ahead->at % ahead->lanes], false);
	ahead->at += ahead->asked;
	ahead->asked = true;
	lane = &ahead->lane[ahead->at % ahead->lanes];
	if (lane->runs) {
		wait_full(lane);
	} else {
		lane->chunk = ahead->at;
		read_chunk(lane);
	}
	*reader = &lane->reader;
	*record = lane->record;
	return lane->wrong;
}

/* Returns: how many make use of all processors that this process may use, and of who asks */
unsigned int area_ahead_lanes(void)
{
	cpu_set_t may;
	long nr;

	/* there may be more than there is room for in the set */
	if (sched_getaffinity(0, sizeof(may), &may))
		nr = sysconf(_SC_NPROCESSORS_ONLN);
	else
		nr = CPU_COUNT(&may);
	if (nr > LANES_MAX)
		nr = LANES_MAX;
	return nr > 1 ? (unsigned int)nr + 1 : 1;
}
