#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The scripts of a boot that may resume: root is mounted only if no image is left that a later one
# would resume; and what makes 'systemctl hibernate' ours.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

scripts=$TESTS/../../packaging/hibernation
conf=$TMP/dumpflt.conf

# script NAME: as installed, with this machine's files
script()
{
	sed "s,/etc/dumpflt/dumpflt.conf,$conf,; s,/proc/cmdline,$TMP/cmdline,; s,/proc/vmcore,$TMP/vmcore,; s,^WAIT=.*,WAIT=1,
		s,/usr/sbin/dumpflt,dumpflt,; s,/lib/systemd/system-sleep,$TMP/sleep,; s,/etc/systemd,$TMP/systemd," \
		"$scripts/$1" >"$TMP/$1"
	chmod 755 "$TMP/$1"
}

for name in boot hibernate generator; do
	script "$name"
done
# dumpflt, whose exit codes are the lines of $TMP/codes, one after the other
mkdir "$TMP/bin"
cat >"$TMP/bin/dumpflt" <<END
#!/bin/sh
echo "\$*" >>"$TMP/called"
code=\$(head -n 1 "$TMP/codes")
sed -i 1d "$TMP/codes"
exit "\${code:-99}"
END
chmod 755 "$TMP/bin/dumpflt"

# boots CODE CMDLINE EXIT...: what dumpflt says, one after the other, and all of it is asked for
boots()
{
	: >"$TMP/called"
	echo "$2" >"$TMP/cmdline"
	printf '%s\n' "${@:3}" >"$TMP/codes"
	PATH=$TMP/bin:$PATH run "$1" "$TMP/boot" && [ ! -s "$TMP/codes" ]
}

# asks WORD...: the last options of each call
asks()
{
	sed 's/.* //' "$TMP/called" | cmp -s - <(printf '%s\n' "$@")
}

printf '[area]\nid = 1\n' >"$conf"
: >"$TMP/codes"
run 0 "$TMP/boot" && rm "$conf" && run 0 "$TMP/boot"
result $? 'none is configured: nothing is looked at'

printf '[area]\nid = 1\n[hibernation]\ntarget = /dev/x\nidentity = /x/key\n[collect]\nkeep = 2\n' >"$conf"
boots 0 'quiet' 3 && asks --keep
result $? 'no image: root is mounted'
boots 0 'quiet' 4 0 && asks --keep --noresume
result $? 'an image that is not resumed is released'
boots 0 'noresume' 0 && asks --noresume && boots 0 'quiet noresume' 3
result $? 'noresume releases it, and does not resume'
never='only if that disk never comes back; if it does, boot with noresume first'
boots 1 'quiet' 4 1 && err 'Mount nothing before' && boots 1 noresume 2 && err 'Mount nothing' &&
	tr -s '\n ' ' ' <"$TMP/err" | grep -qF "$never"
result $? 'it cannot be released: root is not mounted, and what goes on without it is said with its danger'
boots 0 'quiet' 1 3 && boots 0 'quiet' 1 0 && asks --keep --noresume && boots 1 'quiet' 1 1 && boots 1 noresume 1
result $? 'what is not known is not mounted over'

: >"$TMP/vmcore"
# captures CODE: the disk is waited for, once; whether the operator is told what is left
captures()
{
	boots 0 'quiet' "$1" && [ "$(cat "$TMP/called")" = "resume --config $conf --wait 1 --noresume" ] || return 1
	case $1 in
	0 | 3) ! err 'may be left' ;;
	*) err 'an image of the memory may be left' && err 'next boot must be with noresume' ;;
	esac
}
captures 0 && captures 3 && captures 1 && captures 2 && captures 5
result $? 'a capture kernel resumes nothing, goes on whatever comes, and says what it could not release'
echo dumpflt.hibernation=off >"$TMP/cmdline"
: >"$TMP/called"
PATH=$TMP/bin:$PATH run 0 "$TMP/boot" && err 'neither resumed nor released' && [ ! -s "$TMP/called" ]
result $? 'off: a capture kernel does not wait for a disk that is gone, either'
rm "$TMP/vmcore"

# The programs of an initramfs without busybox, but for one
without()
{
	local program

	mkdir "$TMP/few"
	for program in sh grep cat sleep; do
		ln -s "$(command -v "$program")" "$TMP/few/$program"
	done
	run 1 env PATH="$TMP/few" "$TMP/boot" && err 'nobody knows whether there is an image' &&
		touch "$TMP/vmcore" && run 0 env PATH="$TMP/few" "$TMP/boot" && err 'nobody knows whether there is an image' &&
		rm "$TMP/vmcore"
}
without
result $? 'a configuration that cannot be read lets nothing be mounted, but by a capture kernel'

# waits CMDLINE: the tool itself, of which both may be asked: one wait of two seconds, and two lines
waits()
{
	local begin=$SECONDS

	echo "$1" >"$TMP/cmdline"
	run 1 env PATH="$TMP/real:$PATH" "$TMP/boot" && [ $((SECONDS - begin)) -ge 2 ] &&
		[ "$(grep -c '^WARNING' "$TMP/err")" -eq 1 ] && [ "$(grep -c '^ERROR' "$TMP/err")" -eq 1 ] &&
		err "waiting for the dump area '/dev/none', 2 seconds at most" && err 'Mount nothing before'
}
mkdir "$TMP/real"
ln -s "$DUMPFLT" "$TMP/real/dumpflt"
sed -i 's,^WAIT=.*,WAIT=2,' "$TMP/boot"
cp "$conf" "$TMP/conf"
printf '[hibernation]\ntarget = /dev/none\nidentity = /x/key\norigin = /x/origin\n' >"$conf"
waits quiet && waits noresume
result $? 'a disk that does not appear is waited for once, and that is said once'
cp "$TMP/conf" "$conf"

# Both ways to name it; the kernel's disks have no such area
appears()
{
	local image=$TMP/image

	rm -f "$image"
	truncate -s 16M "$TMP/new"
	run 0 "$DUMPFLT" format --hibernation --recipient "$1" --filter age,origin=x "$TMP/new" || return 1
	(
		sleep 1
		mv "$TMP/new" "$image"
	) &
	run 3 "$DUMPFLT" resume --noresume --wait 30 "$image" && [ "$(grep -c . "$TMP/err")" -eq 1 ] && err "waiting for" &&
		run 3 "$DUMPFLT" resume --noresume --wait 30 "$image" && silent || return 1
	run 1 "$DUMPFLT" resume --noresume --wait 1 "$(printf %032d 7)" && err waiting && err 'no block device holds it' &&
		run 2 "$DUMPFLT" resume --noresume --wait 0 "$image" && err 'is no number of seconds from 1 to 3600'
}
installed age
appears "$(age-keygen 2>/dev/null | age-keygen -y)"
result $? 'one that appears is waited for, and not longer'

stopped()
{
	"$DUMPFLT" resume --json --noresume --wait 30 /dev/none >"$TMP/out" 2>"$TMP/err" &
	within 30 err waiting && kill $! && ! wait $! && err 'stopped by SIGTERM' && out '"result":"failed"'
}
stopped
result $? 'a signal ends the wait'
echo 'quiet dumpflt.hibernation=off' >"$TMP/cmdline"
: >"$TMP/called"
PATH=$TMP/bin:$PATH run 0 "$TMP/boot" && err 'neither resumed nor released' && err 'boot with noresume first' &&
	[ ! -s "$TMP/called" ]
result $? 'off: nothing is looked at'
boots 0 'quiet' 6 6 4 0 && asks --keep --keep --keep --noresume && boots 0 'quiet' 6 3 && asks --keep --keep
result $? 'a passphrase may be mistyped twice'
boots 1 'quiet' 6 6 6 && asks --keep --keep --keep && err 'Ctrl-D tries again'
result $? 'three times: the image stays, and root is not mounted'

# dracut FUNCTION HOSTONLY: of its module, whose calls go into $TMP/called
dracut()
{
	: >"$TMP/called"
	# shellcheck disable=SC2016,SC2034 # of that shell; of the module
	run "$1" env conf="$conf" called="$TMP/called" setup="$scripts/dracut/module-setup.sh" hostonly="$3" bash -c '
		for name in inst_hook inst_multiple inst_libdir_file instmods dwarn dfatal; do
			eval "$name() { echo $name \"\$@\" >>\"$called\"; }"
		done
		inst_simple() { [[ $1 != /etc/none/* ]] && echo inst_simple "$1" >>"$called"; }
		text=$(sed "s,^conf=.*,conf=$conf," "$setup") && eval "$text" && moddir=/m && "$@"' dracut "$2"
}

said()
{
	grep -q "$1" "$TMP/called"
}

takes_dracut()
{
	dracut 255 check '' && said '^dwarn.*add_dracutmodules' && dracut 0 check yes && ! said . || return 1
	printf '[hibernation]\nid = 1\nidentity = /x/key.age\norigin = /x/origin\n' >"$conf"
	dracut 0 install yes && said '^inst_hook pre-mount 10 /m/dumpflt-resume.sh' && said '^inst_simple /x/key.age' &&
		said '^inst_simple /x/origin' && said '^inst_multiple age' && ! said '^dfatal'
}

# starts WHAT: of the keys this is wrong; the script of the boot, which releases then, is there
starts()
{
	dracut 1 install yes && said "^dfatal.*has no $1" && said '^inst_hook pre-mount' && said "^inst_simple $conf" &&
		said '^inst_simple /usr/lib/dumpflt/hibernation-boot' && said '^inst_multiple dumpflt sed'
}
takes_dracut
result $? 'dracut: the module is hostonly, and says so; it brings the keys'
printf '[hibernation]\nid = 1\norigin = /x/origin\n' >"$conf"
starts identity && printf '[hibernation]\nid = 1\nidentity = /x/key\norigin = /etc/none/key\n' >"$conf" && starts origin
result $? 'dracut: without a key the boot script is there all the same'
printf '[area]\nid = 1\n' >"$conf"
dracut 1 check yes && dracut 1 check '' && ! said .
result $? 'dracut: without a section nothing is brought, and nothing said'

mkdir "$TMP/sleep"
for hook in one two; do
	# shellcheck disable=SC2016 # for that shell
	printf '#!/bin/sh\necho "%s $* $SYSTEMD_SLEEP_ACTION" >>%s/called\nexit 1\n' "$hook" "$TMP" >"$TMP/sleep/$hook"
	chmod 755 "$TMP/sleep/$hook"
done
: >"$TMP/sleep/no-program"
hooks()
{
	: >"$TMP/called"
	echo "$1" >"$TMP/codes"
	PATH=$TMP/bin:$PATH run "$1" "$TMP/hibernate" &&
		printf '%s\n' 'one pre hibernate hibernate' 'two pre hibernate hibernate' hibernate \
			'one post hibernate hibernate' 'two post hibernate hibernate' | cmp - "$TMP/called"
}
hooks 0 && hooks 1
result $? 'the hooks of systemd-sleep run around it, and its exit code stays'

generates()
{
	rm -rf "$TMP/units"
	mkdir -p "$TMP/systemd/system" "$TMP/units"
	run 0 "$TMP/generator" "$TMP/units" && [ -z "$(ls "$TMP/units")" ] &&
		ln -s /lib/systemd/system/other.service "$TMP/systemd/system/systemd-hibernate.service" &&
		run 0 "$TMP/generator" "$TMP/units" && [ -z "$(ls "$TMP/units")" ] &&
		ln -sf /lib/systemd/system/dumpflt-hibernate.service "$TMP/systemd/system/systemd-hibernate.service" &&
		run 0 "$TMP/generator" "$TMP/units" &&
		grep -qx Environment=SYSTEMD_BYPASS_HIBERNATION_MEMORY_CHECK=1 "$TMP/units/systemd-logind.service.d/dumpflt.conf"
}
generates
result $? 'logind is told only if the unit is enabled'

finish
