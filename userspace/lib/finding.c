// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a command has found out about dumps, for its exit code.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "lib/finding.h"
#include "lib/report.h"

static enum finding worst = FINDING_FAILED;

/* What somebody has to know first counts */
static const unsigned char weight[] = {
	[FINDING_FAILED]	= 0,
	[FINDING_NO_DUMP]	= 1,
	[FINDING_NO_KEY]	= 2,
	[FINDING_INCOMPLETE]	= 3,
	[FINDING_DAMAGED]	= 4,
};

/**
 * finding_add() - a dump that is not good, for the exit code, before that is reported
 * @finding: what is wrong with it
 *
 * Nothing of it counts if the first error was another one: that is the cause.
 */
void finding_add(enum finding finding)
{
	if (worst == FINDING_FAILED && first_error()[0])
		return;
	if (weight[finding] > weight[worst])
		worst = finding;
}

/* Returns: what a command ends with that has failed */
enum finding finding_worst(void)
{
	return worst;
}
