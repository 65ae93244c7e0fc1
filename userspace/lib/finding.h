/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dumpflt authors */
#ifndef DUMPFLT_FINDING_H
#define DUMPFLT_FINDING_H

/**
 * enum finding - why a command did not give what was asked for; the exit codes of dumpflt(8)
 * @FINDING_FAILED: for no reason that is in the dump
 * @FINDING_NO_DUMP: there is none
 * @FINDING_INCOMPLETE: it was begun, and never completed
 * @FINDING_DAMAGED: it is not what was written, or not what it says it is
 * @FINDING_NO_KEY: it is sealed, and none of the keys opens it; nobody can tell more
 */
enum finding {
	FINDING_FAILED		= 1,
	FINDING_NO_DUMP		= 3,
	FINDING_INCOMPLETE	= 4,
	FINDING_DAMAGED		= 5,
	FINDING_NO_KEY		= 6,
};

void finding_add(enum finding finding);
enum finding finding_worst(void);

#endif
