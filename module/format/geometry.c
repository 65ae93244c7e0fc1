// SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later
/*
 * Where everything is in a dump area.
 *
 * PURE, see format.h. The drawing is in uapi/linux/dumpflt.h.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "format.h"

#define UNIT	((u64)DUMPFLT_AREA_UNIT)

/**
 * dumpflt_geometry_make - lay out an area
 * @geo: filled
 * @size: bytes there are
 * @nr_slots: 1 to DUMPFLT_AREA_SLOTS_MAX, else that is what is wrong
 * @record_size: bytes of a chunk record
 *
 * Return: %NULL, or what is wrong.
 */
const char *dumpflt_geometry_make(struct dumpflt_geometry *geo, u64 size,
				  u32 nr_slots, u32 record_size)
{
	u64 units, chunks;

	if (!nr_slots || nr_slots > DUMPFLT_AREA_SLOTS_MAX)
		return "the number of slots is out of range";
	if (record_size < DUMPFLT_RECORD_MIN ||
	    record_size > DUMPFLT_RECORD_MAX ||
	    (record_size & (record_size - 1)))
		return "the record size is out of range or no power of two";

	geo->area_size = size & ~(UNIT - 1);
	geo->nr_slots = nr_slots;
	geo->record_size = record_size;
	geo->slot_offset = UNIT;
	units = geo->area_size / UNIT;
	if (units < 2 || div_u64(units - 2, nr_slots) < 5)
		return "too small for that many slots";
	units = div_u64(units - 2, nr_slots);
	geo->slot_size = units * UNIT;

	/* the most chunks whose records fit beside them */
	units -= 2;
	chunks = div_u64(units * (UNIT / DUMPFLT_RECORD_MIN),
			 ((u32)UNIT + record_size) / DUMPFLT_RECORD_MIN);
	while (chunks + (chunks * record_size + UNIT - 1) / UNIT > units)
		chunks--;
	if (chunks > 0x7fffffff)
		return "too large: use more slots, or a smaller part of it";
	geo->slot_chunks = (u32)chunks;
	return NULL;
}

/**
 * dumpflt_geometry_header - where a copy of the header is
 * @geo: from dumpflt_geometry_make()
 * @copy: 0 for A, 1 for B
 *
 * Return: offset in bytes.
 */
u64 dumpflt_geometry_header(const struct dumpflt_geometry *geo, unsigned int copy)
{
	return copy ? geo->area_size - UNIT : 0;
}

/**
 * dumpflt_geometry_header_b - where header B would be
 * @device_size: of the device; the area is as large as it can be
 *
 * Return: offset in bytes.
 */
u64 dumpflt_geometry_header_b(u64 device_size)
{
	return device_size < 2 * UNIT ? 0 : (device_size & ~(UNIT - 1)) - UNIT;
}

/**
 * dumpflt_geometry_fmeta - where a slot's filter metadata is
 * @geo: from dumpflt_geometry_make()
 * @slot: less than @geo->nr_slots: this is not checked
 *
 * Return: offset in bytes.
 */
u64 dumpflt_geometry_fmeta(const struct dumpflt_geometry *geo, u32 slot)
{
	return geo->slot_offset + slot * geo->slot_size;
}

/**
 * dumpflt_geometry_chunk - where a chunk is
 * @geo: from dumpflt_geometry_make()
 * @slot: less than @geo->nr_slots: this is not checked
 * @chunk: number in the slot, from 0; @geo->slot_chunks is behind the last one
 *
 * Return: offset in bytes.
 */
u64 dumpflt_geometry_chunk(const struct dumpflt_geometry *geo, u32 slot, u64 chunk)
{
	return dumpflt_geometry_fmeta(geo, slot) + UNIT +
	       chunk * DUMPFLT_CHUNK_SIZE;
}

/**
 * dumpflt_geometry_record - where a chunk's record is
 * @geo: from dumpflt_geometry_make()
 * @slot: less than @geo->nr_slots: this is not checked
 * @chunk: number in the slot, from 0; @geo->slot_chunks is behind the last one
 *
 * Return: offset in bytes.
 */
u64 dumpflt_geometry_record(const struct dumpflt_geometry *geo, u32 slot, u64 chunk)
{
	return dumpflt_geometry_chunk(geo, slot, geo->slot_chunks) +
	       chunk * geo->record_size;
}

/**
 * dumpflt_geometry_receipt - where a copy of a slot's receipt is
 * @geo: from dumpflt_geometry_make()
 * @slot: less than @geo->nr_slots: this is not checked
 * @copy: 0 for A, 1 for B
 *
 * Return: offset in bytes.
 */
u64 dumpflt_geometry_receipt(const struct dumpflt_geometry *geo, u32 slot,
			     unsigned int copy)
{
	return dumpflt_geometry_fmeta(geo, slot) + geo->slot_size - UNIT +
	       (copy ? DUMPFLT_RECEIPT_B : 0);
}
