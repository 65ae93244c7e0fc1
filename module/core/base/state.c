// SPDX-License-Identifier: GPL-2.0-only
/*
 * The states of stacks and filters: their words, what they mean, and which one
 * may follow which.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "base/state.h"
#include "base/types.h"

/**
 * dumpflt_type_word - a dump type in a word
 * @type: whatever is not CRASH is taken for hibernation
 *
 * Context: any.
 * Return: the word of the user interface.
 */
const char *dumpflt_type_word(enum dumpflt_type type)
{
	return type == DUMPFLT_TYPE_CRASH ? DUMPFLT_TYPE_WORD_CRASH :
					    DUMPFLT_TYPE_WORD_HIBERNATION;
}

/**
 * dumpflt_state_word - a stack's state in a word
 * @state: a valid one: this is not checked
 *
 * Context: any.
 * Return: the word of the user interface.
 */
const char *dumpflt_state_word(enum dumpflt_state state)
{
	static const char * const words[] = {
		[DUMPFLT_CONFIGURED]	= DUMPFLT_STATE_CONFIGURED,
		[DUMPFLT_LIVE]		= DUMPFLT_STATE_LIVE,
		[DUMPFLT_STARTED]	= DUMPFLT_STATE_STARTED,
		[DUMPFLT_READING]	= DUMPFLT_STATE_READING,
		[DUMPFLT_FINISHING]	= DUMPFLT_STATE_FINISHING,
		[DUMPFLT_COMPLETE]	= DUMPFLT_STATE_COMPLETE,
		[DUMPFLT_FAILED]	= DUMPFLT_STATE_FAILED,
		[DUMPFLT_INTERRUPTED]	= DUMPFLT_STATE_INTERRUPTED,
	};

	return words[state];
}

/**
 * dumpflt_filter_state_word - a filter's state in a word
 * @state: a valid one: this is not checked
 *
 * Context: any.
 * Return: the word of the user interface.
 */
const char *dumpflt_filter_state_word(enum dumpflt_filter_state state)
{
	static const char * const words[] = {
		[DUMPFLT_FILTER_CONFIGURED]	= DUMPFLT_FILTER_STATE_CONFIGURED,
		[DUMPFLT_FILTER_READY]		= DUMPFLT_FILTER_STATE_READY,
		[DUMPFLT_FILTER_STARTED]	= DUMPFLT_FILTER_STATE_STARTED,
		[DUMPFLT_FILTER_LEFT_OUT]	= DUMPFLT_FILTER_STATE_LEFT_OUT,
		[DUMPFLT_FILTER_FAILED]		= DUMPFLT_FILTER_STATE_FAILED,
	};

	return words[state];
}

/**
 * dumpflt_stack_is_live - is the stack loaded?
 * @stack: in any state, which cannot change meanwhile
 *
 * Context: stack lock held.
 * Return: true if so.
 */
bool dumpflt_stack_is_live(const struct dumpflt_stack *stack)
{
	lockdep_assert_held(&stack->lock);
	return stack->state != DUMPFLT_CONFIGURED;
}

/**
 * dumpflt_session_is_open - is a session in progress?
 * @stack: in any state; without its lock the answer may be old at once
 *
 * Context: any.
 * Return: true between a successful start and the beginning of the end.
 */
bool dumpflt_session_is_open(const struct dumpflt_stack *stack)
{
	enum dumpflt_state state = READ_ONCE(stack->state);

	return state == DUMPFLT_STARTED || state == DUMPFLT_READING;
}

/**
 * dumpflt_instance_is_critical - does the stack not do without it?
 * @inst: created; its init() may have answered or not
 *
 * Until init() has answered it is: nobody knows yet what the filter would have said.
 *
 * Context: stack lock held.
 * Return: true if filter or configuration says so.
 */
bool dumpflt_instance_is_critical(const struct dumpflt_instance *inst)
{
	return (inst->flags & DUMPFLT_F_CRITICAL) || inst->entry->critical;
}

/**
 * dumpflt_instance_may_lack - may the stack go live without it?
 * @inst: its init() has failed
 *
 * Not in a dump area whose policy names the filters: what is left out there would
 * make the dump another one than the area was made for. That one dump may begin
 * without a filter, a policy says by start_optional; for 'live' it has no such word.
 *
 * Context: stack lock held.
 * Return: true if neither filter nor configuration nor policy forbids it.
 */
bool dumpflt_instance_may_lack(const struct dumpflt_instance *inst)
{
	return !dumpflt_instance_is_critical(inst) && !inst->stack->bound_by_policy;
}

static bool legal(enum dumpflt_state from, enum dumpflt_state to)
{
	switch (to) {
	case DUMPFLT_CONFIGURED:
		return from != DUMPFLT_STARTED && from != DUMPFLT_READING;
	case DUMPFLT_LIVE:
		return from == DUMPFLT_CONFIGURED || from == DUMPFLT_FINISHING;
	case DUMPFLT_STARTED:
	case DUMPFLT_READING:
		return from == DUMPFLT_LIVE || from >= DUMPFLT_COMPLETE;
	case DUMPFLT_FINISHING:
		return from == DUMPFLT_STARTED || from == DUMPFLT_READING;
	case DUMPFLT_COMPLETE:
	case DUMPFLT_INTERRUPTED:
		return from == DUMPFLT_FINISHING;
	case DUMPFLT_FAILED:
		/* a start that failed never was a session */
		return from != DUMPFLT_CONFIGURED;
	}
	return false;
}

/**
 * dumpflt_stack_set_state - the only place that changes a stack's state
 * @stack: in a state from which @state may be reached; else this warns
 * @state: the new state
 *
 * Context: stack lock held; queue frozen, or no disk, or no I/O admitted in
 * either state.
 */
void dumpflt_stack_set_state(struct dumpflt_stack *stack,
			     enum dumpflt_state state)
{
	lockdep_assert_held(&stack->lock);
	WARN_ON_ONCE(!legal(stack->state, state));
	WRITE_ONCE(stack->state, state);
}
