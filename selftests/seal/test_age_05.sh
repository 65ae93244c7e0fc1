#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_age_05.sh: what is kept of each chunk is in the clear, so that no filter before the one
# that seals may keep anything; and what is sealed must reach the disk as it is, so that none
# behind it may change anything.
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

# stack <NN-filter>[:<option>]...
stack() {
	_area_format "$disk" --slots 1 --overwrite >/dev/null && _area_stack s0 "$disk" || return 1
	for filter in "$@"; do
		case $filter in
		*:*) _filter_add s0 "${filter%%:*}" "${filter#*:}" ;;
		*) _filter_add s0 "$filter" ;;
		esac || return 1
	done
}

gone() {
	gone_status=$?
	_remove_stack s0 && _forget stack s0 && return "$gone_status"
}

# refused_for <words> <before> <behind> <filter>...: live is, and nothing was written
refused_for() {
	words="^filter '$2' before '$3' $1: put it behind"
	shift 3
	stack "$@" && sha256sum <"$disk" >"$TEST_TMP/before" && _set_fails EPERM 1 "$DUMPFLT_CONFIG/s0/live" &&
		_attr_is s0 state configured && _last_error_has s0 "$words" && sha256sum <"$disk" | cmp - "$TEST_TMP/before"
	gone
}

refused() {
	refused_for "leaves what it keeps of the plain text, such as hashes, on the disk" "$@"
}

changes() {
	refused_for "seals what that one then changes, so that no key opens it" age "$@"
}

dumps() {
	stack "$@" && _live s0 1 && _session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 256K &&
		_session s0 finish && _attr_is s0 state complete && _area_is "$disk" 0 COMPLETE
	gone
}

# Of a filter of somebody else it shows only at start that it seals
at_start() {
	stack "10-fault:chunk_meta=16" 20-mac:at=start && _live s0 1 &&
		_set_fails EPERM start "$DUMPFLT_CONFIG/s0/session" && _attr_is s0 state failed &&
		_last_error_has s0 "^filter 'fault': it keeps something of each chunk in the clear that filter 'mac' behind it seals" &&
		_area_is "$disk" 0 FAILED
	gone
}

# What format, capture --dry-run and arm would say of it
in_trial() {
	_area_format "$disk" --slots 1 --filter "age,recipient=$(_age_key alice)" --filter "$1" --filter digest \
		>/dev/null 2>"$TEST_TMP/words" && grep -F "filter 'age' before '$1' seals what that one then changes" "$TEST_TMP/words"
}

_test_begin 10
_load
disk=$(_null_blk size=8)
age="age:recipient=$(_age_key alice)"
ktap_test_result "digest before age" refused digest age 10-digest "20-$age"
ktap_test_result "whatever is between them" refused digest age 10-digest 20-trace "30-$age"
ktap_test_result "any filter with chunk metadata" refused fault age 10-fault:chunk_meta=16 "20-$age"
ktap_test_result "behind age it is of what is on the disk" dumps "10-$age" 20-digest
ktap_test_result "one of somebody else that changes data, behind age" changes add "10-$age" 20-trace 30-add 40-digest
ktap_test_result "one that may change data" changes wrong "10-$age" 20-wrong:flags=20
ktap_test_result "in front of age they may" dumps 10-add 20-pos "30-$age" 40-digest
ktap_test_result "format asks the kernel and says it" in_trial add
ktap_test_result "one that turns out to seal: the session fails" at_start
ktap_test_result "behind that one" dumps 10-mac:at=start 20-fault:chunk_meta=16
_test_end
