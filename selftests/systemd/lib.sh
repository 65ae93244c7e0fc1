# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# lib.sh: what the scripts in a guest that runs Debian share. Needs guest.sh.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/dmesg.sh
. /selftests/lib/dmesg.sh

export LC_ALL=C DEBIAN_FRONTEND=noninteractive SYSTEMD_PAGER='' SYSTEMD_COLORS=0
failed=0
export failed

# check <description> <command>...: what it says only if it fails
check() {
	text=$1
	shift
	if "$@" >/tmp/check 2>&1; then
		_verdict "ok $text"
		return 0
	fi
	_verdict_lines '#   ' </tmp/check
	_verdict "not ok $text"
	failed=1
	return 1
}

# must <description> <command>...: the rest makes no sense without it
must() {
	check "$@" && return
	systemctl --no-pager --failed | _verdict_lines '#   '
	journalctl --no-pager -b -o short-monotonic -u 'dumpflt-*' | tail -n 60 | _verdict_lines '#   '
	exit 1
}

loaded() {
	[ "$(cat /sys/kernel/kexec_crash_loaded)" = "$1" ]
}

unit_is() {
	echo "$1: $(systemctl show -p ActiveState -p Result "$1" | paste -sd' ')"
	[ "$(systemctl show -p ActiveState --value "$1")" = "$2" ] &&
		[ "$(systemctl show -p Result --value "$1")" = "${3:-success}" ]
}

armed_by_unit() {
	loaded 1 && unit_is dumpflt-arm.service active && unit_is dumpflt-arm.path active &&
		dumpflt status | grep '^armed since'
}

# The record is a new file each time
armed_at() {
	stat -c '%i %y' /run/dumpflt/armed.json 2>/dev/null
}

# How often the unit has armed in this boot
times_armed() {
	journalctl --no-pager -b -o cat -u dumpflt-arm.service | grep -c '^armed: '
}

# until_true <command>...: before 100 seconds have passed in which our units say nothing. A machine
# with much else to do needs so long for one of several runs that are waited for
until_true() {
	for window in 1 2 3 4 5; do
		said=$(units_said | wc -l)
		end=$(($(uptime_seconds) + 100))
		while [ "$(uptime_seconds)" -lt "$end" ]; do
			! "$@" >/dev/null 2>&1 || return 0
			# Looking takes the only processor away from what is waited for
			sleep 1
		done
		[ "$(units_said | wc -l)" -ne "$said" ] || break
	done
	echo "not within $window times 100 seconds: $*"
	units_said | tail -n 30
	return 1
}

units_said() {
	journalctl --no-pager -b -o short-monotonic -u 'dumpflt-*'
}

uptime_seconds() {
	cut -d. -f1 /proc/uptime
}

# The test itself is a job
busy() {
	! systemctl show -p ActiveState --value dumpflt-changed.service dumpflt-rearm.service dumpflt-arm.service |
		grep -E 'activating|reloading' || return 0
	systemctl list-jobs --no-legend | grep dumpflt | grep -qv dumpflt-guest
}

# Twice in a row: between two units there is a moment where nothing is active
quiet() {
	! busy && sleep 1 && ! busy
}

armed_since() {
	[ "$(armed_at)" != "$1" ] && quiet
}

# again <unit> <command>...: it starts once more by that
again() {
	again_unit=$1 again_was=$(invocation "$1")
	shift
	"$@" && until_true another_run
}

another_run() {
	[ "$(invocation "$again_unit")" != "$again_was" ]
}

invocation() {
	systemctl show -p InvocationID --value "$1"
}

nothing_failed() {
	systemctl --no-pager --failed
	[ -z "$(systemctl --failed --no-legend)" ]
}

kernel_is_content() {
	! dmesg | grep -E "$DMESG_BAD"
}
