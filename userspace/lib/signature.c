// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What libblkid recognises on a device: file systems, LUKS, LVM, RAID members,
 * swap, partition tables, also those whose checksum is wrong.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <blkid/blkid.h>
#include <errno.h>

#include "lib/signature.h"
#include "lib/text.h"

/* Signatures that are removed, one at a time; no device has that many */
#define SIGNATURES_MAX	256

static blkid_probe new_probe(int fd)
{
	blkid_probe probe = blkid_new_probe();

	if (!probe)
		return NULL;
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE |
					  BLKID_SUBLKS_MAGIC | BLKID_SUBLKS_BADCSUM);
	blkid_probe_enable_partitions(probe, 1);
	blkid_probe_set_partitions_flags(probe, BLKID_PARTS_MAGIC |
					 BLKID_PARTS_FORCE_GPT);
	if (!blkid_probe_set_device(probe, fd, 0, 0))
		return probe;
	blkid_free_probe(probe);
	return NULL;
}

/**
 * signature_find() - what is there?
 * @fd: of a block device or a file
 * @text: in words; empty if nothing is recognised
 *
 * Return: 0; -EIO if it cannot be looked at
 */
int signature_find(int fd, char text[SIGNATURE_TEXT_MAX])
{
	const char *type = "unknown", *kind = "a file system or the like";
	blkid_probe probe = new_probe(fd);
	int found;

	text[0] = '\0';
	if (!probe)
		return -EIO;
	found = blkid_do_probe(probe);
	if (!found && blkid_probe_lookup_value(probe, "TYPE", &type, NULL) &&
	    !blkid_probe_lookup_value(probe, "PTTYPE", &type, NULL))
		kind = "a partition table";
	if (!found)
		format_string(text, SIGNATURE_TEXT_MAX, "%s (%.48s)", kind, type);
	blkid_free_probe(probe);
	return found < 0 ? -EIO : 0;
}

/**
 * signature_wipe() - have nothing recognised there any more
 * @fd: of a block device or a file, open for writing
 *
 * Return: 0 or -EIO
 */
int signature_wipe(int fd)
{
	blkid_probe probe = new_probe(fd);
	int left = SIGNATURES_MAX, found = probe ? 0 : -1;

	while (!found && left--) {
		found = blkid_do_probe(probe);
		if (!found && blkid_do_wipe(probe, 0))
			found = -1;
	}
	blkid_free_probe(probe);
	return found > 0 ? 0 : -EIO;
}
