/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A slot that the filter age sealed, opened with a secret key.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AGE_SLOT_H
#define DUMPFLT_AGE_SLOT_H

#include "age/header.h"
#include "area/area.h"

/**
 * struct age_slot - what opens a slot
 * @opener: for area_scan()
 * @keys: of the age file in the slot; to be wiped
 * @tag_at: where the tag is in a chunk record
 * @age: the filter that sealed it; as long as the slot is loaded
 */
struct age_slot {
	struct area_opener	opener;
	struct age_keys		keys;
	size_t			tag_at;
	const struct dumpflt_disk_fmeta *age;
};

bool age_slot_is_sealed(const struct area_slot *slot);
const char *age_slot_open(struct age_slot *sealed, const struct area_slot *slot,
			  const struct age_identities *ids);
const char *age_receipt_check(const unsigned char key[DUMPFLT_AGE_KEY],
			      const struct dumpflt_disk_receipt *receipt);
enum age_fault age_slot_fault(const char *wrong);
void age_slot_wipe(struct age_slot *sealed);

#endif
