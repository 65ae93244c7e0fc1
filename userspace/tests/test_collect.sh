#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt collect: the files that it makes, which Debian's age opens; that it
# overwrites nothing; and that no slot is let go before its copy lasts, wherever
# it is killed and whatever fails.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/collected.sh disable=SC1091
. "$(dirname "$0")/collected.sh"

image=$TMP/image
kept=$TMP/image-kept
folder=$TMP/folder
dump=$TMP/dump
head -c 200000 /dev/urandom >"$dump"
# header, its nonce, 4 chunks and the trailer, each with its tag
sealed_size=$((168 + 16 + 5 * (65536 + 16)))

for i in 1 2; do
	age-keygen -o "$TMP/key$i" 2>/dev/null
done
to=$(age-keygen -y "$TMP/key1")
both=("$to" "$(age-keygen -y "$TMP/key2")")

collect()
{
	run "$1" "$DUMPFLT" collect "${@:2}" "$image" "$folder"
}

# opens FILE KEY: age opens it with that key, and it is the dump, padding and a trailer
opens()
{
	age -d -i "$2" -o "$TMP/opened" "$1" 2>>"$TMP/err" &&
		cmp -n 200000 "$TMP/opened" "$dump" &&
		tail -c +200001 "$TMP/opened" | head -c 62144 | cmp -n 62144 - /dev/zero &&
		tail -c 65536 "$TMP/opened" | head -c 16 | cmp -s - <(printf 'DUMPFLT-TRAILER\n')
}

# agrees FILE: what the receipt beside it says of it is so
agrees()
{
	local receipt=${1%.*}.json

	grep -qF "\"sha256\": \"$(sha256sum <"$1" | cut -d' ' -f1)\"" "$receipt" &&
		grep -qF "\"size\": $(stat -c %s "$1")," "$receipt" &&
		grep -qF "\"file\": \"$(basename "$1")\"" "$receipt" &&
		[ "$(stat -c %a "$1")" = 600 ] && [ "$(stat -c %a "$receipt")" = 600 ]
}

all_kinds()
{
	local file

	area digest "$to digest" "${both[*]}"
	collect 0 && silent && holds '*-1-*.dump' '*-1-*.json' '*-2-*.age' '*-2-*.json' '*-3-*.age' '*-3-*.json' &&
		cmp "$folder"/*.dump "$dump" && [ "$(stat -c %s "$folder"/*-2-*.age)" -eq "$sealed_size" ] &&
		opens "$folder"/*-2-*.age "$TMP/key1" && ! opens "$folder"/*-2-*.age "$TMP/key2" &&
		opens "$folder"/*-3-*.age "$TMP/key1" && opens "$folder"/*-3-*.age "$TMP/key2" &&
		states COMPLETE COMPLETE COMPLETE EMPTY || return 1
	for file in "$folder"/*.age "$folder"/*.dump; do
		agrees "$file" && out "collected to $file, $(stat -c %s "$file") bytes" || return 1
	done
}
all_kinds
result $? 'sealed dumps become age files, others are copied; the slots stay'

# The receipt can be had back byte for byte
receipt_bytes()
{
	local at

	sed -n 's/.*"receipt_base64": *"\(.*\)".*/\1/p' "$folder"/*-1-*.json |
		base64 -d >"$TMP/receipt"
	at=$(grep -obUa 'DUMPFLT-RECEIPT' "$image" | head -n 1 | cut -d: -f1)
	[ -s "$TMP/receipt" ] && tail -c +$((at + 1)) "$image" |
		cmp -n "$(stat -c %s "$TMP/receipt")" - "$TMP/receipt"
}
receipt_bytes
result $? 'the receipt is kept as it is on the disk'

# without_change COMMAND...: it leaves the folder as it is, times included
without_change()
{
	local code

	find "$folder" -mindepth 1 -printf '%P %s %T@ %i\n' | sort >"$TMP/before"
	"$@"
	code=$?
	find "$folder" -mindepth 1 -printf '%P %s %T@ %i\n' | sort | cmp - "$TMP/before" && return $code
}

again()
{
	area digest "$to digest"
	collect 0 && without_change collect 0 && out 'slot 0: was collected before, to ' &&
		out 'slot 1: was collected before, to ' && states COMPLETE COMPLETE EMPTY EMPTY
}
again
result $? 'a second run finds what is there'

release()
{
	without_change collect 0 --release && out '; released' && states COLLECTED COLLECTED EMPTY EMPTY &&
		without_change collect 0 && out 'nothing to collect' &&
		rm "$folder"/*.dump && collect 0 --all && out 'slot 0: collected to ' &&
		out 'slot 1: was collected before' && cmp "$folder"/*.dump "$dump" &&
		states COLLECTED COLLECTED EMPTY EMPTY
	area "$to digest"
	collect 0 --release --json && [ "$(wc -l <"$TMP/out")" -eq 1 ] &&
		out '[{"slot":0,"state":"COMPLETE","result":"collected","released":true,"file":"' &&
		out "\"size\":$sealed_size,\"uuid\"" && states COLLECTED EMPTY EMPTY EMPTY
}
release
result $? '--release, --all, --json'

empty()
{
	area
	collect 0 && out 'nothing to collect' && holds && collect 0 --json && out '[]'
}
empty
result $? 'an empty area is no error'

# Nothing that is not COMPLETE is collected or let go, and all that is COMPLETE is
not_whole()
{
	local end

	for end in torn notrailer failed interrupted; do
		area "$to digest $end" "$to digest" || return 1
		collect 4 --release && err 'slot 0 is ' && err ', not COMPLETE' &&
			err "'dd if=$image of=FILE bs=1M conv=sparse'" &&
			err "'dumpflt extract --salvage --slot 0 --identity KEY --device FILE OUT' saves what is verified of it." &&
			holds '*-2-*.age' '*-2-*.json' && opens "$folder"/*.age "$TMP/key1" || return 1
		"$DUMPFLT" show --json "$image" | grep -q '"slot":0,"state":"COLLECTED"' && return 1
	done
	collect 4 --json && out '{"slot":0,"state":"INTERRUPTED","result":"not complete","released":false,'
}
not_whole
result $? 'torn, failed and interrupted dumps: an error, and left alone'

plain_not_whole()
{
	area 'digest torn' && collect 4 && err "'dumpflt extract --salvage' saves what is verified of it."
}
plain_not_whole
result $? 'what is not sealed is salvaged where it is'

damaged()
{
	area "$to digest" "$to digest"
	spoil $((65536 + 65536 + 65536 + 17))
	collect 5 --release && err 'slot 0: chunk 1, at byte 65536 of the dump' && err "'dd if=$image of=FILE" &&
		holds '*-2-*.age' '*-2-*.json' && states COMPLETE COLLECTED EMPTY EMPTY
}
damaged
result $? 'a chunk is damaged: no copy, the slot is kept, the next one is collected'

unknown()
{
	area 'digest changes' "$to digest changes"
	collect 1 && err "slot 0: filter 'change' has changed the data, and only what 'age' seals is a file" &&
		err "slot 1: filter 'change' has changed the data" && holds
}
unknown
result $? 'a filter that nobody can undo, also behind age'

before_age()
{
	area "$to digest changes before" "$to digest before"
	collect 0 && err "WARNING: slot 0 of '$image': filter 'change' has changed the data before 'age' sealed it" &&
		! err 'slot 1' && holds '*-1-*.age' '*-1-*.json' '*-2-*.age' '*-2-*.json'
}
before_age
result $? 'a filter in front of age: it is collected, and said what is inside'

# What has a name that we want is never touched
in_the_way()
{
	local name=$1

	area "$to digest"
	collect 0
	name=$(basename "$folder"/*."$1")
	rm "$folder"/*
	"${@:2}" "$folder/$name"
	without_change collect 1 --release && err 'Nothing is overwritten.' &&
		states COMPLETE EMPTY EMPTY EMPTY && holds "$name"
}

other_files()
{
	in_the_way age cp "$dump" && in_the_way json cp "$dump" && in_the_way age mkdir &&
		in_the_way age ln -s /nowhere && in_the_way json ln -s /nowhere &&
		in_the_way age truncate -s "$sealed_size" && in_the_way json touch &&
		in_the_way json mkdir
}
other_files
result $? 'another file, folder or link of that name is not overwritten'

# The copy was changed after it was made: that must be found before the slot goes
changed_copy()
{
	area "$to digest"
	collect 0
	printf changed! | dd of="$(echo "$folder"/*.age)" bs=1 seek=70000 conv=notrunc status=none
	without_change collect 1 && err 'is not the copy of this dump' && ! out 'was collected before' &&
		without_change collect 1 --json && out '"result":"failed"' &&
		without_change collect 1 --release && err 'is not the copy of this dump' &&
		states COMPLETE EMPTY EMPTY EMPTY || return 1
	area "$to digest"
	collect 0
	sed -i 's/"sha256": "...../"sha256": "00000/' "$folder"/*.json
	collect 1 && collect 1 --release && states COMPLETE EMPTY EMPTY EMPTY
}
changed_copy
result $? 'a copy that was changed later is found, and does not cost the slot'

no_folder()
{
	area "$to digest"
	rmdir "$folder"
	collect 1 && err "ERROR: opening the folder failed on '$folder': No such file or directory" &&
		err 'It is not made by itself' && [ ! -e "$folder" ]
	: >"$folder"
	collect 1 && err 'Not a directory' && rm "$folder" && mkdir "$folder" &&
		run 1 "$DUMPFLT" collect "$dump" "$folder" && err 'looking for a dump area failed' &&
		run 1 "$DUMPFLT" collect "$TMP/none" "$folder" && holds
}
no_folder
result $? 'no folder, no area'

locked()
{
	local lock=$folder/.dumpflt.lock

	area "$to digest"
	(umask 077 && : >"$lock")
	exec 9<"$lock"
	flock 9
	collect 1 && err "ERROR: locking the folder failed on '$folder': another collect is at work in it" &&
		[ -e "$lock" ]
	local code=$?
	exec 9<&-
	[ "$code" -eq 0 ] && [ "$(ls -A "$folder")" = .dumpflt.lock ] && collect 0 && silent && [ ! -e "$lock" ]
}
locked
result $? 'two at once: the second one is refused; a lock that was left is taken over'

# Who may read the folder may lock it, and that is nothing to us
locked_by_reader()
{
	area "$to digest"
	exec 9<"$folder"
	flock 9
	collect 0 --release && silent && states COLLECTED EMPTY EMPTY EMPTY
	local code=$?
	exec 9<&-
	return $code
}
locked_by_reader
result $? 'a lock on the folder, which everybody can have, is in no way'

# planted COMMAND...: in place of the lock; dumps are collected all the same, and it stays
planted()
{
	local lock=$folder/.dumpflt.lock

	area "$to digest"
	"$@" "$lock"
	collect 0 --release && err "WARNING: '$lock' is somebody else's, or others may open it: remove it" &&
		states COLLECTED EMPTY EMPTY EMPTY && [ "$(find "$folder" -name '*.age')" ] && { [ -e "$lock" ] || [ -L "$lock" ]; }
}
# shellcheck disable=SC2317 # planted calls it
readable()
{
	: >"$1" && chmod 644 "$1"
	exec 9<"$1"
	flock 9
}
# shellcheck disable=SC2317 # planted calls it
foreign()
{
	(umask 077 && : >"$1") && { [ "$(id -u)" -ne 0 ] || chown 65534 "$1"; } && { [ "$(id -u)" -eq 0 ] || chmod 644 "$1"; }
}
planted ln -s /nowhere && planted mkdir && planted mkfifo && planted foreign && planted readable
result $? 'what others have put in place of the lock keeps nobody from collecting'
exec 9<&-

# fresh: the area that was kept, and an empty folder
fresh()
{
	rm -rf "$folder"
	mkdir "$folder"
	cp "$kept" "$image"
}

# The file of a slot that was let go is there, whole, and so is its receipt
nothing_lost()
{
	if states COLLECTED EMPTY EMPTY EMPTY; then
		opens "$folder"/*.age "$TMP/key1" && agrees "$folder"/*.age
		return
	fi
	states COMPLETE EMPTY EMPTY EMPTY
}

# The order in which things reach the disk
order()
{
	area "$to digest"
	cp "$image" "$kept"
	rm -f "$TMP/disk"
	FAKE_DISK_LOG=$TMP/disk collect 0 --release &&
		sed 's/ .*//' "$TMP/disk" | uniq >"$TMP/steps" &&
		# copy; flush; read back, which flushes, too; name; folder; receipt; header of the area; the lock of the folder goes
		printf '%s\n' pwrite fsync rename fsync pwrite fsync rename fsync pwrite fsync unlink |
		cmp - "$TMP/steps" && tail -n 3 "$TMP/disk" | head -n 1 | grep -q '^pwrite [0-9]* 32768$'
}
order
result $? 'written, flushed, named, flushed; then the receipt likewise; then the slot'

# Killed before, in or after any step: nothing is lost, and the next run completes it
cuts()
{
	local step total again=0

	total=$(wc -l <"$TMP/disk")
	for ((step = 1; step <= total; step++)); do
		fresh
		FAKE_CUT=$step collect 137 --release && nothing_lost || return 1
		states COLLECTED EMPTY EMPTY EMPTY || again=$((again + 1))
		collect 0 --release && holds '*.age' '*.json' &&
			states COLLECTED EMPTY EMPTY EMPTY && nothing_lost || return 1
	done
	echo "# $total cuts; after $again of them there was something left to do"
	[ "$total" -gt 15 ] && [ "$again" -gt 15 ]
}
cuts
result $? 'killed at any write, flush or rename: the next run completes it'

# recovers TEXT: the run before failed so, let nothing go and left nothing half done; the
# next one succeeds
recovers()
{
	err "$1" && states COMPLETE EMPTY EMPTY EMPTY &&
		[ -z "$(find "$folder" -name '*.partial')" ] &&
		collect 0 --release && nothing_lost && holds '*.age' '*.json'
}

full()
{
	local step writes

	writes=$(grep -c '^pwrite' "$TMP/disk")
	# the last one is to the area, not to the folder
	for ((step = 1; step < writes; step++)); do
		fresh
		FAKE_PWRITE="$step 100 28" collect 1 --release &&
			recovers 'No space left on device' || return 1
	done
	fresh
	FAKE_PWRITE='3 100 28' collect 1 && err "The copy needs $sealed_size bytes" && holds
}
full
result $? 'the disk is full: said so, cleaned up, nothing let go'

flush_fails()
{
	local step flushes

	flushes=$(grep -c '^fsync' "$TMP/disk")
	for ((step = 1; step < flushes; step++)); do
		fresh
		FAKE_FSYNC="$step 5" collect 1 --release &&
			recovers 'Input/output error' || return 1
	done
	# that of the area: the slot may be let go or not, and its copy lasts
	fresh
	FAKE_FSYNC="$flushes 5" collect 1 --release --json && out '"result":"failed","released":false' &&
		err 'ERROR: releasing the slot failed on' && nothing_lost && holds '*.age' '*.json'
}
flush_fails
result $? 'a flush fails: an error, nothing let go, the next run completes it'

lies()
{
	local step writes

	# those of the copy
	writes=$(sed '/^fsync/q' "$TMP/disk" | grep -c '^pwrite')
	for ((step = 1; step <= writes; step++)); do
		fresh
		FAKE_WRONG=$step collect 1 --release &&
			err 'what was read back is not what was written: this disk cannot be trusted' &&
			holds && states COMPLETE EMPTY EMPTY EMPTY || return 1
	done
}
lies
result $? 'the disk keeps other bytes than were written: found by reading back'

# How names begin that are of this area, into area
name_of_area()
{
	fresh
	collect 0
	area=$(basename "$folder"/*.age)
	area=${area%%-*}
}

# Of this area, and nothing else, not even of another area
leftovers()
{
	local area

	name_of_area
	touch "$folder/$area-7-00112233.age.0123abcd.partial" \
		"$folder/$area-7-00112233.json.00000000.partial" \
		"$folder/$area-8-00112233.dump.ffffffff.partial" \
		"$folder/$area-8-0011223x.age.0123abcd.partial" \
		"$folder/$area-7-00112233.age.0123abc.partial" \
		"$folder/00000000-7-00112233.age.0123abcd.partial" \
		"$folder/$area-7-00112233.0123abcd.partial"
	collect 0 && holds '*-1-*.age' '*-1-*.json' "$area-8-0011223x.age.0123abcd.partial" \
		"$area-7-00112233.age.0123abc.partial" \
		'00000000-7-*.age.0123abcd.partial' "$area-7-00112233.0123abcd.partial"
}
leftovers
result $? 'what was begun for dumps that are gone is removed, and nothing else'

# Whoever may make a folder there must not stop every collect by it
stubborn()
{
	local area

	name_of_area
	fresh
	mkdir "$folder/$area-7-00112233.age.0123abcd.partial"
	touch "$folder/$area-8-00112233.age.0123abcd.partial"
	collect 0 --release && err "WARNING: '$folder/$area-7-00112233.age.0123abcd.partial' is called as if" &&
		err 'cannot be removed: Is a directory' && holds '*-1-*.age' '*-1-*.json' "$area-7-*.partial" &&
		nothing_lost && states COLLECTED EMPTY EMPTY EMPTY
}
stubborn
result $? 'what has such a name and cannot be removed is a warning'

stopped()
{
	fresh
	FAKE_SIGNAL=15 collect 1 --release && err 'stopped by SIGTERM' && holds &&
		states COMPLETE EMPTY EMPTY EMPTY && collect 0 --release
}
stopped
result $? 'a signal ends it in order'

finish
