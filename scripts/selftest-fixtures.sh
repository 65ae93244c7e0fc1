# SPDX-License-Identifier: GPL-2.0-or-later
# The broken trees that selftest-gates feeds to the gates.
# Copyright (C) 2026 the dumpflt authors
# shellcheck shell=bash
# shellcheck disable=SC2016 # whoever reads the fixture expands it

notice='Copyright (C) 2026 the dumpflt authors'
spdx='SPDX-License-Identifier:'

# c_file <path> <line>...: a C file with a proper head
c_file()
{
	local path=$1
	shift

	mkdir -p "$(dirname "$path")"
	{
		printf '// %s GPL-2.0-only\n/*\n * A fixture.\n *\n * %s\n */\n' "$spdx" "$notice"
		printf '%s\n' "$@"
	} >"$path"
}

# a module of one file that kbuild can build, with these lines in it
module()
{
	c_file bad.c '#include <linux/module.h>' '' "$@" '' \
		'MODULE_LICENSE("GPL");' 'MODULE_DESCRIPTION("fixture");'
	echo 'obj-m += bad.o' >Kbuild
}

# a git tree with one commit of this subject
commit()
{
	git init -q -b side .
	git -c user.name=fixture -c user.email=fixture@localhost commit -q --allow-empty -m "$1"
}

bad_length_c()
{
	c_file a.c
	yes '/* more */' | head -n 494 >>a.c
	echo 'a.c: 501 lines, 500 at most'
}

bad_length_script()
{
	printf '#!/bin/sh\n' >run
	yes : | head -n 500 >>run
	echo 'run: 501 lines, 500 at most'
}

bad_spdx_none()
{
	echo "text, $notice" >README.md
	echo "README.md: licence tag in the first line is '', should be 'GPL-2.0-or-later'"
}

bad_spdx_place()
{
	c_file userspace/a.c
	echo "userspace/a.c: licence tag in the first line is 'GPL-2.0-only'"
}

bad_spdx_shared()
{
	c_file module/format/a.c
	echo "module/format/a.c: licence tag in the first line is 'GPL-2.0-only', should be 'GPL-2.0-only OR GPL-2.0-or-later'"
}

bad_spdx_line()
{
	printf '#!/bin/sh\n# A script.\n# %s GPL-2.0-or-later\n# %s\n' "$spdx" "$notice" >a.sh
	echo "a.sh: licence tag in the first line is ''"
}

bad_spdx_notice()
{
	echo "/* $spdx GPL-2.0 WITH Linux-syscall-note */" >a.h
	mkdir uapi
	mv a.h uapi
	echo "uapi/a.h: no line 'Copyright (C) <year> the dumpflt authors'"
}

bad_words_path()
{
	printf 'first\nsee %s/notes\n' /"work" >notes.md
	echo "notes.md:2:"
}

bad_words_scratch()
{
	printf 'cd "%s/w"\n' /tmp >run.sh
	echo "run.sh:1:"
}

bad_deps_pure()
{
	c_file module/filters/a/a.c '#include <linux/module.h>' '#include <linux/dumpflt.h>'
	c_file module/filters/age/bech32.c '#include <linux/slab.h>'
	echo 'module/filters/age/bech32.c:7: may not include linux/slab.h'
}

bad_deps_system()
{
	c_file module/core/a.c '#include <linux/slab.h>' ' #  include <stdio.h>'
	echo 'module/core/a.c:8: may not include stdio.h'
}

bad_deps_version()
{
	c_file module/core/a.c '#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)' '#endif'
	echo 'module/core/a.c:7: kernel versions are known in module/compat only'
}

bad_deps_kallsyms()
{
	c_file module/compat/a.c 'void *p = (void *)kallsyms_lookup_name("secret");'
	echo 'module/compat/a.c:7: look-ups of symbols that are not exported'
}

bad_deps_by_name()
{
	c_file userspace/lib/a.c 'void *p = dlsym(0, "area_open");'
	echo 'userspace/lib/a.c:7: a symbol that is looked up by its name'
}

bad_deps_makefile()
{
	c_file module/core/a.c
	echo 'CFLAGS_a.o := -include module/core/session.h' >Kbuild
	echo 'Kbuild:1: a header that no line of the source names'
}

bad_commits_long()
{
	commit 'core: write a subject that goes on and on until it is too long'
	echo 'subject has 62 columns, at most 60'
}

bad_commits_shape()
{
	commit 'Write a subject'
	echo "subject is not 'area: imperative': Write a subject"
}

bad_commits_mood()
{
	commit 'core: adds a file'
	echo "'adds' is not an imperative"
}

bad_commits_noun()
{
	commit 'core: the registry'
	echo "'the' is not an imperative"
}

bad_commits_no_git()
{
	echo 'not a git repository'
}

bad_shellcheck_by_line()
{
	printf '#!/bin/sh\nfor i in $*; do echo $i; done\n' >tool
	echo 'tool:2:'
}

bad_shellcheck_by_name()
{
	printf '#!/bin/bash\n[ $1 = a ] && echo "$2"\n' >tool.sh
	echo 'tool.sh:2:'
}

bad_shellcheck_by_directive()
{
	printf '# A completion.\n# shellcheck shell=bash\n_a() { cd $1; }\n' >completion
	echo 'completion:3:'
}

bad_codespell_text()
{
	printf 'it has been %s\n' "re""cieved" >notes.md
	echo 'notes.md:1:'
}

bad_mutants_fit()
{
	mkdir -p selftests/mutants
	c_file module/core/a.c 'int a;'
	printf '%s\n' 'Tests: ' '' '--- a/module/core/a.c' '+++ b/module/core/a.c' '@@ -7 +7 @@' '-int b;' '+int c;' \
		>selftests/mutants/b.patch
	echo 'selftests/mutants/b.patch: does not fit'
}

bad_mutants_test()
{
	mkdir -p selftests/mutants
	c_file module/core/a.c 'int a;'
	printf '%s\n' 'Tests: test_a_01.sh' '' '--- a/module/core/a.c' '+++ b/module/core/a.c' '@@ -7 +7 @@' '-int a;' '+int c;' \
		>selftests/mutants/a.patch
	echo "selftests/mutants/a.patch: no test 'test_a_01.sh'"
}

bad_docs_link()
{
	echo 'see [the rest](rest.md#part) and [elsewhere](https://localhost/)' >notes.md
	echo 'notes.md: link to rest.md, which is not there'
}

bad_docs_reference()
{
	mkdir Documentation
	c_file module/include/linux/dumpflt.h '/**' ' * f() - do it' ' */' 'void f(void);'
	echo 'as it was' >Documentation/contract-reference.md
	echo 'Documentation/contract-reference.md: '
}

bad_docs_page_test()
{
	mkdir -p Documentation selftests/contract
	printf '#!/bin/sh\n_filter_add s0 10-copied\n' >selftests/contract/test_copied_01.sh
	printf '```sh\n#!/bin/sh\n_filter_add s0 10-mine key=1\n```\n' >Documentation/writing-a-filter.md
	echo 'selftests/contract/test_copied_01.sh: not the test of Documentation/writing-a-filter.md'
}

bad_docs_attribute()
{
	mkdir Documentation
	c_file module/core/configfs.c 'CONFIGFS_ATTR(stack_, secret);'
	echo 'nothing here' >Documentation/ABI.md
	echo 'nothing about /sys/kernel/config/dumpflt/<stack>/secret'
}

bad_docs_message()
{
	mkdir Documentation
	c_file module/core/a.c 'pr_err("a stack is live");'
	printf '### `a stack is live`\n### `a stack is dead`\n' >Documentation/errors.md
	echo "no source says 'a stack is dead'"
}

bad_docs_undocumented()
{
	mkdir Documentation
	c_file userspace/a.c 'report_failure("opening", path,' '	       "the house of %s "' '	       "is on fire", name);'
	printf '### `opening failed on the house: the house of <name> burns`\n' >Documentation/errors.md
	echo "userspace/a.c:7: Documentation/errors.md does not have 'is on fire'"
}

bad_docs_citation()
{
	mkdir Documentation selftests
	printf '| id | requirement | tests |\n|---|---|---|\n| C1 | order | test_gone.sh |\n' \
		>Documentation/requirements.md
	echo 'Documentation/requirements.md: stale'
}

bad_docs_untested()
{
	mkdir Documentation selftests
	printf '| id | requirement | tests |\n|---|---|---|\n| C1 | order | - |\n' \
		>Documentation/requirements.md
	echo 'without a test: C1'
}

bad_docs_no_such_rule()
{
	mkdir -p Documentation selftests/io
	printf '| id | requirement | tests |\n|---|---|---|\n| C1 | order | a |\n' \
		>Documentation/requirements.md
	printf '#!/bin/sh\n# a: C1 and D7\n' >selftests/io/test_a.sh
	echo 'no such rule: D7, cited by test_a.sh'
}

bad_man_macro()
{
	printf '.TH a 8 2026-01-01 b c\n.SH NAME\na \\- b\n.NOSUCH\n' >a.8
	echo 'skipping unknown macro: .NOSUCH'
}

bad_man_title()
{
	printf '.SH NAME\na \\- b\n' >a.8
	echo 'a.8: no title line'
}

bad_man_examples()
{
	printf '.TH a 8 2026-01-01 b c\n.SH NAME\na \\- b\n' >a.8
	echo 'a.8: no section EXAMPLES'
}

bad_man_page()
{
	mkdir -p userspace/cmd userspace/man
	c_file userspace/cmd/main.c '	{ "show",	cmd_show,	"show" },' '	{ "hide",	cmd_hide,	"hide" },'
	printf '.Dd May 1, 2026\n.Dt DUMPFLT-SHOW 8\n.Os\n.Sh NAME\n.Nm dumpflt-show\n.Nd show\n' >userspace/man/dumpflt-show.8
	echo "the subcommand 'hide' has no page"
}

bad_checkpatch_style()
{
	c_file module/core/a.c '' 'int f(int a)' '{' '	if(a) {' '		return 1;' '	}' \
		'	return 0;' '}'
	echo 'module/core/a.c:10: ERROR:SPACING'
}

bad_checkpatch_strict()
{
	c_file userspace/a.c '' 'int f(int *a)' '{' '	return a == NULL;' '}'
	echo 'userspace/a.c:10: CHECK:COMPARISON_TO_NULL'
}

bad_w1_unused()
{
	# W=1 only: a plain build does not mind a variable that is set and never read
	module 'int bad_f(int a);' 'int bad_f(int a)' '{' '	int unused;' '' '	unused = a;' \
		'	return a;' '}'
	echo "'unused' set but not used"
}

bad_w1_modpost()
{
	module 'int missing(void);' 'static int __init bad_init(void)' '{' '	return missing();' \
		'}' 'module_init(bad_init);'
	echo '"missing" ['
}

bad_sparse_endian()
{
	module 'static int __init bad_init(void)' '{' '	__le32 wire = 1;' '' \
		'	return (int)(__force u32)wire - 1;' '}' 'module_init(bad_init);'
	echo 'bad.c:11:23: warning: incorrect type in initializer'
}

bad_symbols_prefix()
{
	module 'int helper(void);' 'int helper(void)' '{' '	return 0;' '}'
	echo 'bad.ko: global symbol helper has no prefix dumpflt_'
}

bad_userspace_warning()
{
	# like a Makefile that takes CC and CFLAGS from outside, and has a test
	c_file userspace/dumpflt.c 'static int never;' 'int main(void)' '{' '	return 0;' '}'
	printf 'dumpflt: dumpflt.c\n\t$(CC) $(CFLAGS) -o $@ $<\ncheck:\n\t@echo ok 1\n' \
		>userspace/Makefile
	echo "'never' defined but not used"
}

bad_userspace_test()
{
	c_file userspace/dumpflt.c 'int main(void)' '{' '	return 0;' '}'
	printf 'dumpflt: dumpflt.c\n\t$(CC) $(CFLAGS) -o $@ $<\ncheck:\n\t@echo not ok 1; false\n' \
		>userspace/Makefile
	echo 'make -C userspace check failed'
}

bad_install_leftover()
{
	printf 'all:\ninstall:\n\tmkdir -p $(DESTDIR)/usr/left\nuninstall:\n' >Makefile
	echo 'uninstall: not the inverse of install'
}

bad_install_greedy()
{
	printf 'all install:\nuninstall:\n\trmdir $(DESTDIR)/usr/share/man/man8\n' >Makefile
	echo 'uninstall: not the inverse of install'
}

bad_install_nothing()
{
	printf 'all install uninstall:\n' >Makefile
	echo 'install: nothing installed at lib/modules/'
}

# as if somebody had raised the version in one place only
bad_install_version()
{
	mkdir -p module/filters
	printf '#define DUMPFLT_VERSION\t"9.9.9"\n' >module/version.h
	{
		printf 'all uninstall:\ninstall:\n\tmkdir -p $(DESTDIR)/usr/sbin $(DESTDIR)/usr/share/man/man8\n'
		printf '\techo .Os dumpflt 9.9.8 >$(DESTDIR)/usr/share/man/man8/dumpflt.8\n'
		printf '\tprintf "#!/bin/sh\\necho dumpflt 9.9.8\\n" >$(DESTDIR)/usr/sbin/dumpflt\n'
		printf '\tchmod 755 $(DESTDIR)/usr/sbin/dumpflt\n'
	} >Makefile
	echo 'install: usr/share/man/man8/dumpflt.8 does not say version 9.9.9'
}

bad_install_no_depmod()
{
	mkdir -p module/filters
	printf '#define DUMPFLT_VERSION\t"9.9.9"\n' >module/version.h
	{
		printf 'all uninstall:\ninstall:\n\tmkdir -p $(DESTDIR)/lib/modules/1/extra/dumpflt\n'
		printf '\ttouch $(DESTDIR)/lib/modules/1/extra/dumpflt/dumpflt.ko\n'
		printf '\ttouch $(DESTDIR)/lib/modules/1/extra/dumpflt/dumpflt-age.ko\n'
	} >Makefile
	echo 'install: without DESTDIR, depmod does not know the modules'
}

bad_clean_tree_untracked()
{
	printf 'all:\n\ttouch made\nclean:\n\trm -f made\n' >Makefile
	echo 'made: git shows it after a build'
}

bad_clean_tree_not_cleaned()
{
	printf 'all:\n\ttouch made.o\nclean:\n' >Makefile
	echo '*.o' >.gitignore
	echo 'made.o: left by make clean'
}

bad_coccinelle_leak()
{
	c_file module/core/a.c '' 'static void f(void *a)' '{' '	if (a)' '		kfree(a);' '}'
	echo 'module/core/a.c:11:2-7: WARNING: NULL check before some freeing functions is not needed.'
}

bad_coccinelle_unread()
{
	c_file module/core/a.c '' 'static void f(void)' '{' '	int a = ;' '}'
	echo 'module/core/a.c:10: coccinelle cannot read this'
}

# built <line>...: a tool of one file, and a Makefile that takes CC and CFLAGS from outside
built()
{
	c_file userspace/dumpflt.c "$@"
	printf 'dumpflt: dumpflt.c\n\t$(CC) $(CFLAGS) -c -o $@.o $<\n' >userspace/Makefile
}

bad_fanalyzer_free()
{
	built '#include <stdlib.h>' '' 'void f(int *a);' 'void f(int *a)' '{' '	free(a);' \
		'	free(a);' '}'
	echo 'dumpflt.c:13:9: warning: double-'
}

bad_tidy_analyzer()
{
	built 'int f(int a);' 'int f(int a)' '{' '	int b;' '' '	if (a)' '		b = 1;' \
		'	return b;' '}'
	echo 'Undefined or garbage value returned to caller [clang-analyzer-core'
}

bad_tidy_unused()
{
	built '#include <unistd.h>' '' 'void f(int fd);' 'void f(int fd)' '{' '	fsync(fd);' '}'
	echo 'should be used [bugprone-unused-return-value]'
}
