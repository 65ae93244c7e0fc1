// SPDX-License-Identifier: GPL-2.0-only
/*
 * State and counters, read only, in /sys/block/dumpflt<N>/dumpflt/ and in one
 * folder per instance below it.
 *
 * Reading takes no lock but an error's own, so that a dump that hangs can
 * still be looked at.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/completion.h>
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "control/control.h"
#include "filter/filter.h"
#include "base/silence.h"
#include "layout/layout.h"

/*
 * A folder. kobject_del() waits for the readers, so that nobody follows the pointers
 * from then on. Whoever else has a reference, as each kobject is kept for seconds with
 * CONFIG_DEBUG_KOBJECT_RELEASE, is waited for, too: the last one to let go of it calls
 * our code, which must still be there. That has an end of its own, four seconds with
 * that option and none without: a show function waits for nothing, a file that is open
 * has no reference, and no uevent names a folder.
 */
struct folder {
	struct kobject		kobj;
	struct completion	released;
	struct dumpflt_stack	*stack;
	struct dumpflt_instance	*inst;
};

struct folder_attribute {
	struct attribute attr;
	ssize_t (*show)(struct folder *folder, char *page);
};

#define FOLDER_ATTR(_prefix, _name)					\
static struct folder_attribute _prefix##_attr_##_name = {		\
	.attr = { .name = __stringify(_name), .mode = 0444 },		\
	.show = _prefix##_##_name##_show,				\
}

static ssize_t show_error(struct dumpflt_error *error, char *page)
{
	char text[DUMPFLT_ERROR_TEXT];

	dumpflt_error_get(error, text, sizeof(text));
	return text[0] ? sysfs_emit(page, "%s\n", text) : 0;
}

static ssize_t stack_stack_show(struct folder *folder, char *page)
{
	return sysfs_emit(page, "%s\n", folder->stack->name);
}
FOLDER_ATTR(stack, stack);

static ssize_t stack_type_show(struct folder *folder, char *page)
{
	return sysfs_emit(page, "%s\n", dumpflt_type_word(folder->stack->type));
}
FOLDER_ATTR(stack, type);

static ssize_t stack_target_show(struct folder *folder, char *page)
{
	return sysfs_emit(page, "%s\n", folder->stack->path);
}
FOLDER_ATTR(stack, target);

static ssize_t stack_state_show(struct folder *folder, char *page)
{
	return sysfs_emit(page, "%s\n",
			  dumpflt_state_word(READ_ONCE(folder->stack->state)));
}
FOLDER_ATTR(stack, state);

static ssize_t stack_last_error_show(struct folder *folder, char *page)
{
	return show_error(&folder->stack->error, page);
}
FOLDER_ATTR(stack, last_error);

static ssize_t stack_session_show(struct folder *folder, char *page)
{
	return sysfs_emit(page, "%llu\n", READ_ONCE(folder->stack->sessions));
}
FOLDER_ATTR(stack, session);

static ssize_t stack_dump_bytes_show(struct folder *folder, char *page)
{
	return sysfs_emit(page, "%lld\n",
			  atomic64_read(&folder->stack->bytes));
}
FOLDER_ATTR(stack, dump_bytes);

static ssize_t stack_durability_show(struct folder *folder, char *page)
{
	return sysfs_emit(page, "%s\n",
			  folder->stack->durability == DUMPFLT_DURABLE_FLUSH ?
				  DUMPFLT_DURABLE_WORD_FLUSH :
				  DUMPFLT_DURABLE_WORD_WRITE_THROUGH);
}
FOLDER_ATTR(stack, durability);

static ssize_t stack_silent_ms_show(struct folder *folder, char *page)
{
	return sysfs_emit(page, "%u\n", dumpflt_silence_ms(folder->stack));
}
FOLDER_ATTR(stack, silent_ms);

static ssize_t stack_slot_show(struct folder *folder, char *page)
{
	u8 session[16];
	u32 slot;

	if (folder->stack->layout->session_id(folder->stack, &slot, session))
		return 0;
	return sysfs_emit(page, "%u\n", slot);
}
FOLDER_ATTR(stack, slot);

static ssize_t stack_session_id_show(struct folder *folder, char *page)
{
	u8 session[16];
	u32 slot;

	if (folder->stack->layout->session_id(folder->stack, &slot, session))
		return 0;
	return sysfs_emit(page, "%16phN\n", session);
}
FOLDER_ATTR(stack, session_id);

static struct attribute *stack_attrs[] = {
	&stack_attr_stack.attr,
	&stack_attr_type.attr,
	&stack_attr_target.attr,
	&stack_attr_state.attr,
	&stack_attr_last_error.attr,
	&stack_attr_session.attr,
	&stack_attr_dump_bytes.attr,
	&stack_attr_durability.attr,
	&stack_attr_silent_ms.attr,
	&stack_attr_slot.attr,
	&stack_attr_session_id.attr,
	NULL
};
ATTRIBUTE_GROUPS(stack);

static ssize_t filter_state_show(struct folder *folder, char *page)
{
	return sysfs_emit(page, "%s\n",
			  dumpflt_filter_state_word(READ_ONCE(folder->inst->entry->state)));
}
FOLDER_ATTR(filter, state);

static ssize_t filter_last_error_show(struct folder *folder, char *page)
{
	return show_error(&folder->inst->entry->error, page);
}
FOLDER_ATTR(filter, last_error);

static ssize_t filter_flags_show(struct folder *folder, char *page)
{
	static const struct {
		u32		flag;
		const char	*word;
	} words[] = {
		{ DUMPFLT_F_CRITICAL,	"critical" },
		{ DUMPFLT_F_READ,	"read" },
		{ DUMPFLT_F_BOUNCE,	"bounce" },
		{ DUMPFLT_F_CONCURRENT,	"concurrent" },
		{ DUMPFLT_F_PASS,	"pass" },
		{ DUMPFLT_F_ROOM,	"room" },
	};
	unsigned int i;
	int len = 0;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (folder->inst->flags & words[i].flag)
			len += sysfs_emit_at(page, len, "%s%s", len ? " " : "",
					     words[i].word);
	return len + sysfs_emit_at(page, len, "\n");
}
FOLDER_ATTR(filter, flags);

static ssize_t filter_max_pages_show(struct folder *folder, char *page)
{
	return sysfs_emit(page, "%u\n", folder->inst->max_pages);
}
FOLDER_ATTR(filter, max_pages);

static ssize_t filter_stat_show(struct folder *folder, char *page)
{
	unsigned int i;
	int len = 0;

	/* all but unload, the last one, after which nobody can look */
	for (i = 0; i < DUMPFLT_CB_UNLOAD; i++) {
		struct dumpflt_stat *stat = &folder->inst->stat[i];

		len += sysfs_emit_at(page, len, "%s %lld %lld %lld %lld\n",
				     dumpflt_callback_word(i),
				     atomic64_read(&stat->calls),
				     atomic64_read(&stat->bytes),
				     atomic64_read(&stat->errors),
				     atomic64_read(&stat->ns));
	}
	return len;
}
FOLDER_ATTR(filter, stat);

static struct attribute *filter_attrs[] = {
	&filter_attr_state.attr,
	&filter_attr_last_error.attr,
	&filter_attr_flags.attr,
	&filter_attr_max_pages.attr,
	&filter_attr_stat.attr,
	NULL
};
ATTRIBUTE_GROUPS(filter);

static ssize_t folder_show(struct kobject *kobj, struct attribute *attr,
			   char *page)
{
	return container_of(attr, struct folder_attribute, attr)
		->show(container_of(kobj, struct folder, kobj), page);
}

static const struct sysfs_ops folder_sysfs_ops = {
	.show = folder_show,
};

static void folder_release(struct kobject *kobj)
{
	complete(&container_of(kobj, struct folder, kobj)->released);
}

static const struct kobj_type stack_ktype = {
	.sysfs_ops = &folder_sysfs_ops,
	.release = folder_release,
	.default_groups = stack_groups,
};

static const struct kobj_type filter_ktype = {
	.sysfs_ops = &folder_sysfs_ops,
	.release = folder_release,
	.default_groups = filter_groups,
};

static void put_folder(struct kobject *kobj)
{
	struct folder *folder = container_of(kobj, struct folder, kobj);

	kobject_put(kobj);
	wait_for_completion(&folder->released);
	kfree(folder);
}

static struct kobject *add_folder(struct dumpflt_stack *stack,
				  struct dumpflt_instance *inst,
				  struct kobject *parent, const char *name)
{
	struct folder *folder = kzalloc(sizeof(*folder), GFP_KERNEL);
	int ret;

	if (!folder)
		return ERR_PTR(-ENOMEM);
	folder->stack = stack;
	folder->inst = inst;
	init_completion(&folder->released);
	ret = kobject_init_and_add(&folder->kobj,
				   dumpflt_compat_ktype(inst ? &filter_ktype :
						&stack_ktype), parent,
				   "%s", name);
	if (ret) {
		put_folder(&folder->kobj);
		return ERR_PTR(ret);
	}
	return &folder->kobj;
}

static void remove_folder(struct kobject **kobj)
{
	if (!*kobj)
		return;
	kobject_del(*kobj);
	put_folder(*kobj);
	*kobj = NULL;
}

/**
 * dumpflt_sysfs_add - show a stack and its instances
 * @stack: the stack, its disk added
 *
 * Context: process context, stack lock held; allocates.
 * Return: 0 or a negative errno.
 */
int dumpflt_sysfs_add(struct dumpflt_stack *stack)
{
	struct kobject *kobj;
	unsigned int i;

	kobj = add_folder(stack, NULL, &disk_to_dev(stack->disk)->kobj,
			  DUMPFLT_SYSFS_DIR);
	if (IS_ERR(kobj))
		return PTR_ERR(kobj);
	stack->kobj = kobj;

	for (i = 0; i < stack->nr_inst; i++) {
		struct dumpflt_instance *inst = stack->inst[i];

		kobj = add_folder(stack, inst, stack->kobj,
				  config_item_name(&inst->entry->item));
		if (IS_ERR(kobj)) {
			dumpflt_sysfs_remove(stack);
			return PTR_ERR(kobj);
		}
		inst->kobj = kobj;
	}
	return 0;
}

/**
 * dumpflt_sysfs_remove - undo dumpflt_sysfs_add()
 * @stack: shown, if only in part; its disk and instances are still there
 *
 * Context: process context, stack lock held; waits for readers.
 */
void dumpflt_sysfs_remove(struct dumpflt_stack *stack)
{
	unsigned int i;

	for (i = 0; i < stack->nr_inst; i++)
		remove_folder(&stack->inst[i]->kobj);
	remove_folder(&stack->kobj);
}
