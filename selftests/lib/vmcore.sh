# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# vmcore.sh: is this dump that of the crash which was made?
#
# Copyright (C) 2026 the dumpflt authors
#
# Runs in a guest and on the machine that guests run on. MARKER, CANARY and
# PLACES are those of the run. MAKEDUMPFILE is a command that knows the guest's architecture, if
# makedumpfile does not.

# _vmcore_log <vmcore> <log>: the crashed kernel's log is that of this crash,
# once, and nothing after the panic began
_vmcore_log() {
	${MAKEDUMPFILE:-makedumpfile} --dump-dmesg "$1" "$2" || return 1
	grep -F "dumpflt-crash: $MARKER" "$2" &&
		[ "$(grep -cF "dumpflt-crash: " "$2")" = 1 ]
}

_vmcore_panic() {
	grep -F "Kernel panic" "$1" | head -n 1
}

# _vmcore_canaries <vmcore>: the memory that was dumped is in it
_vmcore_canaries() {
	strings -n 32 "$1" | grep -F "$CANARY" >"$1.canaries"
	for place in $PLACES; do
		found=$(grep -cF "$CANARY-$place" "$1.canaries")
		echo "$place: found $found times"
		[ "$found" -ge 4 ] || return 1
	done
}
