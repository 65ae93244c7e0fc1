#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_init_01.sh: a crash stack and a hibernation stack at once: what each
# instance is given, seen by probes on the fault filter's own functions (C3-C7,
# C19, C24, C26, C49, C53, C61).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"

# Places in <linux/dumpflt.h>: in the extension type 8, bdev 88, data 96; in the
# init data size 0, major 4, flags in and out 8 and 12, max_pages 16, block_size
# 20, chunk_meta 24, options 32, ops 40, data 48
ext='ext=%di size=+0(%di):u32 type=+8(%di):u32 bdev=+88(%di):x64 data=+96(%di):x64'
init="isize=+0(%si):u32 version=+4(%si):x32 in=+8(%si):u32 out=+12(%si):u32 \
pages=+16(%si):u32 block=+20(%si):u32 meta=+24(%si):u64 ops=+40(%si):x64 idata=+48(%si):x64"

two_stacks() {
	for stack in crash hib; do
		_filter_add "$stack" 10-fault && _live "$stack" 1 || return 1
	done
	_dump crash --size 128K --block 128K && _dump hib --size 128K --block 128K &&
		_session crash start && _session hib start && _session hib finish &&
		_session crash finish && _attr_is crash state complete && _attr_is hib state complete &&
		_live crash 0 && _live hib 0
}

# The values in all calls: one line per different line
different() {
	_event_fields "$@" | sort -u
}

data_of() {
	_event_fields 'test_(start|write|finish|unload)' type ext data | sort -u |
		awk '{ print $1, ++n[$1], seen[$3]++, $3 != "0x0", e[$2]++ }'
}

# Of each stack: starts, writes, finishes, unloads
count_calls() {
	_event_fields ' test_(start|write|finish|unload)' type >"$TEST_TMP/types"
	_events ' test_(start|write|finish|unload)' | awk '{ print $2 }' |
		paste -d ' ' "$TEST_TMP/types" - | awk '
			{ n[$1 " " $2]++ }
			END {
				for (type = 1; type <= 2; type++)
					print type, n[type " test_start"], n[type " test_write"],
						n[type " test_finish"], n[type " test_unload"]
			}'
}

_test_begin 8
_load
_stack_create crash "$(_null_blk size=1)" type=crash max_pages=8
_stack_create hib "$(_null_blk size=1)" type=hibernation
modprobe dumpflt-fault
_events_on dumpflt/dumpflt_session
_probe_on "p:dumpflt_test/test_init dumpflt_fault:fault_init $ext $init" \
	"p:dumpflt_test/test_start dumpflt_fault:fault_start $ext" \
	"p:dumpflt_test/test_write dumpflt_fault:fault_write $ext" \
	"p:dumpflt_test/test_finish dumpflt_fault:fault_finish $ext" \
	"p:dumpflt_test/test_unload dumpflt_fault:fault_unload $ext"
ktap_test_result "both types are live and dump at once (C4)" two_stacks
_events_stop
_probe_off

ktap_test_result "init is called once per stack (C3)" \
	_is calls "$(_events test_init | wc -l)" 2
ktap_test_result "type is 1 in one, 2 in the other, in every callback (C5)" _same_lines \
	"$(printf '1\n2')" different test_ type
ktap_test_result "extension and init data say how large they are (C3, C19)" _same_lines \
	"104 56" different test_init size isize
ktap_test_result "of the init data only the inputs are set (C3, C61)" _same_lines \
	"0x0 3 0 512 0 0x0 0x0" different test_init version in out block meta ops idata
ktap_test_result "max_pages is what was configured (C6)" _same_lines \
	"$(printf '1 8\n2 16')" different test_init type pages
ktap_test_result "each instance has one extension and its own data, always (C4, C7)" _same_lines \
	"$(printf '1 1 0 1 0\n2 1 0 1 0')" data_of
ktap_test_result "two starts and finishes, a write per max_pages, one unload (C24, C26, C49, C53)" _same_lines \
	"$(printf '1 2 4 2 1\n2 2 2 2 1')" count_calls
_test_end
