// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of reading a dump by several threads: that they do, that who asks gets
 * every chunk in its turn, and that it goes on if there can be none of them.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "area/ahead.h"
#include "area_fixture.h"
#include "unit.h"
#include "wrapped.h"

#define CHUNK	DUMPFLT_CHUNK_SIZE
#define CHUNKS	9

static struct fixture f;
static struct area area;
static struct area_slot slot;

/* How many threads there may be, and have been made */
static unsigned int threads, threads_made;

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, thread_run run,
			  void *arg)
{
	if (threads_made == threads)
		return EAGAIN;
	threads_made++;
	return __real_pthread_create(thread, attr, run, arg);
}

/* Which piece of memory as large as a chunk is not to be had, counted from 1; 0: each is */
static unsigned int no_memory;

void *__wrap_malloc(size_t size)
{
	if (size == CHUNK && no_memory && !--no_memory)
		return NULL;
	return __real_malloc(size);
}

/* Reads of chunks that wait for each other, for 10 s at most */
static struct {
	pthread_mutex_t	lock;
	pthread_cond_t	changed;
	unsigned int	wanted;
	unsigned int	most;
	unsigned int	now;
} together = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static void wait_for_others(void)
{
	struct timespec until;
	int ret = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 10;
	pthread_mutex_lock(&together.lock);
	if (++together.now > together.most)
		together.most = together.now;
	pthread_cond_broadcast(&together.changed);
	while (together.most < together.wanted && !ret)
		ret = pthread_cond_timedwait(&together.changed, &together.lock, &until);
	together.now--;
	pthread_mutex_unlock(&together.lock);
}

static int read_together(void *ctx, void *buf, size_t len, __u64 offset)
{
	const struct fixture *from = ctx;

	if (len == CHUNK && offset >= dumpflt_geometry_chunk(&from->geo, 0, 0) &&
	    offset < dumpflt_geometry_record(&from->geo, 0, 0))
		wait_for_others();
	memcpy(buf, from->image + offset, len);
	return 0;
}

static void set_up(unsigned int may, unsigned int wanted)
{
	threads = may;
	threads_made = 0;
	together.wanted = wanted;
	together.most = 0;
	fixture_make(&f, 16 << 20, 1, 64);
	fixture_dump(&f, (CHUNKS - 1) * CHUNK, NULL, 0, FIXTURE_COMPLETE);
	f.io.read = read_together;
	assert_int_equal(area_load(&area, &f.io), 0);
	assert_int_equal(area_slot_load(&area, 0, &slot), 0);
}

static void tear_down(void)
{
	area_slot_unload(&slot);
	area_unload(&area);
	fixture_free(&f);
}

/* The first @nr chunks, by @lanes threads; the fourth one is bad. Returns: how many read them */
static unsigned int read_chunks(unsigned int lanes, unsigned int nr)
{
	const struct area_reader like = { .area = &area, .slot = &slot, .total = CHUNKS };
	struct area_reader *reader = NULL;
	const unsigned char *record;
	struct area_ahead ahead;
	const char *wrong;
	unsigned int i, ret;

	f.image[dumpflt_geometry_chunk(&f.geo, 0, 3)] ^= 1;
	assert_int_equal(area_ahead_open(&ahead, lanes, &like, &reader), 0);
	assert_non_null(reader);
	for (i = 0; i < nr; i++) {
		wrong = area_ahead_next(&ahead, &reader, &record);
		assert_non_null(record);
		assert_int_equal(!wrong, i != 3);
		assert_memory_equal(reader->data,
				    f.image + dumpflt_geometry_chunk(&f.geo, 0, i), CHUNK);
	}
	ret = ahead.lanes;
	area_ahead_close(&ahead);
	f.image[dumpflt_geometry_chunk(&f.geo, 0, 3)] ^= 1;
	return ret;
}

static void test_together(void **state)
{
	(void)state;
	set_up(99, 4);
	assert_int_equal(read_chunks(4, CHUNKS), 4);
	assert_int_equal(threads_made, 4);
	assert_int_equal(together.most, 4);
	tear_down();
}

/* No more of them than there are chunks, whatever is asked for */
static void test_many(void **state)
{
	(void)state;
	set_up(99, 0);
	assert_int_equal(read_chunks(1000, CHUNKS), CHUNKS);
	tear_down();
}

/* Who asks does not always ask for all: nothing is left behind */
static void test_enough(void **state)
{
	unsigned int nr;

	(void)state;
	for (nr = 0; nr <= CHUNKS; nr++) {
		set_up(99, 0);
		assert_int_equal(read_chunks(3, nr), 3);
		tear_down();
	}
}

static void test_alone(void **state)
{
	(void)state;
	set_up(99, 0);
	assert_int_equal(read_chunks(0, CHUNKS), 1);
	assert_int_equal(read_chunks(1, CHUNKS), 1);
	assert_int_equal(threads_made, 0);
	tear_down();
}

/* What scan and the first reader need is needed, all else only makes it quicker */
static void test_no_memory(void **state)
{
	struct area_scan wanted = { .lanes = 0 };
	struct area_verdict verdict;
	unsigned int nr;

	(void)state;
	for (wanted.lanes = 0; wanted.lanes < 5; wanted.lanes += 2) {
		for (nr = 1; nr < 12; nr++) {
			set_up(99, 0);
			no_memory = nr;
			assert_int_equal(area_scan(&area, &slot, &wanted, &verdict),
					 nr <= 4 ? -ENOMEM : 0);
			no_memory = 0;
			assert_int_equal(verdict.complete, nr > 4);
			tear_down();
		}
	}
}

/* The second thread, or any other, cannot be had: then by whoever asks, and all of it */
static void test_no_thread(void **state)
{
	unsigned int may;

	(void)state;
	for (may = 0; may < 4; may++) {
		set_up(may, 0);
		assert_int_equal(read_chunks(4, CHUNKS), 1);
		assert_int_equal(threads_made, may);
		tear_down();
	}
}

int main(void)
{
	UNIT_TESTS(tests) = {
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_enough),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_no_thread),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
