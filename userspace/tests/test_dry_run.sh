#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt capture --dry-run against the stand-in: what a capture would do, and what would
# keep it from it; nothing is changed.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/capture.sh disable=SC1091
. "$(dirname "$0")/capture.sh"

# Of a machine whose memory would fit into the target
echo 'MemTotal: 64 kB' >"$TMP/small"

dry_run()
{
	prepare
	rm "$TMP/vmcore"
	cp "$TMP/target" "$TMP/before"
	DUMPFLT_MEMINFO=$TMP/small DUMPFLT_CONFIGFS=$TMP/none capture 0 --dry-run &&
		out "target     $TMP/target: ready" && out 'filter     20-crypt, critical' &&
		out "run        $TESTS/fake_makedumpfile -F -l -d 31 $TMP/vmcore" &&
		out 'not checked: whether the kernel takes the target, and the filters with their options: the module dumpflt is not loaded' &&
		[ ! -s "$FAKE_LOG" ] && cmp -s "$TMP/target" "$TMP/before"
}
dry_run
result $? '--dry-run says what would be done, and does nothing'

# With the module, the kernel is asked, by a stack that never has a session
asks_kernel()
{
	prepare
	capture 0 --dry-run && asked dry-run/live=1 && ! grep -q session= "$FAKE_LOG" && ! asked 'mkdir crash' &&
		out 'kernel     takes the target, and the filters with their options' && nothing_left || return 1
	FAKE_FAULT='dry-run/live=1 16 it is mounted' capture 0 --dry-run && nothing_left &&
		out "not checked: whether the kernel takes the target, and the filters with their options: it is mounted" &&
		FAKE_FAULT="dry-run/live=1 126 no key 'x'" capture 0 --dry-run && out "not checked: " && out "no key 'x'" &&
		FAKE_FAULT='dry-run/live=1 30 it is read-only' capture 1 --dry-run && nothing_left && [ ! -s "$TMP/out" ] &&
		err "ERROR: asking the kernel for the stack failed on '$TMP/target': it refuses: it is read-only" &&
		mkdir "$TMP/config/dumpflt/dry-run" && echo configured >"$TMP/config/dumpflt/dry-run/state" &&
		capture 0 --dry-run && out "'dumpflt destroy dry-run' takes it down" && rm -r "$TMP/config/dumpflt/dry-run"
}
asks_kernel
result $? '--dry-run asks the kernel, and leaves nothing behind'

misspelled()
{
	local words='it refuses: init failed: does not know the option'

	prepare
	sed -i 's/^.filter trace.$/&\nnosuch = yes\nmay_be_left_out = yes/' "$conf"
	FAKE_UNKNOWN=nosuch capture 1 --dry-run && err "$words" && nothing_left &&
		sed -i '/may_be/d' "$conf" && FAKE_UNKNOWN=nosuch capture 1 --dry-run && nothing_left &&
		err "it refuses: filter '10-trace' is left out: init failed: does not know the option"
}
misspelled
result $? '--dry-run: an option that the filter does not know, even where it may be left out'

dry_json()
{
	prepare
	capture 0 --dry-run --json && [ "$(wc -l <"$TMP/out")" -eq 1 ] && out '{"result":"good","stack":"crash",' &&
		out '"ready":true,"area":false,"budget_ms":' && ! out not_checked &&
		DUMPFLT_CONFIGFS=$TMP/none capture 0 --dry-run --json && out '"not_checked":"the module dumpflt is not loaded' &&
		FAKE_FAULT='dry-run/live=1 30 it is read-only' capture 1 --dry-run --json && [ "$(wc -l <"$TMP/out")" -eq 1 ] &&
		out '{"result":"refused",' && out 'it refuses: it is read-only' &&
		echo 'nonsense = 1' >>"$conf" && capture 1 --dry-run --json && out '{"result":"refused",' && out nonsense
}
dry_json
result $? '--dry-run --json prints one line, whatever comes of it'

# The plan is printed, as the rest can be checked where the target is not
absent()
{
	local words="ERROR: looking for the target failed on '$TMP/target': No such file or directory"

	prepare
	rm "$TMP/target"
	capture 1 --dry-run && out "target     $TMP/target: No such file or directory" && out 'would wait for it up to 1 s' &&
		err "$words" && err 'A capture would wait for it up to 1 s, and then fail.' && nothing_left &&
		capture 1 --dry-run --json && [ "$(wc -l <"$TMP/out")" -eq 1 ] && err "$words" &&
		out '"result":"refused"' && out '"ready":false' && out "\"error\":\"looking for the target failed on" &&
		capture 1 && err "ERROR: waiting for the target failed on '$TMP/target': No such file or directory"
}
absent
result $? '--dry-run: a target that does not exist'

no_device()
{
	prepare
	FAKE_NO_TARGET=1 capture 1 --dry-run && err "ERROR: looking at the target failed on '$TMP/target': it is no block device" &&
		[ ! -s "$TMP/out" ] && [ ! -s "$FAKE_LOG" ] && rm "$TMP/target" && mkdir "$TMP/target" &&
		FAKE_NO_TARGET=1 capture 1 --dry-run && rmdir "$TMP/target" && mkfifo "$TMP/target" &&
		FAKE_NO_TARGET=1 capture 1 --dry-run && rm "$TMP/target" && ln -s /dev/null "$TMP/target" &&
		FAKE_NO_TARGET=1 capture 1 --dry-run && rm "$TMP/target"
}
no_device
result $? '--dry-run: a file, a folder, a FIFO or /dev/null as target'

small_plain()
{
	prepare
	rm "$TMP/vmcore"
	echo 'MemTotal: 409600 kB' >"$TMP/large"
	DUMPFLT_MEMINFO=$TMP/large capture 1 --dry-run && err "ERROR: looking for room failed on '$TMP/target': the target holds 0 MiB, and a dump of this machine is likely to need 200 MiB" &&
		truncate -s 201M "$TMP/target" && DUMPFLT_MEMINFO=$TMP/large capture 0 --dry-run
}
small_plain
result $? '--dry-run: a plain target that is smaller than memory is likely to need'

recipient()
{
	local secret=AGE-SECRET-KEY-1QQPQQSPQQQSPQQQSPQQQSPQQQSPQQQSPQQQSPQQQSPQQQSPQQQSZZZZZZ

	prepare
	installed age
	sed -i 's/^.filter trace.$/[filter age]/' "$conf"
	DUMPFLT_CONFIGFS=$TMP/none capture 1 --dry-run && err "nobody could open what filter 'age' seals" &&
		sed -i 's/^.filter age.$/&\nrecipient = age1xx/' "$conf" && DUMPFLT_CONFIGFS=$TMP/none capture 1 --dry-run &&
		err "looking at the recipients failed on '$TMP/target': recipient 'age1xx': " &&
		sed -i "s/age1xx/$secret/" "$conf" && DUMPFLT_CONFIGFS=$TMP/none capture 1 --dry-run &&
		err 'recipient which is not shown: it is a SECRET key' && ! err "$secret"
}
recipient
result $? '--dry-run: no recipient, a bad one, and a secret key'

finish
