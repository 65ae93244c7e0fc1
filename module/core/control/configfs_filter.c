// SPDX-License-Identifier: GPL-2.0-only
/*
 * <stack>/<NN>-<filter>/: one filter in a stack's configuration.
 *
 * Making the folder does not load the filter; going live does. So the list
 * can be written down before the modules are there.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/configfs.h>
#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "base/options.h"
#include "control/control.h"
#include "filter/filter.h"

static struct dumpflt_entry *to_entry(struct config_item *item)
{
	return container_of(item, struct dumpflt_entry, item);
}

static ssize_t entry_options_show(struct config_item *item, char *page)
{
	struct dumpflt_entry *entry = to_entry(item);
	ssize_t len;

	mutex_lock(&entry->stack->text_lock);
	len = sysfs_emit(page, "%s", entry->options ?: "");
	mutex_unlock(&entry->stack->text_lock);
	return len;
}

static ssize_t entry_options_store(struct config_item *item, const char *page,
				   size_t count)
{
	struct dumpflt_entry *entry = to_entry(item);
	ssize_t ret = count;
	size_t line;
	char *text;

	/*
	 * configfs cuts a longer write off there, and the rest of it would
	 * come as a second one, which replaces the first.
	 */
	if (count >= DUMPFLT_OPTIONS_MAX - 1)
		return -E2BIG;
	if (memchr(page, '\0', count))
		return -EINVAL;
	text = kmemdup_nul(page, count, GFP_KERNEL);
	if (!text)
		return -ENOMEM;

	ret = dumpflt_configure_begin(entry->stack);
	if (ret)
		goto out_free;
	ret = count;
	if (dumpflt_options_check(text, &line)) {
		dumpflt_error_reset(&entry->stack->error);
		dumpflt_note(entry->stack, NULL, -EINVAL,
			     "filter '%s': line %zu of its options is not name=value",
			     entry->name, line);
		ret = -EINVAL;
	} else {
		mutex_lock(&entry->stack->text_lock);
		swap(entry->options, text);
		mutex_unlock(&entry->stack->text_lock);
	}
	dumpflt_configure_end(entry->stack);
out_free:
	kfree(text);
	return ret;
}

static ssize_t entry_critical_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", READ_ONCE(to_entry(item)->critical));
}

static ssize_t entry_critical_store(struct config_item *item, const char *page,
				    size_t count)
{
	struct dumpflt_entry *entry = to_entry(item);

	return dumpflt_store_bool(entry->stack, &entry->critical, page,
				  count);
}

static ssize_t entry_start_optional_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n",
			  READ_ONCE(to_entry(item)->start_optional));
}

static ssize_t entry_start_optional_store(struct config_item *item,
					  const char *page, size_t count)
{
	struct dumpflt_entry *entry = to_entry(item);

	return dumpflt_store_bool(entry->stack, &entry->start_optional, page,
				  count);
}

static ssize_t entry_state_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s\n",
			  dumpflt_filter_state_word(READ_ONCE(to_entry(item)->state)));
}

static ssize_t entry_last_error_show(struct config_item *item, char *page)
{
	char text[DUMPFLT_ERROR_TEXT];

	dumpflt_error_get(&to_entry(item)->error, text, sizeof(text));
	return text[0] ? sysfs_emit(page, "%s\n", text) : 0;
}

/* Nothing secret belongs there, but it is found there */
static struct configfs_attribute entry_attr_options = {
	.ca_name	= "options",
	.ca_mode	= 0600,
	.ca_owner	= THIS_MODULE,
	.show		= entry_options_show,
	.store		= entry_options_store,
};

CONFIGFS_ATTR(entry_, critical);
CONFIGFS_ATTR(entry_, start_optional);
CONFIGFS_ATTR_RO(entry_, state);
CONFIGFS_ATTR_RO(entry_, last_error);

static struct configfs_attribute *entry_attrs[] = {
	&entry_attr_options,
	&entry_attr_critical,
	&entry_attr_start_optional,
	&entry_attr_state,
	&entry_attr_last_error,
	NULL
};

static void entry_release(struct config_item *item)
{
	struct dumpflt_entry *entry = to_entry(item);

	config_item_put(&entry->stack->group.cg_item);
	kfree(entry->options);
	kfree(entry);
}

static struct configfs_item_operations entry_item_ops = {
	.release = entry_release,
};

static const struct config_item_type entry_type = {
	.ct_item_ops = &entry_item_ops,
	.ct_attrs = entry_attrs,
	.ct_owner = THIS_MODULE,
};

/* Puts the entry where its number belongs */
static int insert(struct dumpflt_stack *stack, struct dumpflt_entry *entry)
{
	struct list_head *where = &stack->entries;
	struct dumpflt_entry *other;

	lockdep_assert_held(&stack->lock);

	if (stack->nr_entries == DUMPFLT_MAX_FILTERS)
		return -ENOSPC;
	list_for_each_entry(other, &stack->entries, link) {
		/* C58: one filter is in a stack once */
		if (other->number == entry->number ||
		    !strcmp(other->name, entry->name))
			return -EEXIST;
		if (other->number < entry->number)
			where = &other->link;
	}
	list_add(&entry->link, where);
	stack->nr_entries++;
	return 0;
}

/**
 * dumpflt_entry_make - mkdir <stack>/<NN>-<filter>
 * @group: the stack's
 * @name: of the folder
 *
 * Context: process context; called by configfs.
 * Return: the item; -EINVAL for a name of another form, -EEXIST if the number
 * or the filter is there already, -ENOSPC, -EBUSY if the stack is live.
 */
struct config_item *dumpflt_entry_make(struct config_group *group,
				       const char *name)
{
	struct dumpflt_stack *stack = container_of(group, struct dumpflt_stack,
						   group);
	struct dumpflt_entry *entry;
	int ret;

	if (!isdigit(name[0]) || !isdigit(name[1]) || name[2] != '-' ||
	    !dumpflt_filter_name_ok(name + 3))
		return ERR_PTR(-EINVAL);
	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return ERR_PTR(-ENOMEM);
	entry->stack = stack;
	dumpflt_error_init(&entry->error);
	entry->number = (name[0] - '0') * 10 + name[1] - '0';
	strscpy(entry->name, name + 3, sizeof(entry->name));

	ret = dumpflt_configure_begin(stack);
	if (!ret) {
		ret = insert(stack, entry);
		dumpflt_configure_end(stack);
	}
	if (ret) {
		kfree(entry);
		return ERR_PTR(ret);
	}
	config_item_get(&group->cg_item);
	config_item_init_type_name(&entry->item, name, &entry_type);
	return &entry->item;
}

/**
 * dumpflt_entry_drop - rmdir <stack>/<NN>-<filter>
 * @group: the stack's
 * @item: the entry's
 *
 * Not while the stack is live: its entries are held then.
 *
 * Context: process context; called by configfs.
 */
void dumpflt_entry_drop(struct config_group *group, struct config_item *item)
{
	struct dumpflt_entry *entry = to_entry(item);

	mutex_lock(&entry->stack->lock);
	list_del(&entry->link);
	entry->stack->nr_entries--;
	mutex_unlock(&entry->stack->lock);
	config_item_put(item);
}
