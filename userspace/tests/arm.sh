# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034 # some are for who sources this
#
# arm.sh: a machine that is a folder and can be armed, with a kexec that writes down what
# it is asked for. Sourced behind lib.sh.
#
# Copyright (C) 2026 the dumpflt authors

export DUMPFLT_ROOT=$TMP/root
RELEASE=6.1.0-x
recipient=age1ytxkkraseqe502yeggl957fue05en0du3nf6csz8myg48pckv36qtffxrw
other=age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z
policy=(--filter age --filter digest --critical digest)
conf=$TMP/dumpflt.conf
kexec_log=$TMP/kexec.log
marker=$TMP/root/var/lib/dumpflt/armed.json
boot=8b6ff1de-2f40-4d0c-8e61-5c2f1a3d9c11
version=$(sed -n 's/^#define DUMPFLT_VERSION[[:space:]]*"\(.*\)"$/\1/p' "$TESTS/../../module/version.h")

# file PATH [TEXT]: one of the machine
file()
{
	mkdir -p "$(dirname "$DUMPFLT_ROOT/$1")"
	printf '%b' "${2:-}" >"$DUMPFLT_ROOT/$1"
}

# module PATH DEPENDENCIES [RELEASE [VERSION [SOFTDEP]]]: and its line of modules.dep
module()
{
	local folder=lib/modules/$RELEASE

	file "$folder/$1" "ELF\\0vermagic=${3:-$RELEASE} SMP\\0version=${4:-$version}\\0${5:+softdep=$5\\0}"
	echo "$1:${2:+ $2}" >>"$DUMPFLT_ROOT/$folder/modules.dep"
}

# kernel RELEASE SIZE: a file with the header of x86: 4 sectors of setup, 8 KiB of the rest
kernel()
{
	local path=$DUMPFLT_ROOT/boot/vmlinuz-$RELEASE

	file "boot/vmlinuz-$RELEASE"
	truncate -s "$2" "$path"
	printf '\003' | dd of="$path" bs=1 seek=$((0x1f1)) conv=notrunc 2>/dev/null
	printf '\000\002\000\000' | dd of="$path" bs=1 seek=$((0x1f4)) conv=notrunc 2>/dev/null
	printf 'HdrS' | dd of="$path" bs=1 seek=$((0x202)) conv=notrunc 2>/dev/null
	printf '\000\002' | dd of="$path" bs=1 seek=$((0x20e)) conv=notrunc 2>/dev/null
	printf '\000\000\100\000' | dd of="$path" bs=1 seek=$((0x260)) conv=notrunc 2>/dev/null
	printf '%s (x@y) #1' "$1" | dd of="$path" bs=1 seek=$((0x400)) conv=notrunc 2>/dev/null
}

# disk NAME: a virtio disk, whose drivers are modules
disk()
{
	local device=$DUMPFLT_ROOT/sys/devices/pci0000:00/0000:00:04.0/virtio0

	mkdir -p "$device/block/$1" "$DUMPFLT_ROOT"/sys/class/block \
		"$DUMPFLT_ROOT"/sys/bus/virtio/virtio_blk "$DUMPFLT_ROOT"/sys/module/virtio_{blk,pci} \
		"$DUMPFLT_ROOT"/sys/bus/pci/virtio-pci
	ln -sfn "$DUMPFLT_ROOT/sys/bus/virtio/virtio_blk" "$device/driver"
	ln -sfn "$DUMPFLT_ROOT/sys/module/virtio_blk" "$DUMPFLT_ROOT/sys/bus/virtio/virtio_blk/module"
	ln -sfn "$DUMPFLT_ROOT/sys/bus/pci/virtio-pci" "$device/../driver"
	ln -sfn "$DUMPFLT_ROOT/sys/module/virtio_pci" "$DUMPFLT_ROOT/sys/bus/pci/virtio-pci/module"
	ln -sfn "$device/block/$1" "$DUMPFLT_ROOT/sys/class/block/$1"
}

# watchdog MODULE: a PCI device that has one
watchdog()
{
	local device=$DUMPFLT_ROOT/sys/devices/pci0000:00/0000:00:05.0 driver="$DUMPFLT_ROOT/sys/bus/pci/drivers/A timer"

	mkdir -p "$device/watchdog/watchdog0" "$DUMPFLT_ROOT/sys/class/watchdog" \
		"$DUMPFLT_ROOT/sys/module/$1" "$driver"
	ln -sfn "$device" "$device/watchdog/watchdog0/device"
	ln -sfn "$driver" "$device/driver"
	ln -sfn "$DUMPFLT_ROOT/sys/module/$1" "$driver/module"
	ln -sfn "$device/watchdog/watchdog0" "$DUMPFLT_ROOT/sys/class/watchdog/watchdog0"
	module "kernel/$1.ko" ''
}

programs()
{
	local lib=$DUMPFLT_ROOT/usr/lib/dumpflt

	mkdir -p "$lib/initramfs" "$TMP/bin"
	cp /bin/ls "$lib/capture-init"
	printf '#!/bin/sh\n' >"$lib/initramfs/dumpflt"
	chmod 755 "$lib/initramfs/dumpflt"
	cp "$TESTS/fake_makedumpfile" "$TMP/bin/makedumpfile"
	# -p loads, -u unloads; KEXEC_FAILS: the option with which it fails
	cat >"$TMP/bin/kexec" <<-'END'
		#!/bin/sh
		echo "$*" >>"$KEXEC_LOG"
		case " $* " in
		*" ${KEXEC_FAILS:-none} "*)
			[ "$KEXEC_FAILS" != -p ] || echo 0 >"$DUMPFLT_ROOT/sys/kernel/kexec_crash_loaded"
			[ ! -e "$KEXEC_LOG.always" ] || { echo "kexec_file_load failed: Cannot assign requested address" >&2; exit 255; }
			[ ! -e "$KEXEC_LOG.once" ] || { rm "$KEXEC_LOG.once"; echo "kexec_file_load failed: Operation not permitted" >&2; exit 255; }
			;;
		esac
		case " $* " in
		*' -p '*) while [ -e "$KEXEC_LOG.slow" ]; do sleep 0.05; done ;;
		esac
		case " $* " in
		*' -p -u '*) echo 0 >"$DUMPFLT_ROOT/sys/kernel/kexec_crash_loaded" ;;
		*' -p '*) echo 1 >"$DUMPFLT_ROOT/sys/kernel/kexec_crash_loaded" ;;
		esac
	END
	# mask: as systemd does it, and a unit that is stopped unloads what it has loaded
	cat >"$TMP/bin/systemctl" <<-'END'
		#!/bin/sh
		echo "systemctl $*" >>"$KEXEC_LOG"
		[ "$1" = mask ] && [ ! -e "$KEXEC_LOG.nomask" ] || exit 1
		ln -s /dev/null "$DUMPFLT_ROOT/etc/systemd/system/$3"
		echo 0 >"$DUMPFLT_ROOT/sys/kernel/kexec_crash_loaded"
	END
	chmod 755 "$TMP/bin/kexec" "$TMP/bin/systemctl"
}

# enabled UNIT [TARGET]: another kdump
enabled()
{
	local wants=$DUMPFLT_ROOT/etc/systemd/system/${2:-multi-user.target}.wants

	mkdir -p "$wants" && ln -s /nowhere "$wants/$1"
}

# made_machine: one that can be armed, and $conf beside it
made_machine()
{
	file proc/sys/kernel/osrelease "$RELEASE\n"
	file proc/sys/kernel/random/boot_id "$boot\n"
	file proc/cmdline 'BOOT_IMAGE=/vmlinuz root=/dev/vda1 ro quiet console=tty0 console=ttyS0,115200 lockdown=none crashkernel=256M noefi systemd.unit=x\n'
	file sys/kernel/kexec_crash_size '268435456\n'
	file sys/kernel/kexec_crash_loaded '0\n'
	file sys/kernel/kexec_loaded '0\n'
	mkdir -p "$DUMPFLT_ROOT/run" "$DUMPFLT_ROOT/dev" "$DUMPFLT_ROOT/var/lib"
	kernel "$RELEASE" 10240
	disk vdb
	module kernel/virtio_ring.ko ''
	module kernel/virtio_pci.ko 'kernel/virtio_ring.ko'
	module kernel/virtio_blk.ko 'kernel/virtio_ring.ko'
	module kernel/crc32c-intel.ko ''
	module kernel/libcrc32c.ko '' "$RELEASE" '' 'pre: crc32c'
	module extra/dumpflt.ko 'kernel/libcrc32c.ko'
	module extra/dumpflt-age.ko 'extra/dumpflt.ko' "$RELEASE" "$version" 'pre: chacha-x86_64 nothing'
	module extra/dumpflt-digest.ko 'extra/dumpflt.ko'
	module kernel/chacha-x86_64.ko ''
	file "lib/modules/$RELEASE/modules.alias" 'alias crc32c crc32c_intel\n'
	file "lib/modules/$RELEASE/modules.builtin" 'kernel/fs/configfs/configfs.ko\n'
	programs
	truncate -s 256M "$DUMPFLT_ROOT/dev/vdb"
	"$DUMPFLT" format "${policy[@]}" --recipient "$recipient" "$DUMPFLT_ROOT/dev/vdb" >/dev/null
	id=$("$DUMPFLT" show --json "$DUMPFLT_ROOT/dev/vdb" | sed 's/.*"uuid":"\([0-9a-f]*\)".*/\1/')
	file etc/dumpflt/recipients.d/me.pub "$recipient\n"
	printf '[area]\nid = %s\n[kernel]\nappend = acpi=off\n[capture]\nmax_seconds = 100\nrequire_flush = yes\n[collect]\nnobody = knows\n' \
		"$id" >"$conf"
}

# machine: a new copy of one that can be armed, to be made once
machine()
{
	rm -rf "$DUMPFLT_ROOT"
	if [ ! -e "$TMP/machine" ]; then
		made_machine
		mkdir "$TMP/machine" && mv "$DUMPFLT_ROOT" "$conf" "$TMP/bin" "$TMP/machine"
	fi
	cp -a "$TMP/machine/." "$TMP"
	: >"$kexec_log"
}

arm()
{
	run "$1" "$DUMPFLT" arm -c "$conf" "${@:2}"
}

# refused WORDS REMEDY: with exit code 1; neither kexec nor /run has heard of it
refused()
{
	: >"$kexec_log"
	arm 1 && err "$1" && err "$2" && [ ! -s "$kexec_log" ] &&
		[ -z "$(find "$DUMPFLT_ROOT/run" -name armed.json)" ] && arm 1 --check && err "$1" &&
		[ ! -s "$kexec_log" ]
}

# What is in the image that was built
image()
{
	gzip -dc "$DUMPFLT_ROOT/run/dumpflt/capture.img" >"$TMP/image.cpio" &&
		(rm -rf "$TMP/image" && mkdir "$TMP/image" && cd "$TMP/image" &&
			cpio -id --quiet --no-absolute-filenames <"$TMP/image.cpio")
}

# order FILE...: so they are in the plan
order()
{
	printf '%s\n' "$@" >"$TMP/want"
	sed -n 's,^\(module\|try\) /lib/modules/[^/]*/,\1 ,p' "$TMP/image/etc/dumpflt/plan" >"$TMP/got"
	diff "$TMP/want" "$TMP/got" >&2
}

export PATH=$TMP/bin:$PATH KEXEC_LOG=$kexec_log
export DUMPFLT_MEMINFO=$TMP/meminfo
echo 'MemTotal: 65536 kB' >"$DUMPFLT_MEMINFO"
export FAKE_MDF=good FAKE_DMESG=good FAKE_ARGS=$TMP/args
installed age digest
