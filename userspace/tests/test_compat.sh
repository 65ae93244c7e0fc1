#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# packaging/compat: what another kdump calls in its capture kernel ends as a sealed
# dump or none, and never goes on to one in the clear.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

compat=$TESTS/../../packaging/compat
export DUMPFLT_ROOT=$TMP/root CALLED=$TMP/called
mkdir -p "$TMP/bin" "$DUMPFLT_ROOT/proc" "$DUMPFLT_ROOT/etc/dumpflt"
for name in dumpflt reboot sync; do
	# shellcheck disable=SC2016 # for that script
	printf '#!/bin/sh\necho "%s $*" >>"$CALLED"\n[ ! -e "$CALLED.%s" ] || . "$CALLED.%s"\n' "$name" "$name" "$name" >"$TMP/bin/$name"
	chmod 755 "$TMP/bin/$name"
done
export PATH=$TMP/bin:$PATH

# machine LINE...: a capture kernel with these lines in capture.conf
machine()
{
	rm -f "$CALLED".*
	: >"$CALLED"
	: >"$DUMPFLT_ROOT/proc/vmcore"
	: >"$DUMPFLT_ROOT/proc/sysrq-trigger"
	printf '%s\n' '[stack]' 'target = /dev/vda3' "$@" >"$DUMPFLT_ROOT/etc/dumpflt/capture.conf"
}

# down: with a reboot, and where that comes back, by the kernel
down()
{
	[ "$(tail -n 1 "$CALLED")" = 'reboot -f' ] && [ "$(cat "$DUMPFLT_ROOT/proc/sysrq-trigger")" = b ]
}

sealed='[filter age]'
machine "$sealed"
run 1 "$compat/kdump-capture" && out 'the dump is complete' &&
	grep -qx "dumpflt capture -c $DUMPFLT_ROOT/etc/dumpflt/capture.conf" "$CALLED" && down
result $? 'a dump that is complete ends with a reboot, and not with 0, as that would go on'
machine "$sealed" && echo 'exit 1' >"$CALLED.dumpflt"
run 1 "$compat/kdump-capture" && err 'none is written in the clear' && down
result $? 'and so does one that is not'
machine "$sealed" && rm "$TMP/bin/dumpflt"
PATH=$TMP/bin:/bin:/usr/bin run 1 "$compat/kdump-capture" && err 'none is written in the clear' && down
result $? 'and a tool that is not there'
printf '#!/bin/sh\necho "dumpflt $*" >>"%s"\n. "%s.dumpflt"\n' "$CALLED" "$CALLED" >"$TMP/bin/dumpflt" && chmod 755 "$TMP/bin/dumpflt"
machine '[filter digest]'
run 1 "$compat/kdump-capture" && err 'as it would not be sealed' && ! grep -q dumpflt "$CALLED" && down
result $? 'without a filter that seals there is no dump'
machine && rm "$DUMPFLT_ROOT/etc/dumpflt/capture.conf"
run 1 "$compat/kdump-capture" && ! grep -q dumpflt "$CALLED" && down
result $? 'nor without a configuration'
# shellcheck disable=SC2016 # for that script
machine "$sealed" && echo 'kill -TERM $PPID; sleep 0.2' >"$CALLED.dumpflt"
run 1 "$compat/kdump-capture" && down
result $? 'whoever ends it does not get past it either'
machine "$sealed" && rm "$DUMPFLT_ROOT/proc/vmcore"
run 1 "$compat/kdump-capture" && err 'this is no capture kernel' && [ ! -s "$CALLED" ] &&
	[ ! -s "$DUMPFLT_ROOT/proc/sysrq-trigger" ]
result $? 'on a machine that has not crashed it does nothing'

# As kdump-utils does: what is behind kdump_pre is reached only if that ends with 0
kdump_pre()
{
	local program

	program=$(sed -n 's/^kdump_pre \(.*\)$/\1/p' "$compat/kdump.conf")
	[ "$program" = /usr/local/lib/dumpflt/kdump-capture ] && "$compat/${program##*/}" >/dev/null 2>&1 || return
	echo 'makedumpfile in the clear' >>"$CALLED"
}
machine "$sealed"
! kdump_pre && grep -q '^dumpflt capture' "$CALLED" && ! grep -q clear "$CALLED"
result $? 'kdump-utils goes no further than kdump_pre'
! grep -qE '^(raw|path|ext4|nfs|ssh|dump_to_rootfs)' "$compat/kdump.conf" && grep -qx 'failure_action reboot' "$compat/kdump.conf"
result $? 'and is told of no target of its own, nor to dump elsewhere if that fails'

# As that of openSUSE does: the words of KDUMP_TRANSFER in place of saving
transfer()
{
	local KDUMP_TRANSFER='' KDUMP_REQUIRED_PROGRAMS=''

	# shellcheck source=/dev/null
	. "$compat/kdump.sysconfig"
	[[ " $KDUMP_REQUIRED_PROGRAMS " = *" $KDUMP_TRANSFER "* ]] || return 0
	"$compat/${KDUMP_TRANSFER##*/}" >/dev/null 2>&1
}
machine "$sealed"
! transfer && grep -q '^dumpflt capture' "$CALLED" && down
result $? "openSUSE's saves nothing else, and has the program in its image"

# effective FILE KEY: what systemd makes of it behind a unit that has another value
effective()
{
	printf '%s=/etc/init.d/kdump-tools start\n' "$2" | cat - "$1" |
		awk -F= -v key="$2" '$1 == key { if ($2 == "") n = 0; else value[++n] = $2 } END { for (i = 1; i <= n; i++) print value[i] }'
}
[ "$(effective "$compat/kdump-tools-dump.conf" ExecStart)" = /usr/local/lib/dumpflt/kdump-capture ] &&
	grep -qx 'FailureAction=reboot-force' "$compat/kdump-tools-dump.conf" &&
	grep -qx 'ConditionPathExists=!/proc/vmcore' "$compat/kdump-tools.conf"
result $? 'of kdump-tools nothing that saves is left, and a failure is a reboot'
finish
