// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test filter: does in each callback what its options say, which is wrong.
 *
 *	flags=<number>		what it asks for
 *	without=<callback>	is not in its table
 *	metadata=<number>	bytes of chunk metadata
 *	number=<number>		for the words that need one
 *	init=, start=, write=, read=, finish=, unload=<word>
 *
 * Words, for the callbacks in which they make sense:
 *
 *	error		return minus the number
 *	positive	return the number
 *	words		say in two lines why it fails, and fail
 *	scratch		fill the bounce buffer, and do not install it
 *	onepass		fill it with a key stream first, then put the data in
 *	foreign		install a foreign buffer, then the right one
 *	nothing		install the right one, then none
 *	bounce		ask for it only
 *	metadata	write so many bytes of metadata as the number says
 *	twice		give the key for the MAC twice
 *	preempt		come back with preemption off
 *	irqs		come back with interrupts off
 *	scope		come back in a memalloc scope
 *	unscoped	end the core's memalloc scope
 *	rcu		come back inside of rcu_read_lock()
 *	unrcu		rcu_read_unlock() without a partner
 *	state		come back with set_current_state() without its end
 *	migrate		come back with migrate_disable() without its end
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/dumpflt.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

enum callback {
	AT_INIT, AT_START, AT_WRITE, AT_READ, AT_FINISH, AT_UNLOAD, NR_CALLBACKS,
};

static const char * const callbacks[] = {
	[AT_INIT]		= "init",
	[AT_START]		= "start",
	[AT_WRITE]		= "write",
	[AT_READ]		= "read",
	[AT_FINISH]	= "finish",
	[AT_UNLOAD]	= "unload",
};

enum word {
	NONE, ERROR, POSITIVE, WORDS, SCRATCH, ONEPASS, FOREIGN, NOTHING, BOUNCE,
	METADATA, TWICE, PREEMPT, IRQS, SCOPE, UNSCOPED, RCU_IN, RCU_OUT,
	STATE, MIGRATE, NR_WORDS,
};

static const char * const words[] = {
	[NONE]		= "none",
	[ERROR]		= "error",
	[POSITIVE]	= "positive",
	[WORDS]		= "words",
	[SCRATCH]	= "scratch",
	[ONEPASS]	= "onepass",
	[FOREIGN]	= "foreign",
	[NOTHING]	= "nothing",
	[BOUNCE]	= "bounce",
	[METADATA]	= "metadata",
	[TWICE]		= "twice",
	[PREEMPT]	= "preempt",
	[IRQS]		= "irqs",
	[SCOPE]		= "scope",
	[UNSCOPED]	= "unscoped",
	[RCU_IN]	= "rcu",
	[RCU_OUT]	= "unrcu",
	[STATE]		= "state",
	[MIGRATE]	= "migrate",
};

#define STREAM		0x4b
#define TWO_LINES	"first line\nsecond line\x1b[31m\xff"

struct wrong {
	enum word		does[NR_CALLBACKS];
	u32			number;
	void			*foreign;
	struct dumpflt_ops	ops;
};

/* What every byte of the data is when it leaves */
static void one_pass(const struct dumpflt_io *io)
{
	u8 *to = dumpflt_bounce(io);
	u32 i, j, at = 0;

	memset(to, STREAM, io->len);
	for (i = 0; i < io->nr_segs; i++) {
		const u8 *from = dumpflt_segment(io, i);

		for (j = 0; j < io->segs[i].bv_len; j++)
			to[at++] ^= from[j];
	}
	dumpflt_set_buffer(io, to);
}

static void copy(const struct dumpflt_io *io)
{
	void *to = dumpflt_bounce(io);

	dumpflt_io_copy(io, to, 0, io->len);
	dumpflt_set_buffer(io, to);
}

static void treat(struct wrong *wrong, enum word word,
		  const struct dumpflt_io *io)
{
	switch (word) {
	case SCRATCH:
		memset(dumpflt_bounce(io), 0xee, io->len);
		break;
	case ONEPASS:
		one_pass(io);
		break;
	case FOREIGN:
		dumpflt_set_buffer(io, wrong->foreign);
		copy(io);
		break;
	case NOTHING:
		copy(io);
		dumpflt_set_buffer(io, NULL);
		break;
	case BOUNCE:
		dumpflt_bounce(io);
		break;
	case METADATA:
		memset(io->meta, 0xee, wrong->number);
		break;
	default:
		break;
	}
}

/* Comes back as it was not called */
static void come_back(enum word word)
{
	switch (word) {
	case PREEMPT:
		preempt_disable();
		break;
	case IRQS:
		local_irq_disable();
		break;
	case SCOPE:
		memalloc_nofs_save();
		break;
	case UNSCOPED:
		current->flags &= ~PF_MEMALLOC_NOIO;
		break;
	case RCU_IN:
		rcu_read_lock();
		/* sparse shall not ask for the partner: there is none */
		__release(RCU);
		break;
	case RCU_OUT:
		__acquire(RCU);
		rcu_read_unlock();
		break;
	case STATE:
		set_current_state(TASK_UNINTERRUPTIBLE);
		break;
	case MIGRATE:
		migrate_disable();
		break;
	default:
		break;
	}
}

static int act(const struct dumpflt_extension *ext, enum callback callback,
	       const struct dumpflt_io *io)
{
	static const u8 key[DUMPFLT_MAC_KEY_SIZE];
	struct wrong *wrong = ext->data;
	enum word word = wrong->does[callback];

	switch (word) {
	case ERROR:
		return -wrong->number;
	case POSITIVE:
		return wrong->number;
	case WORDS:
		dumpflt_reason(ext, TWO_LINES);
		return -EIO;
	case TWICE:
		/* what the second one says is what is wanted to be known */
		dumpflt_set_mac_key(ext, key);
		return dumpflt_set_mac_key(ext, key);
	default:
		come_back(word);
		if (io)
			treat(wrong, word, io);
		return 0;
	}
}

static int wrong_start(const struct dumpflt_extension *ext)
{
	return act(ext, AT_START, NULL);
}

static int wrong_write(const struct dumpflt_extension *ext,
		       const struct dumpflt_io *io)
{
	return act(ext, AT_WRITE, io);
}

static int wrong_read(const struct dumpflt_extension *ext,
		      const struct dumpflt_io *io)
{
	return act(ext, AT_READ, io);
}

static int wrong_finish(const struct dumpflt_extension *ext)
{
	return act(ext, AT_FINISH, NULL);
}

static int wrong_unload(const struct dumpflt_extension *ext)
{
	struct wrong *wrong = ext->data;
	int ret = act(ext, AT_UNLOAD, NULL);

	free_page((unsigned long)wrong->foreign);
	kfree(wrong);
	return ret;
}

static int read_number(const struct dumpflt_init_data *init_data,
		       const char *name, u32 *number)
{
	u64 value = *number;
	int err = dumpflt_option_u64(init_data, name, 0, U32_MAX, &value);

	*number = value;
	return err;
}

static int read_options(struct wrong *wrong, struct dumpflt_init_data *init_data)
{
	const char *without = dumpflt_option(init_data, "without", 0);
	int i, err;

	err = read_number(init_data, "flags", &init_data->flags_out);
	err = err ?: read_number(init_data, "metadata", &init_data->chunk_meta);
	err = err ?: read_number(init_data, "number", &wrong->number);
	for (i = 0; i < NR_CALLBACKS && !err; i++) {
		const char *word = dumpflt_option(init_data, callbacks[i], 0);

		err = word ? match_string(words, NR_WORDS, word) : NONE;
		if (err < 0)
			return err;
		wrong->does[i] = err;
		err = 0;
	}
	wrong->ops = (struct dumpflt_ops) {
		.start	= wrong_start,
		.write	= wrong_write,
		.read	= wrong_read,
		.finish	= wrong_finish,
		.unload	= wrong_unload,
	};
	if (without && !strcmp(without, "write"))
		wrong->ops.write = NULL;
	return err;
}

static int wrong_init(const struct dumpflt_extension *ext,
		      struct dumpflt_init_data *init_data)
{
	struct wrong *wrong = kzalloc(sizeof(*wrong), GFP_KERNEL);
	int ret;

	init_data->major = DUMPFLT_MAJOR_VERSION;
	init_data->minor = DUMPFLT_MINOR_VERSION;
	init_data->flags_out = DUMPFLT_F_CRITICAL;
	if (!wrong)
		return -ENOMEM;
	wrong->foreign = (void *)get_zeroed_page(GFP_KERNEL);
	ret = wrong->foreign ? read_options(wrong, init_data) : -ENOMEM;
	if (!ret && wrong->does[AT_INIT] == WORDS) {
		dumpflt_explain(init_data, TWO_LINES);
		ret = -EIO;
	}
	if (!ret && wrong->does[AT_INIT] == ERROR)
		ret = -wrong->number;
	if (!ret && wrong->does[AT_INIT] == POSITIVE) {
		dumpflt_explain(init_data, "said before");
		ret = wrong->number;
	}
	come_back(wrong->does[AT_INIT]);
	if (ret) {
		free_page((unsigned long)wrong->foreign);
		kfree(wrong);
		return ret;
	}
	init_data->ops = &wrong->ops;
	init_data->data = wrong;
	return 0;
}

static const struct dumpflt_filter wrong_filter = {
	.name	= "wrong",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= wrong_init,
};
module_dumpflt_filter(wrong_filter);

MODULE_ALIAS_DUMPFLT("wrong");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Test filter that breaks rules which the core watches");
MODULE_LICENSE("GPL");
DUMPFLT_IMPORT_NS;
