#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_cfg_02.sh: bad values are refused whole, and leave the old one (C5, C58).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"

S0=$DUMPFLT_CONFIG/s0

# refuse <attribute> <errno name> <value>...: the value it had stays
refuse() {
	attr=$1 errno=$2 old=$(cat "$S0/$1")
	shift 2
	for value in "$@"; do
		_set_fails "$errno" "$value" "$S0/$attr" || return 1
		[ "$(cat "$S0/$attr")" = "$old" ] || {
			echo "'$value' was refused, but '$attr' is '$(cat "$S0/$attr")' now"
			return 1
		}
	done
}

# accept <attribute> <value> <what it shows>
accept() {
	_set "$2" "$S0/$1" && _attr_is s0 "$1" "$3"
}

long=$(printf '/%04094d' 0)
_test_begin 19
_load
disk=$(_null_blk size=4)
_stack_create s0 "$disk" max_pages=7 timeout_ms=2000
_filter_add s0 10-trace

ktap_test_result "type takes the word hibernation (C5)" accept type hibernation hibernation
ktap_test_result "type takes no other word (C5)" \
	refuse type EINVAL undefined 0 1 Crash crashes cras '' 'crash hibernation'
ktap_test_result "max_pages takes 1 and 256" eval "accept max_pages 256 256 && accept max_pages 1 1"
ktap_test_result "max_pages takes hexadecimal" accept max_pages 0x10 16
ktap_test_result "max_pages takes no octal number for one" eval "accept max_pages 010 10 && accept max_pages 0100 100"
ktap_test_result "max_pages out of range" refuse max_pages ERANGE 0 257 4294967295 4294967296
ktap_test_result "max_pages that is no number" refuse max_pages EINVAL -1 x '' 4k '1 2' 1.5
ktap_test_result "timeout_ms takes 100 and 3600000" \
	eval "accept timeout_ms 100 100 && accept timeout_ms 3600000 3600000"
ktap_test_result "timeout_ms out of range" refuse timeout_ms ERANGE 0 99 3600001
ktap_test_result "timeout_ms that is no number" refuse timeout_ms EINVAL -5 1s ''
ktap_test_result "check_source takes 0 and 1" \
	eval "accept check_source 1 1 && accept check_source 0 0"
ktap_test_result "check_source takes nothing else" refuse check_source EINVAL 2 maybe '' -1
ktap_test_result "auto takes 0 and 1, and nothing else" \
	eval "accept auto 1 1 && accept auto 0 0 && refuse auto EINVAL 2 maybe '' -1"
ktap_test_result "critical takes nothing but 0 and 1" refuse 10-trace/critical EINVAL 2 x ''
ktap_test_result "start_optional takes nothing but 0 and 1" \
	refuse 10-trace/start_optional EINVAL 2 x ''
ktap_test_result "target is an absolute path in one line" \
	refuse target EINVAL '' null ./null "$(printf '/dev/null\n/dev/zero')"
ktap_test_result "target that is too long" refuse target EINVAL "$long" "$long$long"
ktap_test_result "live takes nothing but 0 and 1" refuse live EINVAL 2 on1 '' yess start
ktap_test_result "session takes nothing but its words" \
	refuse session EINVAL '' 1 begin Start 'start finish' started flush
_test_end
