// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test module: what dumpflt_register_filter() must accept and refuse.
 *
 * Runs when it is loaded, leaves one line for each check in the kernel log,
 * "regtest: ok <n> - <text>" or "regtest: not ok ...", and refuses to be loaded
 * if any check fails.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/build_bug.h>
#include <linux/dumpflt.h>
#include <linux/stddef.h>

static unsigned int checks, failures;

static int no_init(const struct dumpflt_extension *ext,
		   struct dumpflt_init_data *init_data)
{
	return -ENODEV;
}

/* Gone when this module has been loaded */
static int __init early_init(const struct dumpflt_extension *ext,
			     struct dumpflt_init_data *init_data)
{
	return -ENODEV;
}

/* A good one, of which each check spoils one field */
static const struct dumpflt_filter good = {
	.name	= "regtest",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= no_init,
};

static void expect(const char *text, int expected, int result)
{
	checks++;
	if (result == expected) {
		pr_info("ok %u - %s\n", checks, text);
		return;
	}
	failures++;
	pr_err("not ok %u - %s: expected %d, got %d\n", checks, text,
	       expected, result);
}

/* Whatever is registered by mistake must be gone before its memory is */
static void try(const char *text, int expected,
		const struct dumpflt_filter *filter)
{
	int result = dumpflt_register_filter(filter);

	if (!result)
		dumpflt_unregister_filter(filter);
	expect(text, expected, result);
}

static void try_name(const char *text, int expected, const char *name)
{
	struct dumpflt_filter filter = good;

	filter.name = name;
	try(text, expected, &filter);
}

/* Names and values that authors of filters know from the original */
static_assert(DUMPFLT_TYPE_UNDEFINED == 0);
static_assert(DUMPFLT_TYPE_CRASH == 1);
static_assert(DUMPFLT_TYPE_HIBERNATION == 2);
static_assert(DUMPFLT_MAJOR_VERSION_1 == 1 && DUMPFLT_MAJOR_VERSION == 2);
static_assert(offsetof(struct dumpflt_ops, start) <
	      offsetof(struct dumpflt_ops, write));
static_assert(offsetof(struct dumpflt_ops, write) <
	      offsetof(struct dumpflt_ops, finish));
static_assert(offsetof(struct dumpflt_ops, finish) <
	      offsetof(struct dumpflt_ops, unload));

static void check_names(void)
{
	static_assert(DUMPFLT_NAME_MAX == 24);

	try_name("a name of letters, digits and _", 0, "reg_test_09az");
	try_name("a name of 1 character", 0, "r");
	try_name("a name of 23 characters", 0, "regtest_789012345678901");
	try_name("no name", -EINVAL, NULL);
	try_name("an empty name", -EINVAL, "");
	try_name("a name of 24 characters", -EINVAL,
		 "regtest_7890123456789012");
	try_name("a name with a capital", -EINVAL, "Regtest");
	try_name("a name with a hyphen", -EINVAL, "reg-test");
	try_name("a name with a slash", -EINVAL, "reg/test");
	try_name("a name with a dot", -EINVAL, "reg.test");
	try_name("a name with a space", -EINVAL, "reg test");
	try_name("a name with a newline", -EINVAL, "regtest\n");
	try_name("a name that is not ASCII", -EINVAL, "regt\xc3\xa9st");
}

/* A field exists for the core if its end is not beyond the declared size */
static void check_sizes(void)
{
	struct dumpflt_filter filter = good;

	filter.size = 0;
	try("size is 0", -EINVAL, &filter);
	filter.size = offsetofend(struct dumpflt_filter, init) - 1;
	try("size is too small for init", -EINVAL, &filter);

	filter = good;
	filter.ext_size = 0;
	try("ext_size is 0", -EINVAL, &filter);
	filter.ext_size = offsetofend(struct dumpflt_extension, data) - 1;
	try("ext_size is too small for data", -EINVAL, &filter);

	filter = good;
	filter.init_size = 0;
	try("init_size is 0", -EINVAL, &filter);
	filter.init_size = offsetofend(struct dumpflt_init_data, data) - 1;
	try("init_size is too small for data", -EINVAL, &filter);

	filter = good;
	filter.ops_size = 0;
	try("ops_size is 0", -EINVAL, &filter);
	filter.ops_size = offsetofend(struct dumpflt_ops, unload) - 1;
	try("ops_size is too small for unload", -EINVAL, &filter);
}

/* A later generation's are larger, but not without end: the core allocates them */
static void check_large_sizes(void)
{
	struct dumpflt_filter filter = good;

	filter.ext_size = DUMPFLT_STRUCT_SIZE_MAX;
	try("ext_size is as large as may be", 0, &filter);
	filter.ext_size++;
	try("ext_size is too large", -EINVAL, &filter);

	filter = good;
	filter.init_size = U32_MAX;
	try("init_size is too large", -EINVAL, &filter);

	filter = good;
	filter.ops_size = U32_MAX;
	try("ops_size is too large", -EINVAL, &filter);

	filter = good;
	filter.size = U32_MAX;
	try("size is too large", -EINVAL, &filter);
}

/* Not of this module, if it is loaded alone: the one that was loaded before it */
static struct module *__init another(void)
{
	return list_next_entry(THIS_MODULE, list);
}

static void __init check_members(void)
{
	struct dumpflt_filter filter = good;

	filter.init = NULL;
	try("no init", -EINVAL, &filter);
	filter.init = early_init;
	try("an init that is __init", -EINVAL, &filter);

	/* Could not be pinned, so its code could go away while it is in use */
	filter = good;
	filter.owner = NULL;
	try("no owner", -EINVAL, &filter);
	filter.owner = another();
	try("an owner that is another module", -EINVAL, &filter);
}

static void check_life(void)
{
	static const struct dumpflt_filter twin = {
		.name	= "regtest",
		.owner	= THIS_MODULE,
		DUMPFLT_FILTER_SIZES,
		.init	= no_init,
	};

	expect("register", 0, dumpflt_register_filter(&good));
	expect("register the same again", -EBUSY,
	       dumpflt_register_filter(&good));
	expect("register another one of the same name", -EBUSY,
	       dumpflt_register_filter(&twin));

	dumpflt_unregister_filter(&good);
	expect("the name is free after unregister", 0,
	       dumpflt_register_filter(&twin));
	dumpflt_unregister_filter(&twin);
	try("register and unregister once more", 0, &good);
}

static int __init regtest_init(void)
{
	check_names();
	check_sizes();
	check_large_sizes();
	check_members();
	check_life();

	pr_info("%u checks, %u failed\n", checks, failures);
	return failures ? -EINVAL : 0;
}
module_init(regtest_init);

/* Without it the module could not be unloaded */
static void __exit regtest_exit(void)
{
}
module_exit(regtest_exit);

MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Tests of the registration of dump filters");
MODULE_LICENSE("GPL");
DUMPFLT_IMPORT_NS;
