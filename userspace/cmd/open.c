// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt open: a command that reads a dump in place, as a file.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/viewing.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "serve/mount.h"

/* What stands for the file, in a word of the command */
#define PLACE	"{}"

static const char help[] =
"Usage: dumpflt open [OPTION]... DUMP [-- COMMAND [WORD]...]\n"
"Verify the dump in DUMP, a dump area, an age file or a plain dump, and run COMMAND on\n"
"it, in place, with {} in a WORD for the path of a file that can only be read. What is\n"
"opened of it is in memory, and on no disk. Without COMMAND the path is printed, and\n"
"the file is there until Ctrl-C.\n"
"\n"
VIEWING_HELP
"  --help           print this text\n"
"\n"
"Exit status: that of COMMAND, 128 and the number of the signal that ended it, 126 or\n"
"127 if it cannot be run; if the dump was not opened 3 there is none, 4 it was never\n"
"completed, 5 it is damaged, 6 the keys do not open it, or 1; 2 wrong usage.\n"
"Example: dumpflt open --identity key.txt /dev/vdb -- crash vmlinux {}\n";

static const struct option table[] = {
	{ "slot",	required_argument,	NULL, OPT_VIEW_SLOT },
	{ "identity",	required_argument,	NULL, OPT_VIEW_IDENTITY },
	{ "view",	required_argument,	NULL, OPT_VIEW_KIND },
	PROGRESS_OPTION,
	QUIET_OPTION,
	{ "help",	no_argument,	NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static const struct option_set options = {
	.table = table, .repeats = viewing_repeats, .help = help,
	.take = viewing_take,
};

/**
 * struct session - a dump that is open
 * @wanted: of it
 * @folder: of this user alone
 * @socket: in there
 * @mounted: likewise
 * @server: shows it
 * @mount: as a file
 */
struct session {
	struct server_options	wanted;
	char			folder[PATH_MAX];
	char			socket[PATH_MAX];
	char			mounted[PATH_MAX];
	struct server		server;
	struct mount		mount;
};

static int make_folder(struct session *session)
{
	const char *above = getenv("TMPDIR");

	if (!above || !above[0])
		above = "/tmp";
	if (!format_string(session->folder, PATH_MAX, "%s/dumpflt-open.XXXXXX", above) ||
	    !mkdtemp(session->folder)) {
		report_error("making a folder", above, errno);
		return -errno;
	}
	if (format_string(session->socket, PATH_MAX, "%s/socket", session->folder) &&
	    format_string(session->mounted, PATH_MAX, "%s/dump", session->folder) &&
	    !mkdir(session->mounted, 0700))
		return 0;
	report_error("making a folder", session->folder, errno);
	rmdir(session->folder);
	return -EIO;
}

static void remove_folder(const struct session *session)
{
	rmdir(session->mounted);
	unlink(session->socket);
	if (!rmdir(session->folder))
		return;
	report_warning("the folder '%s' stays: %s", session->folder, strerror(errno));
	report_hint("Once nobody uses it: umount '%s', and remove it.", session->mounted);
}

/* @to may be NULL. Returns: bytes of @word with the path in each place for it, and the NUL */
static size_t put_path(char *to, const char *word, const char *path)
{
	const size_t more = strlen(path);
	size_t have = 0, i;
	const char *at;

	while ((at = strstr(word, PLACE))) {
		for (; word < at; word++, have++)
			if (to)
				to[have] = *word;
		for (i = 0; i < more; i++, have++)
			if (to)
				to[have] = path[i];
		word += strlen(PLACE);
	}
	do {
		if (to)
			to[have] = *word;
		have++;
	} while (*word++);
	return have;
}

/* Of one word at least. Returns: it with the path in it, in one piece of memory; or NULL */
static char **fill_words(char **command, const char *path)
{
	size_t nr = 0, bytes = 0, i;
	char **words, *text;

	do {
		bytes += put_path(NULL, command[nr], path);
	} while (command[++nr]);
	words = calloc(1, (nr + 1) * sizeof(*words) + bytes);
	if (!words)
		return NULL;
	text = (char *)(words + nr + 1);
	for (i = 0; i < nr; i++) {
		words[i] = text;
		text += put_path(text, command[i], path);
	}
	return words;
}

static __attribute__((noreturn)) void become(char **argv)
{
	int err;

	signals_release();
	signal(SIGQUIT, SIG_DFL);
	execvp(argv[0], argv);
	err = errno;
	report_error("running the command", argv[0], err);
	_exit(err == ENOENT ? 127 : 126);
}

/* A Ctrl-C is the command's, and what it makes of it; whoever ends us ends it */
static int await(pid_t pid)
{
	const struct timespec step = { .tv_nsec = 20L * 1000 * 1000 };
	bool told = false;
	int status;
	pid_t ended;

	while (!(ended = waitpid(pid, &status, WNOHANG)) || (ended < 0 && errno == EINTR)) {
		if (signals_stop() && signals_stop() != SIGINT && !told)
			told = !kill(pid, SIGTERM);
		/* its end interrupts that, but for one that comes just before */
		nanosleep(&step, NULL);
	}
	if (ended < 0)
		return EXIT_FAILED;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run_command(const struct session *session, char **command)
{
	char **words = fill_words(command, session->mount.file);
	int code = EXIT_FAILED;
	pid_t pid;

	if (!words) {
		report_error("running the command", command[0], ENOMEM);
		return EXIT_FAILED;
	}
	(void)fflush(NULL);
	pid = fork();
	if (!pid)
		become(words);
	if (pid > 0)
		code = await(pid);
	else
		report_error("running the command", command[0], errno);
	free(words);
	return code;
}

/* Without a command: others are to read it */
static int stay(struct session *session)
{
	const struct timespec step = { .tv_nsec = 50L * 1000 * 1000 };

	puts(session->mount.file);
	(void)fflush(stdout);
	while (!signals_stop() && !server_ended(&session->server) && !mount_ended(&session->mount))
		nanosleep(&step, NULL);
	return EXIT_OK;
}

/* What went wrong meanwhile the command has seen as an error of a read, if it looked */
static int check_served(struct session *session, int code)
{
	bool ended = server_ended(&session->server);
	bool read = mount_end(&session->mount);

	if (!ended && read)
		return code;
	report_failure("opening", session->wanted.path, "%s ended before the command did",
		       ended ? "nbdkit" : "nbdfuse");
	return EXIT_FAILED;
}

static int use(struct session *session, char **command)
{
	int code, ret;

	ret = server_wait(&session->server, &session->wanted);
	if (!ret)
		ret = mount_file(&session->mount, session->mounted, session->wanted.view,
				 session->socket);
	if (ret) {
		mount_end(&session->mount);
		return EXIT_FAILED;
	}
	code = *command ? run_command(session, command) : stay(session);
	return check_served(session, code);
}

static bool has_place(char **command)
{
	for (; *command; command++)
		if (strstr(*command, PLACE))
			return true;
	return false;
}

int cmd_open(int argc, char **argv)
{
	/* Too large for a stack, and there is only one */
	static struct session session;
	char **command;
	int ret;

	ret = viewing_parse(&options, argc, argv, &session.wanted);
	if (ret >= 0)
		return ret;
	command = argv + optind;
	if (*command && !has_place(command))
		return usage_error(argv[0], "COMMAND has no {}, for the path of the dump");
	/* whatever is made from here on is taken down again */
	signals_catch();
	signal(SIGQUIT, SIG_IGN);
	if (make_folder(&session))
		return EXIT_FAILED;
	session.wanted.socket = session.socket;
	session.wanted.aside = true;
	ret = EXIT_FAILED;
	if (!server_start(&session.server, &session.wanted)) {
		ret = use(&session, command);
		server_stop(&session.server);
	}
	remove_folder(&session);
	return ret;
}
