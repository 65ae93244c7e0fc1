// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The option --identity: a file of secret keys.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <sys/prctl.h>

#include "dumps/identity.h"
#include "lib/report.h"

/**
 * identities_read() - age_identities_read() for a command
 * @ids: filled; to be wiped whatever is returned
 * @path: of the file
 *
 * From now on the program leaves no core file: the keys would be in it.
 *
 * Return: 0 or a negative errno, which is reported
 */
int identities_read(struct age_identities *ids, const char *path)
{
	static const char op[] = "reading the identity";
	struct age_identities_problem problem;
	int ret;

	prctl(PR_SET_DUMPABLE, 0);
	ret = age_identities_read(ids, path, &problem);
	if (problem.shared)
		report_warning("others may read the secret key in '%s': chmod 600 it",
			       path);
	if (!ret)
		return 0;
	if (!problem.wrong)
		report_error(op, path, -ret);
	else if (problem.line)
		report_failure(op, path, "line %u: %s", problem.line, problem.wrong);
	else
		report_failure(op, path, "%s", problem.wrong);
	if (problem.hint)
		report_hint("%s", problem.hint);
	return ret;
}
