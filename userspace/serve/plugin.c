// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A plugin of nbdkit: a dump as a disk that can only be read, opened in place.
 *
 *	nbdkit nbdkit-dumpflt-plugin.so device=PATH [slot=N] [identity=FILE]... [view=vmcore|raw]
 *
 * 'dumpflt serve' calls it like that. The dump is verified before anybody can connect. What
 * is opened is in the memory of this process alone.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define NBDKIT_API_VERSION 2
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <nbdkit-plugin.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumps/view.h"
#include "lib/finding.h"
#include "lib/progress.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "module/version.h"
#include "serve/ready.h"

static struct view_options wanted = { .slot = AREA_NO_SLOT };
static struct view view;
static bool is_open, aside;
/* Who started us is told there that the dump can be read; or -1 */
static int ready = -1;

static int take_view(const char *value)
{
	if (strcmp(value, "raw") && strcmp(value, "vmcore")) {
		nbdkit_error("view=%s: vmcore or raw", value);
		return -1;
	}
	wanted.raw = !strcmp(value, "raw");
	return 0;
}

static int take_slot(const char *value)
{
	if (parse_number(value, 0, DUMPFLT_AREA_SLOTS_MAX - 1, &wanted.slot))
		return 0;
	nbdkit_error("slot=%s: no slot", value);
	return -1;
}

static int take_ready(const char *value)
{
	__u64 fd;

	/* what we start ourselves has no business with it */
	if (parse_number(value, 0, INT_MAX, &fd) && !fcntl((int)fd, F_SETFD, FD_CLOEXEC)) {
		ready = (int)fd;
		return 0;
	}
	nbdkit_error("ready=%s: no open descriptor", value);
	return -1;
}

/*
 * nbdkit may change to another folder; and what it gives us ends with this call. A link stays
 * one: the ending of its name says how a key is opened
 */
static char *keep_path(const char *value)
{
	return nbdkit_absolute_path(value);
}

static int take_identity(const char *value)
{
	char *path = keep_path(value);

	if (!path)
		return -1;
	if (identity_files_add(&wanted.identity, path))
		return 0;
	nbdkit_error("identity= can be given %d times", IDENTITY_FILES_MAX);
	free(path);
	return -1;
}

/* It ends with this call, too */
static int take_command(const char *value)
{
	static char command[16];

	copy_string(command, sizeof(command), value);
	progress_of(command);
	return 0;
}

static int take_progress(const char *value)
{
	if (progress_choose(value))
		return 0;
	nbdkit_error("progress=%s: json, line or none", value);
	return -1;
}

static int take_quiet(const char *value)
{
	if (strcmp(value, "0") && strcmp(value, "1")) {
		nbdkit_error("quiet=%s: 0 or 1", value);
		return -1;
	}
	if (!strcmp(value, "1"))
		report_be_quiet();
	return 0;
}

/* Who calls us without dumpflt */
static void plugin_load(void)
{
	progress_of("nbdkit");
}

static int plugin_config(const char *key, const char *value)
{
	if (!strcmp(key, "device")) {
		wanted.path = keep_path(value);
		return wanted.path ? 0 : -1;
	}
	if (!strcmp(key, "slot"))
		return take_slot(value);
	if (!strcmp(key, "identity"))
		return take_identity(value);
	if (!strcmp(key, "view"))
		return take_view(value);
	if (!strcmp(key, "ready"))
		return take_ready(value);
	if (!strcmp(key, "aside")) {
		aside = !strcmp(value, "1");
		return 0;
	}
	if (!strcmp(key, "command"))
		return take_command(value);
	if (!strcmp(key, "progress"))
		return take_progress(value);
	if (!strcmp(key, "quiet"))
		return take_quiet(value);
	nbdkit_error("'%s' is no parameter", key);
	return -1;
}

static int plugin_config_complete(void)
{
	if (wanted.path)
		return 0;
	nbdkit_error("device= is needed");
	return -1;
}

/* To who called us, if he asked for it. Returns: whether he was there */
static bool say(unsigned int word)
{
	char byte = (char)word;

	return ready < 0 || write(ready, &byte, 1) == 1;
}

/* A signal is to end the verifying, too; afterwards it is nbdkit's again */
static int plugin_get_ready(void)
{
	static const int ours[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE, SIGXFSZ };
	struct sigaction before[ARRAY_SIZE(ours)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ours); i++)
		sigaction(ours[i], NULL, &before[i]);
	/* the socket is made behind this: for this user alone */
	umask(0077);
	signals_catch();
	is_open = !view_open(&view, &wanted);
	/* while a pipe that nobody reads is no end of us, as it is for nbdkit */
	if (is_open && (view.doubt || !report_is_quiet()))
		fprintf(stderr, "%s: %s\n", wanted.path, view.trust);
	for (i = 0; i < ARRAY_SIZE(ours); i++)
		sigaction(ours[i], &before[i], NULL);
	if (is_open && signals_stop()) {
		view_close(&view);
		is_open = false;
	}
	if (!is_open) {
		say(SERVE_NOT_READY + finding_worst());
		return -1;
	}
	return 0;
}

/*
 * The socket can be connected to by now. Nobody is asked for anything any more: who called us
 * may have a terminal for himself
 */
static int plugin_after_fork(void)
{
	bool told = say(SERVE_READY);

	if (ready >= 0)
		close(ready);
	if (!told) {
		nbdkit_error("who started this is gone");
		return -1;
	}
	if (aside && setpgid(0, 0)) {
		nbdkit_error("leaving the terminal: %m");
		return -1;
	}
	return 0;
}

static void plugin_unload(void)
{
	if (is_open)
		view_close(&view);
	is_open = false;
}

static void *plugin_open(int readonly)
{
	struct dump_reader *reader = calloc(1, sizeof(*reader));

	(void)readonly;
	if (!reader) {
		nbdkit_error("there is not enough memory");
		return NULL;
	}
	if (!dump_reader_open(reader, &view.source))
		return reader;
	nbdkit_error("there is not enough memory");
	dump_reader_close(reader);
	free(reader);
	return NULL;
}

static void plugin_close(void *handle)
{
	dump_reader_close(handle);
	free(handle);
}

static int64_t plugin_get_size(void *handle)
{
	(void)handle;
	return (int64_t)view.size;
}

static const char *plugin_export_description(void *handle)
{
	(void)handle;
	return view.trust;
}

/* What is there does not change, so that any connection sees the same */
static int plugin_can_multi_conn(void *handle)
{
	(void)handle;
	return 1;
}

static int plugin_pread(void *handle, void *buf, uint32_t count, uint64_t offset,
			uint32_t flags)
{
	struct dump_reader *reader = handle;
	int ret = view_read(&view, reader, buf, count, offset);

	(void)flags;
	if (!ret)
		return 0;
	/* nothing of what was not verified is given out */
	memset(buf, 0, count);
	nbdkit_error("reading the dump failed on '%s': %s, at byte %llu", wanted.path,
		     reader->wrong ? reader->wrong : strerror(-ret), (unsigned long long)offset);
	nbdkit_set_error(EIO);
	return -1;
}

#define THREAD_MODEL NBDKIT_THREAD_MODEL_SERIALIZE_REQUESTS

static struct nbdkit_plugin plugin = {
	.name			= "dumpflt",
	.longname		= "dumps of dumpflt",
	.version		= DUMPFLT_VERSION,
	.description		= "a dump as a disk that can only be read",
	.magic_config_key	= "device",
	.load			= plugin_load,
	.config			= plugin_config,
	.config_complete	= plugin_config_complete,
	.config_help		= "device=PATH       a dump area, an age file, or a plain dump\n"
				  "slot=N            of a dump area\n"
				  "identity=FILE     a secret key that opens it\n"
				  "view=vmcore|raw   the dump file (default), or the dump as it is\n"
				  "aside=1           hear no Ctrl-C once it is verified\n"
				  "command=NAME      what is in its progress, of progress=json; else nbdkit\n"
				  "progress=HOW      json, line or none\n"
				  "quiet=0|1         1: show none, and say nothing of what goes well\n"
				  "ready=FD          a newline is written there then, or another byte if it fails",
	.get_ready		= plugin_get_ready,
	.after_fork		= plugin_after_fork,
	.unload			= plugin_unload,
	.open			= plugin_open,
	.close			= plugin_close,
	.get_size		= plugin_get_size,
	.export_description	= plugin_export_description,
	.can_multi_conn		= plugin_can_multi_conn,
	.pread			= plugin_pread,
};

/* What that makes has no prototype of its own */
struct nbdkit_plugin *plugin_init(void);

NBDKIT_REGISTER_PLUGIN(plugin)
