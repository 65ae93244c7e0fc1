// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a slot to a copy that will last, and only then is the slot let go.
 *
 *	the copy is written under another name, flushed, and read back;
 *	it gets its name; the folder is flushed;
 *	the receipt gets there in the same way;
 *	if it is wanted, the slot becomes COLLECTED.
 *
 * Of a dump that is not COMPLETE, or damaged, a part is kept in the same way, under
 * names that say so. Its slot is not let go: behind that part there may be more.
 *
 * A collector that is killed anywhere in between is followed by one that finds
 * out how far it came. Nothing that exists is ever overwritten.
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

static bool same_sum(const struct collect_sum *a, const struct collect_sum *b)
{
	return a->size == b->size &&
	       !memcmp(a->sha256, b->sha256, sizeof(a->sha256));
}

static int report_different(const char *path)
{
	report_failure("collecting", path,
		       "it is there, and is not the copy of this dump");
	report_hint("Nothing is overwritten. Move it away, or collect into another folder.");
	return -EEXIST;
}

/* Returns: a descriptor of what may be the copy, -ENOENT, or what is reported */
static int open_data(const struct collect_copy *copy)
{
	int fd = collect_open_own(copy->folder, copy->data);
	struct stat st;

	if (fd < 0 && fd != -EEXIST)
		return fd;
	if (fd >= 0 && !fstat(fd, &st) && (__u64)st.st_size == copy->size)
		return fd;
	if (fd >= 0)
		close(fd);
	return report_different(copy->data);
}

/* Returns: 0, also if there is none */
static int find_data(const struct collect_copy *copy, bool *found)
{
	int fd = open_data(copy);

	*found = fd >= 0;
	if (fd >= 0)
		close(fd);
	return fd >= 0 || fd == -ENOENT ? 0 : fd;
}

/* What is in the file under its temporary name: is it what was written? */
static int check_partial(const struct outfile *file,
			 const struct collect_sum *sum)
{
	struct collect_sum got;
	int ret;

	ret = collect_read_file(file->fd, file->path, sum->size, &got);
	if (ret || same_sum(&got, sum))
		return ret;
	report_failure("collecting", file->path,
		       "what was read back is not what was written: this disk cannot be trusted");
	return -EIO;
}

static int make_copy(const struct collect_copy *copy, struct collect_sum *sum)
{
	/* Too large for a stack, and there is only one at a time */
	static struct outfile file;
	int ret;

	ret = outfile_open_at(&file, copy->folder->fd, copy->data, false);
	if (ret) {
		report_error("creating the copy", copy->data, -ret);
		return ret;
	}
	ret = collect_read_slot(copy, &file, sum);
	if (!ret) {
		ret = outfile_sync(&file, sum->size);
		if (ret)
			report_error("writing the copy", copy->data, -ret);
	}
	if (!ret)
		ret = check_partial(&file, sum);
	if (!ret) {
		ret = outfile_commit(&file);
		if (ret)
			report_error("naming the copy", copy->data, -ret);
	}
	if (ret)
		outfile_discard(&file);
	return ret;
}

static int read_copy(const struct collect_copy *copy, struct collect_sum *sum)
{
	int fd = open_data(copy);
	int ret;

	if (fd == -ENOENT)
		report_error("reading the copy", copy->data, ENOENT);
	if (fd < 0)
		return fd;
	ret = collect_read_file(fd, copy->data, copy->size, sum);
	close(fd);
	return ret;
}

/* A copy that was there: byte for byte, and as durable as one of ours */
static int check_copy(const struct collect_copy *copy, struct collect_sum *sum)
{
	struct collect_sum got;
	int ret;

	ret = collect_read_slot(copy, NULL, sum);
	if (!ret)
		ret = read_copy(copy, &got);
	if (!ret && !same_sum(&got, sum))
		ret = report_different(copy->data);
	if (ret)
		return ret;
	ret = folder_sync(copy->folder->fd, copy->folder->path);
	if (ret)
		report_error("flushing the folder", copy->folder->path, -ret);
	return ret;
}

/* The receipt, too, may have been there */
static int keep_receipt(const struct collect_copy *copy, bool found,
			const struct collect_sum *said,
			const struct collect_sum *sum)
{
	int ret;

	if (!found)
		return collect_receipt_write(copy, sum);
	if (!same_sum(said, sum))
		return report_different(copy->receipt);
	ret = collect_sync(copy->folder, copy->receipt);
	if (ret)
		report_error("flushing the receipt", copy->receipt, -ret);
	return ret;
}

/* @changed: the header in memory was. Returns: 0 or a negative errno, which is reported */
static int write_header(struct open_area *open, bool changed)
{
	int ret;

	if (!changed) {
		area_report_spent(open->path);
		return -EOVERFLOW;
	}
	ret = area_write_header(&open->area);
	if (ret)
		report_error("releasing the slot", open->path, -ret);
	return ret;
}

/* Let go of the slot. Returns: 0 or a negative errno, which is reported */
int collect_release(struct collect_copy *copy)
{
	struct dumpflt_disk_header *header = copy->open->area.header;

	/* with --all, one that was released before */
	if (le32_to_cpu(copy->slot->entry->state) != DUMPFLT_SLOT_STARTED)
		return 0;
	return write_header(copy->open, dumpflt_slot_collect(header, copy->slot->number));
}

/**
 * collect_forget_unbegun() - have the disk say of slots what they are in memory
 * @open: loaded, writable; with a slot of whose last dump nothing is there
 *
 * Return: 0 or a negative errno, which is reported
 */
int collect_forget_unbegun(struct open_area *open)
{
	return write_header(open, dumpflt_header_touch(open->area.header));
}

/* Of a part it is known only then how long it is. Returns: as collect_read_slot() */
static int measure_part(struct collect_copy *copy)
{
	struct collect_sum sum;
	int ret = collect_read_slot(copy, NULL, &sum);

	copy->size = sum.size;
	return ret;
}

/* @known: one of an earlier run is there, and stays. Returns: as collect_read_slot() */
static int look_for_part(struct collect_copy *copy, bool *known)
{
	struct copy_receipt beside;
	int ret;

	ret = collect_part_find(copy, &beside, known);
	if (ret)
		return ret;
	ret = measure_part(copy);
	if (!*known || (ret && ret != -ENODATA))
		return ret;
	collect_part_take(copy, &beside);
	return 0;
}

/* Returns: 0, or a negative errno: -ENODATA and -EOPNOTSUPP if there is nothing to be kept */
static int prepare(struct collect_copy *copy, bool *known)
{
	int ret = collect_understand(copy);

	if (!ret)
		ret = collect_name(copy);
	if (!ret && copy->part)
		ret = look_for_part(copy, known);
	return ret;
}

/**
 * collect_slot() - have a copy of a dump
 * @copy: open, slot and folder are set; the receipt says COMPLETE, or a part is wanted
 * @release: let go of the slot once the copy lasts; not that of a part
 *
 * Needs signals_catch().
 *
 * Return: what became of it
 */
enum collect_result collect_slot(struct collect_copy *copy, bool release)
{
	bool has_data = false, has_receipt = false, known = false;
	struct collect_sum said, sum;
	int ret;

	ret = prepare(copy, &known);
	if (ret == -ENODATA || (ret == -EOPNOTSUPP && copy->part)) {
		/* there is no such file */
		copy->data[0] = '\0';
		return COLLECT_REFUSED;
	}
	if (!ret && known)
		return COLLECT_PRESENT;
	if (!ret)
		ret = collect_receipt_find(copy, &has_receipt, &said);
	if (!ret)
		ret = find_data(copy, &has_data);
	/* whole when it was made: a disk may have lost some of it since */
	if (!ret)
		ret = has_data ? check_copy(copy, &sum) : make_copy(copy, &sum);
	/* the disk may have given more, or less, than when it was measured */
	if (!ret && copy->part)
		copy->size = sum.size;
	if (!ret)
		ret = keep_receipt(copy, has_receipt, &said, &sum);
	if (!ret && release && !copy->part)
		ret = collect_release(copy);
	/* it was there when it was measured */
	if (ret == -ENODATA)
		report_error("reading the dump", copy->open->path, EIO);
	if (ret)
		return COLLECT_FAILED;
	return has_data && has_receipt ? COLLECT_PRESENT : COLLECT_COPIED;
}
