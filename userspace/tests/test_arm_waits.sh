#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt arm: how long a capture kernel takes at most until it reboots.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/arm.sh disable=SC1091
. "$(dirname "$0")/arm.sh"

machine
arm 0 && image
result $? 'armed'

# planned WORD: its number in the image that was built
planned()
{
	sed -n "s/^$1 \([0-9]*\)$/\1/p" "$TMP/image/etc/dumpflt/plan"
}

# said: the one figure of --check
said()
{
	arm 0 --check && sed -n 's/^time       at most \([0-9]*\) s .*/\1/p' "$TMP/out"
}

# 20 s for a capture that is to stop and 10 s for a reboot are not in the plan, but in the program
sum()
{
	local all before=$((120 + 30)) capture

	all=$(said)
	# as capture-init waits: 9 steps of the build for tests with their own seconds, their
	# multiples of the target's timeout, the end; see Documentation/ABI.md for the default
	capture=$((all - 30 - before))
	[ "$(planned wait)" = 30 ] && [ "$(planned before)" = $before ] &&
		[ "$(planned budget)" = $((before + capture)) ] && [ "$capture" -gt 100 ] &&
		grep -q "\"max_seconds\":$all\b" <(tr -d ' \n' <"$DUMPFLT_ROOT/run/dumpflt/armed.json") || return 1
	# each wait that the configuration names is in it, as often as it is waited
	sed -i 's/^max_seconds.*/max_seconds = 150/' "$conf" && [ "$(said)" = $((all + 50)) ] &&
		sed -i '/^max_seconds/a wait_for_target = 40' "$conf" && [ "$(said)" = $((all + 50 + 20)) ] &&
		sed -i '/^wait_for/d; s/^max_seconds.*/max_seconds = 100/' "$conf" && [ "$(said)" = "$all" ]
}
sum
result $? 'the sum of all waits is one figure: in the plan, in the record, printed'

# chosen SECONDS: max_seconds, if nobody says it; with it the machine is away for less than a day
chosen()
{
	sed -i '/^max_seconds/d' "$conf"
	[ "$(said)" -lt 86400 ] && arm 0 && image && ! err 'more than a day' &&
		grep -qx "max_seconds = $1" "$TMP/image/etc/dumpflt/capture.conf.in"
}
# two slots of 127 MiB each, at 8 MiB/s, and half an hour
chosen $((1800 + 127 / 8))
result $? 'max_seconds is chosen by the size of a slot'
machine && truncate -s 2T "$DUMPFLT_ROOT/dev/vdb" &&
	"$DUMPFLT" format --force --slots 1 --recipient "$recipient" "$DUMPFLT_ROOT/dev/vdb" >/dev/null &&
	sed -i "s,^id = .*,target = /dev/vdb," "$conf" && chosen 43200
result $? 'but by default no machine is away for a day'
machine && sed -i 's/^max_seconds.*/max_seconds = 86400/' "$conf" && arm 0 --check &&
	err 'which is more than a day' && err 'Lower max_seconds'
result $? 'whoever wants that is told'

finish
