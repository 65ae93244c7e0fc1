#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_cfg_04.sh: the options of filters: their form, their length, and that
# nobody's option is silently ignored (C58).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

F=$DUMPFLT_CONFIG/s0/10-template/options

malformed() {
	_set key=9 "$F" || return 1
	for text in key 'key 9' '=9' 'Key=9' 'a-b=9' "$(printf 'key=1\nnonsense\n')"; do
		_set_fails EINVAL "$text" "$F" || return 1
		_attr_is s0 10-template/options key=9 || return 1
	done
	_last_error_has s0 "filter 'template': line 2 of its options is not name=value"
}

# At live=1: <errno> <words> <options>
not_live() {
	_set "$3" "$F" && _set_fails "$1" 1 "$DUMPFLT_CONFIG/s0/live" &&
		_last_error_has s0 "^filter 'template': init failed: .*$2" &&
		_attr_is s0 10-template/state failed && _attr_is s0 state configured
}

replaced() {
	_set "$(printf 'key=1\n\n')" "$F" && _set key=2 "$F" && _attr_is s0 10-template/options key=2 &&
		_live s0 1 && _live s0 0
}

cleared() {
	: >"$F" && _set '' "$F" && _attr_is s0 10-template/options '' && _live s0 1 && _live s0 0
}

# <bytes of the value>, written with a newline
long_value() {
	awk -v n="$1" 'BEGIN { s = "key="; while (length(s) < n) s = s "1"; print s }'
}

longest() {
	_set "$(long_value 4093)" "$F" && [ "$(wc -c <"$F")" = 4094 ] && _set key=2 "$F"
}

# A shell writes what is left over with a second write(2): no part may stay
too_long() {
	for bytes in 4095 4096 5000 8000; do
		_set_fails E2BIG "$(long_value "$bytes")" "$F" || return 1
		_attr_is s0 10-template/options key=2 || return 1
	done
}

# What a test asks of the filter fault has to be able to happen: <words>|<options>
senseless() {
	while IFS='|' read -r words options; do
		echo "$options" | tr ' ' '\n' >"$DUMPFLT_CONFIG/f/10-fault/options" &&
			_set_fails EINVAL 1 "$DUMPFLT_CONFIG/f/live" &&
			_last_error_has f "^filter 'fault': init failed: .*$words" || return 1
	done <<-'END'
		callbacks: no callback 'wrote'|callbacks=start,wrote
		mode and at need each other|mode=error
		mode: no mode 'mistake'|mode=mistake at=write
		at: no callback 'wrote'|mode=error at=wrote
		call, every, errno and ms need mode and at|call=2
		mode=length at=start: this mode has no meaning|mode=length at=start
		mode=error at=read: at names a callback that|mode=error at=read callbacks=write
		mode=error at=read: at=read needs readable=1|mode=error at=read readable=0
		mode=error at=init: init and unload are called once|mode=error at=init call=1
		mode=delay at=write: errno is for mode=error|mode=delay at=write errno=5
		mode=ops at=start: mode=ops takes write out|mode=ops at=start callbacks=start
		mode=error at=write: ms is for mode=delay|mode=error at=write ms=1
		max_pages is not a number|max_pages=x
		call is not a number|mode=error at=write call=x
	END
}

# Nobody would see what is behind it. dd would try for ever if nothing of it was taken
cut_off() {
	_set key=9 "$F" && printf 'key=7\0key=8\n' >"$TEST_TMP/nul" &&
		_fails 'Invalid argument' timeout 5 dd if="$TEST_TMP/nul" of="$F" bs=512 && _attr_is s0 10-template/options key=9
}

# Whatever was meant for another option is in no message
unspoken() {
	secret=AGE-SECRET-KEY-1QQPQYP
	for options in "recipient=$secret" "key=$secret" "$(printf 'key=1\nkye=%s' "$secret")"; do
		_set "$options" "$F" && _set_fails EINVAL 1 "$DUMPFLT_CONFIG/s0/live" || return 1
		! grep -q "$secret" "$DUMPFLT_CONFIG/s0/last_error" "$DUMPFLT_CONFIG/s0/10-template/last_error" || return 1
	done
	! dmesg | grep "$secret"
}

private() {
	[ "$(stat -c %a "$F")" = 600 ]
}

# 256 is too much for a byte, 0100 is 100, and not 64
decimal() {
	for options in key=0100 key=0x1F key=0X1f key=0000255; do
		_set "$options" "$F" && _live s0 1 && _live s0 0 || return 1
	done
	not_live ERANGE 'key is not a number from 0 to 255' key=0300 &&
		not_live EINVAL 'key is not a number' key=0b1 && not_live EINVAL 'key is not a number' key=1f
}

_test_begin 15
_load
disk=$(_null_blk size=4)
_stack_create s0 "$disk"
_filter_add s0 10-template
ktap_test_result "what is not name=value is refused, and the line is named" malformed
ktap_test_result "an option that nobody asks for fails the init" \
	not_live EINVAL 'does not know the option kye, or only once' kye=9
ktap_test_result "an unknown option beside a known one, too" \
	not_live EINVAL 'does not know the option x, or only once' "$(printf 'key=1\nx=1')"
ktap_test_result "a number out of range" not_live ERANGE 'key is not a number from 0 to 255' key=256
ktap_test_result "a number that is none" not_live EINVAL 'key is not a number' key=z
ktap_test_result "an option that is given twice" \
	not_live EINVAL 'key is given twice' "$(printf 'key=1\nkey=2')"
ktap_test_result "a value is in no message: it may be a secret in the wrong place" unspoken
ktap_test_result "options are for root's eyes" private
ktap_test_result "a zero in front does not make a number octal" decimal
ktap_test_result "options with a byte of 0 in them are refused whole" cut_off
ktap_test_result "writing replaces all options" replaced
ktap_test_result "options can be cleared" cleared
ktap_test_result "options of nearly a page" longest
ktap_test_result "options that are too long are refused whole (C58)" too_long
_stack_create f "$disk"
_filter_add f 10-fault
ktap_test_result "options of the filter fault that contradict each other" senseless
_test_end
