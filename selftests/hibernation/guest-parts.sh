# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# guest-parts.sh: what can become of a hibernation, and of a resume.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/guest.sh
. /selftests/lib/guest.sh
_require_guest
# shellcheck source=../lib/disk.sh
. /selftests/lib/disk.sh

stack=/sys/kernel/config/dumpflt/hibernation
area=$(_disk_by_serial area) || exit 1

# fault <serial>: into a disk whose filters let it fail
fault() {
	disk=$(_disk_by_serial "$1") || exit 1
	said "FAULT $1" dumpflt hibernate --fingerprint "$(_fingerprint "$disk")" --image-size 0 "$disk"
	went_on "$1"
	said "CHECK $1" dumpflt resume --check --identity /other.txt --origin /machine.key "$disk"
}

check() {
	said "CHECK $1" dumpflt resume --check --identity /other.txt --origin /machine.key "$area"
}

# taken_down <word>: by the kernel, once nobody has the device open
taken_down() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(cat "$stack/state")" != configured ] || break
		sleep 1
	done
	_verdict "STATE $1 $(cat "$stack/state")"
}

# killed <function> <n>: in that call of it
killed() {
	modprobe killat "symbol=$1" "nth=$2" || exit 1
	said "KILLED $1" hibernate
	rmmod killat
	# As soon as its process is gone
	check "$1"
	taken_down "$1"
	remembered && _verdict "$1 REMEMBERED"
}

# gives_up <word> <command>...: it ends, and all is as it was
gives_up() {
	gives_word=$1
	said "$@"
	went_on "$gives_word"
	check "$gives_word"
}

machine_key() {
	keyctl padd logon test:machine @u <"/$1" >/dev/null
}

# Somebody else who is asked whether the machine may hibernate
somebody_refuses() {
	inject=/sys/kernel/debug/notifier-error-inject/pm/actions/PM_HIBERNATION_PREPARE/error
	modprobe pm-notifier-error-inject priority=-1 && echo -16 >"$inject" || exit 1
	gives_up PREPARE hibernate
	echo 0 >"$inject"
	rmmod pm-notifier-error-inject
}

whole() {
	dd if="$1" bs=64k iflag=direct 2>/dev/null | sha256sum
}

# What the kernel does at this level is what it does if it is woken up before it makes an image; the
# tool is told of no level
woken_early() {
	mkdir -p /tmp/sys/power && ln -sf /sys/block /tmp/sys/block && cp /sys/power/disk /sys/power/image_size /sys/power/mem_sleep /tmp/sys/power
	# shellcheck disable=SC2154 # of guest-hibernation
	said EARLY env DUMPFLT_SYSFS=/tmp/sys dumpflt hibernate --fingerprint "$(_fingerprint "$area")" --mode "$mode" "$area"
	went_on EARLY
	check EARLY
}

# level <word>: the kernel goes as far as that, and comes back. A stack that hibernates with it is
# loaded and unloaded, and its disk is as it was
level() {
	level_before=$(whole "$three")
	level_status=0
	{ echo "$1" >/sys/power/pm_test && echo disk >/sys/power/state; } || level_status=1
	for _ in 1 2 3 4 5; do
		[ "$(cat /sys/kernel/config/dumpflt/levels/state)" != configured ] || break
		sleep 1
	done
	level_unloads=$(dmesg | grep -c 'stack=levels .*callback=unload')
	remembered && [ "$level_before" = "$(whole "$three")" ] &&
		_verdict "LEVEL $1 $level_status unloads $level_unloads"
	# Nothing is hibernated like that by the tool
	said "TEST $1" hibernate
	[ "$1" != core ] || woken_early
	echo none >/sys/power/pm_test
}

levels() {
	three=$(_disk_by_serial three) && modprobe dumpflt-trace && levels=/sys/kernel/config/dumpflt/levels &&
		mkdir "$levels" "$levels/10-trace" && echo "$three" >"$levels/target" && echo hibernation >"$levels/type" &&
		echo 1 >"$levels/auto" && echo 1 >/sys/module/suspend/parameters/pm_test_delay || exit 1
	for level in freezer devices platform processors core; do
		level "$level"
	done
	rmdir "$levels/10-trace" "$levels"
}

# fill <MiB>: so much is left
fill() {
	fill_free=$(awk '$1 == "MemAvailable:" { print int($2 / 1024) }' /proc/meminfo)
	mkdir -p /fill && mount -t tmpfs -o size=100% none /fill &&
		head -c "$(((fill_free - $1) * 1048576))" /dev/urandom >/fill/all
}

# As if the kernel had none of it: all else of /dev is as it is
no_random() {
	mkdir /tmp/dev && ln -s /dev/* /dev/dumpflt0 /tmp/dev/ && rm /tmp/dev/random && touch /tmp/dev/random || exit 1
	DUMPFLT_DEV=/tmp/dev gives_up RANDOM hibernate
}

refused() {
	keyctl purge logon test:machine >/dev/null
	gives_up NOKEY hibernate
	machine_key stranger.key
	keyctl purge logon test:machine >/dev/null && machine_key machine.key || exit 1
	fault one
	somebody_refuses
	levels
	no_random
	fill 48 || exit 1
	gives_up FULL hibernate
}

# At last by a root who may not let the machine go down; the shell has a setpriv of its own
held() {
	killed dumpflt_session_start 1
	killed dumpflt_session_end 1
	gives_up HELD /usr/bin/setpriv --bounding-set=-sys_boot dumpflt hibernate --fingerprint "$(_fingerprint "$area")" --mode shutdown --image-size 0 "$area"
}

# half <n>: of a dump in a crash stack, which is what was put into the memory
half() {
	dd if=/tmp/memory of="/dev/$(cat "$beside/device")" bs=64k skip=$(($1 * 32)) seek=$(($1 * 32)) count=32 oflag=direct 2>/dev/null
}

beside() {
	one=$(_disk_by_serial one) && two=$(_disk_by_serial two) && beside=/sys/kernel/config/dumpflt/beside &&
		modprobe dumpflt-trace && mkdir "$beside" "$beside/10-trace" && echo "$one" >"$beside/target" && echo crash >"$beside/type" &&
		echo 1 >"$beside/live" && echo start >"$beside/session" && half 0 &&
		mkswap "$two" >/dev/null && swapon "$two" && fill 64 || exit 1
	_verdict "SUM $(dd if=/tmp/memory bs=64k count=64 2>/dev/null | sha256sum | cut -d' ' -f1)"
	hibernations
	half 1 && echo finish >"$beside/session"
	_verdict "BESIDE $(cat "$beside/state")"
	_verdict "SWAPPED $(awk 'NR == 2 { print ($4 > 0) }' /proc/swaps)"
}

# For whoever pulls the plug: what is said to be durable has to be
lingers() {
	modprobe holdup symbol=kernel_power_off ms=100000
}

spilt() {
	modprobe killat symbol=snapshot_write nth=500 || exit 1
	said SPILT dumpflt resume --identity /key.txt --origin /machine.key "$area"
	rmmod killat
	taken_down SPILT
}

midway() {
	modprobe holdup symbol=snapshot_write ms=600000 || exit 1
	dumpflt resume --identity /key.txt --origin /machine.key "$area" >/dev/null 2>&1 &
	waited=0
	until [ "$(cat /sys/module/holdup/parameters/ms)" = 0 ]; do
		[ "$waited" -lt 600 ] || exit 1
		sleep 1
		waited=$((waited + 1))
	done
	_verdict MIDWAY
	sleep 600
}

# A seed that is due anyway would hide that nobody asks for one
draws() {
	modprobe draws symbol=dumpflt_session_start && /selftests/helpers/reseed
}

# What it says is said before this kernel is no more
bare() {
	DUMPFLT_CONFIGFS=/nowhere dumpflt resume --identity /key.txt --origin /machine.key "$area" 2>&1 | _verdict_lines 'says: '
}

# It keeps its memory, and an alarm wakes it up: the image must not be resumed any more
woken() {
	echo 0 >/sys/class/rtc/rtc0/wakealarm && echo +90 >/sys/class/rtc/rtc0/wakealarm || exit 1
	said WOKEN dumpflt hibernate --fingerprint "$(_fingerprint "$area")" --mode suspend --image-size 0 "$area"
	went_on woken
	said "CHECK woken" dumpflt resume --check --identity /other.txt --origin /machine.key "$area"
}

# each_fault <serial>...
each_fault() {
	for serial; do
		fault "$serial"
	done
}

faults() {
	each_fault one two three && killed snapshot_read 3000
}

refuse() {
	copy=$(_disk_by_serial one) && damaged=$(_disk_by_serial two) || exit 1
	said OTHER dumpflt resume --keep --identity /other.txt --origin /machine.key "$copy"
	said STRANGER dumpflt resume --keep --identity /key.txt --origin /stranger.key "$copy"
	said KEPT dumpflt resume --check --identity /key.txt --origin /machine.key "$copy"
	said NORESUME dumpflt resume --noresume "$copy"
	said NONE dumpflt resume --identity /key.txt --origin /machine.key "$copy"
	said DAMAGED dumpflt resume --identity /key.txt --origin /machine.key "$damaged"
	said NONE dumpflt resume --identity /key.txt --origin /machine.key "$damaged"
}
