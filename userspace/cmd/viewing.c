// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The options of commands that show a dump in place.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/viewing.h"
#include "dumps/open.h"

const int viewing_repeats[] = { OPT_VIEW_IDENTITY, 0 };

bool viewing_take(void *ctx, int option, const char *value, char error[SPEC_ERROR_MAX])
{
	struct server_options *server = ctx;

	switch (option) {
	case OPT_VIEW_IDENTITY:
		server->identity.no_stdin = true;
		return identity_files_take(&server->identity, value, error);
	case OPT_VIEW_SOCKET:
		server->socket = value;
		return true;
	case OPT_VIEW_SLOT:
		if (parse_number(value, 0, DUMPFLT_AREA_SLOTS_MAX - 1, &server->slot))
			return true;
		snprintf(error, SPEC_ERROR_MAX, "'%.40s' is no slot", value);
		return false;
	default:
		server->view = value;
		if (!strcmp(value, "vmcore") || !strcmp(value, "raw"))
			return true;
		snprintf(error, SPEC_ERROR_MAX, "'%.40s' is no view: vmcore or raw", value);
		return false;
	}
}

/* Returns: an exit code if the command is over, else -1, and optind is behind the dump */
int viewing_parse(const struct option_set *set, int argc, char **argv,
		  struct server_options *server)
{
	int ret;

	*server = (struct server_options){ .slot = AREA_NO_SLOT, .view = "vmcore",
					  .command = argv[0] };
	ret = options_parse(set, argc, argv, server);
	if (ret >= 0)
		return ret;
	if (optind == argc)
		return usage_error(argv[0], "a DUMP is needed: a dump area, or a file");
	server->path = argv[optind++];
	return -1;
}
