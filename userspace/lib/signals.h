/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SIGINT, SIGTERM and SIGHUP end a command in order, not at once.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SIGNALS_H
#define DUMPFLT_SIGNALS_H

#include <poll.h>
#include <signal.h>

void signals_catch(void);
void signals_hold(void);
void signals_release(void);
int signals_stop(void);
unsigned int signals_count(void);
const char *signals_stop_name(void);
int signals_poll(struct pollfd *fds, nfds_t nr, int timeout_ms);

#endif
