# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# capture.sh: dumpflt capture on a file as target, with two filters. Sourced behind lib.sh.
#
# Copyright (C) 2026 the dumpflt authors

export FAKE_SAMPLE=$TMP/sample FAKE_ARGS=$TMP/args FAKE_MDF=good
"$BUILD/flatgen" 3 >"$FAKE_SAMPLE"
# shellcheck disable=SC2034 # of a good dump, for who sources this
size=$(stat -c %s "$FAKE_SAMPLE")
conf=$TMP/capture.conf
installed trace shy late

write_conf()
{
	cat >"$conf" <<-END
		[stack]
		target = $TMP/target
		area = no
		max_pages = 32
		[filter trace]
		[filter crypt]
		key = dumpflt:x
		critical = yes
		[dump]
		vmcore = $TMP/vmcore
		makedumpfile = $TESTS/fake_makedumpfile
		log = no
		args = "-l -d 31"
		wait_for_target = 1
	END
}

prepare()
{
	rm -f "$TMP/target" "$TMP/vmcore" "$FAKE_ARGS"
	: >"$FAKE_LOG"
	: >"$TMP/vmcore"
	head -c 65536 /dev/urandom >"$TMP/target"
	write_conf
	unset FAKE_FAULT FAKE_IO_FAULT
	FAKE_MDF=good
}

capture()
{
	run "$1" "$DUMPFLT" capture -c "$conf" "${@:2}"
}
