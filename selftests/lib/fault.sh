# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# fault.sh: one dump with the fault filter in the middle of a stack.
#
# Copyright (C) 2026 the dumpflt authors

FAULT_KIB=1024
FAULT_DISK=''

# _fault_stack <option=value>...: trace, fault and template, live, on a target
# that was filled with a pattern
_fault_stack() {
	[ -n "$FAULT_DISK" ] || return 1
	_raw_fill "$FAULT_DISK" "$FAULT_KIB" || return 1
	_stack_create f "$FAULT_DISK" check_source=1 timeout_ms=5000 &&
		_filter_add f 10-trace &&
		_filter_add f "${FAULT_NUMBER:-20}-fault" "$@" &&
		_filter_add f 30-template key=0x55 &&
		_live f 1
}

_fault_stack_gone() {
	_remove_stack f && _forget stack f
}

_fault_write() {
	"$HELPERS/pattern" write "$(_dev f)" --block 64K "$@"
}

# _calls_are <NN-name> <callback> <calls> <errors>
_calls_are() {
	calls_got=''
	read -r calls_disk <"$DUMPFLT_CONFIG/f/device"
	while read -r callback calls _ errors _; do
		[ "$callback" = "$2" ] && calls_got="$calls $errors"
	done <"/sys/block/$calls_disk/dumpflt/$1/stat"
	[ "$calls_got" = "$3 $4" ] && return 0
	echo "$1 has had '$calls_got' calls and errors of $2, '$3 $4' was expected"
	return 1
}
