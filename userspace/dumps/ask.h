/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asking who is at the terminal, before something is written over.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_ASK_H
#define DUMPFLT_ASK_H

/**
 * struct question - what is to be confirmed
 * @op: what is being done, as report_failure() takes it
 * @path: what it is done to
 * @text: why that is asked, in words that fit behind a colon
 * @words: the question itself, with its mark
 * @force: what to do where nobody can be asked
 */
struct question {
	const char	*op;
	const char	*path;
	const char	*text;
	const char	*words;
	const char	*force;
};

int ask_stop(const char *op, const char *path);
int ask_yes(const struct question *question);

#endif
