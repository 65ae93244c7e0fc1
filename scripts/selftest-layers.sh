# SPDX-License-Identifier: GPL-2.0-or-later
# The broken trees for gate-layers; selftest-fixtures.sh has what they are made with.
# Copyright (C) 2026 the dumpflt authors
# shellcheck shell=bash
# shellcheck disable=SC2016 # whoever reads the fixture expands it

# floors <"floor | files | may know">...: the table, lowest floor first
floors()
{
	local row

	mkdir -p Documentation
	{
		printf '%s\n' '<!-- floors -->' '| floor | files | may know |' '|---|---|---|'
		for row; do
			printf '| %s |\n' "$row"
		done
		echo '<!-- end of floors -->'
	} >Documentation/overview.md
}

# the table of this tree
our_floors()
{
	mkdir -p Documentation
	cp "${here?}/../Documentation/overview.md" Documentation
}

# tool <source>...: a Makefile that makes an object of each, and says of what
tool()
{
	local name

	printf '%s\n' 'all:' '	mkdir -p build' >userspace/Makefile
	for name; do
		printf '	$(CC) -MMD -c -o build/%s.o $(CURDIR)/%s.c\n' "$name" "$name" >>userspace/Makefile
	done
}

bad_layers_symbol_up()
{
	floors 'low | `module/low/` |' 'high | `module/high/` | low'
	c_file module/low/a.c '#include <linux/module.h>' 'void bad_b(void);' 'static int __init bad_init(void)' \
		'{' '	bad_b();' '	return 0;' '}' 'module_init(bad_init);' 'MODULE_LICENSE("GPL");'
	c_file module/high/b.c '#include <linux/module.h>' 'void bad_b(void);' 'void bad_b(void)' '{' '}'
	printf '%s\n' 'obj-m += bad.o' 'bad-y := low/a.o high/b.o' >module/Kbuild
	echo 'obj-m += module/' >Kbuild
	echo 'module/low/a.c: low may not know high: uses bad_b of module/high/b.c'
}

bad_layers_symbol_circle()
{
	floors 'all | `userspace/` |'
	c_file userspace/a.c 'void b(void);' 'void a(void)' '{' '	b();' '}'
	c_file userspace/b.c 'void c(void);' 'void b(void)' '{' '	c();' '}'
	c_file userspace/c.c 'void a(void);' 'void c(void)' '{' '	a();' '}'
	c_file userspace/d.c 'void a(void);' 'void d(void)' '{' '	a();' '}'
	tool a b c d
	echo '3 objects call each other in a circle: userspace/a.c userspace/b.c userspace/c.c'
}

bad_layers_include_up()
{
	floors 'low | `userspace/low.*` |' 'high | `userspace/high.*` | low'
	c_file userspace/high.h
	c_file userspace/low.h ' #  include "high.h"'
	echo 'userspace/low.h:7: low may not know high: includes userspace/high.h'
}

# weakly, so that the object is linked without the one that has it, too
bad_layers_symbol_weak()
{
	floors 'low | `userspace/low.*` |' 'high | `userspace/high.*` | low'
	c_file userspace/high.c 'void up(void);' 'void up(void)' '{' '}'
	c_file userspace/low.c 'void up(void) __attribute__((weak));' 'void low(void);' 'void low(void)' '{' '	up();' '}'
	tool high low
	echo 'userspace/low.c: low may not know high: uses up of userspace/high.c'
}

bad_layers_include_without_blank()
{
	bad_layers_include_up >/dev/null
	c_file userspace/low.h '#include"high.h"'
	echo 'userspace/low.h:7: an include that is not written as'
}

bad_layers_include_behind_comment()
{
	bad_layers_include_up >/dev/null
	c_file userspace/low.h '/* up */ #include "high.h"'
	echo 'userspace/low.h:7: an include that is not written as'
}

bad_layers_import()
{
	bad_layers_include_up >/dev/null
	c_file userspace/low.h '#import "high.h"'
	echo 'userspace/low.h:7: an include that is not written as'
}

bad_layers_include_of_another_suffix()
{
	floors 'all | `userspace/` |'
	c_file userspace/a.inc
	c_file userspace/a.h '#include "a.inc"'
	echo 'userspace/a.h:7: includes userspace/a.inc, which is no .c or .h file'
}

bad_layers_include_circle()
{
	floors 'all | `userspace/` |'
	c_file userspace/a.h '#include "b.h"'
	c_file userspace/b.h '#include "a.h"'
	echo '2 headers include each other in a circle: userspace/a.h userspace/b.h'
}

bad_layers_include_lost()
{
	floors 'all | `userspace/` |'
	c_file userspace/a.h '#include "gone.h"'
	echo 'userspace/a.h:7: gone.h is not in the tree'
}

bad_layers_two_of_a_kind()
{
	floors 'part | `module/filters/*/` |'
	c_file module/filters/a/a.h
	c_file module/filters/b/b.c '#include "../a/a.h"'
	echo 'module/filters/b/b.c:7: part may not know part: includes module/filters/a/a.h'
}

bad_layers_unknown_floor()
{
	floors 'low | `userspace/low.*` | high' 'high | `userspace/high.*` | low'
	c_file userspace/low.h
	c_file userspace/high.h
	echo 'floor low: may know high, which is no floor below it'
}

bad_layers_no_floor()
{
	floors 'low | `userspace/low.*` |'
	c_file userspace/low.h
	c_file userspace/sub/low.h
	echo 'userspace/sub/low.h: stands on no floor'
}

bad_layers_no_file()
{
	floors 'low | `userspace/low.*` `userspace/gone.*` |'
	c_file userspace/low.h
	echo 'floor low: no file matches userspace/gone.*'
}

bad_layers_no_table()
{
	floors
	c_file userspace/a.h
	echo 'Documentation/overview.md: no table of floors'
}

bad_layers_not_built()
{
	floors 'all | `userspace/` |'
	c_file userspace/a.c
	c_file userspace/b.c
	tool a
	echo 'userspace/b.c: no object of it was built'
}

bad_layers_no_build()
{
	floors 'all | `userspace/` |'
	c_file userspace/a.c 'syntax error'
	tool a
	echo 'tool: the build failed'
}

# What the table of this tree must never allow

bad_layers_filter_core()
{
	our_floors
	c_file module/core/base/error.h
	c_file module/filters/a/a.c '#include <linux/dumpflt.h>' '#include "../../core/base/error.h"'
	echo 'module/filters/a/a.c:8: filters may not know base: includes module/core/base/error.h'
}

bad_layers_filter_uapi()
{
	our_floors
	c_file uapi/linux/dumpflt.h
	c_file module/filters/a/a.c '#include <uapi/linux/dumpflt.h>'
	echo 'module/filters/a/a.c:7: filters may not know uapi: includes uapi/linux/dumpflt.h'
}

bad_layers_core_filter()
{
	our_floors
	c_file module/filters/a/a.h
	c_file module/core/stack.c '#include <linux/slab.h>' '#include "../filters/a/a.h"'
	echo 'module/core/stack.c:8: stack may not know filters: includes module/filters/a/a.h'
}

bad_layers_contract_core()
{
	our_floors
	c_file module/core/base/error.h
	c_file module/include/linux/dumpflt.h '#include "../../core/base/error.h"'
	echo 'module/include/linux/dumpflt.h:7: contract may not know base: includes module/core/base/error.h'
}

bad_layers_format_core()
{
	our_floors
	c_file module/core/base/error.h
	c_file module/format/header.c '#include "../core/base/error.h"'
	echo 'module/format/header.c:7: format may not know base: includes module/core/base/error.h'
}

bad_layers_tool_contract()
{
	our_floors
	c_file module/include/linux/dumpflt.h
	c_file userspace/cmd/a.c '#include <stdio.h>' '#include <linux/dumpflt.h>'
	echo 'userspace/cmd/a.c:8: cmd may not know contract: includes module/include/linux/dumpflt.h'
}
