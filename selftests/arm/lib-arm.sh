# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# lib-arm.sh: what the guests that are armed share.
#
# Copyright (C) 2026 the dumpflt authors

# fail <what>: with what was said last
fail() {
	_verdict "# $1:"
	_verdict_lines '#   ' </tmp/out
	exit 1
}

# disk <serial>: what it is called in this boot
disk() {
	for disk_folder in /sys/block/vd*; do
		[ "$(cat "$disk_folder/serial")" = "$1" ] && echo "/dev/${disk_folder##*/}" && return
	done
	return 1
}

# silence <serial>: read from it until it does not answer any more
silence() {
	: >/tmp/out
	dd if="$(disk "$1")" of=/dev/null bs=1M &
	sleep 3
	kill -0 $! 2>/dev/null || fail "disk '$1' still answers"
}

crash() {
	echo "dumpflt-crash: $MARKER" >/dev/kmsg
	_verdict "CRASH $(cut -d' ' -f1 /proc/uptime)"
	echo c >/proc/sysrq-trigger
	sleep 10
	exit 1
}

# What outlives a boot: a disk, and the memory that the command line leaves alone
outliving() {
	: >/tmp/out
	mkdir -p /var/lib /run
	mount -t ext4 "$(disk more)" /var/lib || fail "mounting /var/lib"
	modprobe ramoops mem_address=0x30000000 mem_size=0x40000 record_size=0x8000 ecc=1 ||
		fail "loading ramoops"
	mount -t pstore pstore /sys/fs/pstore || fail "mounting pstore"
}
