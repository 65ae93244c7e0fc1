#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_nomem_01.sh: every allocation on the way to a live stack fails, one after the
# other. What goes live all the same is what was configured, never less (C10, C56).
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

# all_ready <filter>...: none was left out
all_ready() {
	for f in "$@"; do
		read -r state <"$DUMPFLT_CONFIG/s0/$f/state"
		[ "$state" = ready ] || { echo "$f is $state"; return 1; }
	done
}

# each <limit> <one by one up to> <attribute> <value> <undo> <check>: until an attempt needs no more memory
# than there was. In $hits, how many failed, in $worded, for how many of them the stack said why: once it does, it
# does so for each. Before, it was not the stack that had begun
each() {
	n=1 hits=0 worded=0
	while :; do
		said=$("$HELPERS/nth" "$n" "$3" "$4") || return 1
		case $said in
		'missed 0') $6 && $5 && break ;;
		'hit 0') $6 || { echo "allocation $n failed, and yet:"; return 1; } ;;
		'hit '*)
			hits=$((hits + 1))
			if [ -n "$(_last_error s0)" ]; then
				worded=$((worded + 1))
			elif [ "$worded" -gt 0 ]; then
				echo "allocation $n: $said, without a word, after $worded with"
				return 1
			fi
			[ "$(_attr s0 live)" = 0 ] || { echo "allocation $n: $said, but it is live"; return 1; }
			;;
		*) echo "allocation $n: $said"; return 1 ;;
		esac
		[ "${said#* }" != 0 ] || $5 || return 1
		n=$((n + 1))
		# under emulation, of the many alike (requests, records) one in ten
		[ -e /proc/self/fail-nth ] || [ "$n" -lt "$2" ] || n=$((n + 9))
		[ "$n" -le "$1" ] || { echo "no end after $1 allocations"; return 1; }
	done
	echo "# $3 = $4: $((n - 1)) allocations, $hits refusals"
	[ "$hits" -gt 0 ]
}

dumps() { _session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size "$1" && _session s0 finish; }
down() { _set 0 "$DUMPFLT_CONFIG/s0/live"; }
# Ready to take a dump, too: what was not allocated is missed then
plain_ready() { all_ready 10-trace 20-template && dumps 16K; }
sealed_ready() { all_ready 10-age 20-digest; }

# not critical by itself, so that it could be left out
plain() {
	_stack_create s0 "$disk" max_pages=4 && _filter_add s0 10-trace && _filter_add s0 20-template key=7 &&
		_set 1 "$DUMPFLT_CONFIG/s0/10-trace/critical" &&
		each 2000 100 "$DUMPFLT_CONFIG/s0/live" 1 down plain_ready || return 1
	[ "$worded" -gt 0 ] || { echo "no refusal for want of memory says why"; return 1; }
}

# The policy's filters: digest says nothing of being critical
sealed() {
	_area_format "$disk" --slots 1 --filter "age,recipient=$alice" --filter digest >/dev/null &&
		_area_stack s0 "$disk" && _filter_add s0 10-age "recipient=$alice" && _filter_add s0 20-digest &&
		_set 1 "$DUMPFLT_CONFIG/s0/10-age/critical" &&
		each 2000 100 "$DUMPFLT_CONFIG/s0/live" 1 down sealed_ready
}

kept_options() { grep -qx key=7 "$DUMPFLT_CONFIG/s0/10-template/options"; }
no_options() { _set "" "$DUMPFLT_CONFIG/s0/10-template/options"; }

# What was not taken must not be taken for configured
options() {
	_stack_create s0 "$disk" && _filter_add s0 10-template || return 1
	each 50 50 "$DUMPFLT_CONFIG/s0/10-template/options" key=7 no_options kept_options
}

# Header A counts; the other one does not know of the dump in slot 0
older_header() {
	_area_format "$disk" --slots 2 >/dev/null && dd if="$disk" of="$TEST_TMP/older" bs=64k skip=255 2>/dev/null &&
		_area_stack s0 "$disk" && _filter_add s0 10-digest && _live s0 1 && _dump s0 --size 64K --block 64K && _live s0 0 &&
		dd if="$TEST_TMP/older" of="$disk" bs=64k seek=255 conv=notrunc,fsync 2>/dev/null || return 1
	n=1
	while [ "$n" -le 10 ]; do
		said=$("$HELPERS/nth" "$n" "$DUMPFLT_CONFIG/s0/live" 1) || return 1
		[ "$said" = 'hit ENOMEM' ] || break
		n=$((n + 1))
	done
	echo "allocation $n: $said"
	[ "$n" -gt 4 ] && { [ "$(_attr s0 live)" = 1 ] || _live s0 1; } && _session s0 start &&
		_is "slot of the next dump" "$(cat "$(_sysfs s0)/slot")" 1
}

[ -e /proc/self/fail-nth ] || _have_module nth
_test_begin 4
[ -e /proc/self/fail-nth ] || modprobe nth
_load
disk=$(_null_blk size=16)
alice=$(_age_key alice)
ktap_test_result "a plain stack" _alone s0 plain
ktap_test_result "a sealed area, whose policy says what is needed" _alone s0 sealed
ktap_test_result "options of a filter" _alone s0 options
ktap_test_result "no memory for the header that counts: the older one is not taken" _alone s0 older_header
[ -e /proc/self/fail-nth ] || rmmod nth
_test_end
