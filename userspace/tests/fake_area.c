// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stand-in for the kernel's side of a dump area.
 *
 * The area itself is real: a session takes a slot, and when it ends, what was
 * written to the device is in that slot, with a receipt.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "area_writer.h"
#include "fake_kernel.h"

#define SHA256_SIZE	32

static struct area_io io;
static struct area area;

bool fake_area_used(const char *stack)
{
	return !strcmp(fake_get(fake_path("%s/.area", stack)), "1");
}

/* Prints nothing: the kernel does not either */
static int open_area(const char *stack, bool writable)
{
	int ret = area_io_open(&io, fake_get(fake_path("%s/.target", stack)),
			       writable);

	if (ret)
		return ret;
	ret = area_load(&area, &io);
	if (ret)
		area_io_close(&io);
	return ret;
}

static void close_area(void)
{
	area_unload(&area);
	area_io_close(&io);
}

static int fail(const char *stack, int err, const char *message)
{
	fake_put(fake_path("%s/last_error", stack), message);
	return -err;
}

static int is_entry(const struct dirent *entry)
{
	return entry->d_name[0] >= '0' && entry->d_name[0] <= '9' &&
	       strchr(entry->d_name, '-');
}

static __u16 flags_of(const char *folder)
{
	__u16 flags = 0;

	if (!strcmp(fake_get(fake_path("%s/.critical", folder)), "1"))
		flags |= DUMPFLT_POLICY_F_CRITICAL;
	if (!strcmp(fake_get(fake_path("%s/.start_optional", folder)), "1"))
		flags |= DUMPFLT_POLICY_F_START_OPTIONAL;
	return flags;
}

/* All lines; those of the policy have one line break at the end, these more */
static bool same_options(const char *folder,
			 const struct dumpflt_disk_policy *policy)
{
	size_t want = le32_to_cpu(policy->options_len), len = 0;
	FILE *file = fopen(fake_path("%s/.options", folder), "r");
	char text[DUMPFLT_OPTIONS_MAX + 2];

	if (file) {
		len = fread(text, 1, sizeof(text), file);
		fclose(file);
	}
	while (len && text[len - 1] == '\n')
		len--;
	if (want && dumpflt_policy_options(policy)[want - 1] == '\n')
		want--;
	return len == want && !memcmp(text, dumpflt_policy_options(policy), len);
}

static bool same_filter(const char *stack, const char *entry,
			const struct dumpflt_disk_policy *policy)
{
	const char *folder = fake_path("%s/%s", stack, entry);

	return policy && le16_to_cpu(policy->number) == atoi(entry) &&
	       !strcmp((const char *)policy->name, entry + 3) &&
	       le16_to_cpu(policy->flags) == flags_of(folder) &&
	       same_options(folder, policy);
}

static bool fits_policy(const char *stack)
{
	const struct dumpflt_disk_policy *policy = NULL;
	struct dirent **entries;
	bool same = true;
	int i, nr;

	if (!area.header->fixed.policy_len)
		return true;
	nr = scandir(stack, &entries, is_entry, alphasort);
	for (i = 0; i < nr; i++) {
		policy = dumpflt_policy_next(area.header, policy);
		same = same && same_filter(stack, entries[i]->d_name, policy);
		free(entries[i]);
	}
	free(entries);
	return same && !dumpflt_policy_next(area.header, policy);
}

/* Is the target what the stack wants it to be? */
int fake_area_live(const char *stack)
{
	bool used = fake_area_used(stack), fits;

	if (open_area(stack, false))
		return used ? fail(stack, EINVAL, "target holds no dump area") : 0;
	fits = fits_policy(stack);
	close_area();
	if (!used)
		return fail(stack, EEXIST, "target holds a dump area");
	if (!fits)
		return fail(stack, EPERM, "the filters are not those of the policy");
	return 0;
}

static __u32 find_filters(const char *stack, struct area_writer_filter *filters,
			  struct dirent ***entries)
{
	int nr = scandir(stack, entries, is_entry, alphasort), i;

	for (i = 0; i < nr; i++) {
		filters[i].name = (*entries)[i]->d_name + 3;
		if (flags_of(fake_path("%s/%s", stack, (*entries)[i]->d_name)) &
		    DUMPFLT_POLICY_F_CRITICAL)
			filters[i].flags = DUMPFLT_DISK_FILTER_F_CRITICAL;
		if (!strcmp(filters[i].name, "digest"))
			filters[i].chunk_meta = SHA256_SIZE;
	}
	return nr > 0 ? (__u32)nr : 0;
}

/* What says that the dump is under way, for who opens the area next */
static void put_metadata(const char *stack, __u32 slot)
{
	struct area_writer_filter filters[DUMPFLT_MAX_FILTERS] = { 0 };
	struct dirent **entries;
	struct area_writer w;
	__u32 nr, i;

	nr = find_filters(stack, filters, &entries);
	area_writer_open(&w, &area, slot, filters, nr);
	area_writer_close(&w);
	for (i = 0; i < nr; i++)
		free(entries[i]);
	free(entries);
}

/* A session takes a slot */
int fake_area_start(const char *stack)
{
	const char *disk = fake_disk(fake_get(fake_path("%s/device", stack)));
	char id[33];
	__u32 slot;
	size_t i;

	if (open_area(stack, true))
		return -EIO;
	area_free_slots(&area);
	if (dumpflt_slot_choose(area.header) < 0) {
		close_area();
		return fail(stack, ENOSPC, "no free slot in the dump area");
	}
	slot = area_writer_start(&area, NULL);
	put_metadata(stack, slot);
	for (i = 0; i < 16; i++)
		snprintf(id + 2 * i, 3, "%02x", area.header->slots[slot].session[i]);
	fake_put(fake_path("%s/dumpflt/slot", disk), fake_path("%u", slot));
	fake_put(fake_path("%s/dumpflt/session_id", disk), id);
	close_area();
	return 0;
}

/* Up to @bytes of what was written. Returns: false if there are less */
static bool copy_dump(const char *path, struct area_writer *w, __u64 bytes)
{
	FILE *file = fopen(path, "r");
	char data[65536];
	size_t n;

	if (!file)
		abort();
	while (w->size < bytes) {
		n = bytes - w->size < sizeof(data) ? bytes - w->size : sizeof(data);
		n = fread(data, 1, n, file);
		if (!n)
			break;
		area_writer_data(w, data, n);
	}
	fclose(file);
	return bytes == FAKE_ALL || w->size == bytes;
}

/* The dump goes into the slot */
int fake_area_end(const char *stack, __u64 bytes, bool whole, const char *why)
{
	const char *disk = fake_disk(fake_get(fake_path("%s/device", stack)));
	struct area_writer_filter filters[DUMPFLT_MAX_FILTERS] = { 0 };
	struct dirent **entries;
	struct area_writer w;
	__u32 nr, i, slot;
	int ret = 0;

	if (open_area(stack, true))
		return -EIO;
	slot = (__u32)atoi(fake_get(fake_path("%s/dumpflt/slot", disk)));
	nr = find_filters(stack, filters, &entries);
	area_writer_open(&w, &area, slot, filters, nr);
	if (!copy_dump(fake_device(stack), &w, bytes))
		ret = fail(stack, ENODATA, "finish: less was written than that");
	whole = whole && !ret;
	if (whole)
		area_writer_trailer(&w);
	else
		area_writer_rest(&w);
	area_writer_receipt(&w, whole ? DUMPFLT_SLOT_COMPLETE :
			    DUMPFLT_SLOT_FAILED, whole ? NULL : why);
	area_writer_close(&w);
	for (i = 0; i < nr; i++)
		free(entries[i]);
	free(entries);
	close_area();
	return ret;
}

/* Bytes of a dump that a slot holds */
__u64 fake_area_room(const char *stack)
{
	__u64 room = 0;

	if (open_area(stack, false))
		return 0;
	room = (__u64)(area.geo.slot_chunks - 1) * DUMPFLT_CHUNK_SIZE;
	close_area();
	return room;
}
