#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Standard input, output and error: closed in every combination they cost no
# area, no file and no attribute a byte; and what could not be printed was not a
# success.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image
dump=$TMP/dump
head -c 200000 /dev/urandom >"$dump"
: >"$TMP/target"

# An area with a dump that is whole and one that failed, only header A to be used
area()
{
	rm -f "$image"
	truncate -s 16M "$image"
	"$DUMPFLT" format --slots 4 "$image" >/dev/null &&
		"$BUILD/areagen" "$image" "$dump" digest &&
		"$BUILD/areagen" "$image" "$dump" digest failed &&
		cp "$image" "$TMP/fresh"
}
area

# closed WHICH COMMAND...: with input (1), output (2) and error (4) closed, by sum
closed()
{
	(
		which=$1
		shift
		[ $((which & 1)) -eq 0 ] || exec <&-
		[ $((which & 2)) -eq 0 ] || exec >&-
		[ $((which & 4)) -eq 0 ] || exec 2>&-
		exec "$@"
	) >"$TMP/out" 2>"$TMP/err" </dev/null
}

# same_end WHICH CODE WANT: as with all open, but for what was not printed
same_end()
{
	if [ "$3" -eq 0 ] && [ $(($1 & 2)) -ne 0 ]; then
		[ "$2" -eq 1 ]
	else
		[ "$2" -eq "$3" ]
	fi
}

# on_area WANT COMMAND...: what it does to the area is the same, whatever is closed
on_area()
{
	local want=$1 which

	shift
	cp "$TMP/fresh" "$image"
	rm -rf "$TMP/folder" "$TMP/one" && mkdir "$TMP/folder"
	run "$want" "$@" </dev/null && cp "$image" "$TMP/changed" || return 1
	for which in 1 2 3 4 5 6 7; do
		cp "$TMP/fresh" "$image"
		rm -rf "$TMP/folder" "$TMP/one" && mkdir "$TMP/folder"
		closed "$which" "$@"
		same_end "$which" $? "$want" && cmp "$image" "$TMP/changed" || return 1
		[ ! -e "$TMP/one" ] || cmp "$TMP/one" "$dump" || return 1
	done
}

set -- 0 'release --slot 0' 0 'release --slot 0 --json' 1 'release --slot 1' 1 'release --all' \
	0 'erase --slot 3' 0 'erase --slot 0 --force --json' 1 'erase --slot 0' 0 'release --all --force' 0 'release --slot 3' 0 repair 0 'repair --json' 0 show 0 'show --json' 0 'verify --slot 0' \
	4 'verify --all' 4 'verify --all --json' 4 "extract --slot 1 --raw $TMP/one --device" \
	0 "extract --raw $TMP/one --device" 0 'extract --raw - --device' 1 format 2 'show --none'
while [ $# -gt 0 ]; do
	read -ra words <<<"$2"
	on_area "$1" "$DUMPFLT" "${words[@]}" "$image"
	result $? "closed: $2"
	shift 2
done
for options in '' --release '--release --json --all'; do
	read -ra words <<<"$options"
	on_area 4 "$DUMPFLT" collect "${words[@]}" "$image" "$TMP/folder" &&
		[ "$(find "$TMP/folder" -name '*.dump' | wc -l)" -eq 1 ] &&
		cmp "$TMP/folder"/*.dump "$dump"
	result $? "closed: collect $options"
done

# A new area is another one each time: it is the headers that must be good
new_area()
{
	local which

	for which in 1 2 3 4 5 6 7; do
		closed "$which" "$DUMPFLT" format --force --slots 2 "$@" "$image"
		same_end "$which" $? 0 && run 0 "$DUMPFLT" show "$image" && silent || return 1
	done
}
new_area && new_area --json
result $? 'closed: format --force'

# tree NAME: what is in the attributes
tree()
{
	(cd "$TMP/config" && find . -type f | sort | xargs -r grep -H '') >"$TMP/$1"
}

# Every attribute is opened, written and closed: it must not be standard output
on_kernel()
{
	local which commands=('create crash --target '"$TMP"'/target --filter trace' 'status crash'
		'list' 'list --json' 'start crash' 'finish crash' 'destroy crash') i code

	for i in "${!commands[@]}"; do
		read -ra words <<<"${commands[i]}"
		run 0 "$DUMPFLT" "${words[@]}" && tree "want$i" || return 1
		[ "${words[0]}" != start ] || wrote 65536
	done
	for which in 1 2 3 4 5 6 7; do
		for i in "${!commands[@]}"; do
			read -ra words <<<"${commands[i]}"
			code=0
			closed "$which" "$DUMPFLT" "${words[@]}" || code=$?
			case ${words[0]} in
			start | destroy) [ "$code" -eq 0 ] ;;
			*) same_end "$which" "$code" 0 ;;
			esac && tree got && diff "$TMP/want$i" "$TMP/got" >&2 || return 1
			[ "${words[0]}" != start ] || wrote 65536
		done
	done
	nothing_left
}
on_kernel
result $? 'closed: create, status, list, start, finish, destroy'

# full COMMAND...: fails, and says why
full()
{
	timeout 60 "$DUMPFLT" "$@" >/dev/full 2>"$TMP/err" && return 1
	err "ERROR: printing failed on 'standard output': No space left on device"
}

"$DUMPFLT" create crash --target "$TMP/target" >/dev/null
cp "$TMP/fresh" "$image"
printf '[stack]\ntarget = %s\narea = no\n' "$TMP/target" >"$TMP/conf"
# On any machine there is to be room for its dump
truncate -s 1M "$TMP/target"
echo 'MemTotal: 64 kB' >"$TMP/meminfo"
export DUMPFLT_MEMINFO=$TMP/meminfo
for command in --help --version 'show --help' "show $image" "show --json $image" "verify $image" \
	"verify --json $image" list 'list --json' status 'status --json' 'status crash' \
	"extract --raw --device $image $TMP/one" "collect --json $image $TMP/folder" \
	"collect $image $TMP/folder" "release --slot 0 $image" "release --json --slot 0 $image" \
	"release --slot 3 $image" "erase --slot 3 $image" "erase --json --slot 3 $image" "repair $image" "repair --json $image" "format --force $image" "format --force --json $image" \
	"create other --target $TMP/target" "capture --dry-run -c $TMP/conf"; do
	read -ra words <<<"$command"
	full "${words[@]}"
	result $? "/dev/full: ${command//$TMP\//}"
done
for command in create destroy start finish status list capture format show verify extract open serve collect reseal release erase repair; do
	full "$command" --help
	result $? "/dev/full: $command --help"
done

to_full()
{
	cp "$TMP/fresh" "$image"
	timeout 60 "$DUMPFLT" extract --raw --device "$image" - >/dev/full 2>"$TMP/err" && return 1
	err "ERROR: writing the dump failed on '-': No space left on device"
}
to_full
result $? '/dev/full: extract to standard output'

# What counts of a dump is whether it is complete: that is not to depend on a console
capture()
{
	local which size

	"$BUILD/flatgen" 3 >"$TMP/sample"
	size=$(stat -c %s "$TMP/sample")
	: >"$TMP/vmcore"
	cat >"$TMP/conf" <<-END
		[stack]
		target = $TMP/target
		area = no
		[dump]
		vmcore = $TMP/vmcore
		makedumpfile = $TESTS/fake_makedumpfile
		log = no
	END
	export FAKE_SAMPLE=$TMP/sample FAKE_ARGS=$TMP/args FAKE_MDF=good
	for which in 0 1 2 3 4 5 6 7; do
		head -c 65536 /dev/urandom >"$TMP/target"
		closed "$which" "$DUMPFLT" capture -c "$TMP/conf" &&
			cmp <(head -c "$size" "$TMP/target") "$TMP/sample" || return 1
	done
	"$DUMPFLT" capture -c "$TMP/conf" >/dev/full
}
"$DUMPFLT" destroy crash
"$DUMPFLT" destroy other
capture 2>"$TMP/err"
result $? 'closed and /dev/full: capture'

# read_by_nobody COMMAND...: its exit code, and how SIGPIPE comes to it is the shell's default
read_by_nobody()
{
	(
		sleep 0.2
		"$DUMPFLT" "$@" 2>"$TMP/err"
		echo $? >"$TMP/code"
	) | :
	return "$(cat "$TMP/code")"
}

# Who reads no further has what they wanted: no words, and no other exit code
reader_gone()
{
	local line words

	for line in "show --json $image" "show $image" 'verify --slot 0 '"$image" list --help --version; do
		read -ra words <<<"$line"
		read_by_nobody "${words[@]}" && silent || return 1
	done
}
reader_gone
result $? 'a pipe that nobody reads from'

head -c 3000000 /dev/urandom >"$TMP/bytes"
rm -f "$image"
truncate -s 16M "$image"
"$DUMPFLT" format "$image" >/dev/null && "$BUILD/areagen" "$image" "$TMP/bytes" &&
	! read_by_nobody extract --slot 0 --raw --device "$image" - && err 'Broken pipe'
result $? 'of a dump that nobody took it is a failure'

# What is sealed is opened with all of them closed as well, and the key is read from no wrong file
age-keygen -o "$TMP/key" 2>/dev/null
age-keygen -o "$TMP/other" 2>/dev/null
public=$(age-keygen -y "$TMP/key")
# words_of WORD...: without what is different each time
words_of()
{
	echo "$*" | sed "s,$copy,COPY,g; s,$TMP/,,g; s,$public,AGE1,g"
}
rm -rf "$image" "$TMP/folder" && truncate -s 8M "$image" && mkdir "$TMP/folder" && "$DUMPFLT" format --recipient "$public" "$image" >/dev/null 2>&1 &&
	"$BUILD/areagen" "$image" "$dump" "$public" && cp "$image" "$TMP/fresh" && mkdir "$TMP/kept" &&
	"$DUMPFLT" collect "$image" "$TMP/kept" >/dev/null && copy=$(find "$TMP/kept" -name '*.age')
result $? 'a sealed area, and what was collected of it'
key="--identity $TMP/key"
set -- 0 "verify $key" 0 "verify --json $key" 6 "verify --identity $TMP/other" 0 "extract --raw $TMP/one $key --device" \
	0 "extract --raw - $key --device" 6 "extract --raw $TMP/one --identity $TMP/other --device"
while [ $# -gt 0 ]; do
	read -ra words <<<"$2"
	on_area "$1" "$DUMPFLT" "${words[@]}" "$image"
	result $? "closed: $(words_of "$2")"
	shift 2
done
set -- 0 "verify $copy" 0 "verify $key $copy" 0 "verify --json $key $copy" 0 "extract --raw $key --device $copy $TMP/one" \
	0 "reseal $key --recipient $public $copy $TMP/new"
# kept_closed WANT COMMAND...: a collected dump, whatever is closed, stays as it is
kept_closed()
{
	local which want=$1

	shift
	cp "$copy" "$TMP/copy"
	for which in 1 2 3 4 5 6 7; do
		rm -f "$TMP/one" "$TMP/new"
		closed "$which" "$@"
		same_end "$which" $? "$want" && cmp "$copy" "$TMP/copy" || return 1
		[ ! -e "$TMP/one" ] || cmp "$TMP/one" "$dump" || return 1
		[ ! -e "$TMP/new" ] || age -d -i "$TMP/key" "$TMP/new" | cmp -n 200000 - "$dump" || return 1
	done
}
while [ $# -gt 0 ]; do
	read -ra words <<<"$2"
	kept_closed "$1" "$DUMPFLT" "${words[@]}"
	result $? "closed: $(words_of "$2")"
	rm -f "$TMP/one" "$TMP/new"
	full "${words[@]}"
	result $? "/dev/full: $(words_of "$2")"
	shift 2
done
for command in "verify $key $image" "verify --json $key $image" "extract --raw $key --device $image $TMP/two"; do
	read -ra words <<<"$command"
	full "${words[@]}"
	result $? "/dev/full: $(words_of "$command")"
done

finish
