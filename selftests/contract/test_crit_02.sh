#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_crit_02.sh: start failures and start_optional, an unload that fails, and
# filters that lack callbacks (C8, C54, C56, C57).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/fault.sh
. "$SELFTESTS/lib/fault.sh"
# shellcheck source=../lib/raw.sh
. "$SELFTESTS/lib/raw.sh"

# stack <critical> <start_optional> <option of fault>...
stack() {
	_stack_create f "$FAULT_DISK" && _filter_add f 10-trace && _set "$2" "$DUMPFLT_CONFIG/f/10-trace/start_optional" &&
		mkdir "$DUMPFLT_CONFIG/f/20-fault" && _set "$1" "$DUMPFLT_CONFIG/f/20-fault/critical" &&
		_set "$2" "$DUMPFLT_CONFIG/f/20-fault/start_optional" || return 1
	shift 2
	_set "$(printf '%s\n' "$@")" "$DUMPFLT_CONFIG/f/20-fault/options" && _filter_add f 30-template &&
		_live f 1
}

end() {
	end_status=$?
	_fault_stack_gone && return "$end_status"
}

aborts() {
	{
		stack "$@" mode=error at=start errno=5 && _set_fails EIO start "$DUMPFLT_CONFIG/f/session" &&
			_attr_is f state failed && _calls_are 10-trace finish 1 0 && _calls_are 20-fault finish 0 0
	}
	end
}

# Left out of this session, in again in the next
optional() {
	{
		stack 0 1 mode=error at=start errno=5 && _session f start && _attr_is f state started &&
			_attr_is f 20-fault/state left-out && _last_error_has f "^filter 'fault': start failed" &&
			_fault_write --size 256K && _session f finish && _attr_is f state complete &&
			_calls_are 20-fault write 0 0 && _calls_are 20-fault finish 0 0 &&
			_calls_are 30-template write 4 0 && _calls_are 10-trace finish 1 0 &&
			_dump f --size 256K --block 64K && _calls_are 20-fault write 4 0 &&
			_calls_are 20-fault finish 1 0
	}
	end
}

unload_fails() {
	stack 1 0 mode=error at=unload errno=5 && _live f 0 && _attr_is f state configured &&
		_dmesg_has "filter 'fault': unload failed: -EIO" && [ ! -e /sys/block/dumpflt0 ]
	end
}

# subset <callbacks>: only those are ever called
subset() {
	{
		stack 1 0 "callbacks=$1" && _dump f --size 128K --block 64K && _attr_is f state complete &&
			_session f read && "$HELPERS/pattern" verify "$(_dev f)" --size 128K --block 64K &&
			_session f finish || return 1
		for row in start:2 write:2 read:2 finish:2; do
			calls=0
			case ",$1," in *",${row%:*},"*) calls=${row#*:} ;; esac
			_calls_are 20-fault "${row%:*}" "$calls" 0 || return 1
		done
	}
	end
}

_test_begin 10
_load
FAULT_DISK=$(_null_blk size=1)
ktap_test_result "a start failure aborts by default (C56, C57)" aborts 0 0
ktap_test_result "a critical filter's start failure aborts, start_optional or not (C56, C57)" aborts 1 1
ktap_test_result "start_optional: left out of this session only (C57)" optional
ktap_test_result "an unload that fails is logged, the teardown goes on (C54)" unload_fails
for list in start write read finish start,finish write,read; do
	ktap_test_result "a filter with nothing but $list (C8)" subset "$list"
done
_test_end
