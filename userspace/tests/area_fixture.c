// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump area in memory that the unit tests write, spoil and read.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "area_fixture.h"
#include "unit.h"

static int read_image(void *ctx, void *buf, size_t len, __u64 offset)
{
	const struct fixture *f = ctx;

	if (offset > f->io.size || f->io.size - offset < len)
		return -ENODATA;
	if (offset < f->bad_to && offset + len > f->bad_from)
		return -EIO;
	memcpy(buf, f->image + offset, len);
	return 0;
}

static struct dumpflt_disk_header *make_space(struct fixture *f, __u64 size, __u32 slots,
					      __u32 record_size, __u32 flags)
{
	static struct dumpflt_disk_header header;
	static const __u8 uuid[16] = "a dump area";

	memset(f, 0, sizeof(*f));
	f->size = size;
	f->io.fd = memfd_create("area", MFD_CLOEXEC);
	f->io.read = read_image;
	f->io.ctx = f;
	f->io.size = size;
	assert_int_equal(ftruncate(f->io.fd, (off_t)size), 0);
	f->image = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
			f->io.fd, 0);
	assert_true(f->image != MAP_FAILED);
	assert_null(dumpflt_geometry_make(&f->geo, size, slots, record_size));
	dumpflt_header_init(&header, &f->geo, uuid, 1, flags);
	return &header;
}

void fixture_make(struct fixture *f, __u64 size, __u32 slots, __u32 record_size)
{
	struct dumpflt_disk_header *header = make_space(f, size, slots, record_size, 0);

	assert_int_equal(area_create(&f->io, header, &f->geo), 0);
}

/* For hibernation */
void fixture_make_image(struct fixture *f, __u64 size)
{
	static const char options[] = "origin=a:key\nrecipient=age1...";
	struct dumpflt_disk_header *header = make_space(f, size, 1, 64,
							DUMPFLT_AREA_F_HIBERNATION |
							DUMPFLT_AREA_F_OVERWRITE);

	assert_null(dumpflt_policy_add(header, "age", 10, DUMPFLT_POLICY_F_CRITICAL, options,
				       strlen(options)));
	assert_int_equal(area_create(&f->io, header, &f->geo), 0);
}

void fixture_free(struct fixture *f)
{
	munmap(f->image, f->size);
	close(f->io.fd);
	free(f->data);
	free(f->got);
}

/* Never zero, so that no byte of it can be mistaken for padding */
static void make_data(struct fixture *f, __u64 size)
{
	unsigned int seed = (unsigned int)size + 1;
	__u64 i;

	free(f->data);
	free(f->got);
	f->data = malloc(size + 1);
	f->got = malloc(size + 2 * FIXTURE_UNIT);
	assert_true(f->data && f->got);
	for (i = 0; i < size; i++) {
		seed = seed * 1103515245U + 12345U;
		f->data[i] = (unsigned char)(seed >> 16 | 1);
	}
	f->data_size = size;
}

/* Returns: the slot */
__u32 fixture_dump(struct fixture *f, __u64 size,
		   const struct area_writer_filter *filters, __u32 nr,
		   enum fixture_end end)
{
	struct area_writer w;
	struct area area;
	__u32 slot;

	make_data(f, size);
	assert_int_equal(area_load(&area, &f->io), 0);
	slot = area_writer_start(&area, NULL);
	area_writer_open(&w, &area, slot, filters, nr);
	area_writer_data(&w, f->data, size);
	if (end == FIXTURE_NO_TRAILER)
		area_writer_rest(&w);
	else
		area_writer_trailer(&w);
	if (end == FIXTURE_COMPLETE)
		area_writer_receipt(&w, DUMPFLT_SLOT_COMPLETE, NULL);
	else if (end == FIXTURE_FAILED)
		area_writer_receipt(&w, DUMPFLT_SLOT_FAILED, "it had to fail");
	area_writer_close(&w);
	area_unload(&area);
	return slot;
}

static int take(void *ctx, __u64 offset, const void *data, size_t len)
{
	struct fixture *f = ctx;

	if (++f->calls == f->stop_at)
		return -ECANCELED;
	/* in order, without gaps, and not without end */
	assert_int_equal(offset, f->got_size);
	assert_true(len && len <= DUMPFLT_CHUNK_SIZE);
	assert_true(f->got_size + len <= f->data_size + 2 * FIXTURE_UNIT);
	memcpy(f->got + offset, data, len);
	f->got_size += len;
	return 0;
}

/* As area_verify() does, and then by several threads: which must say the same */
static int verify_twice(struct fixture *f, const struct area *area, const struct area_slot *slot,
			struct area_verdict *verdict)
{
	const struct area_scan wanted = { .sink = take, .ctx = f, .all = true, .lanes = 3 };
	struct area_verdict alone;
	unsigned char *got;
	__u64 got_size;
	int ret = area_verify(area, slot, take, f, &alone);

	got = f->got;
	got_size = f->got_size;
	f->got = malloc(f->data_size + 2 * FIXTURE_UNIT);
	f->got_size = 0;
	f->calls = 0;
	assert_non_null(f->got);
	assert_int_equal(area_scan(area, slot, &wanted, verdict), ret);
	assert_memory_equal(verdict, &alone, sizeof(alone));
	assert_int_equal(f->got_size, got_size);
	assert_memory_equal(f->got, got, got_size);
	free(got);
	return ret;
}

/* Returns: what area_verify() returned; the area must be there */
int fixture_verify(struct fixture *f, __u32 slot, struct area_verdict *verdict)
{
	struct area_slot loaded;
	struct area area;
	int ret;

	f->got_size = 0;
	f->calls = 0;
	assert_int_equal(area_load(&area, &f->io), 0);
	assert_int_equal(area_slot_load(&area, slot, &loaded), 0);
	ret = verify_twice(f, &area, &loaded, verdict);
	area_slot_unload(&loaded);
	area_unload(&area);
	return ret;
}

/* Whatever was done to it: what came out is the beginning of the dump */
void fixture_check_prefix(const struct fixture *f,
			  const struct area_verdict *verdict)
{
	assert_int_equal(f->got_size, verdict->good_bytes);
	assert_true(f->got_size <= f->data_size);
	assert_memory_equal(f->got, f->data, f->got_size);
	assert_int_equal(verdict->complete, !verdict->problem[0]);
	if (verdict->complete) {
		assert_int_equal(f->got_size, f->data_size);
		assert_int_equal(verdict->dump_size, f->data_size);
	}
}

struct dumpflt_disk_receipt *fixture_receipt(struct fixture *f, __u32 slot,
					     unsigned int copy)
{
	return (void *)(f->image +
			dumpflt_geometry_receipt(&f->geo, slot, copy));
}

/* Receipt A was changed: make both valid, and the same */
void fixture_seal_receipts(struct fixture *f, __u32 slot)
{
	dumpflt_receipt_seal(fixture_receipt(f, slot, 0));
	*fixture_receipt(f, slot, 1) = *fixture_receipt(f, slot, 0);
}
