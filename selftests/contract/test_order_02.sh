#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_order_02.sh: in which order callbacks are called, how often, and when
# none is, out of the core's own trace (C20-C22, C24, C31, C33, C49, C53, C55,
# C60, D1).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"

# calls <callback>...: "<filter> <callback> <offset>" in order of time
calls() {
	_event_fields dumpflt_filter_call filter callback offset | awk -v want=" $* " \
		'index(want, " " $2 " ")'
}

# For two writes of 64 KiB; three filters have a write
per_write() {
	for offset in 0 65536; do
		for name in $1; do
			echo "$name $2 $offset"
		done
	done
}

session_words() {
	_event_fields dumpflt_session what ret
}

# Between a session's start and its end there is nothing but data, and
# outside there is none
phases() {
	_events | sed 's/.*dumpflt_session .*what=\([a-z]*\).*/session-\1/
		s/.*callback=\([a-z]*\).*/\1/; s/.*dumpflt_flush.*/flush/' | uniq
}

_test_begin 7
_load
disk=$(_null_blk size=1)
_stack_create s0 "$disk"
_filter_add s0 10-fault
_filter_add s0 20-template
_filter_add s0 30-trace
_live s0 1
_events_on dumpflt/dumpflt_filter_call dumpflt/dumpflt_session dumpflt/dumpflt_flush
_dump s0 --size 128K --block 64K
_session s0 read
"$HELPERS/pattern" verify "$(_dev s0)" --size 128K --block 64K
_session s0 finish
_live s0 0
_events_stop

ktap_test_result "start in list order, once per session and filter (C20, C55)" _same_lines \
	"$(printf 'fault start 0\ntrace start 0\nfault start 0\ntrace start 0')" calls start
ktap_test_result "each write once to each filter, in list order (C20, C24)" _same_lines \
	"$(per_write "fault template trace" write)" calls write
ktap_test_result "each read once, in the reverse order (C21)" _same_lines \
	"$(per_write "trace template fault" read)" calls read
ktap_test_result "finish in list order, once per start (C22, C49)" _same_lines \
	"$(printf 'fault finish 0\ntrace finish 0\nfault finish 0\ntrace finish 0')" calls finish
ktap_test_result "unload in reverse order, once (C22, C53)" _same_lines \
	"$(printf 'trace unload 0\ntemplate unload 0\nfault unload 0')" calls unload
ktap_test_result "no data before start or after finish (C31, C33)" _same_lines \
	"$(printf '%s\n' start session-start write finish flush session-finish \
		start session-read read finish session-finish unload)" phases
ktap_test_result "the sessions (C60)" _same_lines \
	"$(printf 'start 0\nfinish 0\nread 0\nfinish 0')" session_words
_test_end
