# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# capture.sh: "dumpflt capture" of a stack f, with a makedumpfile that can hang.
#
# Copyright (C) 2026 the dumpflt authors

# As makedumpfile -F writes it: a header, four records of 1 MiB, and the end marker. A file
# of that name in TEST_TMP makes it slow, hang in the middle, or leave a child that holds its
# output, in its own session ("escapes") or not ("holds")
_capture_makedumpfile() {
	cat >"$TEST_TMP/makedumpfile" <<-'END'
		#!/bin/sh
		[ "$1" != --check-params ] || exit 0
		is() { [ -e "${0%/*}/$1" ]; }
		zeros() { head -c "$1" /dev/zero; }
		printf makedumpfile; zeros 11; printf '\001'; zeros 7; printf '\001'; zeros 4064
		for at in '\000' '\020' '\040' '\060'; do
			zeros 5; printf "$at"; zeros 2
			zeros 5; printf '\020'; zeros 2
			head -c 1048576 /dev/urandom
			! is slow || sleep 1
			! is hangs || sleep 4321
		done
		! is holds || sleep 4321 &
		! is escapes || setsid sleep 4321 &
		printf '\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377'
	END
	chmod +x "$TEST_TMP/makedumpfile"
}

# _capture_prepare <target> <seconds for the dump>
_capture_prepare() {
	_capture_makedumpfile
	: >"$TEST_TMP/vmcore"
	cat >"$TEST_TMP/conf" <<-END
		[stack]
		name = f
		target = $1
		area = no
		timeout_ms = 1000
		[filter trace]
		[dump]
		vmcore = $TEST_TMP/vmcore
		makedumpfile = $TEST_TMP/makedumpfile
		log = no
		wait_for_target = 1
		max_seconds = $2
	END
	# Of a machine whose memory would fit into the target
	echo 'MemTotal: 4096 kB' >"$TEST_TMP/meminfo"
	capture_budget=$(DUMPFLT_MEMINFO=$TEST_TMP/meminfo "$TOOL" capture -c "$TEST_TMP/conf" --dry-run |
		sed -n 's/^budget *\([0-9]*\) s:.*/\1/p')
	[ -n "$capture_budget" ]
}

# _captures <exit code> <seconds>: so it ends, and within these as within what it has promised
_captures() {
	captures_at=$(cut -d. -f1 /proc/uptime)
	"$TOOL" capture -c "$TEST_TMP/conf" >"$TEST_TMP/out" 2>&1
	captures_code=$?
	captures_took=$(($(cut -d. -f1 /proc/uptime) - captures_at))
	cat "$TEST_TMP/out"
	_is "exit code" "$captures_code" "$1" || return 1
	[ "$captures_took" -le "$2" ] && [ "$captures_took" -le "$capture_budget" ] && return
	echo "it took $captures_took s, and has promised '$capture_budget'"
	return 1
}

# _capture_says <text>: in what the last one said
_capture_says() {
	grep -qF -- "$1" "$TEST_TMP/out" && return
	echo "it does not say '$1'"
	return 1
}

# With which nobody takes it for a good dump
_capture_failed() {
	! grep -q '^complete' "$TEST_TMP/out" && _capture_says 'ERROR: '
}

_capture_good() {
	_captures 0 60 && _capture_says 'complete: 4198480 bytes' && _capture_gone
}

_capture_gone() {
	[ ! -e "$DUMPFLT_CONFIG/f" ]
}

# _processes <words>: numbers of those whose command line has them
_processes() {
	for processes_proc in /proc/[0-9]*; do
		case $(tr '\0' ' ' 2>/dev/null <"$processes_proc/cmdline") in
		*"$1"*) echo "${processes_proc#/proc/}" ;;
		esac
	done
}

_no_processes() {
	[ -z "$(_processes "$1")" ]
}
