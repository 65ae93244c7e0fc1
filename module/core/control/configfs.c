// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/config/dumpflt/ and the attributes of a stack.
 *
 * Two phases: while a stack is not live its attributes can be written, while
 * it is live they answer EBUSY. A value is understood completely before
 * anything is changed.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/configfs.h>
#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "base/options.h"
#include "control/control.h"
#include "session.h"
#include "stack.h"

static struct dumpflt_stack *to_stack(struct config_item *item)
{
	return container_of(to_config_group(item), struct dumpflt_stack, group);
}

/* A value without the newline that echo adds, or an ERR_PTR; to be kfree'd */
static char *copy_value(const char *page, size_t count)
{
	if (count && page[count - 1] == '\n')
		count--;
	if (!count || memchr(page, '\n', count) || memchr(page, '\0', count))
		return ERR_PTR(-EINVAL);
	return kmemdup_nul(page, count, GFP_KERNEL);
}

static ssize_t stack_target_show(struct config_item *item, char *page)
{
	struct dumpflt_stack *stack = to_stack(item);
	ssize_t len;

	mutex_lock(&stack->text_lock);
	len = stack->path ? sysfs_emit(page, "%s\n", stack->path) : 0;
	mutex_unlock(&stack->text_lock);
	return len;
}

static ssize_t stack_target_store(struct config_item *item, const char *page,
				  size_t count)
{
	struct dumpflt_stack *stack = to_stack(item);
	char *path = copy_value(page, count);
	int ret;

	if (IS_ERR_OR_NULL(path))
		return path ? PTR_ERR(path) : -ENOMEM;
	/* sysfs and logs show it in one line, and a page must hold it */
	if (strlen(path) >= PATH_MAX - 1 || path[0] != '/') {
		kfree(path);
		return -EINVAL;
	}
	ret = dumpflt_configure_begin(stack);
	if (!ret) {
		mutex_lock(&stack->text_lock);
		swap(stack->path, path);
		mutex_unlock(&stack->text_lock);
		dumpflt_configure_end(stack);
	}
	kfree(path);
	return ret ?: count;
}

static ssize_t stack_type_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s\n",
			  dumpflt_type_word(READ_ONCE(to_stack(item)->type)));
}

static ssize_t stack_type_store(struct config_item *item, const char *page,
				size_t count)
{
	struct dumpflt_stack *stack = to_stack(item);
	enum dumpflt_type type;
	int ret;

	if (sysfs_streq(page, DUMPFLT_TYPE_WORD_CRASH))
		type = DUMPFLT_TYPE_CRASH;
	else if (sysfs_streq(page, DUMPFLT_TYPE_WORD_HIBERNATION))
		type = DUMPFLT_TYPE_HIBERNATION;
	else
		return -EINVAL;

	ret = dumpflt_configure_begin(stack);
	if (ret)
		return ret;
	stack->type = type;
	dumpflt_configure_end(stack);
	return count;
}

static ssize_t store_u32(struct dumpflt_stack *stack, u32 *field,
			 const char *page, size_t count, u32 min, u32 max)
{
	u64 value;
	int ret;

	ret = dumpflt_parse_u64(page, &value);
	if (ret)
		return ret;
	if (value < min || value > max)
		return -ERANGE;

	ret = dumpflt_configure_begin(stack);
	if (ret)
		return ret;
	*field = value;
	dumpflt_configure_end(stack);
	return count;
}

static ssize_t stack_max_pages_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%u\n", READ_ONCE(to_stack(item)->max_pages));
}

static ssize_t stack_max_pages_store(struct config_item *item,
				     const char *page, size_t count)
{
	struct dumpflt_stack *stack = to_stack(item);

	return store_u32(stack, &stack->max_pages, page, count, 1,
			 DUMPFLT_MAX_PAGES_LIMIT);
}

static ssize_t stack_timeout_ms_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%u\n", READ_ONCE(to_stack(item)->timeout_ms));
}

static ssize_t stack_timeout_ms_store(struct config_item *item,
				      const char *page, size_t count)
{
	struct dumpflt_stack *stack = to_stack(item);

	return store_u32(stack, &stack->timeout_ms, page, count,
			 DUMPFLT_TIMEOUT_MS_MIN, DUMPFLT_TIMEOUT_MS_MAX);
}

static ssize_t stack_check_source_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n",
			  READ_ONCE(to_stack(item)->check_source));
}

static ssize_t stack_check_source_store(struct config_item *item,
					const char *page, size_t count)
{
	struct dumpflt_stack *stack = to_stack(item);

	return dumpflt_store_bool(stack, &stack->check_source, page, count);
}

static ssize_t stack_area_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", READ_ONCE(to_stack(item)->use_area));
}

static ssize_t stack_area_store(struct config_item *item, const char *page,
				size_t count)
{
	struct dumpflt_stack *stack = to_stack(item);

	return dumpflt_store_bool(stack, &stack->use_area, page, count);
}

static ssize_t stack_require_flush_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n",
			  READ_ONCE(to_stack(item)->require_flush));
}

static ssize_t stack_require_flush_store(struct config_item *item,
					 const char *page, size_t count)
{
	struct dumpflt_stack *stack = to_stack(item);

	return dumpflt_store_bool(stack, &stack->require_flush, page, count);
}

static ssize_t stack_auto_live_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", READ_ONCE(to_stack(item)->auto_live));
}

static ssize_t stack_auto_live_store(struct config_item *item,
				     const char *page, size_t count)
{
	struct dumpflt_stack *stack = to_stack(item);

	return dumpflt_store_bool(stack, &stack->auto_live, page, count);
}

static ssize_t stack_live_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", READ_ONCE(to_stack(item)->state) !=
					DUMPFLT_CONFIGURED);
}

static ssize_t stack_live_store(struct config_item *item, const char *page,
				size_t count)
{
	struct dumpflt_stack *stack = to_stack(item);
	bool live;
	int ret;

	if (dumpflt_parse_bool(page, &live))
		return -EINVAL;
	ret = live ? dumpflt_live_begin(stack) : dumpflt_live_end(stack);
	return ret ?: count;
}

static ssize_t stack_session_show(struct config_item *item, char *page)
{
	enum dumpflt_state state = READ_ONCE(to_stack(item)->state);

	return sysfs_emit(page, "%s\n",
			  state == DUMPFLT_STARTED ? DUMPFLT_SESSION_START :
			  state == DUMPFLT_READING ? DUMPFLT_SESSION_READ :
						     "none");
}

/* Of an abort: they have to fit into a receipt with what is said around them */
#define ABORT_WORDS	160

/* "finish" alone, or with the exact bytes of the dump; %false if neither */
static bool parse_finish(const char *page, u64 *length)
{
	const size_t len = strlen(DUMPFLT_SESSION_FINISH);

	*length = DUMPFLT_ALL_WRITTEN;
	if (sysfs_streq(page, DUMPFLT_SESSION_FINISH))
		return true;
	return !strncmp(page, DUMPFLT_SESSION_FINISH " ", len + 1) &&
	       isdigit(page[len + 1]) &&
	       !kstrtou64(page + len + 1, 10, length) &&
	       *length != DUMPFLT_ALL_WRITTEN;
}

/* "read" alone, or with the slot of a dump area; %false if neither */
static bool parse_read(const char *page, u32 *slot)
{
	const size_t len = strlen(DUMPFLT_SESSION_READ);

	*slot = DUMPFLT_NO_SLOT;
	if (sysfs_streq(page, DUMPFLT_SESSION_READ))
		return true;
	return !strncmp(page, DUMPFLT_SESSION_READ " ", len + 1) &&
	       isdigit(page[len + 1]) && !kstrtou32(page + len + 1, 10, slot) &&
	       *slot != DUMPFLT_NO_SLOT;
}

/*
 * "abort" alone, or with words that say why. They go to the receipt and to the
 * log, in one line.
 */
static bool parse_abort(const char *page, char words[ABORT_WORDS])
{
	const size_t len = strlen(DUMPFLT_SESSION_ABORT);

	words[0] = '\0';
	if (sysfs_streq(page, DUMPFLT_SESSION_ABORT))
		return true;
	if (strncmp(page, DUMPFLT_SESSION_ABORT " ", len + 1))
		return false;
	strscpy(words, page + len + 1, ABORT_WORDS);
	strim(words);
	dumpflt_one_line(words);
	return words[0];
}

static ssize_t stack_session_store(struct config_item *item, const char *page,
				   size_t count)
{
	struct dumpflt_stack *stack = to_stack(item);
	char words[ABORT_WORDS];
	u64 length;
	u32 slot;
	int ret;

	if (mutex_lock_interruptible(&stack->lock))
		return -EINTR;
	if (sysfs_streq(page, DUMPFLT_SESSION_START)) {
		ret = dumpflt_session_start(stack, false, DUMPFLT_NO_SLOT);
	} else if (parse_read(page, &slot)) {
		ret = dumpflt_session_start(stack, true, slot);
	} else if (parse_finish(page, &length)) {
		ret = dumpflt_session_end(stack, DUMPFLT_END_FINISH, length);
	} else if (parse_abort(page, words)) {
		ret = dumpflt_session_is_open(stack) ? 0 : -EINVAL;
		/* an error that came before says more, and stays */
		if (!ret && words[0])
			dumpflt_fail(stack, NULL, -ECANCELED,
				     "aborted by its writer: %s", words);
		/* that it fails is what was asked for */
		if (!ret)
			dumpflt_session_end(stack, DUMPFLT_END_ABORT,
					    DUMPFLT_ALL_WRITTEN);
	} else {
		ret = -EINVAL;
	}
	mutex_unlock(&stack->lock);
	return ret ?: count;
}

static ssize_t stack_state_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s\n",
			  dumpflt_state_word(READ_ONCE(to_stack(item)->state)));
}

static ssize_t stack_device_show(struct config_item *item, char *page)
{
	struct dumpflt_stack *stack = to_stack(item);

	if (READ_ONCE(stack->state) == DUMPFLT_CONFIGURED)
		return 0;
	return sysfs_emit(page, DUMPFLT_DISK_PREFIX "%d\n",
			  READ_ONCE(stack->disk_number));
}

static ssize_t stack_last_error_show(struct config_item *item, char *page)
{
	char text[DUMPFLT_ERROR_TEXT];

	dumpflt_error_get(&to_stack(item)->error, text, sizeof(text));
	return text[0] ? sysfs_emit(page, "%s\n", text) : 0;
}

CONFIGFS_ATTR(stack_, target);
CONFIGFS_ATTR(stack_, type);
CONFIGFS_ATTR(stack_, max_pages);
CONFIGFS_ATTR(stack_, timeout_ms);
CONFIGFS_ATTR(stack_, check_source);
CONFIGFS_ATTR(stack_, area);
CONFIGFS_ATTR(stack_, require_flush);
CONFIGFS_ATTR(stack_, live);
CONFIGFS_ATTR(stack_, session);
CONFIGFS_ATTR_RO(stack_, state);
CONFIGFS_ATTR_RO(stack_, device);
CONFIGFS_ATTR_RO(stack_, last_error);

/* In newer headers the bare word "auto" is a macro, so CONFIGFS_ATTR() cannot name it */
static struct configfs_attribute stack_attr_auto_live = {
	.ca_name = "auto",
	.ca_mode = 0644,
	.ca_owner = THIS_MODULE,
	.show = stack_auto_live_show,
	.store = stack_auto_live_store,
};

static struct configfs_attribute *stack_attrs[] = {
	&stack_attr_target,
	&stack_attr_type,
	&stack_attr_max_pages,
	&stack_attr_timeout_ms,
	&stack_attr_check_source,
	&stack_attr_area,
	&stack_attr_require_flush,
	&stack_attr_auto_live,
	&stack_attr_live,
	&stack_attr_session,
	&stack_attr_state,
	&stack_attr_device,
	&stack_attr_last_error,
	NULL
};

static void stack_release(struct config_item *item)
{
	struct dumpflt_stack *stack = to_stack(item);

	dumpflt_stack_exit(stack);
	kfree(stack);
}

static struct configfs_item_operations stack_item_ops = {
	.release = stack_release,
};

static struct configfs_group_operations stack_group_ops = {
	.make_item = dumpflt_entry_make,
	.drop_item = dumpflt_entry_drop,
};

static const struct config_item_type stack_type = {
	.ct_item_ops = &stack_item_ops,
	.ct_group_ops = &stack_group_ops,
	.ct_attrs = stack_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_group *make_stack(struct config_group *group,
				       const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
	struct dumpflt_stack *stack;

	if (!len || name[len] || len >= DUMPFLT_STACK_NAME_MAX)
		return ERR_PTR(-EINVAL);
	stack = kzalloc(sizeof(*stack), GFP_KERNEL);
	if (!stack)
		return ERR_PTR(-ENOMEM);
	dumpflt_stack_init(stack, name);
	config_group_init_type_name(&stack->group, name, &stack_type);
	return &stack->group;
}

static ssize_t root_features_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "crash\nhibernation\nplain\narea\n"
			  "read-back\nread-area\nconcurrent\ncheck-source\nauto\n");
}

static ssize_t root_version_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d.%d\n", DUMPFLT_MAJOR_VERSION,
			  DUMPFLT_MINOR_VERSION);
}

CONFIGFS_ATTR_RO(root_, features);
CONFIGFS_ATTR_RO(root_, version);

static struct configfs_attribute *root_attrs[] = {
	&root_attr_features,
	&root_attr_version,
	NULL
};

static struct configfs_group_operations root_group_ops = {
	.make_group = make_stack,
};

static const struct config_item_type root_type = {
	.ct_group_ops = &root_group_ops,
	.ct_attrs = root_attrs,
	.ct_owner = THIS_MODULE,
};

struct configfs_subsystem dumpflt_subsys = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = DUMPFLT_CONFIGFS_DIR,
			.ci_type = &root_type,
		},
	},
};
