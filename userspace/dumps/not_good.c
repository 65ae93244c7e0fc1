// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a dump that is not good is for the exit code.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "age/header.h"
#include "area/area.h"
#include "dumps/not_good.h"
#include "lib/finding.h"
#include "lib/signals.h"

/* Whatever was completed once, and is not good, is not as it was written */
bool slot_is_damaged(const struct area_slot *slot)
{
	return area_slot_is_complete(slot) || area_slot_receipts_damaged(slot) ||
	       slot->contradiction;
}

/**
 * slot_not_good() - a dump that was read, and is not complete and intact
 * @slot: loaded
 */
void slot_not_good(const struct area_slot *slot)
{
	if (slot_is_damaged(slot))
		finding_add(FINDING_DAMAGED);
	else if (slot->state == DUMPFLT_SLOT_EMPTY)
		finding_add(FINDING_NO_DUMP);
	else
		finding_add(FINDING_INCOMPLETE);
}

/**
 * slot_not_opened() - a dump that age cannot open
 * @slot: loaded
 * @wrong: what age says of it
 *
 * Neither a key that does not fit nor a signal says anything about the dump.
 */
void slot_not_opened(const struct area_slot *slot, const char *wrong)
{
	if (slot->state == DUMPFLT_SLOT_EMPTY)
		finding_add(FINDING_NO_DUMP);
	else
		file_not_opened(wrong);
}

/* The same of an age file */
void file_not_opened(const char *wrong)
{
	if (!signals_stop())
		finding_add(age_header_no_key(wrong) ? FINDING_NO_KEY : FINDING_DAMAGED);
}
