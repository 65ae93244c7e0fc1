#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_order_01.sh: filters that do not commute: what is on the disk is what
# list order gives, computed here, and reads undo it (C1, C20, C21, C23,
# C25, C37, C40, C41).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/raw.sh
. "$SELFTESTS/lib/raw.sh"

AT=20480
BYTES=8192

# stack <NN-filter> <NN-filter> <NN-filter>: live, with options
stack() {
	_stack_create s0 "$disk" check_source=1 || return 1
	for name in "$@"; do
		case $name in
		*-template) _filter_add s0 "$name" key=51 ;;
		*-add) _filter_add s0 "$name" n=7 ;;
		*) _filter_add s0 "$name" ;;
		esac || return 1
	done
	_live s0 1
}

put() {
	dd if="$TEST_TMP/data" of="$(_dev s0)" bs=4k seek=$((AT / 4096)) oflag=direct 2>/dev/null
}

# What the disk has is <awk expression> of what was written
disk_has() {
	od -An -v -tu1 "$TEST_TMP/data" | tr -s ' ' '\n' | sed '/^$/d' |
		_changed_bytes "$1" "$AT" >"$TEST_TMP/expected"
	_bytes "$disk" "$AT" "$BYTES" >"$TEST_TMP/got"
	[ "$(wc -l <"$TEST_TMP/expected")" = "$BYTES" ] &&
		cmp "$TEST_TMP/got" "$TEST_TMP/expected"
}

read_back() {
	_session s0 read &&
		dd if="$(_dev s0)" bs=4k skip=$((AT / 4096)) count=$((BYTES / 4096)) \
			iflag=direct 2>/dev/null | cmp - "$TEST_TMP/data" && _session s0 finish
}

# order <awk expression> <NN-filter>...
order() {
	expression=$1
	shift
	{
		stack "$@" && _session s0 start && put && _session s0 finish &&
			_attr_is s0 state complete && disk_has "$expression" && read_back
	}
	order_status=$?
	_remove_stack s0 && _forget stack s0 && return "$order_status"
}

_test_begin 7
_load
disk=$(_null_blk size=1)
head -c "$BYTES" /dev/urandom >"$TEST_TMP/data"

ktap_test_result "trace alone: the bytes as they are, and back (C37)" order 'b' 10-trace
ktap_test_result "template, then add (C20, C21, C23)" \
	order 'xor(b, 51) + 7' 10-template 20-add
ktap_test_result "add, then template (C20, C21, C23)" \
	order 'xor((b + 7) % 256, 51)' 10-add 20-template
ktap_test_result "the number gives the order, not the time of mkdir (C1, C20)" \
	order 'xor((b + 7) % 256, 51)' 20-template 10-add
ktap_test_result "a filter that only looks may be in between (C23)" \
	order 'xor(b, 51) + 7' 10-template 15-trace 20-add
ktap_test_result "a third one that depends on the place (C23, C25, C40)" \
	order 'xor((b + p + int(p / 512)) % 256, 51) + 7' 10-pos 20-template 30-add
ktap_test_result "the same, the other way round" \
	order 'xor((b + 7) % 256, 51) + p + int(p / 512)' 10-add 20-template 30-pos
_test_end
