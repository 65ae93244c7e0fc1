// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A part of a dump that was kept by an earlier run: is it there, and as it was made?
 *
 * Its slot is still there, as it is never let go for a part, and may have lost more since, or
 * read better than it did: what was salvaged before is no worse for that. So, other than a copy
 * of a whole dump, it is held against what is written beside it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumps/collect.h"
#include "dumps/copy_verify.h"
#include "lib/folder.h"
#include "lib/report.h"
#include "lib/text.h"

/* Returns: 0 with @there, or a negative errno, which is reported */
static int look_at_own(const struct collect_copy *copy, const char *path, bool *there)
{
	int fd = collect_open_own(copy->folder, path);

	*there = fd >= 0;
	if (fd >= 0)
		close(fd);
	/* what is in the way is found when its place is needed */
	return fd >= 0 || fd == -ENOENT || fd == -EEXIST ? 0 : fd;
}

static bool is_of_dump(const struct collect_copy *copy, const struct copy_receipt *beside)
{
	const struct dumpflt_disk_slot *entry = copy->slot->entry;

	return beside->part &&
	       !memcmp(beside->uuid, copy->open->area.header->fixed.uuid, sizeof(beside->uuid)) &&
	       !memcmp(beside->session, entry->session, sizeof(beside->session)) &&
	       beside->number == le64_to_cpu(entry->number);
}

/* Returns: 0 with @same, or a negative errno, which is reported */
static int check_data(const struct collect_copy *copy, const struct collect_sum *sum, bool *same)
{
	int fd = collect_open(copy->folder, copy->data);
	struct collect_sum got;
	struct stat st;
	int ret = 0;

	if (fd < 0)
		return 0;
	if (!fstat(fd, &st) && (__u64)st.st_size == sum->size) {
		ret = collect_read_file(fd, copy->data, sum->size, &got);
		*same = !ret && got.size == sum->size &&
			!memcmp(got.sha256, sum->sha256, sizeof(got.sha256));
	}
	close(fd);
	return ret;
}

static int make_durable(const struct collect_copy *copy)
{
	int ret = collect_sync(copy->folder, copy->receipt);

	if (!ret)
		ret = folder_sync(copy->folder->fd, copy->folder->path);
	if (ret)
		report_error("flushing the part", copy->data, -ret);
	return ret;
}

/**
 * collect_part_find() - is the part there?
 * @copy: named
 * @beside: filled: what is written beside it
 * @found: set: it is of this dump, and still as it was made
 *
 * Return: 0, or a negative errno, which is reported
 */
int collect_part_find(const struct collect_copy *copy, struct copy_receipt *beside, bool *found)
{
	bool data = false, receipt = false;
	int ret;

	*found = false;
	ret = look_at_own(copy, copy->receipt, &receipt);
	if (!ret)
		ret = look_at_own(copy, copy->data, &data);
	if (ret || !data || !receipt || copy_receipt_read(beside, copy->data) ||
	    !is_of_dump(copy, beside))
		return ret;
	ret = check_data(copy, &beside->sum, found);
	return ret || !*found ? ret : make_durable(copy);
}

/**
 * collect_part_take() - say of a part what it is, and not what its slot is by now
 * @copy: measured
 * @beside: of collect_part_find()
 */
void collect_part_take(struct collect_copy *copy, const struct copy_receipt *beside)
{
	struct area_verdict *verdict = &copy->part->verdict;

	if (!verdict->withheld && verdict->good_bytes > beside->verified_bytes) {
		report_warning("slot %u of '%s': %llu bytes of it are verified by now, and the part that is there has %llu: it stays as it is",
			       copy->slot->number, copy->open->path, verdict->good_bytes,
			       beside->verified_bytes);
		report_hint("Once '%s' and its .json are moved away, it is made anew.", copy->data);
	}
	copy->size = beside->sum.size;
	verdict->good_bytes = beside->verified_bytes;
	copy_string(verdict->problem, sizeof(verdict->problem), beside->problem);
}
