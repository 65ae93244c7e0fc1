# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# conform_end.sh: what a filter leaves behind, see conform.sh.
#
# Copyright (C) 2026 the dumpflt authors
#
# Allocations are known by their tracepoints: what code of the module got from
# the slab, and nobody gave back. Also looked at is what it got from vmalloc.
# Pages that it took from the page allocator itself are not seen.

# shellcheck source=events.sh
. "$SELFTESTS/lib/events.sh"

CONFORM_EVENTS='kmalloc kmalloc_node kmem_cache_alloc kmem_cache_alloc_node kfree kmem_cache_free'

# The module that has the filter, as the kernel writes it
_conform_module() {
	conform_alias=$(sed -n "s/^alias dumpflt-$CONFORM_FILTER //p" \
		"/lib/modules/$(uname -r)/modules.alias" | head -n 1)
	echo "${conform_alias:-dumpflt-$CONFORM_FILTER}" | tr - _
}

# Addresses as they are: until the kernel has randomness it has only one word for all. Before 5.12
# there is no choice
_conform_hash() {
	[ ! -e "$TRACING/options/hash-ptr" ] || echo "$1" >"$TRACING/options/hash-ptr"
}

_conform_events_on() {
	_conform_hash 0 || return 1
	set -- dumpflt/dumpflt_filter_call
	for event in $CONFORM_EVENTS; do
		[ ! -d "$TRACING/events/kmem/$event" ] || set -- "$@" "kmem/$event"
	done
	_events_on "$@"
}

# One life, and one that ends at once, for an option that it does not know is
# found out after its init. With the shell's own echo: each process that is
# started makes a lot of events
_conform_life() {
	conform_dir=$DUMPFLT_CONFIG/c
	echo 1 >"$conform_dir/live" && echo 0 >"$conform_dir/live" || return 1
	printf '%s\n' "$CONFORM_OPTIONS" no_filter_knows_this=1 >"$conform_dir/10-$CONFORM_FILTER/options"
	! echo 1 >"$conform_dir/live" 2>/dev/null || {
		echo "it goes live with an option that it does not know"
		return 1
	}
}

# "<function> <bytes>" of each allocation that was not freed. There are thousands of events, so
# they are read once. An allocation without its end would be taken for a leak, one without its
# begin for none: fails if not all were recorded. The log's head says how many there were, and the
# core's own, with their addresses, must be among them
_conform_leaked() {
	awk -v mark="[$1]" '
		# "ptr=ffff888012345678" out of ptr=, bytes_alloc= and such
		function field(name) {
			if (!match($0, " " name "=[^ ]*"))
				return ""
			return substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 2)
		}
		/LOST .* EVENTS/ { lost = 1 }
		/^# entries-in-buffer/ { split($3, entries, "/"); all = entries[1] == entries[2] }
		/: k(free|mem_cache_free): / { delete open[field("ptr")]; next }
		!/: k(malloc|mem_cache_alloc)[a-z_]*: / { next }
		index($0, "[dumpflt]") && !/ptrval/ { core = 1 }
		index($0, mark) { open[field("ptr")] = field("call_site") " " field("bytes_alloc") " bytes" }
		END {
			for (ptr in open)
				print open[ptr]
			exit lost || !all || !core
		}' "$TEST_TMP/trace"
	leaked_status=$?
	grep -F "[$1]" /proc/vmallocinfo | grep -v module_alloc
	return "$leaked_status"
}

_conform_unloads() {
	_is "what unload returned" "$(_event_fields callback=unload ret | grep -vx 0)" '' &&
		_is "references to its module" "$(cat "/sys/module/$conform_module/refcnt")" 0 &&
		rmmod "$conform_module"
}

_conform_end() {
	conform_module=$(_conform_module)
	# A module that cannot be loaded leaves nothing behind
	[ -d "/sys/module/$conform_module" ] || return 0
	if ! _conform_step init _conform_stack c "$CONFORM_DISK" 10-it || ! _conform_step init _live c 0; then
		_conform_gone
		return
	fi
	_conform_events_on
	_conform_step init _conform_life
	conform_lived=$?
	_events_stop
	_conform_hash 1
	_conform_gone
	if ! _conform_leaked "$conform_module" >"$CONFORM_TMP/leaked"; then
		_conform_verdict skip leak "not judged: the kernel has not recorded all of its allocations"
	elif [ -s "$CONFORM_TMP/leaked" ]; then
		_conform_verdict broken leak "$(tr '\n' ';' <"$CONFORM_TMP/leaked")"
	elif [ "$conform_lived" -eq 0 ]; then
		_conform_kept leak
	fi
	_conform_step unload _conform_unloads && _conform_kept unload
}
