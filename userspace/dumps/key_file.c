// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files of keys, and those that a program has to open: by a passphrase, or by this machine.
 *
 *	NAME.age	age --decrypt, which asks for the passphrase at the terminal
 *	NAME.cred	systemd-creds decrypt, with the TPM or the key of this system
 *
 * What such a program gives comes through a pipe: the key is in no file.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dumps/key_file.h"
#include "lib/clock.h"
#include "lib/file.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "lib/text.h"

/* A TPM takes a second or two */
#define CRED_MS		60000

/* @words: in front of the path, and behind it; @ms: at most, or -1 if it asks somebody */
static const struct opener {
	const char	*ending;
	const char	*program;
	const char	*words[2];
	int		ms;
	const char	*hint;
} openers[] = {
	{ ".age", "age", { "--decrypt", NULL }, -1,
	  "It asks for the passphrase; 'age --passphrase' has made such a file." },
	{ ".cred", "systemd-creds", { "decrypt", "-" }, CRED_MS,
	  "'systemd-creds encrypt' has made such a file, on this machine, under this name." },
};

static const struct opener *find_opener(const char *path)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(openers); i++)
		if (text_ends(path, openers[i].ending))
			return &openers[i];
	return NULL;
}

/* It may ask at the terminal, so that it keeps our group, input and errors */
static int start(pid_t *pid, const struct opener *opener, const char *path, int out)
{
	const char *argv[5] = { opener->program, opener->words[0], path, opener->words[1] };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int ret;

	ret = posix_spawn_file_actions_init(&files);
	if (ret)
		return -ret;
	ret = posix_spawnattr_init(&attr);
	if (ret) {
		posix_spawn_file_actions_destroy(&files);
		return -ret;
	}
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	ret = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	if (!ret)
		ret = posix_spawnp(pid, opener->program, &files, &attr, (char **)argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return -ret;
}

/* What it gives it gives at once. Returns: 0 or a negative errno */
static int await(const struct key_file *file, int ms)
{
	struct pollfd ready = { .fd = file->fd, .events = POLLIN };
	__u64 end = now_ms() + (__u64)ms, now;
	int n = 0;

	if (ms < 0)
		return 0;
	do {
		now = now_ms();
		if (now < end)
			n = poll(&ready, 1, (int)(end - now));
	} while (n < 0 && errno == EINTR && now < end && !signals_stop());
	if (n > 0)
		return 0;
	kill(file->pid, SIGKILL);
	waitpid(file->pid, NULL, 0);
	close(file->fd);
	return n < 0 ? -errno : -ETIMEDOUT;
}

/* Is it encrypted by a passphrase? Not each file of age is */
static bool has_passphrase(int fd)
{
	static const char binary[] = "age-encryption.org/v1\n-> scrypt ";
	/* the beginning of the same, in base64 */
	static const char armor[] = {
		"-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlw"
	};
	char begin[sizeof(armor)] = "";
	ssize_t n = read(fd, begin, sizeof(begin) - 1);

	return n > 0 && (!strncmp(begin, binary, strlen(binary)) || !strcmp(begin, armor));
}

static int start_opener(struct key_file *file, const struct opener *opener, const char *path)
{
	int ends[2], ret;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	ret = start(&file->pid, opener, path, ends[1]);
	close(ends[1]);
	if (ret) {
		close(ends[0]);
		return ret;
	}
	file->fd = ends[0];
	file->program = opener->program;
	file->hint = opener->hint;
	return await(file, opener->ms);
}

bool key_file_is_stdin(const char *path)
{
	return !strcmp(path, KEY_FILE_STDIN);
}

/* What it is called in messages */
const char *key_file_words(const char *path)
{
	return key_file_is_stdin(path) ? "standard input" : path;
}

/* Of whatever kind it is, but for what shows each key that is typed */
int key_file_stdin(struct key_file *file, const char *op)
{
	const char *words = key_file_words(KEY_FILE_STDIN);
	int ret;

	if (isatty(STDIN_FILENO)) {
		report_failure(op, words, "it is a terminal, which would show the key");
		report_hint("Let the program that has it write to a pipe, or name a file.");
		return -EINVAL;
	}
	*file = (struct key_file){ .fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) };
	if (file->fd >= 0)
		return 0;
	ret = -errno;
	report_error(op, words, -ret);
	return ret;
}

/**
 * key_file_open() - begin to read one
 * @file: filled, for key_file_close() if this succeeds
 * @op: what for, in words
 * @path: of it
 *
 * Return: 0 or a negative errno, which is reported
 */
int key_file_open(struct key_file *file, const char *op, const char *path)
{
	const struct opener *opener = find_opener(path);
	int ret;

	*file = (struct key_file){ .fd = file_open(op, path) };
	if (file->fd < 0 || !opener)
		return file->fd < 0 ? file->fd : 0;
	file->asks = has_passphrase(file->fd);
	/* the program opens it again, by its name */
	close(file->fd);
	ret = start_opener(file, opener, path);
	if (!ret)
		return 0;
	report_failure(op, path, "'%s', which opens it, gives nothing: %s", opener->program,
		       strerror(-ret));
	return ret;
}

/**
 * key_file_close() - was that all of it?
 * @file: read to its end, or as far as it is wanted
 * @op: what for, in words
 * @path: of it
 *
 * Waits as long as somebody is asked for a passphrase.
 *
 * Return: 0, or a negative errno, which is reported, if its program did not open it:
 * -EKEYREJECTED if it asks somebody, who may be asked again
 */
int key_file_close(struct key_file *file, const char *op, const char *path)
{
	int status;

	close(file->fd);
	file->fd = -1;
	if (!file->program)
		return 0;
	while (waitpid(file->pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
		/* it has a terminal, which it is to leave as it was */
		if (signals_stop())
			kill(file->pid, SIGTERM);
	}
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	if (signals_stop())
		return -EINTR;
	report_failure(op, path, "'%s' did not open it", file->program);
	report_hint("%s", file->hint);
	/* whatever else it dies of, another passphrase is no remedy */
	if (!file->asks || !WIFEXITED(status) || WEXITSTATUS(status) != 1)
		return -EACCES;
	return -EKEYREJECTED;
}
