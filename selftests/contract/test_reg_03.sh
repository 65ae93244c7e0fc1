#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_reg_03.sh: why a filter's module is not loaded, in words that name what is
# missing (C13).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

modules=/lib/modules/$(uname -r)
kept=$TEST_TMP/modules.dep

# with <filter> [module that it needs]: as depmod would have it
with() {
	cp "$kept" "$modules/modules.dep" && echo "extra/dumpflt-$1.ko:${2:+ extra/$2.ko}" >>"$modules/modules.dep"
}

refused() {
	_fails "$2" "$TOOL" create s0 --target "$disk" --filter "$1" && [ ! -e "$DUMPFLT_CONFIG/s0" ]
}

absent() {
	cp "$modules/modules.dep" "$kept" &&
		refused nosuch "filter 'nosuch': module dumpflt-nosuch is not in .*modules.dep: install it, and run depmod"
}

needs_module() {
	with needy libnosuch && refused needy 'a module that it needs is not there: libnosuch'
}

damaged() {
	echo 'this is no module' >"$modules/extra/dumpflt-broken.ko" && with broken &&
		refused broken 'module dumpflt_broken was built for another kernel, or is damaged'
}

# A module is the same with the name of a symbol that nobody has
needs_symbol() {
	sed 's/dumpflt_register_filter/dumpflt_register_nobody/g' "$modules/extra/dumpflt-template.ko" \
		>"$modules/extra/dumpflt-lonely.ko" && with lonely &&
		refused lonely 'module dumpflt_lonely needs (the|a) symbol'
}

restored() {
	rm -f "$modules/extra/dumpflt-broken.ko" "$modules/extra/dumpflt-lonely.ko" && cp "$kept" "$modules/modules.dep" &&
		"$TOOL" create s0 --target "$disk" --filter template,key=1 && "$TOOL" destroy s0
}

_test_begin 5
_load
disk=$(_null_blk size=4)
ktap_test_result "a module that is not installed" absent
ktap_test_result "a module that another one needs is not there" needs_module
ktap_test_result "a file that is no module" damaged
ktap_test_result "a symbol that nobody has" needs_symbol
ktap_test_result "with all modules in their places the filter is there" restored
_test_end
