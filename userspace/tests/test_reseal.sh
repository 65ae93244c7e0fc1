#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# reseal: a sealed dump for another reader, which the program age opens, and whoever could
# open it before no more; nothing is in the clear meanwhile, and what is not whole makes no file.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

dump=$TMP/dump
old=$TMP/old.age
new=$TMP/new.age

# key NAME: makes $TMP/NAME, prints the recipient
key()
{
	[ -e "$TMP/$1" ] || age-keygen -o "$TMP/$1" 2>/dev/null
	age-keygen -y "$TMP/$1"
}

alice=$(key alice)
bob=$(key bob)
eve=$(key eve)

# sealed BYTES: a dump for alice
sealed()
{
	rm -f "$old" "$new"
	head -c "$1" /dev/urandom >"$dump" && age -r "$alice" -o "$old" "$dump"
}

# reseal CODE ARGUMENT...: of $old, into $new
reseal()
{
	run "$1" "$DUMPFLT" reseal "${@:2}" "$old" "$new"
}

# opens KEY FILE: whether the program age gets the dump out of it
opens()
{
	age -d -i "$TMP/$1" "$2" 2>"$TMP/age" | cmp -s - "$dump"
}

# Lengths around a chunk
lengths()
{
	local size

	for size in 0 1 65535 65536 65537 131072 1500000; do
		sealed "$size" && reseal 0 --identity "$TMP/alice" --recipient "$bob" &&
			out "resealed: $(stat -c %s "$new") bytes to $new, for 1 recipient" && opens bob "$new" || return 1
		# of a dump of 0 bytes nothing can be told by its content
		! age -d -i "$TMP/alice" "$new" >/dev/null 2>&1 || return 1
	done
}
lengths
result $? 'the new reader opens it with age, the old one no more: 0 to 1500000 bytes'

# The payload with its nonce is what is behind the line of the MAC
payload()
{
	tail -c +$(($(head -n "$(grep -an '^---' "$1" | head -n 1 | cut -d: -f1)" "$1" | wc -c) + 1)) "$1"
}
sealed 300000 && reseal 0 --identity "$TMP/alice" --recipient "$bob" && cmp <(payload "$old") <(payload "$new") &&
	! cmp -s "$old" "$new"
result $? 'the payload stays as it is'
reseal 1 --identity "$TMP/alice" --recipient "$bob" && err 'To replace it, use --force.' && opens bob "$new" &&
	reseal 0 --identity "$TMP/alice" --recipient "$bob" --recipient "$eve" --force && opens bob "$new" && opens eve "$new"
result $? 'a file that exists is replaced with --force alone; for two'

sixteen()
{
	local i

	rm -f "$new" "$TMP/list"
	for i in {1..16}; do
		key "r$i" >>"$TMP/list"
	done
	reseal 0 --json --identity "$TMP/alice" --recipients-file "$TMP/list" && out "{\"resealed\":\"$new\",\"bytes\":$(stat -c %s "$new"),\"recipients\":[\"age1" &&
		[ "$(grep -o age1 "$TMP/out" | wc -l)" -eq 16 ] && opens r1 "$new" && opens r16 "$new" || return 1
	rm "$new"
	key r17 >>"$TMP/list"
	reseal 1 --identity "$TMP/alice" --recipients-file "$TMP/list" && err 'line 17: ' && err 'one too many' && [ ! -e "$new" ]
}
sixteen
result $? 'for 16, and no more'

# No two files may share a secret: another share for each of them
shares()
{
	rm -f "$new" && reseal 0 --identity "$TMP/alice" --recipient "$bob" --recipient "$eve" &&
		grep -a '^-> X25519' "$new" >"$TMP/shares" && reseal 0 --force --identity "$TMP/alice" --recipient "$bob" &&
		grep -a '^-> X25519' "$new" >>"$TMP/shares" && [ "$(sort -u "$TMP/shares" | wc -l)" -eq 3 ]
}
shares
result $? 'each time, for each recipient, with another share'

# A dump as it is collected, which extract understands
collected()
{
	local image=$TMP/image

	rm -f "$new"
	truncate -s 8M "$image" && mkdir -p "$TMP/folder" && "$DUMPFLT" format --recipient "$alice" "$image" >/dev/null &&
		head -c 300001 /dev/urandom >"$dump" && "$BUILD/areagen" "$image" "$dump" "$alice" &&
		run 0 "$DUMPFLT" collect "$image" "$TMP/folder" && old=$(echo "$TMP"/folder/*.age) &&
		reseal 0 --identity "$TMP/alice" --recipient "$bob" &&
		run 0 "$DUMPFLT" extract --raw --identity "$TMP/bob" --device "$new" "$TMP/back" && cmp "$TMP/back" "$dump" &&
		run 6 "$DUMPFLT" extract --raw --identity "$TMP/alice" --device "$new" "$TMP/no"
}
collected
result $? 'a collected dump, and extract'

old=$TMP/old.age
sealed 300000
stdout()
{
	"$DUMPFLT" reseal --identity "$TMP/alice" --recipient "$bob" "$old" - >"$TMP/piped" 2>"$TMP/err" && opens bob "$TMP/piped" &&
		! "$DUMPFLT" reseal --identity "$TMP/alice" --recipient "$bob" "$old" - >/dev/full 2>"$TMP/err" && err 'No space left on device'
}
stdout
result $? 'to standard output, and to a full one'

# refused CODE WORDS ARGUMENT...: it says so, and there is no file
refused()
{
	rm -f "$new"
	reseal "$1" "${@:3}" && err "$2" && [ ! -e "$new" ] && [ -z "$(find "$TMP" -name '*.partial')" ]
}
# A bit in each kind of place: header, nonce, chunk, tag; and what is cut, or too long
damaged()
{
	local at size

	size=$(stat -c %s "$old")
	cp "$old" "$TMP/good"
	for at in 30 150 195 205 70000 $((size - 1)); do
		cp "$TMP/good" "$old" && spoil "$at" 1 "$old" && refused '5|6' 'ERROR: ' --identity "$TMP/alice" --recipient "$bob" || return 1
	done
	for at in 0 10 100 200 210 65752 $((size - 1)); do
		head -c "$at" "$TMP/good" >"$old"
		refused '3|5' 'ERROR: ' --identity "$TMP/alice" --recipient "$bob" || return 1
	done
	{ cat "$TMP/good" && echo; } >"$old" && refused 5 'its last chunk does not open as such' --identity "$TMP/alice" --recipient "$bob" || return 1
	cp "$TMP/good" "$old"
}
damaged
result $? 'what is damaged, cut or too long makes no file'
spoil 70000 1 "$old" && refused 5 "'dumpflt extract --salvage --identity KEY --device $old OUT'" --identity "$TMP/alice" --recipient "$bob"
result $? 'it is said how to get what is good of it'
sealed 100
refused 6 'none of the keys can open it' --identity "$TMP/eve" --recipient "$bob" && err "'age-keygen -y KEYFILE'" &&
	refused 2 '--identity is needed' --recipient "$bob" && refused 2 '--recipient or --recipients-file is needed' --identity "$TMP/alice" &&
	refused 2 'recipient' --identity "$TMP/alice" --recipient age1nonsense &&
	refused 2 'it is a SECRET key' --identity "$TMP/alice" --recipient "$(grep AGE-SECRET "$TMP/bob")" &&
	! err "$(grep AGE-SECRET "$TMP/bob")" && refused 1 'No such file' --identity "$TMP/none" --recipient "$bob"
result $? 'wrong keys'
echo nothing >"$TMP/text" && run 3 "$DUMPFLT" reseal --identity "$TMP/alice" --recipient "$bob" "$TMP/text" "$new" && err 'it is no age file' &&
	mkfifo "$TMP/fifo" && run 1 "$DUMPFLT" reseal --identity "$TMP/alice" --recipient "$bob" "$TMP/fifo" "$new" &&
	echo hello | age -a -r "$alice" >"$TMP/armor" && run 1 "$DUMPFLT" reseal --identity "$TMP/alice" --recipient "$bob" "$TMP/armor" "$new" &&
	err 'it is armored' && [ ! -e "$new" ]
result $? 'no file, no age file, armor'

# Under whatever name
kept()
{
	ln -sf "$old" "$TMP/link" && cp "$TMP/alice" "$TMP/alice.kept" && cp "$old" "$TMP/good" &&
		run 1 "$DUMPFLT" reseal --force --identity "$TMP/alice" --recipient "$bob" "$old" "$old" && err 'it is what is to be resealed' &&
		run 1 "$DUMPFLT" reseal --force --identity "$TMP/alice" --recipient "$bob" "$TMP/link" "$old" &&
		run 1 "$DUMPFLT" reseal --force --identity "$TMP/alice" --recipient "$bob" "$old" "$TMP/alice" &&
		err 'it is the secret key that opens it' && echo '{}' >"$TMP/old.json" &&
		run 1 "$DUMPFLT" reseal --force --identity "$TMP/alice" --recipient "$bob" "$old" "$TMP/old.json" &&
		err 'it is the receipt of what is read' &&
		run 1 "$DUMPFLT" extract --force --raw --identity "$TMP/alice" --device "$old" "$TMP/old.json" &&
		err 'it is the receipt of what is read' && [ "$(cat "$TMP/old.json")" = '{}' ] && rm "$TMP/old.json" &&
		cmp "$old" "$TMP/good" && cmp "$TMP/alice" "$TMP/alice.kept"
}
# What the shell has opened as standard output
by_shell()
{
	# shellcheck disable=SC2094
	! "$DUMPFLT" reseal --identity "$TMP/alice" --recipient "$bob" "$old" - 1<>"$old" 2>"$TMP/err" && err 'it is what is to be resealed' &&
		! "$DUMPFLT" reseal --identity "$TMP/alice" --recipient "$bob" "$old" - >>"$old" 2>"$TMP/err" &&
		! "$DUMPFLT" reseal --identity "$TMP/alice" --recipient "$bob" "$old" - 1<>"$TMP/alice" 2>"$TMP/err" &&
		! "$DUMPFLT" extract --raw --identity "$TMP/alice" --device "$old" - 1<>"$TMP/alice" 2>"$TMP/err" &&
		cmp "$old" "$TMP/good" && cmp "$TMP/alice" "$TMP/alice.kept"
}
kept && by_shell
result $? 'neither the old file, its receipt nor the key is written over'

# In the middle, by a signal: the pipe is full, and nobody reads. One that comes just before the
# write waits is seen when the write ends, as by the next one
stopped()
{
	local pid

	sealed 2000000 && rm -f "$TMP/pipe" && mkfifo "$TMP/pipe" || return 1
	exec 7<>"$TMP/pipe"
	timeout 60 "$DUMPFLT" reseal --identity "$TMP/alice" --recipient "$bob" "$old" - >&7 2>"$TMP/err" &
	pid=$!
	within 20 catching_child "$pid" && within 20 killed_child "$pid"
	wait "$pid"
	[ $? -eq 1 ] && exec 7<&- && err "ERROR: resealing failed on '$old': stopped by SIGTERM"
}

# Of timeout(1), which is in the way of both
# shellcheck disable=SC2317 # within calls it
catching_child()
{
	child=$(cat "/proc/$1/task/$1/children" 2>/dev/null) && [ -n "$child" ] && catching "${child% }"
}

# shellcheck disable=SC2317
killed_child()
{
	kill -TERM "${child% }" 2>/dev/null || return 0
	return 1
}
stopped
result $? 'stopped by a signal'

finish
