#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Who said EPERM: the rights of who runs the tool, the kernel, or a filter. Only the
# first is mended by being root.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

: >"$TMP/target"
# The tests may run as somebody else; then nobody is told that he is root
root=yes
[ "$(id -u)" -eq 0 ] || root=no

# create FAULT [OPTION...]: a stack that the kernel does not take
create()
{
	FAKE_FAULT=$1 run 1 "$DUMPFLT" create crash --target "$TMP/target" --filter trace "${@:2}" && nothing_left
}

filter_says()
{
	local fault

	for fault in "crash/live=1 1 filter '10-trace': init failed: -EPERM (-1)" \
		"crash/live=1 13 filter '10-trace': init failed: -EACCES (-13)"; do
		create "$fault" && err "last_error: filter '10-trace': init failed" || return 1
		[ "$root" = no ] || { ! err 'Run this as root' && err 'as last_error says: it has nothing to do with who runs this.'; } || return 1
	done
}
filter_says
result $? 'a filter refuses: it is named, and root is not asked for'

at_start()
{
	run 0 "$DUMPFLT" create crash --target "$TMP/target" --filter trace &&
		FAKE_FAULT="crash/session=start 1 filter '10-trace': start failed" run 1 "$DUMPFLT" start crash &&
		err "filter '10-trace': start failed" && { [ "$root" = no ] || ! err 'Run this as root'; } &&
		run 0 "$DUMPFLT" destroy crash
}
at_start
result $? 'likewise when a dump begins'

no_words()
{
	create 'mkdir crash 1' || return 1
	[ "$root" = no ] || { ! err 'Run this as root' && err 'This runs as root, and may not all the same'; }
}
no_words
result $? 'root is refused without words'

somebody()
{
	FAKE_OWNER=1 create 'mkdir crash 13' && err 'Run this as root.'
}
somebody
result $? 'somebody else is refused'

finish
