# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# guest.sh: nothing dangerous happens outside a guest that our harness started.
#
# Copyright (C) 2026 the dumpflt authors
#
# The host makes a random token for each run, and hands it to the guest twice:
# on the kernel command line and as a file of the initramfs. A machine where
# both are there and agree, where process 1 is our init, and whose firmware (or
# device tree, where there is none) says QEMU, is such a guest; and so is User-Mode Linux, which has no firmware,
# but a release that ends in -um. Anything else is somebody's machine.
# (A word "dumpflt.x=" would be taken for a parameter of the module.)

# The value of name=value on the kernel command line, empty if absent
_cmdline() {
	read -r cmdline_all </proc/cmdline
	for cmdline_word in $cmdline_all; do
		case $cmdline_word in
		"$1"=*)
			echo "${cmdline_word#*=}"
			return
			;;
		esac
	done
}

_firmware_says_qemu() {
	cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name 2>/dev/null | grep -q QEMU ||
		cat /sys/firmware/devicetree/base/fw-cfg@*/compatible 2>/dev/null | grep -q '^qemu,fw-cfg'
}

# A kernel that is a process of the host, without rights over the host's devices. The
# release alone is only a name that anybody can give a kernel
_is_um() {
	case $(uname -r) in
	*-um) grep -q '^vendor_id[[:space:]]*: User Mode Linux$' /proc/cpuinfo ;;
	*) return 1 ;;
	esac
}

# An initramfs with systemd in it gives the next one no words but its own
_init_is_ours() {
	process_1=$(tr '\0' ' ' </proc/1/cmdline)
	case $process_1 in
	'/bin/busybox sh /init '* | '/lib/systemd/systemd --unit=dumpflt-guest.target '*) ;;
	'/lib/systemd/systemd --switched-root '*) [ "$(_cmdline systemd.unit)" = dumpflt-guest.target ] ;;
	*) return 1 ;;
	esac
}

# Says why this is not one of our guests; says nothing if it is
_guest_doubt() {
	token=$(_cmdline dumpflt-guest.token 2>/dev/null)
	if [ "${#token}" -lt 32 ]; then
		echo "the kernel command line has no dumpflt-guest.token"
	elif [ "$token" != "$(cat /etc/dumpflt-guest-token 2>/dev/null)" ]; then
		echo "/etc/dumpflt-guest-token does not hold the token of the command line"
	elif ! _init_is_ours; then
		echo "process 1 is not the harness' /init"
	elif ! _is_um && ! _firmware_says_qemu; then
		echo "the firmware does not say QEMU, nor the kernel that it is User-Mode Linux"
	fi
}

# Every script that loads a module, loads a kernel or writes to sysrq-trigger
# calls this first. What a guest is does not change while a script runs
guest_sure=''
_require_guest() {
	[ -z "$guest_sure" ] || return 0
	doubt=$(_guest_doubt)
	[ -n "$doubt" ] || guest_sure=yes
	[ -z "$doubt" ] && return 0
	{
		echo "ERROR: refusing to run '$0' on this machine: $doubt"
		echo "It loads modules or crashes the kernel; use 'make check', which starts a QEMU guest for it."
	} >&2
	exit 1
}

# One line for the host. Descriptor 3 is the verdict port, opened by init
_verdict() {
	echo "$*" >&3
	echo "verdict: $*"
}

# _verdict_lines <prefix>: all that is read, a line each
_verdict_lines() {
	while IFS= read -r verdict_line; do
		_verdict "$1$verdict_line"
	done
}
