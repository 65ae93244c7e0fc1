#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_receipt_01.sh: the receipt says of each filter whether it was critical, changed data or
# was left out, as it was in this dump (C11, C57, F5).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/age.sh
. "$SELFTESTS/lib/age.sh"

# says <NN-filter> <changes data> <critical> <left out>
says() {
	_area_has "$disk" 0 "\"name\":\"${1#*-}\",\"number\":${1%%-*},\"changes_data\":$2,\"critical\":$3,\"left_out\":$4,"
}

dump() {
	_live s0 1 && _area_dump s0 "$reference" && _area_is "$disk" 0 COMPLETE
}

each() {
	dump && says 10-trace false false false && says 20-template true true false && says 30-fault false false true
}

# template says itself that it is critical; the others are now what they were not
again() {
	_live s0 0 && _set 1 "$DUMPFLT_CONFIG/s0/10-trace/critical" &&
		_set '' "$DUMPFLT_CONFIG/s0/30-fault/options" && dump && says 10-trace false true false &&
		says 20-template true true false && says 30-fault false false false
}

# A policy that lets a dump begin without a filter means it; its filters are no more critical than it says
by_policy() {
	_live s0 0 && _remove_stack s0 && _forget stack s0 &&
		_area_format "$disk" --slots 1 --filter trace --filter fault,mode=error,at=start --start-optional fault >/dev/null &&
		_area_stack s0 "$disk" && _filter_add s0 10-trace && _filter_add s0 20-fault 'mode=error
at=start' && _set 1 "$DUMPFLT_CONFIG/s0/20-fault/start_optional" && dump && says 10-trace false false false &&
		says 20-fault false false true
}

# age has stored its header when the next one fails, and nothing of it gets to the disk
stored_nothing() {
	_live s0 0 && _remove_stack s0 && _forget stack s0 && _area_format "$disk" --slots 1 >/dev/null &&
		_area_stack s0 "$disk" && _filter_add s0 10-age "recipient=$(_age_key k)" &&
		_filter_add s0 20-fault 'mode=error
at=start' && _live s0 1 && _set_fails EIO start "$DUMPFLT_CONFIG/s0/session" && _area_is "$disk" 0 FAILED &&
		"$TOOL" show --json "$disk" | tr -d ' \n\t' | grep -q '"name":"age"[^}]*"stored_bytes":0,'
}

_test_begin 4
_load
disk=$(_null_blk size=4)
reference=$(_area_reference 64)
_area_format "$disk" --slots 1 --overwrite >/dev/null
_area_stack s0 "$disk"
_filter_add s0 10-trace
_filter_add s0 20-template key=7
_filter_add s0 30-fault mode=error at=start
_set 1 "$DUMPFLT_CONFIG/s0/30-fault/start_optional"
ktap_test_result "each filter is what it was configured to be (C11, C57)" each
ktap_test_result "and otherwise in a dump for which it was configured otherwise" again
ktap_test_result "a policy says which one a dump may do without (C57)" by_policy
ktap_test_result "a start that failed has stored nothing" stored_nothing
_test_end
