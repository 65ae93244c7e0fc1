// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where in makedumpfile's stream the bytes of its dump file are.
 *
 * The records of the stream may overlap, and the later one counts: makedumpfile writes the
 * header of the file twice. So they are cut into pieces that do not, once, and are then found
 * by halving.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "flat/index.h"

#define ROOM_MIN	1024U

/**
 * struct sweep - the way over the file, from its beginning to its end
 * @in: extents by where they begin
 * @order: of each of them: how late it came
 * @nr: of them
 * @next: the first of them that was not reached
 * @heap: those that were, the latest on top
 * @nr_heap: of them
 */
struct sweep {
	const struct flat_extent	*in;
	const size_t			*order;
	size_t				nr;
	size_t				next;
	size_t				*heap;
	size_t				nr_heap;
};

/**
 * struct numbered - an extent that is sorted
 * @extent: it
 * @order: how late it came
 */
struct numbered {
	struct flat_extent	extent;
	size_t			order;
};

static int put(struct flat_index *index, struct flat_extent extent)
{
	struct flat_extent *last = index->nr ? &index->extents[index->nr - 1] : NULL, *grown;
	size_t room;

	if (last && last->at + last->len == extent.at && last->from + last->len == extent.from) {
		last->len += extent.len;
		return 0;
	}
	if (index->nr == index->room) {
		if (index->room >= FLAT_INDEX_MAX)
			return -EFBIG;
		room = index->room ? 2 * index->room : ROOM_MIN;
		grown = reallocarray(index->extents, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		index->extents = grown;
		index->room = room;
	}
	index->extents[index->nr++] = extent;
	return 0;
}

/**
 * flat_index_add() - one more piece
 * @index: not ended; zeros at first
 * @at: where it begins in the file
 * @len: bytes of it, more than 0; it ends below 2^63
 * @from: where it begins in the stream
 *
 * Return: 0; -EFBIG if no dump of makedumpfile's has so many; or -ENOMEM
 */
int flat_index_add(struct flat_index *index, __u64 at, __u64 len, __u64 from)
{
	return put(index, (struct flat_extent){ .at = at, .len = len, .from = from });
}

static bool is_in_order(const struct flat_index *index)
{
	size_t i;

	for (i = 1; i < index->nr; i++)
		if (index->extents[i].at < index->extents[i - 1].at + index->extents[i - 1].len)
			return false;
	return true;
}

static int by_place(const void *a, const void *b)
{
	const struct numbered *one = a, *other = b;

	if (one->extent.at != other->extent.at)
		return one->extent.at < other->extent.at ? -1 : 1;
	return one->order < other->order ? -1 : one->order > other->order;
}

static void sift_up(struct sweep *sweep, size_t i)
{
	size_t *heap = sweep->heap;

	while (i && sweep->order[heap[(i - 1) / 2]] < sweep->order[heap[i]]) {
		size_t above = (i - 1) / 2, swap = heap[i];

		heap[i] = heap[above];
		heap[above] = swap;
		i = above;
	}
}

static void sift_down(struct sweep *sweep)
{
	size_t *heap = sweep->heap, i = 0, below;

	while ((below = 2 * i + 1) < sweep->nr_heap) {
		size_t swap = heap[i];

		if (below + 1 < sweep->nr_heap &&
		    sweep->order[heap[below + 1]] > sweep->order[heap[below]])
			below++;
		if (sweep->order[heap[below]] < sweep->order[swap])
			break;
		heap[i] = heap[below];
		heap[below] = swap;
		i = below;
	}
}

/* Those that begin at @at, or did; and not those that have ended */
static void reach(struct sweep *sweep, __u64 at)
{
	while (sweep->next < sweep->nr && sweep->in[sweep->next].at <= at) {
		sweep->heap[sweep->nr_heap] = sweep->next++;
		sift_up(sweep, sweep->nr_heap++);
	}
	while (sweep->nr_heap) {
		const struct flat_extent *top = &sweep->in[sweep->heap[0]];

		if (top->at + top->len > at)
			break;
		sweep->heap[0] = sweep->heap[--sweep->nr_heap];
		sift_down(sweep);
	}
}

/* From one place where the latest extent may be another one to the next */
static int sweep_all(struct sweep *sweep, struct flat_index *out)
{
	__u64 at = 0, end;
	int ret = 0;

	while (!ret && (sweep->nr_heap || sweep->next < sweep->nr)) {
		const struct flat_extent *top;

		if (!sweep->nr_heap)
			at = sweep->in[sweep->next].at;
		reach(sweep, at);
		if (!sweep->nr_heap)
			continue;
		top = &sweep->in[sweep->heap[0]];
		end = top->at + top->len;
		if (sweep->next < sweep->nr && sweep->in[sweep->next].at < end)
			end = sweep->in[sweep->next].at;
		ret = put(out, (struct flat_extent){
			.at = at, .len = end - at, .from = top->from + (at - top->at),
		});
		at = end;
	}
	return ret;
}

static struct numbered *sort(const struct flat_index *index)
{
	struct numbered *all = calloc(index->nr, sizeof(*all));
	size_t i;

	if (!all)
		return NULL;
	for (i = 0; i < index->nr; i++)
		all[i] = (struct numbered){ .extent = index->extents[i], .order = i };
	qsort(all, index->nr, sizeof(*all), by_place);
	return all;
}

/* Replaces what there is by pieces that do not overlap */
static int cut(struct flat_index *index)
{
	struct numbered *all = sort(index);
	size_t *order = calloc(index->nr, sizeof(*order)), i;
	struct flat_index out = { .nr = 0 };
	struct sweep sweep = {
		.in = index->extents, .order = order, .nr = index->nr,
		.heap = calloc(index->nr, sizeof(*sweep.heap)),
	};
	int ret = -ENOMEM;

	if (all && order && sweep.heap) {
		for (i = 0; i < index->nr; i++) {
			index->extents[i] = all[i].extent;
			order[i] = all[i].order;
		}
		ret = sweep_all(&sweep, &out);
	}
	free(sweep.heap);
	free(order);
	free(all);
	if (ret) {
		flat_index_free(&out);
		return ret;
	}
	flat_index_free(index);
	*index = out;
	return 0;
}

/**
 * flat_index_end() - that was all: from now on pieces can be found
 * @index: with all pieces, in the order of the stream
 *
 * Return: 0; -EFBIG as flat_index_add(); or -ENOMEM
 */
int flat_index_end(struct flat_index *index)
{
	return is_in_order(index) ? 0 : cut(index);
}

/**
 * flat_index_find() - which piece is at a place of the file, or the next one behind it?
 * @index: ended
 * @at: the place
 *
 * Return: its number, or @index->nr
 */
size_t flat_index_find(const struct flat_index *index, __u64 at)
{
	size_t low = 0, high = index->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct flat_extent *extent = &index->extents[middle];

		if (extent->at + extent->len <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void flat_index_free(struct flat_index *index)
{
	free(index->extents);
	*index = (struct flat_index){ .nr = 0 };
}
