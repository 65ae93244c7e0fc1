/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbdkit with our plugin, which shows a dump to whoever can open a socket.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SERVER_H
#define DUMPFLT_SERVER_H

#include <linux/types.h>
#include <stdbool.h>
#include <sys/types.h>
#include <sys/un.h>

#include "dumps/identity.h"

/* As long as a socket's name may be */
#define SERVER_SOCKET_MAX	sizeof(((struct sockaddr_un *)NULL)->sun_path)

/**
 * struct server_options - what is to be shown, and where
 * @path: the dump's
 * @slot: of a dump area, or AREA_NO_SLOT
 * @identity: what opens it
 * @view: "vmcore" or "raw"
 * @socket: that is made, for this user alone
 * @command: whose progress it shows
 * @aside: once the dump is verified it hears no Ctrl-C that is meant for somebody else
 */
struct server_options {
	const char		*path;
	__u64			slot;
	struct identity_files	identity;
	const char		*view;
	const char		*socket;
	const char		*command;
	bool			aside;
};

/**
 * struct server - one that runs
 * @pid: 0 once it has ended
 * @status: as from waitpid(), then
 * @ready: until server_wait(): what it says once the dump can be read
 */
struct server {
	pid_t	pid;
	int	status;
	int	ready;
};

int server_start(struct server *server, const struct server_options *options);
int server_wait(struct server *server, const struct server_options *options);
bool server_ended(struct server *server);
void server_stop(struct server *server);

#endif
