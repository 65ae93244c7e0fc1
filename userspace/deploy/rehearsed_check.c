// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What arm makes of the last rehearsal: nothing, a warning, or a refusal, as the
 * configuration says.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>

#include "deploy/rehearsed.h"
#include "lib/report.h"

#define OP	"looking at the rehearsal"

static int report_problems(const struct plan *plan, const struct rehearsed_problem *problem,
			   size_t nr)
{
	const bool refuse = plan->settings.rehearsal == SETTINGS_REHEARSAL_REQUIRE;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (refuse)
			report_failure(OP, REHEARSED_FILE, "%s", problem[i].words);
		else
			report_warning("as it was rehearsed: %s", problem[i].words);
		report_hint("%s", problem[i].hint);
	}
	return nr && refuse ? -EPERM : 0;
}

/**
 * rehearsed_check() - what the last rehearsal says against arming
 * @plan: made; gets other arguments for makedumpfile, if those were faster
 *
 * Return: 0; -EPERM, which is reported, if the configuration demands a rehearsal
 * that nothing speaks against
 */
int rehearsed_check(struct plan *plan)
{
	struct rehearsed_problem problem[REHEARSED_PROBLEMS_MAX];
	struct json_object *record;
	int ret = 0;

	if (plan->settings.rehearsal == SETTINGS_REHEARSAL_NO)
		return 0;
	record = rehearsed_read();
	if (record) {
		ret = report_problems(plan, problem, rehearsed_judge(plan, record, problem));
	} else if (plan->settings.rehearsal == SETTINGS_REHEARSAL_REQUIRE) {
		ret = -EPERM;
		report_failure(OP, REHEARSED_FILE, "there was none, and rehearsal = require");
		report_hint("Run: dumpflt rehearse");
	}
	json_object_put(record);
	return ret;
}
