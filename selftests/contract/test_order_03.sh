#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_order_03.sh: offsets count from the partition's start, no call is longer
# than max_pages, all is in whole blocks (C24-C26, C35, C40, D6).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"
# shellcheck source=../lib/raw.sh
. "$SELFTESTS/lib/raw.sh"

# The pos filter on the partition; data at 64 KiB of it, so at 1088 KiB of the disk
on_partition() {
	head -c 8192 /dev/urandom >"$TEST_TMP/data"
	_stack_create s0 "${disk}p1" && _filter_add s0 10-pos && _live s0 1 &&
		_is size "$(_sectors "$(_dev s0)")" 8192 && _session s0 start &&
		dd if="$TEST_TMP/data" of="$(_dev s0)" bs=8k seek=8 oflag=direct 2>/dev/null &&
		_session s0 finish || return 1
	od -An -v -tu1 "$TEST_TMP/data" | tr -s ' ' '\n' | sed '/^$/d' |
		_changed_bytes 'b + p + int(p / 512) + int(p / 131072)' 65536 >"$TEST_TMP/expected"
	_bytes "$disk" $((1088 * 1024)) 8192 | cmp - "$TEST_TMP/expected"
}

read_back() {
	_session s0 read && dd if="$(_dev s0)" bs=8k skip=8 count=1 iflag=direct 2>/dev/null |
		cmp - "$TEST_TMP/data" && _session s0 finish && _live s0 0
}

# longest <max_pages of the stack> <max_pages of the filter>: bytes of the
# longest call of a write of 1 MiB; all of the bytes are in some call
longest() {
	_stack_create s1 "$disk" max_pages="$1" && _filter_add s1 10-fault critical=1 ${2:+max_pages="$2"} &&
		_filter_add s1 20-template && _live s1 1 || return 1
	_events_on dumpflt/dumpflt_filter_call
	_dump s1 --size 1M --block 1M || return 1
	_event_fields callback=write filter offset len | awk -v limit="$3" '
		$3 > limit { bad++ }
		$3 > most { most = $3 }
		$2 % 512 || $3 % 512 { bad++ }
		{ sum[$1] += $3; if (seen[$1 " " $2]++) bad++ }
		END {
			print "longest " most ", bad " bad + 0
			exit !(most == limit && !bad && sum["fault"] == 1048576 && sum["template"] == 1048576)
		}' || return 1
	_events_off
	_session s1 read && "$HELPERS/pattern" verify "$(_dev s1)" --size 1M --block 1M &&
		_session s1 finish && _remove_stack s1 && _forget stack s1
}

_test_begin 7
_load
disk=$(_null_blk size=8)
ktap_test_result "a disk with a partition" _partition "$disk"
ktap_test_result "offsets are relative to the partition (C25)" on_partition
ktap_test_result "in reads too (C40)" read_back
ktap_test_result "no call above the default of 16 pages (C26)" longest 16 '' 65536
ktap_test_result "no call above the 4 pages that a filter asked for (C26)" longest 16 4 16384
ktap_test_result "no call above the 1 page that was configured (C26)" longest 1 '' 4096
ktap_test_result "a filter cannot raise it: 32 pages asked, live refused (C26)" \
	eval '! longest 16 32 65536 && _last_error_has s1 "raised max_pages"'
_test_end
