// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What to do about a dump that is not whole.
 *
 * A sealed one can only be salvaged with its key, which should never be where
 * the dump is: then an image of the device is carried to the key.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "age/slot.h"
#include "dumps/salvage.h"
#include "lib/report.h"

/**
 * report_salvage() - the step that saves what is verified of a dump
 * @path: of the area
 * @slot: loaded
 * @then: said behind it, or ""
 */
void report_salvage(const char *path, const struct area_slot *slot,
		    const char *then)
{
	if (area_slot_nothing(slot)) {
		report_hint("Nothing of it is there to be saved: 'dumpflt release --slot %u --force' lets go of it.",
			    slot->number);
		return;
	}
	if (!age_slot_is_sealed(slot)) {
		report_hint("'dumpflt extract --salvage' saves what is verified of it%s.",
			    then);
		return;
	}
	report_hint("It is sealed. Copy all of the device to where the key is: 'dd if=%s of=FILE bs=1M conv=sparse'",
		    path);
	report_hint("There, 'dumpflt extract --salvage --slot %u --identity KEY --device FILE OUT' saves what is verified of it%s.",
		    slot->number, then);
}
