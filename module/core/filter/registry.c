// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which filters there are. Knows names and modules, and nothing of disks.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/kmod.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "filter/filter.h"

/*
 * A registered filter, in a copy: nobody looks at the filter's own structure after
 * that, as it may go away under a live stack if its author unregisters too early.
 */
struct registration {
	struct list_head		link;
	const struct dumpflt_filter	*original;	/* only to be compared */
	struct dumpflt_filter		filter;
	char				name[DUMPFLT_NAME_MAX];
	unsigned int			users;		/* that have pinned it */
	bool				is_listed;
};

/* Guards registrations. Innermost but for dumpflt_error.lock */
static DEFINE_MUTEX(registry_lock);
static LIST_HEAD(registrations);

/**
 * dumpflt_filter_name_ok - may a filter be called this?
 * @name: the name, may be %NULL
 *
 * The name becomes part of a module's name and of file names, so that only
 * what is harmless there is allowed.
 *
 * Context: any.
 * Return: true if it may.
 */
bool dumpflt_filter_name_ok(const char *name)
{
	size_t len;

	if (!name)
		return false;
	len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
	return len > 0 && len < DUMPFLT_NAME_MAX && !name[len];
}

static struct registration *find_registration(const char *name)
{
	struct registration *reg;

	lockdep_assert_held(&registry_lock);

	list_for_each_entry(reg, &registrations, link)
		if (!strcmp(reg->name, name))
			return reg;
	return NULL;
}

/*
 * The first generation of the structures is the present one, so anything
 * smaller is an error. A later core will accept the sizes of this one.
 */
static bool filter_is_valid(const struct dumpflt_filter *filter)
{
	if (!filter || filter->size < sizeof(*filter)) {
		pr_err("refused a filter: its structure is smaller than %zu bytes; use DUMPFLT_FILTER_SIZES\n",
		       sizeof(*filter));
		return false;
	}
	if (!dumpflt_filter_name_ok(filter->name)) {
		pr_err("refused a filter: its name must be 1 to %d characters out of a-z, 0-9 and _\n",
		       DUMPFLT_NAME_MAX - 1);
		return false;
	}
	if (filter->ext_size < sizeof(struct dumpflt_extension) ||
	    filter->init_size < sizeof(struct dumpflt_init_data) ||
	    filter->ops_size < sizeof(struct dumpflt_ops)) {
		pr_err("refused filter '%s': built with an older <linux/dumpflt.h>; rebuild it\n",
		       filter->name);
		return false;
	}
	if (max(max(filter->size, filter->ext_size),
		max(filter->init_size, filter->ops_size)) >
	    DUMPFLT_STRUCT_SIZE_MAX) {
		pr_err("refused filter '%s': one of its structures is said to be larger than %d bytes; use DUMPFLT_FILTER_SIZES\n",
		       filter->name, DUMPFLT_STRUCT_SIZE_MAX);
		return false;
	}
#ifdef MODULE
	/* filters link against us, so they are modules as well */
	if (!filter->owner) {
		pr_err("refused filter '%s': its owner must be THIS_MODULE\n",
		       filter->name);
		return false;
	}
#endif
	if (!filter->init) {
		pr_err("refused filter '%s': it has no init\n", filter->name);
		return false;
	}
#ifdef MODULE
	/* what is pinned must be what is called, and what is __init is gone by then */
	if (!within_module_core((unsigned long)filter->init, filter->owner)) {
		pr_err("refused filter '%s': its init is __init, or not in its owner, module %s, which must be THIS_MODULE\n",
		       filter->name, module_name(filter->owner));
		return false;
	}
#endif
	return true;
}

/**
 * dumpflt_register_filter - make a filter known
 * @filter: the filter; must stay valid until it is unregistered
 *
 * A module whose init fails after this, or whose exit forgets to unregister, is told
 * off in the log, and the filter is forgotten.
 *
 * Context: process context; may sleep and allocate.
 * Return: 0, -EINVAL if a field is not acceptable, -EBUSY if a filter of that
 * name is registered already, -ENOMEM.
 */
int dumpflt_register_filter(const struct dumpflt_filter *filter)
{
	struct registration *reg, *other;
	int ret = 0;

	if (!filter_is_valid(filter))
		return -EINVAL;

	reg = kzalloc(sizeof(*reg), GFP_KERNEL);
	if (!reg)
		return -ENOMEM;
	reg->original = filter;
	reg->filter = *filter;
	strscpy(reg->name, filter->name, sizeof(reg->name));
	reg->filter.name = reg->name;
	reg->is_listed = true;

	mutex_lock(&registry_lock);
	other = find_registration(filter->name);
	if (other) {
		pr_err("refused filter '%s' of module %s: module %s has registered that name\n",
		       filter->name, module_name(filter->owner),
		       module_name(other->filter.owner));
		ret = -EBUSY;
	} else {
		list_add_tail(&reg->link, &registrations);
	}
	mutex_unlock(&registry_lock);

	if (ret)
		kfree(reg);
	return ret;
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_register_filter);

static void free_if_unused(struct registration *reg)
{
	if (!reg->users && !reg->is_listed)
		kfree(reg);
}

/**
 * dumpflt_unregister_filter - forget a filter
 * @filter: what dumpflt_register_filter() was given
 *
 * Belongs into the exit of the filter's module, when no instance can exist, as each
 * pins that module. Elsewhere there may be some: that is a bug of the filter, and a
 * WARNING names it. They go on with what they were made of, and what their callbacks
 * use must stay. To unregister what is not registered is a WARNING as well.
 *
 * Context: process context; may sleep.
 */
void dumpflt_unregister_filter(const struct dumpflt_filter *filter)
{
	struct registration *reg;

	mutex_lock(&registry_lock);
	reg = find_registration(filter->name);
	if (!WARN_ON(!reg || reg->original != filter)) {
		WARN(reg->users, "filter '%s' of module %s is unregistered while stacks have it: %u\n",
		     reg->name, module_name(reg->filter.owner), reg->users);
		list_del(&reg->link);
		reg->is_listed = false;
		free_if_unused(reg);
	}
	mutex_unlock(&registry_lock);
}
EXPORT_SYMBOL_DUMPFLT(dumpflt_unregister_filter);

/*
 * A module that is still loading can be pinned, but its init may fail yet, and then
 * it goes whoever has it
 */
static bool pin(struct module *owner)
{
	if (!try_module_get(owner))
		return false;
	if (!owner || owner->state == MODULE_STATE_LIVE)
		return true;
	module_put(owner);
	return false;
}

static const struct dumpflt_filter *filter_get_loaded(const char *name)
{
	const struct dumpflt_filter *filter = NULL;
	struct registration *reg;

	mutex_lock(&registry_lock);
	reg = find_registration(name);
	if (reg && pin(reg->filter.owner)) {
		reg->users++;
		filter = &reg->filter;
	}
	mutex_unlock(&registry_lock);
	return filter;
}

/**
 * dumpflt_filter_get - find a filter, load its module if need be, pin it
 * @name: the filter's name, valid
 * @may_load: whether its module may be loaded
 *
 * Context: process context; runs modprobe if it may.
 * Return: the filter, to be given back with dumpflt_filter_put(), or %NULL if
 * there is none.
 */
const struct dumpflt_filter *dumpflt_filter_get(const char *name, bool may_load)
{
	const struct dumpflt_filter *filter;

	filter = filter_get_loaded(name);
	if (filter || !may_load)
		return filter;
	/*
	 * Its verdict does not matter: what counts is who has registered. For one that
	 * is loading modprobe waits.
	 */
	request_module("dumpflt-%s", name);
	return filter_get_loaded(name);
}

/**
 * dumpflt_filter_put - unpin a filter's module
 * @filter: what dumpflt_filter_get() returned
 *
 * Context: process context.
 */
void dumpflt_filter_put(const struct dumpflt_filter *filter)
{
	struct registration *reg = container_of(filter, struct registration,
						filter);
	struct module *owner = filter->owner;

	mutex_lock(&registry_lock);
	reg->users--;
	free_if_unused(reg);
	mutex_unlock(&registry_lock);
	/* last: from here on its code may go */
	module_put(owner);
}

/* Its init failed, or its exit forgot: what is in its memory is gone when this returns */
static int module_goes(struct notifier_block *block, unsigned long state, void *data)
{
	struct registration *reg, *next;
	struct module *owner = data;

	if (state != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	mutex_lock(&registry_lock);
	list_for_each_entry_safe(reg, next, &registrations, link) {
		if (reg->filter.owner != owner)
			continue;
		pr_err("module %s goes and has not unregistered its filter '%s': it is forgotten\n",
		       module_name(owner), reg->name);
		list_del(&reg->link);
		reg->is_listed = false;
		free_if_unused(reg);
	}
	mutex_unlock(&registry_lock);
	return NOTIFY_OK;
}

static struct notifier_block module_notifier = { .notifier_call = module_goes };

/**
 * dumpflt_registry_init - see modules go whose filters are registered
 *
 * Context: module init.
 * Return: 0 or a negative errno.
 */
int dumpflt_registry_init(void)
{
	return register_module_notifier(&module_notifier);
}

/**
 * dumpflt_registry_exit - undo dumpflt_registry_init()
 *
 * Context: module exit; no filter is registered, as each pins the core.
 */
void dumpflt_registry_exit(void)
{
	unregister_module_notifier(&module_notifier);
}
