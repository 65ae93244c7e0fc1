#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_reg_02.sh: how filters are loaded, pinned and missed (C1, C2, C11, C13,
# C59).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"

loaded() {
	grep -q "^$1 " /proc/modules
}

users() {
	sed -n "s/^$1 [0-9]* \([0-9]*\) .*/\1/p" /proc/modules
}

not_loaded_by_mkdir() {
	_stack_create s0 "$disk" && _filter_add s0 50-pos && _filter_add s0 20-template &&
		_filter_add s0 30-add || return 1
	! loaded dumpflt_pos && ! loaded dumpflt_template && ! loaded dumpflt_add
}

# /proc/modules has the newest first
loaded_in_order() {
	_live s0 1 || return 1
	order=$(sed -n 's/^dumpflt_\(pos\|add\|template\) .*/\1/p' /proc/modules | tr '\n' ' ')
	[ "$order" = "pos add template " ] || {
		echo "newest first: $order"
		return 1
	}
}

pinned() {
	for module in dumpflt_pos dumpflt_template dumpflt_add dumpflt; do
		rmmod "$module" 2>/dev/null && {
			echo "$module could be unloaded"
			return 1
		}
	done
	[ "$(users dumpflt_add)" = 1 ]
}

unpinned() {
	_live s0 0 && [ "$(users dumpflt_add)" = 0 ] && rmmod dumpflt_pos dumpflt_template dumpflt_add
}

# The first one would fail with another errno, if its init had been called
missing() {
	_stack_create s1 "$disk" && _filter_add s1 10-fault mode=error at=init errno=99 critical=1 &&
		_filter_add s1 20-nosuch && _filter_add s1 30-add || return 1
	_set_fails ENOENT 1 "$DUMPFLT_CONFIG/s1/live" && _attr_is s1 state configured &&
		_attr_is s1 device ''
}

freed() {
	[ "$(users dumpflt_fault)" = 0 ] && ! loaded dumpflt_add &&
		[ ! -e /sys/block/dumpflt0 ] && rmdir "$DUMPFLT_CONFIG/s1/20-nosuch" &&
		_set_fails EADDRNOTAVAIL 1 "$DUMPFLT_CONFIG/s1/live"
}

namespace() {
	for ko in "/lib/modules/$(uname -r)"/extra/dumpflt-*.ko; do
		tr '\0' '\n' <"$ko" | grep -qx 'import_ns=DUMPFLT' || {
			echo "$ko does not import the namespace"
			return 1
		}
	done
}

_test_begin 8
_load
disk=$(_null_blk size=4)
ktap_test_result "mkdir loads no filter" not_loaded_by_mkdir
ktap_test_result "going live loads the filters in list order (C1)" loaded_in_order
ktap_test_result "a filter cannot be unloaded while an instance exists (C59)" pinned
ktap_test_result "after live=0 it can (C59)" unpinned
ktap_test_result "a missing filter fails the stack before the first init (C2, C13)" missing
ktap_test_result "last_error names the missing filter (C13)" \
	_last_error_has s1 "filter 'nosuch': module dumpflt-nosuch is not there"
ktap_test_result "nothing is held after that, and without it init runs (C11, C13)" freed
ktap_test_result "the filters import the namespace DUMPFLT" namespace
_test_end
