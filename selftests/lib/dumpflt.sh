# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt.sh: stacks for tests; what is made here is removed at the end.
#
# Copyright (C) 2026 the dumpflt authors
#
# Under emulation a process takes longer than all the rest of a check: what is done
# in each of them is done by the shell itself.

DUMPFLT_CONFIG=/sys/kernel/config/dumpflt
TOOL=${TOOL:-dumpflt}
HELPERS=$SELFTESTS/helpers
# "make install" of a kernel tree puts everything into one folder
[ -d "$HELPERS" ] || HELPERS=$SELFTESTS

_load() {
	_require_guest
	modprobe dumpflt || return 1
	_record unload dumpflt
}

# Who allocates during a dump; see kmods/allocwatch.c
WATCH=/sys/module/dumpflt_allocwatch/parameters

# _load_watched: _load, with an eye on that
_load_watched() {
	# shellcheck disable=SC2046 # two parameters
	_load && modprobe dumpflt-allocwatch \
		$(awk '$1 == "dumpflt" { print "core_start=" $6, "core_size=" $2 }' /proc/modules)
}

_watch_anew() {
	echo 0 >"$WATCH/filters" && echo 0 >"$WATCH/core" && echo 0 >"$WATCH/lost"
}

# How many there were since then, of filters or of the core
_allocations() {
	[ "$(cat "$WATCH/lost")" = 0 ] || { echo "not all callbacks were watched"; return 1; }
	echo $(($(cat "$WATCH/filters") + $(cat "$WATCH/core")))
}

# _set <value> <attribute path>: one write(2), which is what the shell's own echo makes
_set() {
	echo "$1" >"$2"
}

# _set_fails <errno name> <value> <attribute path>
_set_fails() {
	set_got=$("$HELPERS/setattr" "$3" "$2" 2>/dev/null) && {
		echo "writing '$2' to '$3' succeeded, $1 was expected"
		return 1
	}
	[ "$set_got" = "$1" ] && return 0
	echo "writing '$2' to '$3' gave $set_got, $1 was expected"
	return 1
}

# _stack_create <stack> <target> [attribute=value]...
_stack_create() {
	stack=$1
	mkdir "$DUMPFLT_CONFIG/$stack" || return 1
	_record stack "$stack"
	_set "$2" "$DUMPFLT_CONFIG/$stack/target" || return 1
	_set crash "$DUMPFLT_CONFIG/$stack/type" || return 1
	shift 2
	for attr in "$@"; do
		_set "${attr#*=}" "$DUMPFLT_CONFIG/$stack/${attr%%=*}" || return 1
	done
}

# _filter_add <stack> <NN-name> [option=value]...
_filter_add() {
	filter=$DUMPFLT_CONFIG/$1/$2
	mkdir "$filter" || return 1
	shift 2
	[ $# -eq 0 ] && return 0
	filter_options=$1
	shift
	for filter_option in "$@"; do
		filter_options="$filter_options
$filter_option"
	done
	_set "$filter_options" "$filter/options"
}

# _live <stack> <0|1>
_live() {
	_set "$2" "$DUMPFLT_CONFIG/$1/live" || {
		_last_error "$1"
		return 1
	}
}

# _session <stack> <start|read|finish>
_session() {
	_set "$2" "$DUMPFLT_CONFIG/$1/session" || {
		_last_error "$1"
		return 1
	}
}

# _read_attr <stack> <attribute>: its one line into attr_got
_read_attr() {
	attr_got=''
	read -r attr_got <"$DUMPFLT_CONFIG/$1/$2" || [ -e "$DUMPFLT_CONFIG/$1/$2" ]
}

_attr() {
	_read_attr "$1" "$2" && echo "$attr_got"
}

_last_error() {
	_attr "$1" last_error
}

# _attr_is <stack> <attribute> <value>
_attr_is() {
	_read_attr "$1" "$2" || return 1
	[ "$attr_got" = "$3" ] && return 0
	echo "'$2' of stack '$1' is '$attr_got', '$3' was expected"
	return 1
}

# _last_error_has <stack> <regex>
_last_error_has() {
	grep -Eq "$2" "$DUMPFLT_CONFIG/$1/last_error" && return 0
	echo "last_error is '$(_last_error "$1")', '$2' was expected in it"
	return 1
}

# _dev <stack>: path of its disk, once it is live
_dev() {
	echo "/dev/$(_attr "$1" device)"
}

# _sysfs <stack>: folder of its state and counters
_sysfs() {
	echo "/sys/block/$(_attr "$1" device)/dumpflt"
}

# _stat <stack> <NN-name> <callback> <calls|bytes|errors|ns>
_stat() {
	_read_attr "$1" device || return 1
	while read -r stat_callback stat_calls stat_bytes stat_errors stat_ns _; do
		[ "$stat_callback" = "$3" ] || continue
		case $4 in
		calls) echo "$stat_calls" ;;
		bytes) echo "$stat_bytes" ;;
		errors) echo "$stat_errors" ;;
		ns) echo "$stat_ns" ;;
		esac
	done <"/sys/block/$attr_got/dumpflt/$2/stat"
}

# _in_flight <stack>: something was asked of its device and not answered yet
_in_flight() {
	_read_attr "$1" device && read -r in_flight_reads in_flight_writes _ <"/sys/block/$attr_got/inflight" &&
		[ $((in_flight_reads + in_flight_writes)) -gt 0 ]
}

# _dump <stack> <pattern option>...: one whole dump session
_dump() {
	stack=$1
	shift
	_session "$stack" start && _read_attr "$stack" device &&
		"$HELPERS/pattern" write "/dev/$attr_got" "$@" &&
		_session "$stack" finish
}

_remove_stack() {
	dir=$DUMPFLT_CONFIG/$1
	[ -d "$dir" ] || return 0
	read -r remove_live <"$dir/live" || return 1
	if [ "$remove_live" != 0 ]; then
		_set 0 "$dir/live" || return 1
	fi
	set -- "$dir"/[0-9][0-9]-*
	[ -d "$1" ] || shift
	rmdir "$@" "$dir"
}

# _alone <stack> <command>...: then the stack is removed, whatever became of it
_alone() {
	alone_stack=$1
	shift
	"$@"
	alone_status=$?
	_remove_stack "$alone_stack" && _forget stack "$alone_stack" && return "$alone_status"
}

# Filters first: they pin the core
_unload() {
	sed -n 's/^\(dumpflt_[^ ]*\) .*/\1/p' /proc/modules | while read -r module; do
		rmmod "$module" || exit 1
	done && rmmod dumpflt
}
