/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What main and the subcommands share.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CMD_H
#define DUMPFLT_CMD_H

#include <getopt.h>

#include "lib/util.h"

/* Exit codes, of the tool and of every subcommand */
#define EXIT_OK		0
#define EXIT_FAILED	1
#define EXIT_USAGE	2

/* dumpflt.c */
__printf(2, 3) int usage_error(const char *cmd, const char *fmt, ...);
int option_error(const char *cmd, int opt, char **argv);
int parse_flag(int argc, char **argv, const char *name, bool *flag,
	       const char *help);

/* cmd_<name>.c: argv[0] is the name of the subcommand */
int cmd_create(int argc, char **argv);
int cmd_destroy(int argc, char **argv);
int cmd_start(int argc, char **argv);
int cmd_finish(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_capture(int argc, char **argv);
int cmd_format(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_extract(int argc, char **argv);
int cmd_collect(int argc, char **argv);
int cmd_release(int argc, char **argv);

#endif
