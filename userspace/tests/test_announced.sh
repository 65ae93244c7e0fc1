#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What logins and monitoring are told is of all runs in a boot: what one has let go of, the
# next one does not find, and does not hide. Who tries a file by hand tells them nothing.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

export DUMPFLT_ROOT=$TMP/root
image=$DUMPFLT_ROOT/dev/vdb
conf=$TMP/dumpflt.conf
dump=$TMP/dump
motd=$DUMPFLT_ROOT/run/motd.d
metrics=$DUMPFLT_ROOT/var/lib/prometheus/node-exporter
head -c 200000 /dev/urandom >"$dump"
mkdir -p "$DUMPFLT_ROOT"/{crash,dev,run,sys/class/block/vdb} "$metrics"

# area HOW...: with a dump that ended so in a slot for each
area()
{
	truncate -s 0 "$image" && truncate -s 16M "$image" && "$DUMPFLT" format --slots 4 "$image" >/dev/null && more "$@"
	id=$("$DUMPFLT" show --json "$image" | sed 's/.*"uuid":"\([0-9a-f]*\)".*/\1/')
	printf '%s\n' '[area]' "id = $id" '[collect]' 'dir = /crash' >"$conf"
}

more()
{
	for how; do
		"$BUILD/areagen" "$image" "$dump" digest "$how" || return 1
	done
}

# boot NUMBER: it is this one
boot()
{
	mkdir -p "$DUMPFLT_ROOT/proc/sys/kernel/random"
	echo "$1$1$1$1$1$1$1$1-2222-3333-4444-555555555555" >"$DUMPFLT_ROOT/proc/sys/kernel/random/boot_id"
}

collect()
{
	run "$1" "$DUMPFLT" collect --config="$conf" --announce
}

# says FILE WORDS...
says()
{
	local word

	for word in "${@:2}"; do
		grep -qF -- "$word" "$1" || return 1
	done
}

boot 1 && area complete header && collect 4 && says "$motd/dumpflt-problem" '1 crash left NO complete dump' &&
	more complete && collect 0 && says "$motd/dumpflt-problem" '1 crash left NO complete dump' && says "$motd/dumpflt" '2 crash dumps' &&
	says "$metrics/dumpflt.prom" 'dumpflt_collect_exit_status 0' 'dumpflt_collected_dumps 2' 'dumpflt_incomplete_dumps 1'
result $? 'what the first run of a boot has found, the second one does not hide'
collect 0 && says "$motd/dumpflt" '2 crash dumps' && more torn && collect 4 && says "$motd/dumpflt-problem" '2 crashes left NO' &&
	collect 4 && says "$motd/dumpflt-problem" '2 crashes left NO' && "$DUMPFLT" release --all --force "$image" >/dev/null &&
	collect 0 && says "$motd/dumpflt-problem" '1 crash left NO'
result $? 'what stays in the area is counted once, until it is let go'
boot 2 && collect 0 && [ ! -e "$motd/dumpflt-problem" ]
result $? 'the next boot begins with nothing'
rm -f "$motd"/* && cp "$metrics/dumpflt.prom" "$TMP/before" && area torn complete && run 4 "$DUMPFLT" collect --config="$conf" &&
	[ -z "$(ls -A "$motd")" ] && cmp "$metrics/dumpflt.prom" "$TMP/before" && run 2 "$DUMPFLT" collect --announce "$image" "$DUMPFLT_ROOT/crash" &&
	err '--announce needs --config'
result $? 'a file that somebody tries by hand'
if [ ! -e /etc/dumpflt/dumpflt.conf ]; then
	run 1 "$DUMPFLT" collect --config && [ -z "$(ls -A "$motd")" ] && cmp "$metrics/dumpflt.prom" "$TMP/before"
	result $? 'no file: there is no service that could fail'
fi

finish
