# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# disk.sh: block devices for tests; what is made here is removed at the end.
#
# Copyright (C) 2026 the dumpflt authors
#
# Functions that make a device print its path. They are called in $( ), so what
# was made is recorded in a file, not in a variable.

# There is no udev in a guest: dmsetup makes the nodes itself
export DM_DISABLE_UDEV=1
NULLB_CONFIG=/sys/kernel/config/nullb

# _modprobe <module> [parameter]...: loads it now, unloads it at the end
_modprobe() {
	_require_guest
	modprobe "$@" || return 1
	_record module "$1"
}

# _soon <seconds> <command>...: it succeeds within that time, asked ten times a second.
# What it says counts only at the end
_soon() {
	soon_tries=$(($1 * 10))
	soon_seconds=$1
	shift
	while [ "$soon_tries" -gt 0 ]; do
		"$@" >/dev/null 2>&1 && return 0
		soon_tries=$((soon_tries - 1))
		usleep 100000
	done
	"$@" && return 0
	echo "'$*' did not succeed within $soon_seconds s" >&2
	return 1
}

# _memory_step <device>: memory for direct reads and writes may begin there: at what the disk
# says, no less than a sector here, or, before 6.0, at each block
_memory_step() {
	step_queue=$(readlink -f "$1")
	step_queue=/sys/block/${step_queue##*/}/queue
	if [ -e "$step_queue/dma_alignment" ]; then
		step=$(($(cat "$step_queue/dma_alignment") + 1))
		[ "$step" -ge 512 ] || step=512
		echo "$step"
	else
		cat "$step_queue/logical_block_size"
	fi
}

_wait_for() {
	_soon 1 [ -e "$1" ]
}

# _null_blk [attribute=value]...: memory backed, 64 MiB unless told
_null_blk() {
	[ -d "$NULLB_CONFIG" ] || _modprobe null_blk nr_devices=0 || return 1
	null_blk_nr=0
	while ! mkdir "$NULLB_CONFIG/t$null_blk_nr" 2>/dev/null; do
		null_blk_nr=$((null_blk_nr + 1))
		[ "$null_blk_nr" -lt 64 ] || return 1
	done
	_record null_blk "t$null_blk_nr"
	for null_blk_set in memory_backed=1 size=64 "$@" power=1; do
		echo "${null_blk_set#*=}" >"$NULLB_CONFIG/t$null_blk_nr/${null_blk_set%%=*}" || return 1
	done
	# Linux 6.9 and later name the disk after the folder
	null_blk_dev=/dev/t$null_blk_nr
	[ -d "/sys/block/t$null_blk_nr" ] ||
		null_blk_dev=/dev/nullb$(cat "$NULLB_CONFIG/t$null_blk_nr/index")
	_wait_for "$null_blk_dev" && _null_blk_aligned "$null_blk_dev" || return 1
	echo "$null_blk_dev"
}

# _null_blk_aligned <disk>: it takes memory that begins at one of its blocks, and says so. Of other
# memory, which it does not refuse, it copies whole blocks past the end of its own page (fixed in
# later kernels: drivers/block/null_blk/main.c, copy_to_nullb)
_null_blk_aligned() {
	null_blk_bs=$(blockdev --getss "$1")
	[ "$null_blk_bs" = 512 ] ||
		{ modprobe narrow "path=$1" "dma_alignment=$((null_blk_bs - 1))" && rmmod narrow; }
}

# _brd <KiB> [parameter]...: one ram disk, /dev/ram0. Its pages are kernel memory
_brd() {
	brd_kib=$1
	shift
	_modprobe brd rd_nr=1 "rd_size=$brd_kib" "$@" || return 1
	_wait_for /dev/ram0 || return 1
	echo /dev/ram0
}

# _loop <MiB> [losetup option]...: a loop device on a sparse file
_loop() {
	[ -e /dev/loop-control ] || _modprobe loop || return 1
	loop_file=$(mktemp "$TEST_TMP/loop.XXXXXX")
	truncate -s "${1}M" "$loop_file"
	shift
	loop_dev=$(losetup -f)
	losetup "$@" "$loop_dev" "$loop_file" || return 1
	_record loop "$loop_dev"
	echo "$loop_dev"
}

# Path in scsi_debug_disk
_scsi_debug_disk() {
	for scsi_debug_disk in /sys/bus/pseudo/drivers/scsi_debug/adapter0/host*/target*/*/block/*; do
		scsi_debug_disk=/dev/${scsi_debug_disk##*/}
		[ ! -b "$scsi_debug_disk" ] || return 0
	done
	return 1
}

# _scsi_debug [parameter]...: one disk, 64 MiB unless told
_scsi_debug() {
	modprobe sd_mod
	_modprobe scsi_debug dev_size_mb=64 "$@" || return 1
	# The disk is looked for in the background
	_soon 1 _scsi_debug_disk && echo "$scsi_debug_disk"
}

# _partition <disk>: one of 4 MiB at 1 MiB, by a DOS table that is written by hand
_partition() {
	{
		head -c 446 /dev/zero
		printf '\000\000\000\000\203\000\000\000\000\010\000\000\000\040\000\000'
		head -c 48 /dev/zero
		printf '\125\252'
	} >"$TEST_TMP/table"
	dd if="$TEST_TMP/table" of="$1" bs=512 oflag=direct 2>/dev/null &&
		blockdev --rereadpt "$1" && _wait_for "$1p1"
}

# _dm <name> <table>: a device-mapper device, /dev/mapper/<name>
_dm() {
	[ -e /dev/mapper/control ] || _modprobe dm_mod || return 1
	dmsetup create "$1" --table "$2" || return 1
	_record dm "$1"
	echo "/dev/mapper/$1"
}

# _dm_fails_from <name> <device> <sector>: I/O from this sector on gives EIO
_dm_fails_from() {
	_dm "$1" "0 $3 linear $2 0
$3 $(($(_sectors "$2") - $3)) error"
}

# _dm_refuses <name> <device below> [<offset> <bytes>]: from now on I/O there gives EIO; nowhere if
# nothing is named
_dm_refuses() {
	dm_all=$(_sectors "$2")
	dm_table="0 $dm_all linear $2 0"
	if [ $# -gt 2 ]; then
		dm_end=$((($3 + $4) / 512))
		dm_table="$(($3 / 512)) $(($4 / 512)) error"
		[ "$3" = 0 ] || dm_table="0 $(($3 / 512)) linear $2 0
$dm_table"
		[ "$dm_end" = "$dm_all" ] || dm_table="$dm_table
$dm_end $((dm_all - dm_end)) linear $2 $dm_end"
	fi
	dmsetup suspend "$1" && echo "$dm_table" | dmsetup reload "$1" && dmsetup resume "$1"
}

_sectors() {
	blockdev --getsz "$1"
}

# _disk_by_serial <serial>: the virtio disk that the harness gave this serial
_disk_by_serial() {
	for disk in /sys/block/vd*; do
		[ "$(cat "$disk/serial" 2>/dev/null)" = "$1" ] || continue
		echo "/dev/${disk##*/}"
		return 0
	done
	echo "no disk with serial '$1'" >&2
	return 1
}

_is_nbd_free() {
	[ "$(cat "/sys/block/$1/size")" = 0 ] && [ ! -e "/sys/block/$1/pid" ]
}

# _nbd <MiB> <file> [flush]: a network block device, /dev/nbd<N>. Its server takes no flush unless
# told, and counts in the file how many it was sent
_nbd() {
	[ -d /sys/module/nbd ] || _modprobe nbd nbds_max=4 || return 1
	for nbd_name in nbd0 nbd1 nbd2 nbd3; do
		! _is_nbd_free "$nbd_name" || break
	done
	nbd_mib=$1
	shift
	"$HELPERS/nbd" "/dev/$nbd_name" "$nbd_mib" "$@" >/dev/null 2>&1 &
	_record nbd "$nbd_name"
	_soon 5 [ -s "$1" ] && _soon 5 _is_nbd_there "$nbd_name" && echo "/dev/$nbd_name"
}

_is_nbd_there() {
	[ -e "/sys/block/$1/pid" ] && [ "$(cat "/sys/block/$1/size")" != 0 ]
}

_remove_disk() {
	case $1 in
	null_blk) rmdir "$NULLB_CONFIG/$2" ;;
	loop) losetup -d "$2" ;;
	nbd) "$HELPERS/nbd" "/dev/$2" && _soon 5 _is_nbd_free "$2" ;;
	dm) dmsetup remove --retry "$2" ;;
	# Its device may still be let go of: a removed disk by udev, nbd's by the worker that ended it
	module) _soon 5 rmmod "$2" ;;
	esac
}

# _fingerprint <device>: of the dump area on it
_fingerprint() {
	dumpflt show "$1" | sed -n 's/^fingerprint //p'
}
