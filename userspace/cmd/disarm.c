// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt disarm: unload what 'dumpflt arm' has loaded.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "deploy/arm.h"
#include "deploy/others.h"

static const char help[] =
"Usage: dumpflt disarm\n"
"Unload the capture kernel that 'dumpflt arm' has loaded: a crash leaves no dump.\n"
"\n"
"  --help   print this text\n";

int cmd_disarm(int argc, char **argv)
{
	bool was_armed;
	int ret;

	ret = options_parse_flag(argc, argv, NULL, NULL, help);
	if (ret >= 0)
		return ret;
	if (argc != optind)
		return usage_error(argv[0], "unexpected argument '%s'", argv[optind]);
	ret = disarm(&was_armed);
	if (!ret)
		puts(was_armed ? "disarmed" : "it was not armed");
	if (!ret)
		others_hint_back();
	return ret ? EXIT_FAILED : EXIT_OK;
}
