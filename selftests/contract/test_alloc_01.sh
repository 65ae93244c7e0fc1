#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_alloc_01.sh: the kernel's own allocation tracepoints, with the stack of each
# call, name none of our modules from start to finish (C44).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/age.sh
. "$SELFTESTS/lib/age.sh"

# Those that there are: newer kernels have no kmalloc_node and the like
allocations() {
	for event in kmem/kmalloc kmem/kmalloc_node kmem/kmem_cache_alloc kmem/kmem_cache_alloc_node \
		kmem/mm_page_alloc percpu/percpu_alloc_percpu; do
		[ ! -d "$TRACING/events/$event" ] || echo "$event"
	done
}

# Workers, and the two programs that make a dump: what the shell allocates takes longer
# to write down than the dump
TASKS='comm ~ "kworker*" || comm ~ "dumpflt*" || comm == "pattern" || comm == "setattr"'

# By a task of its own, which is one of these: the shell's has too much else to allocate
_set() {
	"$HELPERS/setattr" "$2" "$1"
}

# watched <command>...: with the stack of each allocation, module names included
watched() {
	echo 16384 >"$TRACING/buffer_size_kb" && echo 1 >"$TRACING/options/sym-offset" &&
		echo 1 >"$TRACING/options/stacktrace" || return 1
	_events_on dumpflt/dumpflt_session || return 1
	for event in $(allocations); do
		echo "$TASKS" >"$TRACING/events/$event/filter" &&
			echo 1 >"$TRACING/events/$event/enable" || return 1
	done
	"$@"
	watched_status=$?
	_events_stop
	for event in $(allocations); do
		echo 0 >"$TRACING/events/$event/filter"
	done
	echo 0 >"$TRACING/options/stacktrace"
	echo 0 >"$TRACING/options/sym-offset"
	return "$watched_status"
}

# ours: of each allocation that is, the event and the innermost function of ours. What
# the target's driver does with a bio is its affair, and so is an interrupt's
ours() {
	awk '
		/^ => / {
			if (done)
				next
			done = $2 ~ /^(_*submit_bio|_*blk_flush_plug|asm_|__do_softirq)/
			if (/\[dumpflt/) {
				print event, $2, $3
				done = 1
			}
			next
		}
		/<stack trace>/ { next }
		/ kmalloc|kmem_cache_alloc|mm_page_alloc|percpu_alloc/ { event = $5; done = 0; next }
		{ done = 1 }
	' "$TEST_TMP/trace"
}

# The trace is whole: it has both ends of the session, and nothing was lost
whole() {
	_same_lines "$(printf 'start\nfinish')" _event_fields dumpflt_session what || return 1
	! grep -q 'LOST' "$TEST_TMP/trace" && [ "$(grep -c '^ => ' "$TEST_TMP/trace")" -gt 0 ]
}

none() {
	watched _dump s0 --size "$1" --block 64K --threads 4 && _attr_is s0 state complete && whole &&
		_is "allocations of ours" "$(ours)" ''
}

plain() {
	_stack_create s0 "$disk" && _filter_add s0 10-trace && _filter_add s0 20-crypt "key=dumpflt:t$$" &&
		_filter_add s0 30-template && _live s0 1 && none 2M
}

area() {
	_area_format "$disk" --slots 1 >/dev/null &&
		_area_stack s0 "$disk" && _filter_add s0 10-trace && _filter_add s0 20-age "recipient=$(_age_key alice)" &&
		_filter_add s0 30-digest && _live s0 1 && none 2M && _area_is "$disk" 0 COMPLETE
}

# Shows that ours() can find one
found() {
	_stack_create s0 "$disk" && _filter_add s0 10-fault mode=alloc at=write call=3 && _live s0 1 &&
		watched _dump s0 --size 1M --block 64K && whole &&
		_is "kmalloc() of the fault filter" "$(ours | grep -c '^kmalloc.*\[dumpflt_fault\]$')" 1
}

_have "$TRACING/options/stacktrace" "$TRACING/events/kmem/kmalloc" keyctl
_test_begin 3
_load
disk=$(_null_blk size=8)
head -c 64 /dev/urandom | keyctl padd logon "dumpflt:t$$" @u >/dev/null
ktap_test_result "no allocation of ours in a dump into a plain target (C44)" _alone s0 plain
ktap_test_result "one of a filter is found" _alone s0 found
ktap_test_result "nor in a sealed one into an area (C44)" _alone s0 area
_test_end
