// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fault filter's options.
 *
 *   mode=<word> at=<callback>	what goes wrong, and where; words.c lists both
 *   call=<n>			at the nth call of that callback, default 1
 *   every=1			and at each later one
 *   errno=<n>			for error and positive, default 5 (EIO)
 *   ms=<n>			for delay (default 1), sleep (1000), ops at init (100)
 *   callbacks=<list>		only these are in the table, default all;
 *				unload is always there
 *   critical, concurrent=0|1	default 0
 *   readable=0|1		ask for reads, default 1
 *   max_pages, block_size,	what to put into the init data as it is, so that
 *   chunk_meta, major, flags	the core can be seen to refuse nonsense; flags
 *				are added to the others
 *   reserved=1			fill the reserved place in the table
 *
 * Without mode it passes everything through.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "fault.h"

#define DEFAULT_DELAY_MS	1
/*
 * Longer than the report of a kernel with DEBUG_ATOMIC_SLEEP takes: if the
 * timer fires while that is being printed, nobody sleeps.
 */
#define DEFAULT_SLEEP_MS	1000
#define DEFAULT_OPS_MS		100
/* Longer would trip the kernel's own watchdog for busy CPUs */
#define MAX_MS			10000

static int read_u32(const struct dumpflt_init_data *init_data, const char *name,
		    u32 max, u32 *result)
{
	u64 value = *result;
	int err;

	err = dumpflt_option_u64(init_data, name, 0, max, &value);
	if (!err)
		*result = value;
	return err;
}

static int read_flag(const struct dumpflt_init_data *init_data,
		     const char *name, u32 bit, u32 *flags)
{
	u32 value = *flags & bit ? 1 : 0;
	int err;

	err = read_u32(init_data, name, 1, &value);
	if (err)
		return err;
	*flags = value ? *flags | bit : *flags & ~bit;
	return 0;
}

/* What the instance says about itself, first: CRITICAL counts if we fail */
static int read_properties(struct fault_plan *plan,
			   const struct dumpflt_init_data *init_data)
{
	u32 major = DUMPFLT_MAJOR_VERSION;
	u32 reserved = 0, flags = 0;
	int err;

	plan->flags = DUMPFLT_F_READ;
	err = read_flag(init_data, "critical", DUMPFLT_F_CRITICAL,
			&plan->flags);
	err = err ?: read_flag(init_data, "concurrent", DUMPFLT_F_CONCURRENT,
			       &plan->flags);
	err = err ?: read_flag(init_data, "readable", DUMPFLT_F_READ,
			       &plan->flags);
	err = err ?: read_u32(init_data, "flags", U32_MAX, &flags);
	err = err ?: read_u32(init_data, "major", U16_MAX, &major);
	err = err ?: read_u32(init_data, "max_pages", U32_MAX,
			      &plan->max_pages);
	err = err ?: read_u32(init_data, "block_size", U32_MAX,
			      &plan->block_size);
	err = err ?: read_u32(init_data, "chunk_meta", U32_MAX,
			      &plan->chunk_meta);
	err = err ?: read_u32(init_data, "reserved", 1, &reserved);

	plan->flags |= flags;
	plan->major = major;
	plan->reserved = reserved;
	return err;
}

static int read_callbacks(struct fault_plan *plan,
			  const struct dumpflt_init_data *init_data)
{
	const char *word = dumpflt_option(init_data, "callbacks", 0);
	size_t len;
	int callback;

	plan->callbacks = GENMASK(FAULT_NR_CALLBACKS - 1, 0);
	if (!word)
		return 0;

	plan->callbacks = BIT(FAULT_INIT) | BIT(FAULT_UNLOAD);
	while (*word) {
		len = strcspn(word, ",");
		callback = dumpflt_fault_parse_callback(word, len);
		if (callback < 0) {
			dumpflt_explain(init_data, "callbacks: no callback '%.*s'",
					(int)len, word);
			return callback;
		}
		plan->callbacks |= BIT(callback);
		word += len;
		if (*word)
			word++;
	}
	return 0;
}

static int read_mode(struct fault_plan *plan,
		     const struct dumpflt_init_data *init_data)
{
	const char *mode = dumpflt_option(init_data, "mode", 0);
	const char *at = dumpflt_option(init_data, "at", 0);
	int ret;

	if (!mode && !at)
		return 0;
	if (!mode || !at) {
		dumpflt_explain(init_data, "mode and at need each other");
		return -EINVAL;
	}

	ret = dumpflt_fault_parse_mode(mode);
	if (ret < 0) {
		dumpflt_explain(init_data, "mode: no mode '%s'", mode);
		return ret;
	}
	plan->mode = ret;

	ret = dumpflt_fault_parse_callback(at, strlen(at));
	if (ret < 0) {
		dumpflt_explain(init_data, "at: no callback '%s'", at);
		return ret;
	}
	plan->at = ret;
	return 0;
}

static int read_details(struct fault_plan *plan,
			const struct dumpflt_init_data *init_data)
{
	u64 call = 1, errno_value = EIO;
	u32 every = 0;
	int err;

	switch (plan->mode) {
	case FAULT_SLEEP:
		plan->ms = DEFAULT_SLEEP_MS;
		break;
	case FAULT_OPS:
		plan->ms = DEFAULT_OPS_MS;
		break;
	default:
		plan->ms = DEFAULT_DELAY_MS;
		break;
	}

	err = dumpflt_option_u64(init_data, "call", 1, INT_MAX, &call);
	err = err ?: read_u32(init_data, "every", 1, &every);
	err = err ?: dumpflt_option_u64(init_data, "errno", 1, MAX_ERRNO,
					&errno_value);
	err = err ?: read_u32(init_data, "ms", MAX_MS, &plan->ms);
	plan->call = call;
	plan->every = every;
	plan->errno_value = errno_value;
	return err;
}

static bool given(const struct dumpflt_init_data *init_data, const char *name)
{
	return dumpflt_option(init_data, name, 0);
}

/* A test that asks for something that cannot happen must not pass */
static const char *find_contradiction(const struct fault_plan *plan,
				      const struct dumpflt_init_data *init_data)
{
	bool counts = given(init_data, "call") || given(init_data, "every");

	if (plan->mode == FAULT_NONE) {
		if (counts || given(init_data, "errno") ||
		    given(init_data, "ms"))
			return "call, every, errno and ms need mode and at";
		return NULL;
	}
	if (!dumpflt_fault_mode_fits(plan->mode, plan->at))
		return "this mode has no meaning in this callback";
	if (!(plan->callbacks & BIT(plan->at)))
		return "at names a callback that callbacks leaves out";
	if (plan->at == FAULT_READ && !(plan->flags & DUMPFLT_F_READ))
		return "at=read needs readable=1";
	if (counts && (plan->at == FAULT_INIT || plan->at == FAULT_UNLOAD))
		return "init and unload are called once, without call and every";
	if (given(init_data, "errno") && plan->mode != FAULT_ERROR &&
	    plan->mode != FAULT_POSITIVE)
		return "errno is for mode=error and mode=positive";
	if (plan->mode == FAULT_OPS && !(plan->callbacks & BIT(FAULT_WRITE)))
		return "mode=ops takes write out of the table, and it is not there";
	if (given(init_data, "ms") && plan->mode != FAULT_DELAY &&
	    plan->mode != FAULT_SLEEP &&
	    (plan->mode != FAULT_OPS || plan->at != FAULT_INIT))
		return "ms is for mode=delay, mode=sleep and mode=ops at=init";
	return NULL;
}

/**
 * dumpflt_fault_plan_read() - read the options
 * @plan: zeroed, filled as far as possible even on error
 * @init_data: where they are
 *
 * Return: 0, or a negative errno that has been explained.
 */
int dumpflt_fault_plan_read(struct fault_plan *plan,
			    const struct dumpflt_init_data *init_data)
{
	const char *contradiction;
	int err;

	err = read_properties(plan, init_data);
	err = err ?: read_callbacks(plan, init_data);
	err = err ?: read_mode(plan, init_data);
	err = err ?: read_details(plan, init_data);
	if (err)
		return err;

	contradiction = find_contradiction(plan, init_data);
	if (contradiction) {
		dumpflt_explain(init_data, "mode=%s at=%s: %s",
				dumpflt_fault_mode_word(plan->mode),
				dumpflt_fault_callback_word(plan->at),
				contradiction);
		return -EINVAL;
	}
	/* The middle of a bounce buffer needs one, and all other calls do not */
	if (plan->mode == FAULT_MISALIGNED)
		plan->flags |= DUMPFLT_F_BOUNCE | DUMPFLT_F_PASS;
	/* At the other calls it does what it is to do, in place */
	if (plan->mode == FAULT_PASS)
		plan->flags |= DUMPFLT_F_BOUNCE;
	return 0;
}
