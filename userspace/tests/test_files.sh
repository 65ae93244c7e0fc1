#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Files: what is needed is not replaced, whatever it is called; several commands
# at once; file systems that cannot lock, link or flush a folder.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image
dump=$TMP/dump
file=$TMP/file
folder=$TMP/folder
head -c 3000000 /dev/urandom >"$dump"
mkdir "$folder"
age-keygen -o "$TMP/key" 2>"$TMP/err"
recipient=$(sed -n 's/^# public key: //p' "$TMP/key")

# area N: with so many dumps
area()
{
	local i

	rm -f "$image"
	truncate -s 24M "$image"
	"$DUMPFLT" format --slots 4 "$image" >/dev/null || return 1
	for ((i = 0; i < $1; i++)); do
		"$BUILD/areagen" "$image" "$dump" digest || return 1
	done
}

# released N: so many slots are
released()
{
	run 0 "$DUMPFLT" show "$image" && [ "$(grep -c '^slot.*COLLECTED' "$TMP/out")" -eq "$1" ] &&
		silent
}

# together COMMAND...: each is a command line; all at once, and all succeed
together()
{
	local pids=() pid command words code=0

	for command; do
		read -ra words <<<"$command"
		timeout 60 "$DUMPFLT" "${words[@]}" >/dev/null 2>>"$TMP/err" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || code=1
	done
	return "$code"
}

releases()
{
	local round

	for round in 1 2 3 4 5; do
		: "$round"
		area 4 && together "release --slot 0 $image" "release --slot 1 $image" \
			"release --slot 2 $image" "release --slot 3 $image" && released 4 || return 1
	done
}
releases
result $? 'four release at once: none is lost'

mixed()
{
	local second=$TMP/second

	rm -rf "$second" && mkdir "$second"
	area 3 && together "collect --release $image $folder" "release --slot 1 $image" \
		"collect --release $image $second" && released 3 &&
		[ "$(find "$folder" "$second" -name '*.partial' | wc -l)" -eq 0 ] || return 1
	for copy in "$folder"/*.dump "$second"/*.dump; do
		[ ! -e "$copy" ] || cmp "$copy" "$dump" || return 1
	done
}
mixed
result $? 'collect --release and release at once'

formats()
{
	area 2
	together "format --force --slots 2 $image" "format --force --slots 3 $image" \
		"release --all $image" "format --force --slots 4 $image" && released 0
}
formats
result $? 'format and release at once: one area, whole'

# held: an area that this shell has locked, by $lock; $pid wants to release its slot
held()
{
	area 1
	exec {lock}<"$image" && flock "$lock" || return 1
	"$DUMPFLT" release --slot 0 "$image" 2>"$TMP/err" {lock}<&- &
	pid=$!
}

# A lock that somebody holds is waited for, and said, and can be left
waits()
{
	local said="WARNING: another command is changing '$image': waiting for it"

	held && within 30 err "$said" && exec {lock}<&- && wait "$pid" && released 1 || return 1
	held && within 30 err "$said" && kill -s TERM "$pid" && ! wait "$pid" && exec {lock}<&- &&
		err 'stopped by SIGTERM while another command changed it' &&
		run 0 "$DUMPFLT" show "$image" && out 'slot 0      COMPLETE'
}
waits
result $? 'a lock is waited for, and a signal ends that'

# kept COPY COMMAND...: fails, and COPY is what its file still is
kept()
{
	run 1 "$DUMPFLT" extract --raw --force "${@:2}" "$file" && err "$1" &&
		[ -z "$(find "$TMP" -name '*.partial')" ]
}

own_source()
{
	area 1
	cp "$image" "$TMP/before"
	ln -f "$image" "$file" && kept 'it is what the dump is read from' --device "$image" &&
		cmp "$file" "$TMP/before" && rm "$file" || return 1
	ln -s "$image" "$TMP/sym"
	run 1 "$DUMPFLT" extract --raw --force --device "$TMP/sym" "$image" &&
		err "'$image': it is what the dump is read from" && cmp "$image" "$TMP/before" &&
		run 1 "$DUMPFLT" extract --raw --force --device "$TMP/../${TMP##*/}/image" "$image" &&
		cmp "$image" "$TMP/before" &&
		run 1 "$DUMPFLT" extract --raw --force --device "$image" "$TMP/sym" &&
		[ -L "$TMP/sym" ] && cmp "$image" "$TMP/before"
}
own_source
result $? 'extract --force does not replace its source'

# With the old names, this one was removed before it was read
partial_source()
{
	cp "$image" "$file.partial"
	run 0 "$DUMPFLT" extract --raw --force --device "$file.partial" "$file" &&
		cmp "$file" "$dump" && cmp "$file.partial" "$image"
}
partial_source
rm -f "$file" "$file.partial"
result $? 'nor a source that is called like what is begun'

# A name makes no leftover: neither of the source and the key, nor of a third file
partial_names()
{
	local source=$file.0123abcd.partial key=$file.deadbeef.partial third=$file.00000000.partial

	cp "$TMP/sealed" "$source" && cp "$TMP/key" "$key" && echo mine >"$third" &&
		run 0 "$DUMPFLT" extract --raw --identity "$key" --device "$source" "$file" &&
		cmp "$file" "$dump" && cmp "$source" "$TMP/sealed" && cmp "$key" "$TMP/key" &&
		[ "$(<"$third")" = mine ] && [ "$(stat -c %a "$file")" = 600 ]
}

own_key()
{
	truncate -s 24M "$TMP/sealed"
	"$DUMPFLT" format --recipient "$recipient" "$TMP/sealed" >/dev/null &&
		"$BUILD/areagen" "$TMP/sealed" "$dump" "$recipient" || return 1
	cp "$TMP/key" "$TMP/key.before"
	run 1 "$DUMPFLT" extract --raw --force --identity "$TMP/key" --device "$TMP/sealed" "$TMP/key" &&
		err "it is the secret key that opens it" && cmp "$TMP/key" "$TMP/key.before" &&
		ln "$TMP/key" "$file" &&
		kept 'it is the secret key that opens it' --identity "$TMP/key" --device "$TMP/sealed" &&
		cmp "$file" "$TMP/key.before" && rm "$file" &&
		run 0 "$DUMPFLT" extract --raw --identity "$TMP/key" --device "$TMP/sealed" "$file" &&
		cmp "$file" "$dump"
}
own_key
result $? 'nor the key'
rm -f "$file"
partial_names
result $? 'nor any file that is called like what a killed run leaves'
rm -f "$file" "$file".*.partial

same_file()
{
	local round other=$TMP/other

	head -c 2000000 /dev/urandom >"$TMP/dump2"
	cp "$image" "$other" && "$BUILD/areagen" "$other" "$TMP/dump2" digest || return 1
	for round in 1 2 3 4; do
		: "$round"
		together "extract --raw --force --device $image $file" \
			"extract --raw --force --device $other $file" \
			"extract --raw --force --device $image $file" || return 1
		cmp -s "$file" "$dump" || cmp -s "$file" "$TMP/dump2" || return 1
		[ -z "$(compgen -G "$file.*")" ] || return 1
	done
}
same_file
result $? 'three extract --force to one file: it is one of them, whole'

# Without --force exactly one wins
one_wins()
{
	local wins=0 pids=() pid

	rm -f "$file"
	for _ in 1 2 3 4; do
		"$DUMPFLT" extract --raw --device "$image" "$file" >/dev/null 2>&1 &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" && wins=$((wins + 1))
	done
	[ "$wins" -eq 1 ] && cmp "$file" "$dump" && [ -z "$(compgen -G "$file.*")" ]
}
one_wins
result $? 'four extract without --force: one of them wins'
for FAKE_POOR in rename 'rename link'; do
	export FAKE_POOR
	one_wins
	result $? "the same without $FAKE_POOR"
done
unset FAKE_POOR

# poor WORDS WARNING: collect and extract do what they are for, and warn once
poor()
{
	local FAKE_POOR=$1

	export FAKE_POOR
	rm -rf "$folder" "$file" && mkdir "$folder"
	area 2 && run 0 "$DUMPFLT" collect --release "$image" "$folder" &&
		[ "$(grep -cF -- "$2" "$TMP/err")" -eq 1 ] || return 1
	for copy in "$folder"/*.dump; do
		cmp "$copy" "$dump" || return 1
	done
	[ "$(find "$folder" -name '*.dump' | wc -l)" -eq 2 ] &&
		run 0 "$DUMPFLT" collect --all --release "$image" "$folder" &&
		run 0 "$DUMPFLT" extract --raw --slot 0 --device "$image" "$file" && cmp "$file" "$dump" &&
		run 0 "$DUMPFLT" format --force "$image" && run 0 "$DUMPFLT" release --all "$image"
}
poor folder "WARNING: '$folder/"
result $? 'a file system that flushes no folders'
poor lock "WARNING: '$folder' cannot be locked"
result $? 'one that has no locks (ENOLCK)'
poor nolock "WARNING: '$image' cannot be locked"
result $? 'one that does not know them (EOPNOTSUPP)'
poor nosyscall "WARNING: '$image' cannot be locked"
result $? 'a kernel that does not (ENOSYS)'
poor 'folder lock rename link' "WARNING: '$folder' cannot be locked"
result $? 'one that can nothing of all that'
unset FAKE_POOR

# The folder is moved while it is collected into it
moved()
{
	local pid

	rm -rf "$folder" "$TMP/elsewhere" && mkdir "$folder"
	area 4
	"$DUMPFLT" collect "$image" "$folder" >"$TMP/out" 2>"$TMP/err" &
	pid=$!
	until [ -n "$(ls "$folder")" ]; do
		kill -0 "$pid" || return 1
		sleep 0.002
	done
	mv "$folder" "$TMP/elsewhere" && mkdir "$folder"
	wait "$pid" && [ -z "$(ls "$folder")" ] &&
		[ "$(find "$TMP/elsewhere" -name '*.dump' | wc -l)" -eq 4 ] &&
		[ "$(find "$TMP/elsewhere" -name '*.json' | wc -l)" -eq 4 ]
}
moved
result $? 'the folder is moved meanwhile'

finish
