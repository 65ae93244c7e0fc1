// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The four things that change a dump area from user space: making one, changing
 * its header, making a copy of that good again, and dropping a hibernation image.
 * Never both copies of a header at once, unless there is nothing to lose.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "area/area.h"

static int write_area(const struct area_io *io, const void *data, size_t len,
		      __u64 offset)
{
	const char *from = data;
	ssize_t n;

	while (len) {
		n = pwrite(io->fd, from, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		from += n;
		offset += (__u64)n;
		len -= (size_t)n;
	}
	return 0;
}

static int sync_area(const struct area_io *io)
{
	return fsync(io->fd) ? -errno : 0;
}

/**
 * area_write_header() - make a change of the header durable
 * @area: loaded from an area_io_open() that is writable; header changed by
 *	dumpflt_slot_collect() and its like
 *
 * Goes to the copy that does not count, which counts from then on. One that readers would
 * refuse is not written.
 *
 * Return: 0 or a negative errno; then the area is as it was
 */
int area_write_header(struct area *area)
{
	unsigned int copy = !area->copy;
	int ret;

	if (dumpflt_header_finish(area->header, area->io->size))
		return -EUCLEAN;
	ret = write_area(area->io, area->header, sizeof(*area->header),
			 dumpflt_geometry_header(&area->geo, copy));
	if (!ret)
		ret = sync_area(area->io);
	if (!ret)
		area->copy = copy;
	return ret;
}

/* What is in the page cache is let go of: it is to come from the disk */
static int check_written(const struct area_io *io, const void *data, size_t len, __u64 offset)
{
	char *got = malloc(len);
	int ret = got ? -posix_fadvise(io->fd, (off_t)offset, (off_t)len, POSIX_FADV_DONTNEED) :
			-ENOMEM;

	if (!ret)
		ret = io->read(io->ctx, got, len, offset);
	if (!ret && memcmp(got, data, len))
		ret = -EIO;
	free(got);
	return ret;
}

/**
 * area_restore_header() - make the copy that cannot be used one again
 * @area: loaded from an area_io_open() that is writable; one of its copies is no good, and
 *	the header is as it was loaded
 *
 * It becomes what the other one is, byte for byte: what counts does not change. It is read
 * back.
 *
 * Return: 0; -EIO also if what is read back is not what was written; or another negative
 * errno: the good copy is as it was
 */
int area_restore_header(struct area *area)
{
	__u64 offset = dumpflt_geometry_header(&area->geo, !area->copy);
	int ret;

	ret = write_area(area->io, area->header, sizeof(*area->header), offset);
	if (!ret)
		ret = sync_area(area->io);
	if (!ret)
		ret = check_written(area->io, area->header, sizeof(*area->header), offset);
	if (!ret)
		area->wrong[!area->copy] = NULL;
	return ret;
}

/**
 * area_drop_image() - make sure, durably, that a hibernation image is never resumed
 * @area: loaded from an area_io_open() that is writable; it is for hibernation
 *
 * Its receipts go first: without them it is none, even if the header that says that
 * it was taken is lost, and the older one counts again.
 *
 * Return: 0 if there is no image any more, be it that there was none; or a negative
 * errno, and then it may still be there
 */
int area_drop_image(struct area *area)
{
	static const struct dumpflt_disk_receipt none;
	unsigned int copy;
	int ret = 0;

	for (copy = 0; copy < 2 && !ret; copy++)
		ret = write_area(area->io, &none, sizeof(none),
				 dumpflt_geometry_receipt(&area->geo, 0, copy));
	if (!ret)
		ret = sync_area(area->io);
	if (ret)
		return ret;
	/* one that has counted to its end stays as it is: no image either */
	if (dumpflt_slot_collect(area->header, 0))
		return area_write_header(area);
	/* a copy that cannot be used is made one again: nobody has to doubt any more */
	if ((area->wrong[0] || area->wrong[1]) && dumpflt_header_touch(area->header))
		return area_write_header(area);
	return 0;
}

/**
 * area_create() - make an area
 * @io: writable
 * @header: of the area, to be sealed here
 * @geo: its geometry
 *
 * The receipts of an earlier area go first: a header must never find them.
 *
 * Return: 0 or a negative errno
 */
int area_create(const struct area_io *io, struct dumpflt_disk_header *header,
		const struct dumpflt_geometry *geo)
{
	void *zeros = calloc(1, DUMPFLT_AREA_UNIT);
	__u32 slot;
	int ret;

	if (!zeros)
		return -ENOMEM;
	ret = write_area(io, zeros, DUMPFLT_AREA_UNIT,
			 dumpflt_geometry_header(geo, 0));
	if (!ret)
		ret = write_area(io, zeros, DUMPFLT_AREA_UNIT,
				 dumpflt_geometry_header(geo, 1));
	for (slot = 0; slot < geo->nr_slots && !ret; slot++)
		ret = write_area(io, zeros, DUMPFLT_AREA_UNIT,
				 dumpflt_geometry_receipt(geo, slot, 0));
	if (!ret)
		ret = sync_area(io);
	dumpflt_header_seal(header);
	if (!ret)
		ret = write_area(io, header, sizeof(*header),
				 dumpflt_geometry_header(geo, 0));
	if (!ret)
		ret = write_area(io, header, sizeof(*header),
				 dumpflt_geometry_header(geo, 1));
	if (!ret)
		ret = sync_area(io);
	free(zeros);
	return ret;
}
