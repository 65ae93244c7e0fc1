/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The subcommands, as main calls them, and what they answer.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CMD_H
#define DUMPFLT_CMD_H

#include <stdbool.h>

struct json_object;
struct made_from_now;

/*
 * made_from_compare(), which main() sets in the tool: it computes digests, by a library for
 * which a capture kernel has no memory. NULL in the tool for one, where nobody arms.
 */
extern void (*status_compare)(struct json_object *record, struct made_from_now *now);

/* Exit codes, of the tool and of every subcommand */
#define EXIT_OK		0
#define EXIT_FAILED	1
#define EXIT_USAGE	2
/* What was asked for is not good: see enum finding, which main() puts in place of EXIT_FAILED */

/* cmd/<name>.c: argv[0] is the name of the subcommand */
int cmd_create(int argc, char **argv);
int cmd_destroy(int argc, char **argv);
int cmd_start(int argc, char **argv);
int cmd_finish(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_capture(int argc, char **argv);
int cmd_rehearse(int argc, char **argv);
int cmd_arm(int argc, char **argv);
int cmd_disarm(int argc, char **argv);
int cmd_format(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_extract(int argc, char **argv);
int cmd_open(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_collect(int argc, char **argv);
int cmd_reseal(int argc, char **argv);
int cmd_release(int argc, char **argv);
int cmd_erase(int argc, char **argv);
int cmd_repair(int argc, char **argv);
int cmd_hibernate(int argc, char **argv);
int cmd_resume(int argc, char **argv);

#endif
