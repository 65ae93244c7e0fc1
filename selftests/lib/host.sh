# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# host.sh: what the host-side scripts share: folder, kernel, token, images.
#
# Copyright (C) 2026 the dumpflt authors
#
# Environment: KDIR (kernel build folder that the modules were built against),
# DUMPFLT_KERNEL (image, default: of that release), DUMPFLT_MODROOT (root of its
# module tree, default /), DUMPFLT_SLOWER (factor on all time limits, for
# kernels with sanitizers), DUMPFLT_MEM (MiB of the guest), DUMPFLT_BOOT (more for
# its command line), DUMPFLT_GUEST (tree where what runs in a guest was built, if that
# is not this one), DUMPFLT_ARCH (see machine.sh).

set -euo pipefail
export LC_ALL=C

SELFTESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOP=$(cd "$SELFTESTS/.." && pwd)
SLOWER=${DUMPFLT_SLOWER:-1}
# Where tool and helpers of a guest were built, and the modules
GUEST=${DUMPFLT_GUEST:-$TOP}
BUILT=$GUEST

_die() {
	echo "ERROR: $1" >&2
	[ $# -lt 2 ] || echo "$2" >&2
	exit 1
}

_host_begin() {
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/dumpflt-run.XXXXXX")
	trap 'rm -rf "$WORK"' EXIT
	trap 'exit 1' INT TERM HUP
	TOKEN=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
	_find_kernel
	_unpack_kernel
}

_find_kernel() {
	local file

	KDIR=${KDIR:-$("$TOP/scripts/kdir")}
	RELEASE=$(sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' "$KDIR/include/generated/utsrelease.h")
	MODROOT=${DUMPFLT_MODROOT:-/}
	KERNEL=${DUMPFLT_KERNEL:-}
	for file in "/boot/vmlinuz-$RELEASE" "$KDIR/arch/x86/boot/bzImage"; do
		[ -n "$KERNEL" ] || [ ! -r "$file" ] || KERNEL=$file
	done
	[ -r "$KERNEL" ] || _die "search for a kernel image failed on '$RELEASE': none in /boot" \
		"Install linux-image-$RELEASE, or set DUMPFLT_KERNEL."
}

_field() {
	od -An -t"$3" -j "$2" -N "${3#u}" "$1" | tr -d ' '
}

# A bzImage unpacks itself, which takes longer under emulation than all the
# rest of booting. Its header says where the packed ELF file is (kernel's
# boot.rst: setup_sects, payload_offset, payload_length); QEMU boots that if it
# has an entry point for it, which is what CONFIG_PVH adds as an ELF note.
_unpack_kernel() {
	local start len magic

	VMLINUX=$KERNEL
	[ "$(_field "$KERNEL" 514 u4)" = 1400005704 ] || return 0	# "HdrS"
	start=$((($(_field "$KERNEL" 497 u1) + 1) * 512 + $(_field "$KERNEL" 584 u4)))
	len=$(_field "$KERNEL" 588 u4)
	magic=$(od -An -tx1 -j "$start" -N 4 "$KERNEL" | tr -d ' ')
	case $magic in
	fd377a58) set -- xz -dc ;;
	28b52ffd) set -- zstd -qdc ;;
	1f8b*) set -- gzip -dc ;;
	*) return 0 ;;
	esac
	# The last four bytes are the unpacked size, which is not the packer's
	dd if="$KERNEL" iflag=skip_bytes,count_bytes skip="$start" count=$((len - 4)) bs=1M \
		status=none | "$@" >"$WORK/vmlinux" ||
		_die "unpacking failed on '$KERNEL'" "Is the file whole?"
	case $(readelf -n "$WORK/vmlinux" 2>/dev/null) in
	*0x00000012*) VMLINUX=$WORK/vmlinux ;;
	esac
}

# Our own modules, as mkinitramfs wants them
_own_modules() {
	local ko

	[ -e "$BUILT/module/core/dumpflt.ko" ] ||
		_die "search for modules failed on '$BUILT/module/core/dumpflt.ko': not built" \
			"Run 'make' first."
	for ko in "$BUILT"/module/core/*.ko "$BUILT"/module/filters/*/*.ko "$@"; do
		[ ! -e "$ko" ] || echo "-K$ko"
	done
}

# _image <production|rehearsal|um> <file> [mkinitramfs option]...: with all of the tests
_image() {
	local profile=$1 file=$2 own
	shift 2

	mapfile -t own < <(_own_modules "$BUILT"/selftests/kmods/*.ko)
	[ ${#own[@]} -gt 0 ] || exit 1
	_initramfs "$profile" "$file" "${own[@]}" \
		-b "$GUEST/userspace/dumpflt" -a "$SELFTESTS/qemu:/selftests/qemu" \
		-a "$SELFTESTS/bench:/selftests/bench" \
		-a "$GUEST/selftests/helpers:/selftests/helpers" "$@"
}

# _capture_image <file>: what a dump into an area needs, as it takes crashkernel=
# memory. crypt brings ciphers, and the other filters are for tests
_capture_image() {
	local own

	mapfile -t own < <(_own_modules | grep -Ev '/dumpflt-(crypt|fault|template)\.ko$')
	[ ${#own[@]} -gt 0 ] || exit 1
	_initramfs capture "$1" "${own[@]}" -b "$GUEST/userspace/build/initramfs/dumpflt"
}

# _initramfs <profile> <file> [mkinitramfs option]...
_initramfs() {
	local profile=$1 file=$2
	shift 2

	"$SELFTESTS/qemu/mkinitramfs" -p "$profile" -o "$file" -k "$RELEASE" -r "$MODROOT" \
		-a "$SELFTESTS/lib:/selftests/lib" -a "$SELFTESTS/crash:/selftests/crash" "$@"
}

# _overlay <file> [mkinitramfs option]...: the token, and what else is new in a run
_overlay() {
	local file=$1
	shift

	"$SELFTESTS/qemu/mkinitramfs" -p overlay -o "$file" \
		-s "/etc/dumpflt-guest-token=$TOKEN" "$@"
}

# _vm <name of guest script> <seconds> [vm option]...
_vm() {
	local run=$1 limit=$2
	shift 2

	"$SELFTESTS/qemu/vm" -k "$VMLINUX" -t "$TOKEN" -r "$run" -T $((limit * SLOWER)) \
		-m "${DUMPFLT_MEM:-1024}" -a "${DUMPFLT_BOOT:-}" "$@"
}

# _crash_images <capture|rehearsal>: both images of a crash test in IMAGES; made
# once if DUMPFLT_IMAGES says where
_crash_images() {
	IMAGES=${DUMPFLT_IMAGES:-$WORK}
	[ -e "$IMAGES/production.img" ] || _image production "$IMAGES/production.img"
	[ -e "$IMAGES/$1.img" ] || case $1 in
	capture) _capture_image "$IMAGES/capture.img" ;;
	*) _image "$1" "$IMAGES/$1.img" ;;
	esac
}
