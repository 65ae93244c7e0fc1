# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# rehearsal.sh: what guest-arm checks of 'dumpflt rehearse', before it crashes. What that
# has estimated goes to the verdict, for the comparison with the dump.
#
# Copyright (C) 2026 the dumpflt authors

AREA=$(disk area)
REHEARSAL=/var/lib/dumpflt/rehearsal.json

# number <key>: of the last rehearsal; the first one of that name
number() {
	sed -n "s/^ *\"$1\": *\([0-9]*\),*$/\1/p" "$REHEARSAL" | head -n 1
}

# left_behind <what is there>...: nothing but what was there before may be
left_behind() {
	_verdict "# left behind: $*"
	return 1
}

loaded_modules() {
	cut -d' ' -f1 /proc/modules | sort
}

# Neither stack, image, module, mount nor process, nor a byte of the sample
nothing_behind() {
	for file in /run/dumpflt/rehearsal* /sys/block/dumpflt* /sys/kernel/config/dumpflt/rehearsal; do
		[ ! -e "$file" ] || left_behind "$file" || return 1
	done
	! grep rehearsal /proc/mounts || left_behind "a mount" || return 1
	! pidof makedumpfile dumpflt || left_behind "a process" || return 1
	loaded_modules | cmp /tmp/modules - || left_behind "$(loaded_modules | diff /tmp/modules -)" ||
		return 1
	[ "$(dumpflt show --json "$AREA" | grep -o '"state":"[A-Z]*"' | sort -u)" = '"state":"EMPTY"' ] ||
		left_behind "a slot" || return 1
	# of slot 0, behind header A: metadata and the first 30 MiB
	[ "$(dd if="$AREA" bs=64k skip=1 count=480 2>/dev/null | tr -d '\0' | wc -c)" -eq 0 ] ||
		left_behind "data in slot 0"
}

# other <key>: likewise, without the compressor
other() {
	sed -n "/\"uncompressed\"/,/}/s/^ *\"$1\": *\([0-9a-z]*\),*$/\1/p" "$REHEARSAL"
}

# It takes more room, and time of its own
other_is_known() {
	[ "$(other bytes)" -gt "$(number bytes)" ] && [ "$(other ms)" -gt 0 ] && [ "$(other fits)" = true ] &&
		grep '^  without compression about ' /tmp/out
}

# What arm has made of it: without the compressor exactly if that is faster and fits twice
as_measured() {
	want='-l -d 31'
	if [ "$(other ms)" -lt "$(number ms_least)" ] && [ "$(other bytes)" -le $(($(number slot_bytes) / 2)) ]; then
		want='-d 31'
	fi
	grep -q "\"args\": *\"$want\"" /run/dumpflt/armed.json || fail "it was not armed with $want"
	_verdict "# args: $want"
}

# The configuration says rehearsal = require
rehearse_first() {
	mkdir -p /var/lib
	loaded_modules >/tmp/modules
	refused 'there was none, and rehearsal = require'
	rm -rf /run/dumpflt
	dumpflt rehearse --sample 40 >/tmp/out 2>&1 || fail "rehearse"
	other_is_known >>/tmp/out 2>&1 || fail "a rehearsal without compression"
	_verdict_lines '# ' </tmp/out
	nothing_behind >/tmp/out 2>&1 || fail "a rehearsal left something"
	_verdict "ESTIMATE $(number bytes) $(number ms)"
}

# On an armed machine, which stays so, and interrupted when the stack is there
rehearse_armed() {
	loaded_modules >/tmp/modules
	cp "$REHEARSAL" /tmp/rehearsal.json
	dumpflt rehearse --sample 40 >/tmp/rehearse.out 2>&1 &
	pid=$!
	until [ -e /sys/block/dumpflt0 ]; do
		kill -0 "$pid" 2>/dev/null || { cp /tmp/rehearse.out /tmp/out; fail "a second rehearsal"; }
		usleep 50000
	done
	kill -INT "$pid"
	wait "$pid"
	code=$?
	cp /tmp/rehearse.out /tmp/out
	{ [ "$code" -eq 1 ] && grep -q 'it was told to end' /tmp/out; } || fail "it was not interrupted: $code"
	{ nothing_behind && cmp /tmp/rehearsal.json "$REHEARSAL"; } >/tmp/out 2>&1 ||
		fail "an interrupted rehearsal left something"
	loaded 1 || fail "a rehearsal disarmed the machine"
}
