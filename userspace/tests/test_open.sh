#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A dump that is read in place: by NBD, and as a file. Equal to what extract writes, whatever it
# lies in; nothing of it on a disk; nothing left behind.
#
# Copyright (C) 2026 the dumpflt authors

# What another shell runs is in single quotes, and what is called by a trap or a name is reachable
# shellcheck disable=SC2016,SC2317
# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

export DUMPFLT_PLUGIN=$BUILD/../nbdkit-dumpflt-plugin.so
# What it makes for itself is to be seen
export TMPDIR=$TMP/own
image=$TMP/image
stream=$TMP/stream
key=$TMP/key
installed age digest crypt
mkdir "$TMPDIR"
age-keygen -o "$key" 2>/dev/null
age-keygen -o "$TMP/other" 2>/dev/null
recipient=$(age-keygen -y "$key")
"$BUILD/flatgen" 3 >"$stream"
makedumpfile -R "$TMP/file" <"$stream" >/dev/null
open=("$DUMPFLT" open --identity "$key")

# area [ARGUMENT OF AREAGEN]...: a sealed dump
area()
{
	rm -f "$image"
	truncate -s 16M "$image"
	"$DUMPFLT" format --recipient "$recipient" "$image" >/dev/null 2>&1 && "$BUILD/areagen" "$image" "$stream" "$recipient" "$@"
}

# plain: the same, that no filter has changed
plain()
{
	rm -f "$image"
	truncate -s 16M "$image"
	"$DUMPFLT" format "$image" >/dev/null 2>&1 && "$BUILD/areagen" "$image" "$stream"
}

# nothing_there: no folder, no socket, no mount, no process
nothing_there()
{
	[ -z "$(ls -A "$TMPDIR")" ] && ! grep -q "$TMP" /proc/mounts && ! pgrep -f "nbd.*$TMP" >/dev/null
}

# same WANTED COMMAND...: its file has those bytes
same()
{
	run 0 "${@:2}" -- cmp {} "$1" && nothing_there
}

[ -r "$DUMPFLT_PLUGIN" ] && [ -c /dev/fuse ] && command -v nbdkit nbdfuse nbdcopy >/dev/null
result $? 'there is nbdkit, nbdfuse and FUSE'

area
same "$TMP/file" "${open[@]}" "$image" && same "$stream" "${open[@]}" --view raw "$image" && same "$TMP/file" "${open[@]}" --slot 0 "$image"
result $? 'a sealed dump in an area: what makedumpfile would have written; or its stream'

mkdir "$TMP/folder"
"$DUMPFLT" collect "$image" "$TMP/folder" >/dev/null 2>&1
collected=("$TMP/folder"/*.age)
same "$TMP/file" "${open[@]}" "${collected[0]}" && same "$stream" "${open[@]}" --view raw "${collected[0]}"
result $? 'a collected one'

age -r "$recipient" -o "$TMP/foreign.age" "$stream"
same "$TMP/file" "${open[@]}" "$TMP/foreign.age" && same "$stream" "${open[@]}" --view raw "$TMP/foreign.age"
result $? 'an age file of others'

cp "$stream" "$TMP/cut"
truncate -s 20M "$TMP/cut"
plain
same "$TMP/file" "$DUMPFLT" open "$image" && same "$TMP/file" "$DUMPFLT" open "$TMP/cut" && same "$TMP/cut" "$DUMPFLT" open --view raw "$TMP/cut"
result $? 'a dump that no filter has changed, in an area and without'

# Each piece by itself, in no order
pieces()
{
	area
	cat >"$TMP/pieces" <<'END'
for at in 0 1 4095 65535 65536 131071 1000000 4999999 5251879; do
	dd if="$1" bs=1 skip=$at count=100 status=none | cmp - <(dd if="$2" bs=1 skip=$at count=100 status=none) || exit 1
done
END
	run 0 "${open[@]}" "$image" -- bash "$TMP/pieces" {} "$TMP/file" && run 0 "${open[@]}" "$image" -- sh -c '[ "$1" -eq "$(stat -c %s "$0")" ]' {} "$(stat -c %s "$TMP/file")"
}
pieces
result $? 'any bytes of it, in any order, and no more'

# io PROGRAM: bytes that it has written to any file system
io()
{
	sed -n 's/^write_bytes: //p' "/proc/$(pgrep -f "^[^ ]*$1 .*$TMPDIR")/io"
}
export -f io

on_no_disk()
{
	cat >"$TMP/look" <<'END'
both() {
	echo "$(io nbdkit) $(io nbdfuse)"
}
before=$(both)
cat "$1" >/dev/null
[ "$before" = "$(both)" ] || echo "$before, then $(both)"
find "$TMPDIR" ! -path "$1" -type f
END
	run 0 "${open[@]}" "$image" -- bash "$TMP/look" {} && [ ! -s "$TMP/out" ]
}
on_no_disk
result $? 'nothing of it is written to a disk'

only_read()
{
	run 0 "${open[@]}" "$image" -- sh -c '[ "$(stat -c %a "$(dirname "$(dirname "$0")")")" = 700 ] && ! { echo x >"$0"; } 2>/dev/null && ! rm -f "$0" 2>/dev/null' {} &&
		cmp "$image" "$TMP/before"
}
cp "$image" "$TMP/before"
only_read
result $? 'it can only be read, by this user'

codes()
{
	run 7 "${open[@]}" "$image" -- sh -c 'exit 7' {} && run 143 "${open[@]}" "$image" -- sh -c 'kill $$' {} &&
		run 127 "${open[@]}" "$image" -- "$TMP/none" {} && err "ERROR: running the command failed on '$TMP/none'" && nothing_there
}
codes
result $? 'the exit code is that of the command'

words()
{
	run 0 "${open[@]}" "$image" -- printf '%s\n' a {} 'x{}y{}' && [ "$(wc -l <"$TMP/out")" -eq 3 ] &&
		[ "$(sed -n 3p "$TMP/out")" = "x$(sed -n 2p "$TMP/out")y$(sed -n 2p "$TMP/out")" ] &&
		run 2 "${open[@]}" "$image" -- true && err 'COMMAND has no {}' && run 2 "${open[@]}" && err 'a DUMP is needed' &&
		run 2 "${open[@]}" --view x "$image" && err "'x' is no view: vmcore or raw"
}
words
result $? 'the path is put where the command has {}'

# refuses CODE WORDS COMMAND...: and the command is not run
refuses()
{
	rm -f "$TMP/ran"
	run "$1" "${@:3}" -- touch "$TMP/ran" {} && err "$2" && [ ! -e "$TMP/ran" ] && nothing_there
}

refusals()
{
	area
	refuses 6 'the dump is sealed' "$DUMPFLT" open "$image" && refuses 6 'it is an age file' "$DUMPFLT" open "${collected[0]}" &&
		refuses 6 'none of the keys can open it' "$DUMPFLT" open --identity "$TMP/other" "$image" &&
		refuses 6 'none of the keys can open it' "$DUMPFLT" open --identity "$TMP/other" "${collected[0]}" &&
		refuses 1 "'$TMP/none'" "${open[@]}" "$TMP/none" && refuses 1 "'$TMP/none'" "$DUMPFLT" open --identity "$TMP/none" "$image" &&
		refuses 1 'there is no slot 4' "${open[@]}" --slot 4 "$image" && refuses 1 '--identity opens nothing there' "${open[@]}" "$stream" &&
		head -c 2000000 "$stream" >"$TMP/short" && refuses 4 'it has no end marker' "$DUMPFLT" open "$TMP/short" &&
		refuses 3 "it is not in makedumpfile's flattened format" "$DUMPFLT" open "$TMP/file" &&
		area torn && refuses 4 'the dump is torn' "${open[@]}" --slot 0 "$image"
}
refusals
result $? 'what is sealed, not whole or no dump is refused, with words'

# Each thread of the server has the last chunk of 64 KiB that it read; what is in none is read anew
changed()
{
	area
	cat >"$TMP/change" <<'END'
cat "$1" >/dev/null
for chunk in {0..29}; do
	printf x | dd of="$2" bs=1 seek=$((65536 * (2 + chunk) + 1000)) conv=notrunc status=none
done
# past the page cache
! dd if="$1" of="$3" bs=65536 iflag=direct status=none
END
	run 0 "${open[@]}" --view raw "$image" -- bash "$TMP/change" {} "$image" "$TMP/got" && err 'its bytes are not those of its record' &&
		[ "$(stat -c %s "$TMP/got")" -lt $((65536 * 29)) ] && cmp -n "$(stat -c %s "$TMP/got")" "$TMP/got" "$stream" && nothing_there
}
changed
result $? 'what is changed on the disk meanwhile is not given out'

# background COMMAND...: and what it says is its own
background()
{
	: >"$TMP/out"
	"$@" >"$TMP/out" 2>"$TMP/err" &
}

stays()
{
	background "${open[@]}" "$image"
	within 30 out vmcore && cmp "$(cat "$TMP/out")" "$TMP/file" && kill -"$1" $! && wait $!
	within 30 nothing_there
}
area
stays TERM && stays INT
result $? 'without a command it is there until a signal comes'

sleeping()
{
	pgrep -f "^sleep 3$FAKE_SLEEP" >/dev/null
}

killed()
{
	background "${open[@]}" "$image" -- sh -c 'exec sleep "$1"' {} "3$FAKE_SLEEP"
	within 30 sleeping && kill -TERM $! && ! wait $! && within 30 nothing_there &&
		! sleeping
}
killed
result $? 'whoever ends it ends the command'

# However it ends: its server and its mount do not stay
murdered()
{
	background "${open[@]}" "$image"
	within 30 out vmcore && kill -KILL $! && ! wait $! 2>/dev/null && within 30 no_mount && rm -rf "${TMPDIR:?}"/*
}
no_mount()
{
	! grep -q "$TMP" /proc/mounts && ! pgrep -f "nbd.*$TMP" >/dev/null
}
murdered
result $? 'killed, it leaves neither a server nor a mount'

# A server that is gone is no end of the file
gone()
{
	cat >"$TMP/gone" <<'END'
kill -KILL "$(pgrep -f "^[^ ]*nbdkit .*$TMPDIR")"
sleep 1
echo 1 >/proc/sys/vm/drop_caches
! cat "$1" >/dev/null 2>&1
END
	run 1 "${open[@]}" "$image" -- bash "$TMP/gone" {} && err 'nbdkit ended before the command did' && nothing_there
}
gone
result $? 'a server that ends is no success'

missing()
{
	local program

	mkdir "$TMP/bin"
	for program in nbdfuse fusermount3; do
		ln -s "$(command -v $program)" "$TMP/bin/$program"
	done
	run 1 env PATH="$TMP/bin" "${open[@]}" "$image" -- "$(command -v cat)" {} && err "the program 'nbdkit' is not there" && err 'apt install nbdkit' &&
		rm "$TMP/bin/nbdfuse" && ln -s "$(command -v nbdkit)" "$TMP/bin/nbdkit" &&
		run 1 env PATH="$TMP/bin" "${open[@]}" "$image" -- "$(command -v cat)" {} && err "the program 'nbdfuse' is not there" && nothing_there &&
		run 1 env DUMPFLT_PLUGIN="$TMP/none" "${open[@]}" "$image" -- cat {} && err 'the plugin of nbdkit is not there' && nothing_there
}
missing
result $? 'what is missing is said, and what brings it'

# serves SOCKET [OPTION]...
serves()
{
	background "$DUMPFLT" serve --socket "$1" "${@:2}"
	server=$!
	within 30 out "serving nbd+unix:///?socket=$1"
}
serving()
{
	local socket=$TMP/socket

	serves "$socket" --identity "$key" "$image" && [ "$(stat -c %a "$socket")" = 700 ] && nbdcopy "nbd+unix:///?socket=$socket" "$TMP/copy" && cmp "$TMP/copy" "$TMP/file" &&
		nbdinfo "nbd+unix:///?socket=$socket" | grep -q 'description: authentic: a key vouches for each byte' &&
		nbdinfo "nbd+unix:///?socket=$socket" | grep -q 'is_read_only: true' &&
		run 1 "$DUMPFLT" serve --socket "$socket" --identity "$key" "$image" && err 'If nobody serves there any more' && [ -S "$socket" ] &&
		kill "$server" && wait "$server" && [ ! -e "$socket" ] && nothing_there && plain && serves "$socket" "$image" &&
		err 'not authentic: only checksums' && nbdinfo "nbd+unix:///?socket=$socket" | grep -q 'description: not authentic' && kill "$server" && wait "$server" &&
		run 2 "$DUMPFLT" serve "$image" && err '--socket PATH is needed' && run 1 "$DUMPFLT" serve --socket "$socket" "$TMP/none" && [ ! -e "$socket" ]
}
serving
result $? 'serve: by NBD, with what vouches for it'

# Of two that begin at once one serves, and the other one does not take its socket away
twice()
{
	local socket=$TMP/twice first second

	area
	mkfifo "$TMP/slow"
	"$DUMPFLT" serve --socket "$socket" --identity <(cat "$TMP/slow") "$image" >"$TMP/slow-out" 2>"$TMP/slow-err" &
	first=$!
	serves "$socket" --identity "$key" "$image" || return 1
	second=$server
	cat "$key" >"$TMP/slow"
	! wait "$first" && [ -S "$socket" ] && nbdinfo "nbd+unix:///?socket=$socket" >/dev/null && kill "$second" && wait "$second" &&
		[ ! -e "$socket" ]
}
twice
result $? 'a socket that is served by another one stays'

# A key that is in no file, and one whose name is a link: as extract takes them
given()
{
	ln -s "$key" "$TMP/link"
	run 0 "${open[@]:0:2}" --identity <(cat "$key") "$image" -- cmp {} "$TMP/file" && run 0 "${open[@]:0:2}" --identity "$TMP/link" "$image" -- cmp {} "$TMP/file"
}
given
result $? 'a key through a pipe, or by a link'

# A sector that cannot be read is said
unreadable()
{
	cp "${collected[0]}" "$TMP/bad.age"

	printf x | dd of="$TMP/bad.age" bs=1 seek=$((65536 * 2 + 5000)) conv=notrunc status=none
	run 5 "${open[@]}" "$TMP/bad.age" -- true {} && err 'it is damaged: a chunk does not open' && ! err fusermount && nothing_there
}
unreadable
result $? 'a damaged age file: said, and nothing else is'

finish
