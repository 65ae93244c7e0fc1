// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a dump that is not good is for the exit code.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "age/file.h"
#include "age/slot.h"
#include "area/area.h"
#include "dumps/not_good.h"
#include "lib/finding.h"

static enum finding finding_of(enum age_fault fault)
{
	switch (fault) {
	case AGE_FAULT_DAMAGE:
		return FINDING_DAMAGED;
	case AGE_FAULT_KEY:
		return FINDING_NO_KEY;
	default:
		return FINDING_FAILED;
	}
}

/* Whatever was completed once, and is not good, is not as it was written */
bool slot_is_damaged(const struct area_slot *slot)
{
	return area_slot_is_complete(slot) || area_slot_receipts_damaged(slot) ||
	       slot->contradiction;
}

/* An image is resumed once, or thrown away, and then there is none */
static bool is_gone(const struct area_slot *slot)
{
	return slot->image && slot->state == DUMPFLT_SLOT_COLLECTED;
}

/**
 * slot_not_good() - a dump that was read, and is not complete and intact
 * @slot: loaded
 */
void slot_not_good(const struct area_slot *slot)
{
	bool damaged = slot_is_damaged(slot);

	if (is_gone(slot) || (!damaged && slot->state == DUMPFLT_SLOT_EMPTY))
		finding_add(FINDING_NO_DUMP);
	else if (damaged)
		finding_add(FINDING_DAMAGED);
	else
		finding_add(FINDING_INCOMPLETE);
}

/**
 * slot_not_opened() - a dump that age cannot open
 * @slot: loaded
 * @wrong: what age_slot_open() said of it
 */
void slot_not_opened(const struct area_slot *slot, const char *wrong)
{
	enum age_fault fault = age_slot_fault(wrong);

	if (slot->state == DUMPFLT_SLOT_EMPTY || (fault == AGE_FAULT_DAMAGE && !slot->fmeta))
		slot_not_good(slot);
	else
		finding_add(finding_of(fault));
}

/* @wrong: what age_file_open() said of an age file. Returns: what it is for the exit code */
enum finding file_finding(const char *wrong)
{
	return finding_of(age_file_fault(wrong));
}
