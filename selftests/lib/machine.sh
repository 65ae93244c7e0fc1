# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# machine.sh: the machine that a guest is, for the host's scripts.
#
# Copyright (C) 2026 the dumpflt authors
#
# Environment: DUMPFLT_ARCH: x86_64 (the default) or arm64, always emulated there. Programs and
# libraries of an arm64 guest are those in DUMPFLT_MODROOT, next to the modules.
# shellcheck disable=SC2034 # for those who read this

DUMPFLT_ARCH=${DUMPFLT_ARCH:-x86_64}
case $DUMPFLT_ARCH in
x86_64)
	MACHINE_QEMU=(qemu-system-x86_64) MACHINE_CPU=${MACHINE_MODEL:-max} MACHINE_CONSOLE=ttyS0
	MACHINE_CROSS='' MACHINE_LIBRARIES=x86_64-linux-gnu
	;;
# A processor without pointer authentication, which takes the emulator longer than all else
arm64)
	MACHINE_QEMU=(qemu-system-aarch64 -machine "virt,gic-version=3") MACHINE_CPU=cortex-a76 MACHINE_CONSOLE=ttyAMA0
	MACHINE_CROSS=aarch64-linux-gnu- MACHINE_LIBRARIES=aarch64-linux-gnu
	;;
*)
	echo "ERROR: DUMPFLT_ARCH is '$DUMPFLT_ARCH', not x86_64 or arm64" >&2
	exit 2
	;;
esac

# _machine_firmware <file>: options of QEMU, one a line: UEFI that knows Secure Boot, and keeps its
# variables in the file, which nobody but itself can write: that takes SMM
_machine_firmware() {
	printf '%s\n' -machine q35,smm=on -global driver=cfi.pflash01,property=secure,value=on \
		-drive "if=pflash,format=raw,unit=0,file=/usr/share/OVMF/OVMF_CODE_4M.secboot.fd,readonly=on" \
		-drive "if=pflash,format=raw,unit=1,file=$1"
}
