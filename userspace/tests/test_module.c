// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why a module is not loaded: what modules.dep, the errno and the log say.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kernel/module.h"
#include "lib/text.h"
#include "unit.h"

static char root[64];

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int make_tree(void **state)
{
	char path[128];

	(void)state;
	strcpy(root, "/tmp/dumpflt-module-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	setenv("DUMPFLT_MODULES", root, 1);
	setenv("DUMPFLT_SYSFS", root, 1);
	snprintf(path, sizeof(path), "%s/module", root);
	return mkdir(path, 0755);
}

static int remove_tree(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r '%s'", root);
	return system(command);
}

static void test_words(void **state)
{
	static const char log[] =
		"<4>[    1.0] dumpflt_age: Unknown symbol old_one (err -2)\n"
		"<4>[    2.0] dumpflt_age: Unknown symbol curve25519_generic (err -2)\n"
		"<4>[    3.0] other: Unknown symbol not_this_one (err -2)\n";
	static const struct {
		int		err;
		const char	*words;
	} cases[] = {
		{ ENOKEY, "signed with a key it trusts (Required key not available)" },
		{ EKEYREJECTED, "signed with a key it trusts (Key was rejected by service)" },
		{ EBADMSG, "signed with a key it trusts" },
		{ ENOENT, "needs the symbol curve25519_generic, and" },
		{ ENOEXEC, "was built for another kernel" },
		{ EPERM, "no modules may be loaded" },
		{ ENOMEM, "cannot be loaded: Cannot allocate memory" },
	};
	char words[MODULE_WORDS_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		module_words("dumpflt_age", cases[i].err, log, words);
		assert_int_equal(strncmp(words, "module dumpflt_age", 18), 0);
		assert_non_null(strstr(words, cases[i].words));
	}
	module_words("dumpflt_x", ENOENT, log, words);
	assert_non_null(strstr(words, "a symbol that is not there"));
	module_words("dumpflt_x", ENOENT, "dumpflt_x: Unknown symbol ", words);
	assert_non_null(strstr(words, "a symbol that is not there"));
}

static void test_files(void **state)
{
	char words[MODULE_WORDS_MAX], path[128];

	(void)state;
	assert_true(module_why("age", words));
	assert_non_null(strstr(words, "module dumpflt-age is not in "));
	write_file("modules.dep",
		   "dumpflt.ko:\nno line at all\n"
		   "extra/dumpflt-age.ko.xz: extra/dumpflt.ko lib/libcurve25519.ko\n");
	assert_true(module_why("trace", words));
	assert_non_null(strstr(words, "dumpflt-trace is not in "));
	assert_true(module_why("age", words));
	assert_non_null(strstr(words, "a module that it needs is not there: libcurve25519 ("));
	snprintf(path, sizeof(path), "%s/lib", root);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/extra", root);
	mkdir(path, 0755);
	write_file("lib/libcurve25519.ko", "");
	assert_true(module_why("age", words));
	assert_non_null(strstr(words, "a module that it needs is not there: dumpflt ("));
	write_file("extra/dumpflt.ko", "");
	assert_true(module_why("age", words));
	assert_non_null(strstr(words, "names module dumpflt_age, but it is not there"));
	write_file("extra/dumpflt-age.ko.xz", "");
	assert_false(module_why("age", words));
	snprintf(path, sizeof(path), "%s/module/dumpflt_trace", root);
	mkdir(path, 0755);
	assert_false(module_why("trace", words));
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_words),
	cmocka_unit_test(test_files),
};

int main(void)
{
	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
