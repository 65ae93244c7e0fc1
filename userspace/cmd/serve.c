// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt serve: a dump as a disk that can only be read, for others.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/viewing.h"
#include "lib/report.h"
#include "lib/signals.h"

static const char help[] =
"Usage: dumpflt serve [OPTION]... --socket PATH DUMP\n"
"Verify the dump in DUMP, a dump area, an age file or a plain dump, and let programs\n"
"read it in place, by NBD, over the Unix socket PATH, which is made for this user\n"
"alone. What is opened of it is in memory, and on no disk. Ends with Ctrl-C.\n"
"\n"
VIEWING_HELP
"  --socket PATH    where it is to be read: nbd+unix:///?socket=PATH\n"
"  --help           print this text\n";

static const struct option table[] = {
	{ "slot",	required_argument,	NULL, OPT_VIEW_SLOT },
	{ "identity",	required_argument,	NULL, OPT_VIEW_IDENTITY },
	{ "view",	required_argument,	NULL, OPT_VIEW_KIND },
	{ "socket",	required_argument,	NULL, OPT_VIEW_SOCKET },
	PROGRESS_OPTION,
	QUIET_OPTION,
	{ "help",	no_argument,		NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static const struct option_set options = {
	.table = table, .repeats = viewing_repeats, .help = help,
	.take = viewing_take,
};

static void wait_for_end(struct server *server)
{
	const struct timespec step = { .tv_nsec = 50L * 1000 * 1000 };

	while (!server_ended(server) && !signals_stop())
		nanosleep(&step, NULL);
}

/* Returns: an exit code. It runs until it is told to end */
static int serve(struct server *server, const struct server_options *wanted, bool *made)
{
	int ret = server_wait(server, wanted);

	if (ret)
		return EXIT_FAILED;
	*made = true;
	report_success("serving nbd+unix:///?socket=%s\n", wanted->socket);
	(void)fflush(stdout);
	wait_for_end(server);
	if (signals_stop())
		return EXIT_OK;
	report_failure("serving", wanted->path, "nbdkit has ended");
	return EXIT_FAILED;
}

int cmd_serve(int argc, char **argv)
{
	struct server_options wanted;
	struct server server;
	bool made = false;
	int ret;

	ret = viewing_parse(&options, argc, argv, &wanted);
	if (ret >= 0)
		return ret;
	if (!wanted.socket || !strcmp(wanted.socket, "-"))
		return usage_error(argv[0], "--socket PATH is needed");
	if (optind != argc)
		return usage_error(argv[0], "one DUMP only");
	if (!access(wanted.socket, F_OK)) {
		report_error("serving", wanted.socket, EEXIST);
		report_hint("If nobody serves there any more, remove it.");
		return EXIT_FAILED;
	}
	signals_catch();
	if (server_start(&server, &wanted))
		return EXIT_FAILED;
	ret = serve(&server, &wanted, &made);
	server_stop(&server);
	/* it may be that of another one, which was faster */
	if (made)
		unlink(wanted.socket);
	return ret;
}
