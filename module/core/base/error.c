// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first error wins (rule F7), is kept in words, and is logged once.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/ctype.h>
#include <linux/printk.h>

#include "base/error.h"
#include "base/types.h"

/**
 * dumpflt_error_init - make an empty error
 * @error: of a stack or filter that nobody else sees yet
 *
 * Context: any.
 */
void dumpflt_error_init(struct dumpflt_error *error)
{
	spin_lock_init(&error->lock);
	error->err = 0;
	error->fatal = false;
	error->text[0] = '\0';
}

/**
 * dumpflt_error_reset - forget an error
 * @error: initialised; others may read or set it meanwhile
 *
 * Context: any.
 */
void dumpflt_error_reset(struct dumpflt_error *error)
{
	unsigned long flags;

	spin_lock_irqsave(&error->lock, flags);
	error->err = 0;
	error->fatal = false;
	error->text[0] = '\0';
	spin_unlock_irqrestore(&error->lock, flags);
}

/**
 * dumpflt_error_get - read an error
 * @error: initialised, set or not; others may set it meanwhile
 * @text: where to put the words, or %NULL
 * @size: of @text, in bytes
 *
 * Context: any.
 * Return: the errno, 0 if there is no error.
 */
int dumpflt_error_get(struct dumpflt_error *error, char *text, size_t size)
{
	unsigned long flags;
	int err;

	spin_lock_irqsave(&error->lock, flags);
	err = error->err;
	if (text)
		strscpy(text, error->text, size);
	spin_unlock_irqrestore(&error->lock, flags);
	return err;
}

/**
 * dumpflt_one_line - make words of a filter, or of a writer, harmless
 * @text: they may come with anything; goes to a file of one line, a terminal, and
 *	the log, so that what is not printable does not stay
 *
 * Context: any.
 */
void dumpflt_one_line(char *text)
{
	for (; *text; text++)
		if (!isascii(*text) || !isprint(*text))
			*text = '?';
}

/* Keeps an error unless there is one already that weighs as much */
static bool keep_first(struct dumpflt_error *error, int err, bool fatal,
		       const char *who, struct va_format *vaf)
{
	unsigned long flags;
	bool first;

	spin_lock_irqsave(&error->lock, flags);
	first = !error->err || (fatal && !error->fatal);
	if (first) {
		error->err = err;
		error->fatal = fatal;
		scnprintf(error->text, sizeof(error->text), "%s%pV: %pe (%d)",
			  who, vaf, ERR_PTR(err), err);
	}
	spin_unlock_irqrestore(&error->lock, flags);
	return first;
}

static void keep(struct dumpflt_stack *stack, struct dumpflt_instance *inst,
		 int err, bool fatal, const char *fmt, va_list args)
{
	char who[DUMPFLT_NAME_MAX + 16] = "";
	struct va_format vaf = { .fmt = fmt };
	va_list copy;
	bool first;

	if (inst) {
		scnprintf(who, sizeof(who), "filter '%s': ", inst->entry->name);
		va_copy(copy, args);
		vaf.va = &copy;
		keep_first(&inst->entry->error, err, fatal, "", &vaf);
		va_end(copy);
	}
	va_copy(copy, args);
	vaf.va = &copy;
	first = keep_first(&stack->error, err, fatal, who, &vaf);
	va_end(copy);

	/* only the one that set it gets past this, so it is said once */
	if (first && fatal)
		pr_err("%s: %s\n", stack->name, stack->error.text);
	else if (first)
		pr_warn("%s: %s\n", stack->name, stack->error.text);
}

/**
 * dumpflt_fail - the session has failed, or the stack could not go live
 * @stack: in any state; its lock need not be held
 * @inst: the filter to blame, or %NULL
 * @err: negative errno
 * @fmt: what happened and where; who and the errno are added
 *
 * From here on no write is accepted, and the session cannot end as complete.
 *
 * Context: any, interrupts included; does not allocate.
 */
void dumpflt_fail(struct dumpflt_stack *stack, struct dumpflt_instance *inst,
		  int err, const char *fmt, ...)
{
	va_list args;

	WRITE_ONCE(stack->failed, true);
	va_start(args, fmt);
	keep(stack, inst, err, true, fmt, args);
	va_end(args);
}

/**
 * dumpflt_note - something went wrong that does not fail the session
 * @stack: in any state; its lock need not be held
 * @inst: the filter to blame, or %NULL
 * @err: negative errno
 * @fmt: what happened and where; who and the errno are added
 *
 * Context: any, interrupts included; does not allocate.
 */
void dumpflt_note(struct dumpflt_stack *stack, struct dumpflt_instance *inst,
		  int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	keep(stack, inst, err, false, fmt, args);
	va_end(args);
}
