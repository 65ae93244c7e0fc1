// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words for modes and callbacks, and which mode makes sense where.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "fault.h"

#define IN_DUMP		(BIT(FAULT_START) | BIT(FAULT_WRITE) | \
			 BIT(FAULT_READ) | BIT(FAULT_FINISH))
#define WITH_DATA	(BIT(FAULT_WRITE) | BIT(FAULT_READ))
#define ANYWHERE	(BIT(FAULT_INIT) | IN_DUMP | BIT(FAULT_UNLOAD))

static const char * const callback_words[FAULT_NR_CALLBACKS] = {
	[FAULT_INIT]	= "init",
	[FAULT_START]	= "start",
	[FAULT_WRITE]	= "write",
	[FAULT_READ]	= "read",
	[FAULT_FINISH]	= "finish",
	[FAULT_UNLOAD]	= "unload",
};

/* Not listed: where it breaks no rule, or where nobody could notice */
static const struct {
	const char	*word;
	u32		fits;
} modes[FAULT_NR_MODES] = {
	[FAULT_NONE]		= { "none",		0 },
	[FAULT_ERROR]		= { "error",		ANYWHERE },
	[FAULT_POSITIVE]	= { "positive",		ANYWHERE },
	[FAULT_DELAY]		= { "delay",		ANYWHERE },
	[FAULT_SLEEP]		= { "sleep",		ANYWHERE },
	[FAULT_ALLOC]		= { "alloc",		IN_DUMP },
	[FAULT_LENGTH]		= { "length",		WITH_DATA },
	[FAULT_OFFSET]		= { "offset",		WITH_DATA },
	[FAULT_FOREIGN]		= { "foreign",		WITH_DATA },
	[FAULT_MISALIGNED]	= { "misaligned",	BIT(FAULT_WRITE) },
	[FAULT_NRSEGS]		= { "nrsegs",		WITH_DATA },
	[FAULT_DESCRIPTOR]	= { "descriptor",	WITH_DATA },
	[FAULT_SCRIBBLE]	= { "scribble",		BIT(FAULT_WRITE) },
	[FAULT_OPS]		= { "ops",		BIT(FAULT_INIT) | IN_DUMP },
	[FAULT_EXT]		= { "ext",		IN_DUMP },
	[FAULT_PASS]		= { "pass",		BIT(FAULT_WRITE) },
	[FAULT_UNASKED]		= { "unasked",		BIT(FAULT_WRITE) },
};

/**
 * dumpflt_fault_parse_mode() - the mode that a word names
 * @word: with a NUL at its end; "none" is not one of them
 *
 * Return: an enum fault_mode, or -EINVAL.
 */
int dumpflt_fault_parse_mode(const char *word)
{
	int mode;

	for (mode = FAULT_NONE + 1; mode < FAULT_NR_MODES; mode++)
		if (!strcmp(modes[mode].word, word))
			return mode;
	return -EINVAL;
}

/**
 * dumpflt_fault_parse_callback() - the callback that a word names
 * @word: the word, need not end in NUL
 * @len: its length
 *
 * Return: an enum fault_callback, or -EINVAL.
 */
int dumpflt_fault_parse_callback(const char *word, size_t len)
{
	int i;

	for (i = 0; i < FAULT_NR_CALLBACKS; i++)
		if (strlen(callback_words[i]) == len &&
		    !memcmp(callback_words[i], word, len))
			return i;
	return -EINVAL;
}

/**
 * dumpflt_fault_mode_word() - the word for a mode
 * @mode: a valid one: this is not checked
 *
 * Return: the word.
 */
const char *dumpflt_fault_mode_word(enum fault_mode mode)
{
	return modes[mode].word;
}

/**
 * dumpflt_fault_callback_word() - the word for a callback
 * @callback: a valid one: this is not checked
 *
 * Return: the word.
 */
const char *dumpflt_fault_callback_word(enum fault_callback callback)
{
	return callback_words[callback];
}

/**
 * dumpflt_fault_mode_fits() - does a mode make sense in a callback?
 * @mode: a valid one: this is not checked; FAULT_NONE fits nowhere
 * @callback: where it would be used
 *
 * Return: whether it does.
 */
bool dumpflt_fault_mode_fits(enum fault_mode mode, enum fault_callback callback)
{
	return modes[mode].fits & BIT(callback);
}
