#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt collect --config: the area is found by its id, every dump gets a folder
# with a summary, those collected last are kept and nothing else is removed; exit codes;
# and what a killed run leaves is completed.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

export DUMPFLT_ROOT=$TMP/root
block=$DUMPFLT_ROOT/sys/class/block
image=$DUMPFLT_ROOT/dev/vdb
folder=$DUMPFLT_ROOT/crash
conf=$TMP/dumpflt.conf
dump=$TMP/dump
head -c 200000 /dev/urandom >"$dump"
age-keygen -o "$TMP/key" 2>/dev/null
to=$(age-keygen -y "$TMP/key")
mkdir -p "$block" "$DUMPFLT_ROOT/dev"

# area "ARGUMENT..."...: on vdb, with a dump in a slot for each; disks without one; an empty folder
area()
{
	rm -rf "$folder" "${block:?}"/* "${DUMPFLT_ROOT:?}"/dev/*
	mkdir "$folder"
	mkdir "$block"/{vda,vdb,vdc}
	: >"$DUMPFLT_ROOT/dev/vda"
	cp "$dump" "$DUMPFLT_ROOT/dev/vdc"
	truncate -s 16M "$image"
	"$DUMPFLT" format --slots 4 "$image" >/dev/null || return 1
	more "$@" || return 1
	id=$("$DUMPFLT" show --json "$image" | sed 's/.*"uuid":"\([0-9a-f]*\)".*/\1/')
	settings "id = $id" 'dir = /crash'
}

more()
{
	local what words

	for what in "$@"; do
		read -ra words <<<"$what"
		"$BUILD/areagen" "$image" "$dump" "${words[@]}" || return 1
	done
}

# settings AREA COLLECT...: lines of these sections, among those of others
settings()
{
	printf '[kernel]\nappend = x\n[area]\n%s\n[capture]\nnobody = knows\n' "$1" >"$conf"
	printf '%s\n' '[collect]' "${@:2}" >>"$conf"
}

collect()
{
	run "$1" "$DUMPFLT" collect --config="$conf" --announce "${@:2}"
}

# dumps NUMBER...: there are folders of these dumps, whole, and no others
dumps()
{
	local number found

	[ "$(find "$folder" -mindepth 1 -maxdepth 1 -name '*Z-*' | wc -l)" -eq $# ] || return 1
	for number in "$@"; do
		found=$(echo "$folder"/[12]*T*Z-"${id:0:8}-$number"-????????)
		whole "$found" || return 1
	done
}

# whole FOLDER: four files at most, for the owner only, and age opens the dump
whole()
{
	local file=$1/${1##*Z-}

	[ "$(stat -c '%a %F' "$1")" = '700 directory' ] && [ "$(find "$1" -type f -perm 600 | wc -l)" -eq 3 ] &&
		[ "$(find "$1" -mindepth 1 | wc -l)" -eq 3 ] && [ -s "$file.json" ] &&
		age -d -i "$TMP/key" "$file.age" 2>>"$TMP/err" | cmp -n 200000 - "$dump" &&
		grep -qF "dumpflt extract --identity KEY --device ${file##*/}.age vmcore" "$1/summary.txt"
}

each()
{
	local made

	area "$to digest" "$to digest"
	collect 0 && silent && states COLLECTED COLLECTED EMPTY EMPTY && dumps 1 2 &&
		out "slot 0: collected to $folder/" || return 1
	made=$(echo "$folder"/*-1-*)
	# the line that the summary gives is true
	(cd "$made" && run 0 "$DUMPFLT" extract --raw --identity "$TMP/key" --device ./*.age "$TMP/opened") &&
		cmp "$TMP/opened" "$dump" && rm "$TMP/opened" && collect 0 && out 'nothing to collect' &&
		dumps 1 2 && more "$to digest" && collect 0 --json && out '"result":"collected","released":true' &&
		dumps 1 2 3
}
each
result $? 'a folder for each dump, with a summary; slots are let go; the next run adds to them'

moved()
{
	area "$to digest"
	mv "$image" "$DUMPFLT_ROOT/dev/vdd" && rmdir "$block/vdb" && mkdir "$block/vdd"
	collect 0 && dumps 1
}
moved
result $? 'the area is found wherever it is in this boot'

not_found()
{
	area "$to digest"
	mkdir "$block/vdd" && cp "$image" "$DUMPFLT_ROOT/dev/vdd"
	collect 1 && err "looking for the dump area failed on '$id': it is there twice, on /dev/vd" && dumps || return 1
	rm "$image" "$DUMPFLT_ROOT/dev/vdd"
	collect 1 && err "looking for the dump area failed on '$id': no block device holds it"
}
not_found
result $? 'an area that is there twice, or not at all, is an error'

# refused TEXT [LINE]: by the reader
refused()
{
	collect 1 && err "reading the configuration failed on '$conf${2:+:}${2-}': $1" && dumps
}

configuration()
{
	area "$to digest"
	settings "id = $id" 'dir = /crash' 'keep = -1' && refused 'keep: a number from 0' 9 &&
		settings "id = $id" 'dir = crash' && refused 'dir: a path from / on' 8 &&
		settings "id = $id" 'directory = /x' && refused "unknown key 'directory' in section [collect]" 8 &&
		settings "id = ${id}0" && refused "'${id}0' is no id of a dump area" 4 &&
		settings "id = $id" 'keep = 1' 'keep = 1' && refused "key 'keep' is there twice" 9 &&
		settings "id = $id" '[rest]' && refused 'unknown section [rest]' 8 &&
		settings "id = $id" '[area]' && refused 'section [area] is there twice' 8 &&
		settings '; nothing' && refused '[area] needs id, or target, and not both' &&
		settings "id = $id"$'\n''target = /dev/vdb' && refused '[area] needs id, or target, and not both' &&
		settings 'target = /dev/vdb' 'dir = /crash' && collect 0 && dumps 1 || return 1
	rm "$conf"
	collect 1 && err "reading the configuration failed on '$conf': No such file or directory" &&
		run 2 "$DUMPFLT" collect --config "$conf" && err '--config=FILE'
}
configuration
result $? 'what is not understood is refused, and with it the run'

# A crash without a complete dump is an exit code of its own, and the others are collected
incomplete()
{
	local end

	for end in torn failed interrupted; do
		area "$to digest $end" "$to digest" || return 1
		collect 4 && err 'slot 0 is ' && err 'not COMPLETE' && dumps 2 &&
			collect 4 && err 'not COMPLETE' && dumps 2 || return 1
	done
	area "$to digest torn" "$to digest" && rmdir "$folder" && collect 1 && err 'It is not made by itself'
}
incomplete
result $? 'a dump that is not complete: exit code 4, every time; a failure is 1'

keeps()
{
	area "$to digest" "$to digest" "$to digest"
	settings "id = $id" 'dir = /crash' 'keep = 2'
	# of another area; no folder; a file and a link with our kind of name; not quite our name
	mkdir "$folder/20200101T000000Z-00000000-1-00112233" "$folder/mine"
	touch "$folder/mine/file" "$folder/20200101T000000Z-00000000-1-00112233/00000000-1-00112233.json" \
		"$folder/a"
	mkdir "$folder/x20200101T000000Z-${id:0:8}-1-00112233" "$TMP/elsewhere"
	touch "$TMP/elsewhere/${id:0:8}-1-00112233.json"
	ln -s "$TMP/elsewhere" "$folder/20200101T000000Z-${id:0:8}-1-00112233"
	find "$folder" "$TMP/elsewhere" | sort >"$TMP/before"
	# what a run has collected it does not remove
	collect 0 && whole "$(echo "$folder"/*Z-"${id:0:8}"-1-00000000)" || return 1
	collect 0 && ! ls -d "$folder"/*Z-"${id:0:8}"-1-*/*.age 2>/dev/null &&
		whole "$(echo "$folder"/*-2-????????)" && whole "$(echo "$folder"/*-3-????????)" &&
		states COLLECTED COLLECTED COLLECTED EMPTY &&
		[ -z "$(find "$folder" "$TMP/elsewhere" | sort | comm -13 - "$TMP/before")" ] || return 1
	more "$to digest" && collect 0 && [ ! -e "$(echo "$folder"/*-2-????????)" ] &&
		whole "$(echo "$folder"/*-3-????????)" && whole "$(echo "$folder"/*-4-????????)" &&
		[ -z "$(find "$folder" "$TMP/elsewhere" | sort | comm -13 - "$TMP/before")" ]
}
keeps
result $? 'those collected last are kept, and nothing is removed that it has not made'

# The numbers begin again, as when somebody puts back what was on the disk once
replayed()
{
	area
	settings "id = $id" 'dir = /crash' 'keep = 2'
	cp "$image" "$TMP/once"
	for _ in 1 2 3; do
		more "$to digest" && collect 0 && silent || return 1
	done
	dumps 2 3 && cp "$TMP/once" "$image" && more "$to digest" && collect 0 && dumps 1 2 3 &&
		err "-3-" && err 'an older image of the area may have been put back' &&
		err 'nothing old is removed in this run' || return 1
	# from then on what was collected last counts, whatever its number
	collect 0 && silent && dumps 1 3 && settings "id = $id" 'dir = /crash' 'keep = 1' &&
		collect 0 && dumps 1
}
replayed
result $? 'an older image is put back: what it collects stays, and nothing else goes without a word'

# The first 8 digits of the id, in the names, are all that two areas share
alike()
{
	local other

	area "$to digest" "$to digest"
	collect 0 || return 1
	other=$(echo "$folder"/*-1-00000000)
	sed -i "s/^  \"uuid\": \"${id:0:8}.*/  \"uuid\": \"${id:0:8}000000000000000000000000\",/" "$other"/*.json
	settings "id = $id" 'dir = /crash' 'keep = 1'
	more "$to digest" && collect 0 && whole "$other" && [ ! -e "$(echo "$folder"/*-2-01000000)" ] &&
		dumps 1 3 || return 1
	# nor does its number count
	mv "$other" "${other/-1-/-9-}" && mv "${other/-1-/-9-}"/{"${id:0:8}-1","${id:0:8}-9"}-00000000.json &&
		more "$to digest" && collect 0 && silent && [ -d "${other/-1-/-9-}" ]
}
alike
result $? 'another area whose id begins alike'

# The one that is looked for when it is looked for, another one when it is opened
swapped()
{
	local all

	area "$to digest" "$to digest"
	rmdir "$block"/{vda,vdc}
	collect 0 && cp "$image" "$TMP/other" && truncate -s 0 "$image" && truncate -s 16M "$image" &&
		"$DUMPFLT" format --slots 4 "$image" >/dev/null || return 1
	all=$(find "$folder" | sort)
	settings "id = $("$DUMPFLT" show --json "$image" | sed 's/.*"uuid":"\([0-9a-f]*\)".*/\1/')" \
		'dir = /crash' 'keep = 1'
	collect 0 && FAKE_PREAD="1 $TMP/other" collect 1 &&
		err "opening the dump area failed on '$image': its id is $id, not " &&
		[ "$(find "$folder" | sort)" = "$all" ]
}
swapped
result $? 'a disk that holds another area as soon as it was found'

# A clock that was ahead, for years, when the first one was collected
clock()
{
	local number

	area "$to digest"
	settings "id = $id" 'dir = /crash' 'keep = 2'
	collect 0 && touch -d '2037-01-01 00:00:00.5 UTC' "$folder"/*-1-*/*.json || return 1
	for number in 2 3; do
		more "$to digest" && collect 0 && silent || return 1
	done
	dumps 2 3 && collect 0 && settings "id = $id" 'dir = /crash' 'keep = 1' && collect 0 && dumps 3
}
clock
result $? 'the clock is set back: what is collected later counts as later'

# Again, and what is there already stays as old as it is
again()
{
	area "$to digest" "$to digest"
	collect 0 && stat -c '%n %Y' "$folder"/*/*.json >"$TMP/before" && collect 0 --all &&
		silent && stat -c '%n %Y' "$folder"/*/*.json | cmp - "$TMP/before" || return 1
	# the image, with both not yet released, is put back: none of them is newer by that
	rm -r "${folder:?}"/*-1-*
	settings "id = $id" 'dir = /crash' 'keep = 1'
	collect 0 --all && dumps 1 2 && err 'its number is not larger than that of' && collect 0 && dumps 1
}
again
result $? '--all: one that was removed is collected last; those that are there are not'

foreign_file()
{
	local old

	area "$to digest"
	collect 0
	old=$(echo "$folder"/*)
	echo notes >"$old/notes"
	settings "id = $id" 'dir = /crash' 'keep = 1'
	more "$to digest" "$to digest" && collect 0 && err "WARNING: '$old' is kept, though it is too old" &&
		[ "$(find "$old" -type f | wc -l)" -eq 4 ] && rm "$old/notes" && collect 0 && dumps 3
}
foreign_file
result $? 'a folder with a file of somebody else stays whole'

# After a failure the old ones stay: they may be all that there is
failure_keeps()
{
	area "$to digest"
	collect 0
	settings "id = $id" 'dir = /crash' 'keep = 1'
	more "$to digest" && FAKE_PWRITE='3 100 28' collect 1 && err 'No space left on device' &&
		whole "$(echo "$folder"/*-1-????????)" && states COLLECTED COMPLETE EMPTY EMPTY &&
		collect 0 && dumps 2
}
failure_keeps
result $? 'the disk is full: nothing is let go, nothing old is removed; the next run completes it'

in_the_way()
{
	local name

	area "$to digest"
	cp "$image" "$TMP/kept"
	collect 0
	name=$(basename "$folder"/*)
	rm -r "${folder:?}/$name"
	cp "$TMP/kept" "$image"
	mkdir -p "$TMP/aim"
	"$1" "${@:2}" "$folder/$name"
	collect 1 && err "making the folder failed on '$folder/$name': " && states COMPLETE EMPTY EMPTY EMPTY &&
		[ -z "$(find "$TMP/aim" -mindepth 1)" ]
}

links()
{
	in_the_way ln -s "$TMP/aim" && in_the_way ln -s /nowhere && in_the_way touch &&
		in_the_way mkdir -m 777
}
links
result $? 'a link, a file, or a folder that others write to, in place of the folder'

locked()
{
	area "$to digest"
	(umask 077 && : >"$folder/.dumpflt.lock")
	exec 9<"$folder/.dumpflt.lock"
	flock 9
	collect 1 && err 'another collect is at work in it' && states COMPLETE EMPTY EMPTY EMPTY
	local code=$?
	exec 9<&-
	[ "$code" -eq 0 ] && collect 0 && dumps 1
}
locked
result $? 'two at once: the second one is refused'

# Then nobody knows who else is at work there
planted_lock()
{
	area "$to digest" "$to digest"
	settings "id = $id" 'dir = /crash' 'keep = 1'
	collect 0 && ln -s /nowhere "$folder/.dumpflt.lock" && collect 0 && dumps 1 2 &&
		err 'nothing old is removed in this run' && rm "$folder/.dumpflt.lock" && collect 0 && dumps 2
}
planted_lock
result $? 'somebody has put something in place of the lock: nothing old is removed'

# Killed before, in or after any write, flush, name or removal: the next run completes it
cuts()
{
	local step total open=0

	area "$to digest"
	collect 0 && more "$to digest" "$to digest" || return 1
	settings "id = $id" 'dir = /crash' 'keep = 1'
	cp "$image" "$TMP/kept"
	cp -a "$folder" "$TMP/first"
	rm -f "$TMP/disk"
	FAKE_DISK_LOG=$TMP/disk collect 0 && dumps 2 3 || return 1
	total=$(wc -l <"$TMP/disk")
	for ((step = 1; step <= total; step++)); do
		rm -r "${folder:?}"/*
		cp -a "$TMP/first/." "$folder"
		cp "$TMP/kept" "$image"
		FAKE_CUT=$step collect 137 || return 1
		# what was let go is there
		if states COLLECTED COLLECTED COMPLETE EMPTY; then
			whole "$(echo "$folder"/*-2-????????)" || return 1
		elif states COLLECTED COLLECTED COLLECTED EMPTY; then
			whole "$(echo "$folder"/*-2-????????)" && whole "$(echo "$folder"/*-3-????????)" || return 1
		else
			states COLLECTED COMPLETE COMPLETE EMPTY || return 1
			open=$((open + 1))
		fi
		# and nothing old is gone before all is collected
		states COLLECTED COLLECTED COLLECTED EMPTY || whole "$(echo "$folder"/*-1-????????)" || return 1
		collect 0 && silent && states COLLECTED COLLECTED COLLECTED EMPTY &&
			whole "$(echo "$folder"/*-3-????????)" && collect 0 && dumps 3 || return 1
	done
	echo "# $total cuts; $open of them before the first slot was let go"
	[ "$total" -gt 30 ] && [ "$open" -gt 15 ]
}
cuts
result $? 'killed at any step: what was let go is whole, and the next run completes it'

journal()
{
	area "$to digest torn"
	JOURNAL_STREAM=1:1 collect 4 && err 'ERROR: ' && ! grep -q '^<' "$TMP/err" || return 1
	: >"$TMP/err"
	JOURNAL_STREAM=$(stat -c %d:%i "$TMP/err") collect 4 && grep -q '^<3>ERROR: ' "$TMP/err" &&
		! grep -qv '^<[345]>' "$TMP/err"
}
journal
result $? 'lines for the journal say how bad they are'

# says FILE WORDS...: each of them; all may read it, and no half one is beside it
says()
{
	local file=$1 word

	[ "$(stat -c %a "$file")" = 644 ] && [ -z "$(find "$(dirname "$file")" -name '.*.new')" ] || return 1
	for word in "${@:2}"; do
		grep -qF -- "$word" "$file" || return 1
	done
}

# People who log in, and monitoring, are told
announced()
{
	local motd=$DUMPFLT_ROOT/run/motd.d metrics=$DUMPFLT_ROOT/var/lib/prometheus/node-exporter

	mkdir -p "$DUMPFLT_ROOT/run"
	area "$to digest" "$to digest"
	(umask 077 && collect 0) && says "$motd/dumpflt" '2 crash dumps collected. Where: journalctl -b -u dumpflt-collect' &&
		! grep -qF "$folder" "$motd/dumpflt" && [ ! -e "$motd/dumpflt-problem" ] && [ ! -e "$metrics" ] || return 1
	# nothing new takes nothing away; where there is a folder for it, there are figures
	mkdir -p "$metrics"
	collect 0 && says "$motd/dumpflt" '2 crash dumps' && says "$metrics/dumpflt.prom" 'dumpflt_collect_exit_status 0' \
		'dumpflt_collected_dumps 0' 'dumpflt_incomplete_dumps 0' &&
		awk -v now="$(date +%s)" '$1 == "dumpflt_collect_timestamp_seconds" { exit !(now - $2 < 60) }' "$metrics/dumpflt.prom" || return 1
	area "$to digest torn" "$to digest"
	collect 4 && says "$motd/dumpflt-problem" '1 crash left NO complete dump' &&
		says "$motd/dumpflt" '1 crash dump collected' && says "$metrics/dumpflt.prom" \
		'dumpflt_collect_exit_status 4' 'dumpflt_collected_dumps 1' 'dumpflt_incomplete_dumps 1' && ! grep -qF FAILED "$motd/dumpflt-problem" || return 1
	area "$to digest torn" "$to digest" && FAKE_PWRITE='1 100 28' collect 1 && err 'No space left' &&
		[ "$(grep -c '' "$motd/dumpflt-problem")" = 2 ] && head -n 1 "$motd/dumpflt-problem" | grep -q FAILED &&
		says "$motd/dumpflt-problem" '1 crash left NO complete dump' || return 1
	rmdir "$block/vdb" && collect 1 && says "$motd/dumpflt-problem" 'collecting crash dumps FAILED' &&
		says "$metrics/dumpflt.prom" 'dumpflt_collect_exit_status 1' || return 1
	# once it is mended, it is no problem any more
	mkdir "$block/vdb" && "$DUMPFLT" release --force --slot 0 "$image" >/dev/null && collect 0 &&
		[ ! -e "$motd/dumpflt-problem" ] && says "$motd/dumpflt" '1 crash dump' || return 1
	# that it cannot be said is no failure of the run
	rm "$metrics/dumpflt.prom" && mkdir "$metrics/dumpflt.prom" && collect 0 &&
		err "WARNING: writing '$metrics/dumpflt.prom' failed: Is a directory"
	set -- $?
	rm -r "${DUMPFLT_ROOT:?}"/{run,var} && return "$1"
}
# refuses COMMAND...: what node_exporter's user puts there is not written to, and nothing waits for it
refuses()
{
	local metrics=$DUMPFLT_ROOT/var/lib/prometheus/node-exporter fresh code

	fresh=$metrics/.dumpflt.prom.new
	mkdir -p "$metrics" "$DUMPFLT_ROOT/run"
	echo keep >"$TMP/victim" && chmod 600 "$TMP/victim"
	area "$to digest"
	"$@" || return 1
	collect 0 && [ "$(cat "$TMP/victim")" = keep ] && [ "$(stat -c %a "$TMP/victim")" = 600 ]
	code=$?
	rm -rf "${DUMPFLT_ROOT:?}"/{run,var}
	return $code
}
# shellcheck disable=SC2317 # refuses calls them
as_folder()
{
	chmod "$1" "$metrics" && ln -s "$TMP/victim" "$fresh"
}
# shellcheck disable=SC2317
as_link()
{
	rmdir "$metrics" && mkdir "$TMP/elsewhere" && ln -s "$TMP/victim" "$TMP/elsewhere/.dumpflt.prom.new" &&
		ln -s "$TMP/elsewhere" "$metrics"
}
# shellcheck disable=SC2317
as_other()
{
	[ "$(id -u)" -eq 0 ] || return 0
	ln -s "$TMP/victim" "$fresh" && chown -h 65534 "$metrics" "$fresh"
}
rm -rf "$TMP/elsewhere"
# shellcheck disable=SC2016 # refuses has these
planted_names()
{
	refuses as_folder 755 && ! err WARNING && refuses as_folder 775 && err 'nothing is put there' &&
		refuses as_folder 777 && err "node-exporter' belongs to others, or they can write to it" &&
		refuses as_link && err 'cannot be opened' && refuses as_other || return 1
	[ "$(id -u)" -ne 0 ] || err 'nothing is put there'
}
planted_names
result $? 'a link in place of what is written for node_exporter, or a folder of somebody else: nothing is written through it'
a_fifo()
{
	refuses as_fifo && ! err WARNING
}
# shellcheck disable=SC2317
as_fifo()
{
	mkfifo "$fresh"
}
a_fifo
result $? 'a FIFO there: nothing waits'
announced
result $? 'motd and the file for node_exporter say what came of it'

finish
