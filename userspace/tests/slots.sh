# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A dump area of four slots, for tests of what is done to them. Sourced behind lib.sh; image and
# dump are files of whoever does.
#
# Copyright (C) 2026 the dumpflt authors
# shellcheck disable=SC2154

# area STATE...: with dumps in its slots that ended so
area()
{
	local state

	rm -f "$image"
	truncate -s 16M "$image"
	"$DUMPFLT" format --slots 4 "$image" >/dev/null || return 1
	for state in "$@"; do
		"$BUILD/areagen" "$image" "$dump" digest "$state" || return 1
	done
}

# unchanged COMMAND...: the command does as it should and leaves the image as it was
unchanged()
{
	cp "$image" "$TMP/before" && "$@" && cmp "$image" "$TMP/before"
}
