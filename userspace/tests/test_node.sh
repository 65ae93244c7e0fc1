#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A file where the node of a stack's device should be, as a dd to it leaves one
# before there is a stack; and a dump of which nothing was written.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

: >"$TMP/target"
node=$TMP/dev/dumpflt0
state=$TMP/config/dumpflt/night/state

dumpflt()
{
	run "$1" "$DUMPFLT" "${@:2}"
}

no_block_device()
{
	err "ERROR: finding the device failed on 'night': $node is not a block device: something was written to that name" &&
		err "'rm $node'"
}

refused_create()
{
	echo secret >"$node"
	dumpflt 1 create night --target "$TMP/target" && no_block_device &&
		[ "$(cat "$node")" = secret ] && rm "$node" && nothing_left
}
refused_create
result $? 'a file is there: create is refused, and no stack is left'

# A stack that was made by hand, or whose node was lost since
replaced()
{
	dumpflt 0 create night --target "$TMP/target" && rm "$node" && echo secret >"$node" &&
		dumpflt 1 start night && no_block_device &&
		dumpflt 1 start night --read && no_block_device &&
		dumpflt 1 extract --stack night "$TMP/file" && no_block_device &&
		[ "$(cat "$state")" = live ] && [ ! -e "$TMP/file" ]
}
replaced
result $? 'a file is there later: start and extract --stack are refused'

missing()
{
	rm "$node"
	dumpflt 1 start night &&
		err "ERROR: finding the device failed on 'night': there is no $node" &&
		dumpflt 0 destroy night && nothing_left
}
missing
result $? 'nothing is there: start is refused'

replaced_in_session()
{
	dumpflt 0 create night --target "$TMP/target" && dumpflt 0 start night && wrote 65536 &&
		mv "$node" "$TMP/kept" && echo secret >"$node" &&
		dumpflt 1 finish night && no_block_device && [ "$(cat "$state")" = started ] &&
		rm "$node" && mv "$TMP/kept" "$node"
}
replaced_in_session
result $? 'a file is there in a session: it is not finished'

empty()
{
	wrote 0
	dumpflt 1 finish night && [ ! -s "$TMP/out" ] &&
		err "ERROR: finish failed on 'night': nothing was written to $node" &&
		err "'dumpflt finish night --abort'" && [ "$(cat "$state")" = started ] &&
		dumpflt 1 finish night --bytes 0 && dumpflt 0 finish night --abort &&
		[ "$(cat "$state")" = failed ]
}
empty
result $? 'nothing was written: finish is refused, --abort ends it'

written()
{
	dumpflt 0 start night && wrote 65536 && dumpflt 0 finish night &&
		[ "$(cat "$TMP/out")" = complete ] && dumpflt 0 start night --read && wrote 0 &&
		dumpflt 0 finish night && [ "$(cat "$TMP/out")" = live ] && dumpflt 0 destroy night
}
written
result $? 'a dump is finished, and so is a session that read'

finish
