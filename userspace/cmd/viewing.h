/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of commands that show a dump in place.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CMD_VIEWING_H
#define DUMPFLT_CMD_VIEWING_H

#include "cmd/options.h"
#include "serve/server.h"

enum {
	OPT_VIEW_SLOT = 256, OPT_VIEW_IDENTITY, OPT_VIEW_KIND, OPT_VIEW_SOCKET,
};

#define VIEWING_HELP \
"  --slot N         of a dump area (default: the newest dump that is COMPLETE and\n" \
"                   not collected)\n" \
"  --identity FILE  open a sealed dump with a secret key in FILE, which age-keygen\n" \
"                   has made; may be given several times\n" \
"  --view VIEW      vmcore: the file that crash(8) and others read (default); or\n" \
"                   raw: the dump as it is, makedumpfile's flattened stream\n"

extern const int viewing_repeats[];

bool viewing_take(void *ctx, int option, const char *value, char error[SPEC_ERROR_MAX]);
int viewing_parse(const struct option_set *set, int argc, char **argv,
		  struct server_options *server);

#endif
