// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nbdkit with our plugin, which shows a dump to whoever can open a socket.
 *
 * It verifies the dump before it listens, and says itself what is wrong with it: so it has
 * our terminal until then, where it may ask for a passphrase.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "dumps/open.h"
#include "lib/child.h"
#include "lib/clock.h"
#include "lib/finding.h"
#include "lib/progress.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "serve/ready.h"
#include "serve/server.h"

#define PLUGIN		"nbdkit-dumpflt-plugin.so"
/* In place of the file that was installed with this program, for tests */
#define PLUGIN_ENV	"DUMPFLT_PLUGIN"
/* nbdkit's own options, and ours of which there is one */
#define WORDS_MAX	(20 + IDENTITY_FILES_MAX)
#define WORD_MAX	(PATH_MAX + 16)
/* How long it may take to end after SIGTERM */
#define STOP_MS		5000

static const char op[] = "serving";

/**
 * struct words - a command line
 * @argv: of it
 * @nr: words, of which those that are ours begin at @text
 * @text: room for those
 * @nr_text: how many
 */
struct words {
	const char	*argv[WORDS_MAX + 1];
	size_t		nr;
	char		text[IDENTITY_FILES_MAX + 6][WORD_MAX];
	size_t		nr_text;
};

static void add(struct words *words, const char *word)
{
	words->argv[words->nr++] = word;
}

static bool add_setting(struct words *words, const char *key, const char *value)
{
	char *text = words->text[words->nr_text++];

	add(words, text);
	return format_string(text, WORD_MAX, "%s=%s", key, value);
}

/* What was installed together stays together: .../sbin/dumpflt, .../lib/dumpflt */
static bool find_plugin(char path[PATH_MAX])
{
	const char *given = getenv(PLUGIN_ENV);
	char self[PATH_MAX], *slash;
	bool here = false;
	ssize_t n;
	int i;

	if (given)
		return copy_string(path, PATH_MAX, given);
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n < 0)
		return false;
	self[n] = '\0';
	slash = strrchr(self, '/');
	/* of a source tree */
	if (slash)
		here = format_string(path, PATH_MAX, "%.*s/build/" PLUGIN, (int)(slash - self),
				     self);
	if (here && !access(path, R_OK))
		return true;
	for (i = 0; i < 2; i++) {
		slash = strrchr(self, '/');
		if (!slash)
			return false;
		*slash = '\0';
	}
	return format_string(path, PATH_MAX, "%s/lib/dumpflt/" PLUGIN, self);
}

static int check_plugin(char path[PATH_MAX])
{
	if (find_plugin(path) && !access(path, R_OK))
		return 0;
	report_failure(op, path, "the plugin of nbdkit is not there");
	report_hint("It comes with this tool, if that was built where nbdkit's header is (nbdkit-plugin-dev).");
	return -ENOENT;
}

static bool fill(struct words *words, const struct server_options *options, const char *nbdkit,
		 const char *plugin, int ready)
{
	char number[24];
	size_t i;
	bool fits;

	add(words, nbdkit);
	add(words, "--foreground");
	add(words, "--readonly");
	add(words, "--exit-with-parent");
	add(words, "--unix");
	add(words, options->socket);
	add(words, plugin);
	fits = add_setting(words, "device", options->path) &&
	       add_setting(words, "view", options->view);
	for (i = 0; i < options->identity.nr; i++)
		fits = fits && add_setting(words, "identity", options->identity.paths[i]);
	if (options->slot != AREA_NO_SLOT) {
		snprintf(number, sizeof(number), "%llu", options->slot);
		fits = fits && add_setting(words, "slot", number);
	}
	snprintf(number, sizeof(number), "%d", ready);
	fits = fits && add_setting(words, "ready", number);
	if (options->aside)
		add(words, "aside=1");
	fits = fits && add_setting(words, "command", options->command);
	if (progress_chosen())
		fits = fits && add_setting(words, "progress", progress_chosen());
	if (report_is_quiet())
		add(words, "quiet=1");
	add(words, NULL);
	return fits;
}

static int check_readable(const char *path)
{
	if (!access(path, R_OK))
		return 0;
	report_error("opening", path, errno);
	return -errno;
}

/* nbdkit would say less of them */
static int check_files(const struct server_options *options)
{
	int ret = check_readable(options->path);
	size_t i;

	for (i = 0; i < options->identity.nr && !ret; i++)
		ret = check_readable(options->identity.paths[i]);
	return ret;
}

static __attribute__((noreturn)) void become(const struct words *words)
{
	signals_release();
	execv(words->argv[0], (char **)words->argv);
	_exit(127);
}

static int run(struct server *server, const struct words *words, int ready)
{
	server->pid = fork();
	if (server->pid > 0)
		return 0;
	if (!server->pid) {
		fcntl(ready, F_SETFD, 0);
		become(words);
	}
	server->pid = 0;
	return -errno;
}

/**
 * server_start() - start it; it has yet to verify the dump
 * @server: filled
 * @options: of it
 *
 * Return: 0, and server_stop() is to follow; or a negative errno, which is reported
 */
int server_start(struct server *server, const struct server_options *options)
{
	/* Too large for a stack, and there is only one */
	static struct words words;
	char nbdkit[PATH_MAX], plugin[PATH_MAX] = "";
	int ends[2], ret;

	memset(server, 0, sizeof(*server));
	memset(&words, 0, sizeof(words));
	ret = check_files(options);
	if (ret)
		return ret;
	ret = find_program("nbdkit", nbdkit, sizeof(nbdkit));
	if (ret) {
		report_failure(op, options->path, "the program 'nbdkit' is not there");
		report_hint("'apt install nbdkit' brings it, 'dnf install nbdkit' elsewhere.");
		return ret;
	}
	ret = check_plugin(plugin);
	if (ret)
		return ret;
	ret = pipe2(ends, O_CLOEXEC) ? -errno : 0;
	if (ret) {
		report_error(op, options->path, -ret);
		return ret;
	}
	server->ready = ends[0];
	if (strlen(options->socket) < SERVER_SOCKET_MAX &&
	    fill(&words, options, nbdkit, plugin, ends[1]))
		ret = run(server, &words, ends[1]);
	else
		ret = -ENAMETOOLONG;
	close(ends[1]);
	if (!ret)
		return 0;
	close(server->ready);
	report_error(op, options->socket, -ret);
	return ret;
}

/* Does not wait */
bool server_ended(struct server *server)
{
	if (server->pid && waitpid(server->pid, &server->status, WNOHANG) == server->pid)
		server->pid = 0;
	return !server->pid;
}

/**
 * server_wait() - wait until the dump is verified, and can be read
 * @server: started
 * @options: of it
 *
 * Needs signals_catch(). It takes as long as a dump is large; the server shows how far it is.
 *
 * Return: 0; or a negative errno, and the server has ended, or a signal came
 */
int server_wait(struct server *server, const struct server_options *options)
{
	ssize_t n;
	unsigned char word;

	/* a signal that comes just before that has reached the server as well, or does below */
	do {
		n = read(server->ready, &word, 1);
	} while (n < 0 && errno == EINTR && !signals_stop());
	close(server->ready);
	if (n == 1 && word == SERVE_READY)
		return 0;
	if (n == 1 && word >= SERVE_NOT_READY + FINDING_NO_DUMP &&
	    word <= SERVE_NOT_READY + FINDING_NO_KEY)
		finding_add(word - SERVE_NOT_READY);
	if (signals_stop())
		return -EINTR;
	while (waitpid(server->pid, &server->status, 0) < 0 && errno == EINTR)
		;
	server->pid = 0;
	/* what is wrong with the dump it has said */
	if (WIFEXITED(server->status) && WEXITSTATUS(server->status) != 127)
		return -EBADMSG;
	report_failure(op, options->path, "nbdkit could not be run, or was killed");
	return -EIO;
}

void server_stop(struct server *server)
{
	const struct timespec step = { .tv_nsec = 10L * 1000 * 1000 };
	__u64 end = now_ms() + STOP_MS;

	if (server_ended(server))
		return;
	kill(server->pid, SIGTERM);
	while (!server_ended(server) && now_ms() < end)
		nanosleep(&step, NULL);
	if (server->pid)
		kill(server->pid, SIGKILL);
	while (server->pid && waitpid(server->pid, &server->status, 0) < 0 && errno == EINTR)
		;
	server->pid = 0;
}
