#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt arm, disarm, status: planned and refused on a machine that is a folder,
# with a kexec that writes down what it is asked for.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/arm.sh disable=SC1091
. "$(dirname "$0")/arm.sh"

machine
run 0 "$DUMPFLT" status && out "not armed: run 'dumpflt arm'" && run 0 "$DUMPFLT" status --json &&
	out '"armed":null,"loaded":false,"why":"not armed'
result $? 'status says that nobody has armed it'
arm 0 --check && out 'area       on /dev/vdb' && [ ! -s "$kexec_log" ] && [ ! -e "$DUMPFLT_ROOT/run/dumpflt" ]
result $? '--check says what would be done, and does nothing'
# The stand-in for the kernel is there, and writes down what it is asked
[ -w "$DUMPFLT_CONFIGFS/dumpflt" ] && [ ! -s "$FAKE_LOG" ] && nothing_left
result $? '--check makes no stack, and not for a moment'

arm 0 && out 'armed: ' && [ "$(cat "$DUMPFLT_ROOT/sys/kernel/kexec_crash_loaded")" = 1 ]
result $? 'armed'
grep -q '^-s -l ' "$kexec_log" && [ "$(sed -n 2p "$kexec_log")" = '-s -u' ] &&
	sed -n 3p "$kexec_log" | grep -q '^-s -p ' && [ "$(wc -l <"$kexec_log")" -eq 3 ]
result $? 'tried where a reboot would boot it, unloaded there, then loaded for a crash'
grep -q -- '--append=console=tty0 console=ttyS0,115200 lockdown=none nr_cpus=1 irqpoll reset_devices panic=-1 acpi=off$' "$kexec_log" &&
	! grep -qE 'root=|noefi|systemd' "$kexec_log"
result $? 'the command line is made from a list'
image
result $? 'cpio unpacks the image'
cmp /bin/ls "$TMP/image/init" && [ -x "$TMP/image/usr/bin/dumpflt" ] && [ -x "$TMP/image/usr/bin/makedumpfile" ]
result $? 'process 1, the tool and makedumpfile are in it'
ldd /bin/ls | grep -o '/[^ ]*' | while read -r lib; do cmp "$lib" "$TMP/image$lib" || exit 1; done
result $? 'the libraries that a program needs are, too'
order 'module kernel/virtio_ring.ko' 'module kernel/virtio_pci.ko' 'module kernel/virtio_blk.ko' \
	'try kernel/crc32c-intel.ko' 'module kernel/libcrc32c.ko' 'module extra/dumpflt.ko' \
	'try kernel/chacha-x86_64.ko' 'module extra/dumpflt-age.ko' 'module extra/dumpflt-digest.ko'
result $? 'modules are in order, soft dependencies are only tried, what is built in is left out'
grep -qx "area $id" "$TMP/image/etc/dumpflt/plan" && grep -qx "boot $boot" "$TMP/image/etc/dumpflt/plan"
result $? 'process 1 knows the id of the area, and which boot it is for'
sealing="[filter age] critical = yes start_optional = no recipient = \"$recipient\" [filter digest] critical = yes start_optional = no"
[ "$(head -n 1 "$TMP/image/etc/dumpflt/capture.conf.in")" = '[stack]' ] &&
	sed '1a target = /dev/x' "$TMP/image/etc/dumpflt/capture.conf.in" | paste -sd' ' |
	grep -qxF "[stack] target = /dev/x area = yes require_flush = yes $sealing [dump] makedumpfile = /usr/bin/makedumpfile args = -l -d 31 max_seconds = 100"
result $? 'the configuration of the capture kernel is made from that file and the policy'

# changed OPTION...: the disk shows an area with another policy than the one that was armed for
changed()
{
	truncate -s 256M "$TMP/changed" && "$DUMPFLT" format --force "$@" "$TMP/changed" >/dev/null &&
		sed "1a target = $TMP/changed" "$TMP/image/etc/dumpflt/capture.conf.in" >"$TMP/changed.conf" &&
		DUMPFLT_CONFIGFS=$TMP/none run "$want" "$DUMPFLT" capture --dry-run -c "$TMP/changed.conf"
}
want=0 changed "${policy[@]}" --recipient "$recipient"
result $? 'the capture kernel takes the policy that was there'
want=1 changed "${policy[@]}" --recipient "$other" && err 'its options, such as recipients, are not those in the policy'
result $? 'but no recipients that the disk has changed since'
want=0 changed && out 'filter     10-age, critical'
result $? 'and seals where the disk has lost its policy'
! grep -rqF AGE-SECRET-KEY "$TMP/image"
result $? 'no secret key is in it'

run 0 "$DUMPFLT" status && out 'armed since' && ! out stale
result $? 'status says so'
touch -d '1 hour ago' "$DUMPFLT_ROOT/lib/modules/$RELEASE/extra/dumpflt-age.ko"
run 0 "$DUMPFLT" status && ! out stale && run 0 "$DUMPFLT" status --json && out '"stale":null'
result $? 'a module that was written again, and is the same, is no other one'

# older WORDS FILE: of what it was armed with, one that has changed since; it gets one byte more
older()
{
	cp --sparse=always "$2" "$TMP/kept" && echo >>"$2" && run 0 "$DUMPFLT" status &&
		out "stale    armed with an older $1: run 'dumpflt arm'" && cp --sparse=always "$TMP/kept" "$2" &&
		run 0 "$DUMPFLT" status && ! out stale
}
modules=$DUMPFLT_ROOT/lib/modules/$RELEASE
older "'/lib/modules/$RELEASE/extra/dumpflt-age.ko'" "$modules/extra/dumpflt-age.ko"
result $? 'status knows that a module is another one since'
older "'/lib/modules/$RELEASE/modules.dep'" "$modules/modules.dep"
result $? 'that other modules are found'
older "'/boot/vmlinuz-$RELEASE'" "$DUMPFLT_ROOT/boot/vmlinuz-$RELEASE"
result $? 'that the kernel is'
older "'$conf'" "$conf"
result $? 'that the configuration is'
older "'/etc/dumpflt/recipients.d'" "$DUMPFLT_ROOT/etc/dumpflt/recipients.d/me.pub"
result $? 'that a public key is'
file etc/dumpflt/recipients.d/new.pub "$other\n"
run 0 "$DUMPFLT" status && out "stale    armed with an older '/etc/dumpflt/recipients.d'" &&
	rm "$DUMPFLT_ROOT/etc/dumpflt/recipients.d/new.pub" && run 0 "$DUMPFLT" status && ! out stale
result $? 'that there is one more'
older "'$TMP/bin/makedumpfile'" "$TMP/bin/makedumpfile"
result $? 'that makedumpfile is'
older "'$DUMPFLT_ROOT/usr/lib/dumpflt/initramfs/dumpflt'" "$DUMPFLT_ROOT/usr/lib/dumpflt/initramfs/dumpflt"
result $? 'that the tool is'
cp --sparse=always "$DUMPFLT_ROOT/dev/vdb" "$TMP/area" &&
	"$DUMPFLT" format --force --recipient "$other" "$DUMPFLT_ROOT/dev/vdb" >/dev/null &&
	run 0 "$DUMPFLT" status && out "armed with an older dump area than is on '/dev/vdb' now" &&
	run 0 "$DUMPFLT" status --json && out '"stale":"dump area than' &&
	cp --sparse=always "$TMP/area" "$DUMPFLT_ROOT/dev/vdb" && run 0 "$DUMPFLT" status && ! out stale
result $? 'that the area was formatted anew'
# no_dump WORDS: the area would not take one, and arming again is not the remedy
no_dump()
{
	run 0 "$DUMPFLT" status && out 'armed since' && ! out stale && out "area     '/dev/vdb' $1" && out "$2" &&
		out 'THE NEXT CRASH LEAVES NO DUMP' && run 0 "$DUMPFLT" status --json && out '"stale":null' &&
		out "\"area_problem\":\"'/dev/vdb' $1"
}
mv "$DUMPFLT_ROOT/dev/vdb" "$TMP/gone" && no_dump 'cannot be read: there is no such device any more' "'dumpflt show /dev/vdb'"
result $? 'the disk is gone: status does not call it an older one'
truncate -s 256M "$DUMPFLT_ROOT/dev/vdb" && no_dump 'cannot be read: no dump area is on it any more' 'connect the disk'
result $? 'nor one on which nothing can be read'
cp --sparse=always "$TMP/gone" "$DUMPFLT_ROOT/dev/vdb" && head -c 200000 /dev/urandom >"$TMP/dump" &&
	"$BUILD/areagen" "$DUMPFLT_ROOT/dev/vdb" "$TMP/dump" "$recipient" digest && run 0 "$DUMPFLT" status && ! out LEAVES &&
	"$BUILD/areagen" "$DUMPFLT_ROOT/dev/vdb" "$TMP/dump" "$recipient" digest &&
	no_dump 'is full: all slots hold dumps' "'dumpflt collect --config'" && mv "$TMP/gone" "$DUMPFLT_ROOT/dev/vdb" &&
	run 0 "$DUMPFLT" status && ! out LEAVES && run 0 "$DUMPFLT" status --json && out '"area_problem":null'
result $? 'one without a slot is said before the next crash'
# Who may not look is not told that there is nothing
ordinary_user()
{
	[ "$(id -u)" -eq 0 ] || return 0
	chmod 700 "$DUMPFLT_ROOT/run/dumpflt" && chmod 711 "$TMP" || return 1
	cp "$DUMPFLT" "$TMP/tool" && chmod 755 "$TMP/tool" &&
		run 0 setpriv --reuid=65534 --clear-groups "$TMP/tool" status && out 'only root can tell' &&
		run 0 setpriv --reuid=65534 --clear-groups "$TMP/tool" status --json && out '"armed":null,"loaded":null,'
}
ordinary_user
result $? 'status of an ordinary user says that only root can tell'
echo 0 >"$DUMPFLT_ROOT/sys/kernel/kexec_crash_loaded"
run 0 "$DUMPFLT" status && out 'NOT armed' && run 0 "$DUMPFLT" status --json && out '"loaded":false'
result $? 'status knows that somebody has unloaded it'
arm 0 --json && out '"result":"armed"' && out "\"area\":\"$id\"" && out '"image_sha256":"'
result $? 'armed again, as JSON'

cp "$DUMPFLT_ROOT/run/dumpflt/capture.img" "$TMP/good.img"
: >"$kexec_log.once"
KEXEC_FAILS=-l arm 1 && err 'trying the capture kernel' && err 'Operation not permitted' && err 'locked down' &&
	[ "$(cat "$DUMPFLT_ROOT/sys/kernel/kexec_crash_loaded")" = 1 ] &&
	[ -e "$DUMPFLT_ROOT/run/dumpflt/armed.json" ]
result $? 'a kernel that is refused on trial leaves the machine armed, and the errno is explained'
: >"$kexec_log.once"
KEXEC_FAILS=-p arm 1 && err 'What was loaded before is loaded again' &&
	[ "$(cat "$DUMPFLT_ROOT/sys/kernel/kexec_crash_loaded")" = 1 ] &&
	cmp "$TMP/good.img" "$DUMPFLT_ROOT/run/dumpflt/capture.img"
result $? 'one that is refused later is replaced by the one before'

# Without a trial, as a kernel waits for kexec -e
echo 1 >"$DUMPFLT_ROOT/sys/kernel/kexec_loaded"
: >"$kexec_log"
arm 0 && err 'is not tried in its place first' && ! grep -q -- ' -l ' "$kexec_log"
result $? 'a kernel that waits for kexec -e stays, if there is a way back to what is armed'
echo >>"$DUMPFLT_ROOT/boot/vmlinuz-$RELEASE" && : >"$kexec_log"
arm 1 && err 'in the place of the trial' && err 'kexec -s -u' && [ ! -s "$kexec_log" ] &&
	[ "$(cat "$DUMPFLT_ROOT/sys/kernel/kexec_crash_loaded")" = 1 ] && run 0 "$DUMPFLT" status && out 'armed since'
result $? 'if there is none, it is refused'
echo 0 >"$DUMPFLT_ROOT/sys/kernel/kexec_loaded"

# Neither the new one nor the one before can be loaded: that stays to be seen
: >"$kexec_log.always"
KEXEC_FAILS=-p arm 1 && err 'does not fit into what crashkernel= reserves' && err 'NOT armed now' &&
	run 0 "$DUMPFLT" status && out 'NOT armed' && out 'lost     loading another' &&
	run 0 "$DUMPFLT" status --json && out '"loaded":false' && out '"lost":"'
result $? 'what cannot be put back is said, then and by status'
echo 1 >"$DUMPFLT_ROOT/sys/kernel/kexec_crash_loaded"
arm 1 --check && err 'not by this command' && run 1 "$DUMPFLT" disarm && err 'not by'
result $? 'what somebody else loads after that is not ours'
echo 0 >"$DUMPFLT_ROOT/sys/kernel/kexec_crash_loaded"
rm "$kexec_log.always"
arm 0 && run 0 "$DUMPFLT" status && out 'armed since' && ! out lost
result $? 'and armed again it is armed'

# Killed while kexec loads the first one: it is ours all the same, and can be disarmed
killed()
{
	local pid

	run 0 "$DUMPFLT" disarm || return 1
	: >"$kexec_log.slow"
	"$DUMPFLT" arm -c "$conf" >"$TMP/out" 2>"$TMP/err" &
	pid=$!
	until grep -q -- '^-s -p .*append' "$kexec_log"; do kill -0 "$pid" || return 1; sleep 0.05; done
	kill -"$1" "$pid"
	rm "$kexec_log.slow"
	wait "$pid" 2>/dev/null
	for _ in {1..200}; do
		[ "$(cat "$DUMPFLT_ROOT/sys/kernel/kexec_crash_loaded")" = 0 ] || break
		sleep 0.05
	done
	run 0 "$DUMPFLT" status && out 'armed since'
}
: >"$kexec_log"
killed KILL && arm 0
result $? 'whoever kills it while a kernel is loaded leaves one that is known'
: >"$kexec_log"
killed TERM && [ -e "$DUMPFLT_ROOT/run/dumpflt/capture.img" ]
result $? 'a signal waits until what is loaded is written down'
arm 0

run 0 "$DUMPFLT" disarm && out disarmed && [ ! -e "$marker" ] && [ "$(tail -n 1 "$kexec_log")" = '-s -p -u' ] &&
	[ ! -e "$DUMPFLT_ROOT/run/dumpflt/armed.json" ] && [ ! -e "$DUMPFLT_ROOT/run/dumpflt/capture.img" ]
result $? 'disarmed'
run 0 "$DUMPFLT" disarm && out 'it was not armed'
result $? 'and once more'
: >"$kexec_log.once"
KEXEC_FAILS=-p arm 1 && err 'NOT armed now' && [ ! -e "$DUMPFLT_ROOT/run/dumpflt/armed.json" ]
result $? 'with nothing before, it says that the machine is not armed'
sed -i "s/^id = .*/target = \/dev\/vdb/" "$conf" && arm 0 && image && grep -qx "area $id" "$TMP/image/etc/dumpflt/plan"
result $? 'of a target that is named, the id counts'

machine && mkdir -p "$DUMPFLT_ROOT/run" "$TMP/else" && ln -s "$TMP/else" "$DUMPFLT_ROOT/run/dumpflt" && arm 1 && [ -z "$(ls -A "$TMP/else")" ] &&
	rm "$DUMPFLT_ROOT/run/dumpflt" && mkdir -m 777 "$DUMPFLT_ROOT/run/dumpflt" && arm 1 && err "making the folder failed on '$DUMPFLT_ROOT/run/dumpflt': Operation not permitted"
result $? 'a link, or a folder that others write to, in place of that for the image'
# Each refusal, and its remedy
machine && echo 0 >"$DUMPFLT_ROOT/sys/kernel/kexec_crash_size"
refused 'nothing is reserved' 'Add crashkernel='
result $? 'refused: no crashkernel='
# It takes a reboot: who has other things to do first is not to find out at the end
nothing_reserved()
{
	machine && echo 0 >"$DUMPFLT_ROOT/sys/kernel/kexec_crash_size" || return 1
	rm "$DUMPFLT_ROOT"/boot/* && arm 1 --check && err 'looking at the kernel' && err 'nothing is reserved' &&
		err 'Add crashkernel=256M' && kernel "$RELEASE" 10240 || return 1
	rm "$DUMPFLT_ROOT/dev/vdb" && arm 1 --check && err 'looking for the dump area' && err 'nothing is reserved' &&
		rm "$conf" && arm 1 --check && err 'reading the configuration' && err 'nothing is reserved' || return 1
	file proc/vmcore && arm 1 --check && ! err 'nothing is reserved'
}
nothing_reserved
result $? 'that nothing is reserved is said whatever else is missing, but in a capture kernel'
machine && echo 8000000 >"$DUMPFLT_ROOT/sys/kernel/kexec_crash_size"
refused '7 MiB are reserved, and kernel and image need about' 'Add crashkernel='
result $? 'refused: too little memory'
machine && sed -i "s/^id = .*/id = 00112233445566778899aabbccddeeff/" "$conf"
refused 'no block device holds it' 'dumpflt show'
result $? 'refused: no such area'
machine && disk vdc && cp --sparse=always "$DUMPFLT_ROOT/dev/vdb" "$DUMPFLT_ROOT/dev/vdc"
refused 'it is there twice' 'detach it'
result $? 'refused: an area that is there twice'
machine && file etc/dumpflt/recipients.d/me.pub "$other\n"
refused 'seals for age1' 'public keys into'
result $? 'refused: sealed for somebody else'
machine && file etc/dumpflt/recipients.d/more.pub "$other\n"
refused 'does not seal for age1' 'format the area anew'
result $? 'refused: not sealed for all'
machine && rm "$DUMPFLT_ROOT"/etc/dumpflt/recipients.d/*
refused 'names nobody' 'public keys into'
result $? 'refused: nobody says for whom it should be'
machine && "$DUMPFLT" format --force --filter digest "$DUMPFLT_ROOT/dev/vdb" >/dev/null &&
	sed -i "s/^id = .*/target = \/dev\/vdb/" "$conf"
refused 'does not seal its dumps' 'format the area anew'
result $? 'refused: recipients, and a policy that does not seal'
machine && head -c 200000 /dev/urandom >"$TMP/dump" && "$BUILD/areagen" "$DUMPFLT_ROOT/dev/vdb" "$TMP/dump" "$recipient" digest &&
	"$BUILD/areagen" "$DUMPFLT_ROOT/dev/vdb" "$TMP/dump" "$recipient" digest 2>/dev/null
refused 'all of them hold dumps' 'dumpflt collect --release'
result $? 'refused: no free slot'
machine && echo 'MemTotal: 65536000 kB' >"$DUMPFLT_MEMINFO"
refused 'likely to need' 'Format it with fewer slots'
result $? 'refused: slots that are too small'
echo 'MemTotal: 65536 kB' >"$DUMPFLT_MEMINFO"
machine && sed -i '/dumpflt-age/d' "$DUMPFLT_ROOT/lib/modules/$RELEASE/modules.dep"
refused 'there is no such module' 'depmod'
result $? 'refused: a module that is not there'
machine && rm "$DUMPFLT_ROOT/lib/modules/$RELEASE/kernel/virtio_ring.ko"
refused 'modules.dep names' 'depmod'
result $? 'refused: a module whose file is not there'
machine && module extra/dumpflt-age.ko 'extra/dumpflt.ko' 5.10.0-y
refused 'built for another kernel (5.10.0-y)' 'dkms autoinstall'
result $? 'refused: a module of another kernel'
machine && module extra/dumpflt.ko '' "$RELEASE" 0.0.1
refused 'is of version 0.0.1' 'modinfo -n dumpflt'
result $? 'refused: a module of another version'
machine && file sys/module/module/parameters/sig_enforce 'Y\n'
refused 'is not signed' 'mokutil'
result $? 'refused: a module without a signature, where that is enforced'
machine && file sys/kernel/security/lockdown 'none [integrity] confidentiality\n'
refused 'locked down without EFI' 'Secure Boot'
result $? 'refused: lockdown without EFI'
mkdir -p "$DUMPFLT_ROOT/sys/firmware/efi"
refused 'booted with noefi' 'Boot without noefi'
result $? 'refused: lockdown, and noefi'
machine && sed -i 's/^append.*/append = noefi/' "$conf"
refused "'noefi' keeps" 'Remove it'
result $? 'refused: noefi for the capture kernel'
machine && kernel "$RELEASE" 9000
refused 'it is cut' 'Install the package'
result $? 'refused: a kernel that is cut'
machine && kernel 6.1.0-y 10240
refused 'it is not of the kernel that runs' 'boot the new one'
result $? 'refused: another kernel'
machine && rm "$DUMPFLT_ROOT"/boot/*
refused 'looking at the kernel' 'Install the package'
result $? 'refused: no file of the kernel'
machine && file proc/vmcore
refused 'this is a capture kernel' 'The next boot'
result $? 'refused: in the capture kernel'
machine && file sys/kernel/kexec_crash_loaded '1\n'
run 0 "$DUMPFLT" status && out 'another capture kernel is loaded' && run 0 "$DUMPFLT" status --json && out '"armed":null,"loaded":false,'
result $? 'status says that another capture kernel is loaded'
refused 'not by this command' 'kexec -s -p -u' && run 1 "$DUMPFLT" disarm && err 'not by'
result $? 'refused: another capture kernel is loaded'
for unit in kdump-tools kdump kdump-early; do
	machine && enabled "$unit.service" basic.target
	refused 'it is enabled' "systemctl disable --now $unit.service"
	result $? "refused: $unit.service is enabled"
done
machine && enabled kdump.service && ln -s /dev/null "$DUMPFLT_ROOT/etc/systemd/system/kdump.service"
arm 0 --check
result $? 'one that is masked is none'
machine && file lib/udev/rules.d/50-kdump-tools.rules
refused 'this rule of udev loads another capture kernel' 'ln -s /dev/null /etc/udev/rules.d/50-kdump-tools.rules'
result $? 'refused: a rule that replaces what is loaded'

# Taken over, and given back
another()
{
	machine && enabled kdump-tools.service basic.target && file lib/udev/rules.d/50-kdump-tools.rules &&
		file sys/kernel/kexec_crash_loaded '1\n' && mkdir -p "$DUMPFLT_ROOT/etc/udev/rules.d"
}
another && arm 0 --check --takeover && err 'is to be stopped and masked' && err 'is to be hidden' &&
	err 'is to be replaced' && [ ! -s "$kexec_log" ]
result $? '--takeover with --check says what it would do, and does nothing'
arm 0 --takeover && out 'armed: ' && err 'systemctl unmask kdump-tools.service' && err 'rm /etc/udev/rules.d/50-kdump-tools.rules' &&
	[ "$(readlink "$DUMPFLT_ROOT/etc/udev/rules.d/50-kdump-tools.rules")" = /dev/null ] &&
	run 0 "$DUMPFLT" status && out 'armed since'
result $? 'taken over: unit and rule are out of the way, and it says how to give back'
sed 's, /.*,,' "$kexec_log" | paste -sd, | grep -qx -- '-s -l,-s -u,systemctl mask --now kdump-tools.service,-s -p'
result $? 'the other one is stopped only when this one is known to be taken'
arm 0 && run 0 "$DUMPFLT" disarm && out disarmed && err 'systemctl unmask kdump-tools.service; systemctl restart'
result $? 'from then on it is armed without that; disarmed, it says how to give back'
another && : >"$kexec_log.once"
KEXEC_FAILS=-l arm 1 --takeover && ! grep -q systemctl "$kexec_log" &&
	[ "$(cat "$DUMPFLT_ROOT/sys/kernel/kexec_crash_loaded")" = 1 ] && [ ! -e "$DUMPFLT_ROOT/etc/udev/rules.d/50-kdump-tools.rules" ]
result $? 'with a kernel that is refused on trial nothing is taken over'
another && : >"$kexec_log.nomask"
arm 1 --takeover && err 'taking over from another kdump' && err 'systemctl mask' && ! grep -q -- ' -p ' "$kexec_log"
result $? 'a unit that cannot be masked stays in charge'
rm "$kexec_log.nomask"
another && rm -r "$DUMPFLT_ROOT/etc/udev/rules.d"
arm 1 --takeover && err "taking over from another kdump failed on '50-kdump-tools.rules'"
result $? 'and so does a rule that cannot be hidden'
machine && mkdir -p "$DUMPFLT_ROOT/sys/class/block/vdb/slaves/sda"
refused 'lies on other disks' 'on a disk or a partition'
result $? 'refused: LVM and the like'
machine && rm "$DUMPFLT_ROOT/usr/lib/dumpflt/capture-init"
refused 'looking for the programs' 'No such file'
result $? 'refused: no process 1'

machine && rm "$DUMPFLT_ROOT/proc/sys/kernel/osrelease"
refused 'it cannot be read' 'osrelease'
result $? 'refused: a kernel that does not say which it is'
machine && rm "$DUMPFLT_ROOT/lib/modules/$RELEASE/modules.dep"
refused 'modules.dep cannot be read' 'depmod'
result $? 'refused: no list of modules'
machine && file proc/cmdline "$(printf 'console=ttyS0,115200n8 %.0s' {1..150})"
arm 1 --check && err 'longer than'
result $? 'refused: a command line that is too long'

# reads LINE WORDS: the file with this line behind it is refused
reads()
{
	printf '[area]\nid = %s\n%b\n' "$id" "$1" >"$conf"
	arm 1 && err "$2"
}
reads '[capture]\nmax_seconds = x' 'is no number of seconds' && err "$conf:4" &&
	reads '[capture]\nargs = -R' 'in args' && reads '[capture]\nvmcore = /x' "unknown key 'vmcore'" &&
	reads '[dump]' 'unknown section [dump]' && reads '[collect]\n[collect]' 'section [collect] is there twice' && reads '[area]' 'section [area] is there twice' &&
	reads '[kernel]\nimage = x' 'a path from / on' && reads 'target = /dev/x' 'and not both' &&
	reads 'id = 1' "key 'id' is there twice" && printf '[area]\nid = 12\n' >"$conf" && arm 1 && err 'is no id'
result $? 'what the file says is checked, with its line'

# Of such a file each read fails
run 1 "$DUMPFLT" arm --check -c /proc/self/mem && err "failed on '/proc/self/mem': Input/output error"
result $? 'one that cannot be read to its end is no short one'
finish
