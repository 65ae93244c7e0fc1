# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# keys.sh: keys of our own, enrolled in a firmware that knows no other, and what they sign.
#
# Copyright (C) 2026 the dumpflt authors
#
# Needs host.sh, and _host_begin.

# shellcheck source=../lib/machine.sh
. "$SELFTESTS/lib/machine.sh"

ENROLLER=/usr/lib/systemd/boot/efi/systemd-bootx64.efi
BLANK_VARIABLES=/usr/share/OVMF/OVMF_VARS_4M.fd

# quietly <command>...: says something only if it fails
quietly() {
	"$@" >"$WORK/words" 2>&1 && return
	cat "$WORK/words" >&2
	return 1
}

# What the certificate of a key is called
name_of() {
	echo "dumpflt selftest $1 ${TOKEN:0:16}"
}

# make_key <name>: a key and its certificate, for this run alone
make_key() {
	quietly openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 -subj "/CN=$(name_of "$1")/" \
		-addext keyUsage=digitalSignature -keyout "$WORK/$1.key" -out "$WORK/$1.pem"
}

# signer_of <key>: a program for mkinitramfs -S, and what it is called
signer_of() {
	cat >"$WORK/sign-$1" <<-END
	#!/bin/sh
	exec "$KDIR/scripts/sign-file" sha256 "$WORK/$1.key" "$WORK/$1.pem" "\$1"
	END
	chmod 755 "$WORK/sign-$1"
	echo "$WORK/sign-$1"
}

# sign_kernel <key> <kernel> <out>: in place of the distribution's signature, as its key comes
# with shim, which is not there
sign_kernel() {
	cp "$2" "$3.unsigned"
	while sbattach --remove "$3.unsigned" >/dev/null 2>&1; do :; done
	quietly sbsign --key "$WORK/$1.key" --cert "$WORK/$1.pem" --output "$3" "$3.unsigned"
}

# The three variables of Secure Boot, each signed, on a disk from which the boot loader of
# systemd puts them into the firmware
enrolling_disk() {
	local keys=$1 disk=$2 name

	openssl x509 -in "$WORK/$keys.pem" -outform DER -out "$WORK/$keys.der"
	sbsiglist --owner "$(cat /proc/sys/kernel/random/uuid)" --type x509 --output "$WORK/keys.esl" "$WORK/$keys.der"
	truncate -s 40M "$disk"
	mkfs.vfat -F 32 "$disk" >/dev/null
	printf 'secure-boot-enroll force\ntimeout 0\n' >"$WORK/loader.conf"
	mmd -i "$disk" ::/EFI ::/EFI/BOOT ::/loader ::/loader/keys ::/loader/keys/auto
	mcopy -i "$disk" "$ENROLLER" ::/EFI/BOOT/BOOTX64.EFI
	mcopy -i "$disk" "$WORK/loader.conf" ::/loader/loader.conf
	for name in PK KEK db; do
		sbvarsign --attr NON_VOLATILE,BOOTSERVICE_ACCESS,RUNTIME_ACCESS,TIME_BASED_AUTHENTICATED_WRITE_ACCESS \
			--key "$WORK/$keys.key" --cert "$WORK/$keys.pem" --output "$WORK/$name.auth" "$name" "$WORK/keys.esl"
		mcopy -i "$disk" "$WORK/$name.auth" "::/loader/keys/auto/$name.auth"
	done
}

# enroll <key> <variables>: a firmware's memory in which that key is all three. It ends with a
# reboot; whether it is there is looked for in the memory, whatever the guest said
enroll() {
	local firmware

	cp "$BLANK_VARIABLES" "$2"
	enrolling_disk "$1" "$WORK/enrol.img"
	mapfile -t firmware < <(_machine_firmware "$2")
	timeout -s KILL $((120 * SLOWER)) "${MACHINE_QEMU[@]}" -accel tcg,thread=single -cpu "$MACHINE_CPU" \
		-smp 1 -m 256 -nodefaults -no-user-config -display none -no-reboot "${firmware[@]}" \
		-drive "file=$WORK/enrol.img,format=raw,if=none,id=enrol" -device virtio-blk-pci,drive=enrol \
		</dev/null >"$WORK/enrol.log" 2>&1
	[ "$(grep -aoF "$(name_of "$1")" "$2" | wc -l)" -ge 3 ]
}
