#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What somebody else has made takes no more time, memory and disk than it is
# worth: areas that claim terabytes, receipts, pipes, keys, sparse streams.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image
dump=$TMP/dump
file=$TMP/file
folder=$TMP/folder
head -c 200000 /dev/urandom >"$dump"
mkdir "$folder"
age-keygen -o "$TMP/key" 2>/dev/null

# limited SECONDS MIB CODE COMMAND...: of processor, and of memory that is used
limited()
{
	local seconds=$1 mib=$2 want=$3 peak

	shift 3
	(
		ulimit -t "$seconds"
		run "$want" /usr/bin/time -f %M -o "$TMP/peak" "$@"
	) || return 1
	peak=$(tail -n 1 "$TMP/peak")
	[ "$peak" -le $((mib * 1024)) ] && return
	echo "$peak KiB of memory" >>"$TMP/err"
	return 1
}

# Without a stand-in and without sanitizers: it is time and memory that count
tool=$TESTS/../dumpflt

huge()
{
	rm -f "$image"
	truncate -s 15T "$image" && "$DUMPFLT" format --slots 1 "$image" >/dev/null &&
		"$BUILD/areagen" "$image" "$dump" digest claims &&
		[ "$(du -k "$image" | cut -f 1)" -le 1024 ]
}

claims()
{
	huge && limited 2 64 5 "$tool" verify "$image" && out '65536 chunks and perhaps more are no good' &&
		limited 2 64 5 "$tool" verify --json "$image" && out '"bad_chunks":65536,"bad_chunks_more":true' &&
		limited 2 64 5 "$tool" extract --raw --device "$image" "$file" && [ ! -e "$file" ] &&
		limited 2 64 5 "$tool" collect --release "$image" "$folder" && [ -z "$(ls "$folder")" ] &&
		limited 2 64 0 "$tool" extract --raw --salvage --device "$image" "$file" &&
		cmp "$file" <(head -c 196608 "$dump") &&
		limited 2 64 0 "$tool" show "$image"
}
claims
result $? 'a receipt that claims 15 TiB'
rm -f "$image" "$file"

receipt()
{
	local json

	truncate -s 16M "$image"
	"$DUMPFLT" format --slots 2 "$image" >/dev/null && "$BUILD/areagen" "$image" "$dump" digest &&
		run 0 "$DUMPFLT" collect "$image" "$folder" || return 1
	json=$(echo "$folder"/*.json)
	{
		printf '["'
		head -c 400000000 /dev/zero | tr '\0' x
		printf '"]\n'
	} >"$json"
	limited 5 64 1 "$tool" collect "$image" "$folder" &&
		err "'$json': it is there, and is not the receipt of this dump"
}
receipt
result $? 'a receipt of 400 MB that is none'
rm -f "$folder"/*

# refused COMMAND...: at once, with words
refused()
{
	timeout 5 "$DUMPFLT" "$@" >"$TMP/out" 2>"$TMP/err" </dev/null
	[ $? -ne 124 ] && [ "$(grep -c '^ERROR: ' "$TMP/err")" -ge 1 ]
}

mkfifo "$TMP/fifo"
for kind in fifo /dev/zero /dev/tty /dev/full; do
	path=$kind
	[ "$kind" != fifo ] || path=$TMP/fifo
	for command in "show $path" "verify $path" "extract --device $path $file" \
		"extract --raw --device $path $file" "extract --salvage --device $path $file" \
		"collect $path $folder" "collect --release $path $folder" "release --all $path" "erase --all $path" "repair --yes --force $path" \
		"format --force $path" "capture --dry-run -c $path" "verify --identity $path $image" \
		"extract --identity $path --device $image $file" \
		"format --force --recipients-file $path $image"; do
		read -ra words <<<"$command"
		refused "${words[@]}" && [ ! -e "$file" ]
		result $? "${command//$TMP\//}"
	done
done

in_folder()
{
	run 0 "$DUMPFLT" collect "$image" "$folder" || return 1
	for copy in "$folder"/*; do
		mv "$copy" "$TMP/copy" && mkfifo "$copy" && refused collect "$image" "$folder" &&
			err 'it is there, and is not' && rm "$copy" && mv "$TMP/copy" "$copy" || return 1
	done
}
in_folder
result $? 'a pipe in place of a copy, or of its receipt'

# What has a writer already is read to its end: a key need never be in a file
piped()
{
	run 0 "$DUMPFLT" format --force --recipients-file <(age-keygen -y "$TMP/key") "$image" &&
		"$BUILD/areagen" "$image" "$dump" "$(age-keygen -y "$TMP/key")" &&
		run 0 "$DUMPFLT" verify --identity <(sleep 0.3; cat "$TMP/key") "$image" && out authentic
}
piped
result $? 'keys through a pipe of the shell'

base64_of()
{
	head -c 32 /dev/urandom | base64 | tr -d '=\n'
}

# 42000 multiplications on the curve before anything else is known
many_keys()
{
	local pid begin

	for _ in {1..64}; do
		age-keygen 2>/dev/null
	done >"$TMP/keys"
	{
		echo age-encryption.org/v1
		for _ in {1..640}; do
			printf -- '-> X25519 %s\n%s\n' "$(base64_of)" "$(base64_of)"
		done
		printf -- '--- %s\n' "$(base64_of)"
		head -c 1000 /dev/urandom
	} >"$TMP/sealed"
	"$DUMPFLT" extract --identity "$TMP/keys" --device "$TMP/sealed" "$file" 2>"$TMP/err" &
	pid=$!
	# and has keys to try by then, for longer than it takes to see that
	within 30 catching "$pid" && sleep 0.5 && kill -s TERM "$pid" || return 1
	begin=$EPOCHREALTIME
	wait "$pid"
	[ $? -eq 1 ] && [ "$((${EPOCHREALTIME/./} - ${begin/./}))" -lt 1000000 ] && [ ! -e "$file" ] &&
		err 'stopped by a signal while keys were tried'
}
many_keys
result $? 'a header of 640 recipients and 64 keys: a signal ends it'

# sparse OFFSET: a stream with 100000 bytes at 0 and 10 there
sparse()
{
	printf 'makedumpfile\0\0\0\0'
	number 1
	number 1
	head -c 4064 /dev/zero
	number 0
	number 100000
	head -c 100000 "$dump"
	number "$1"
	number 10
	printf 0123456789
	number -1
	number -1
}

holes()
{
	rm -f "$image"
	sparse $((1 << 40)) >"$image"
	run 1 "$DUMPFLT" extract --device "$image" "$file" && [ ! -e "$file" ] &&
		err "it would be a file of 1099511627786 bytes, of which it has 100010: the rest would be a hole" &&
		err '--sparse' && [ -z "$(compgen -G "$file.*")" ] &&
		run 0 "$DUMPFLT" extract --sparse --device "$image" "$file" &&
		err "WARNING: '$file' has 1099511627786 bytes" && [ "$(stat -c %s "$file")" -eq 1099511627786 ] &&
		run 0 "$DUMPFLT" extract --flattened --device "$image" "$TMP/stream" && cmp "$image" "$TMP/stream" &&
		rm "$file" || return 1
	sparse $((9223372036854775807 - 10)) >"$image"
	run 1 "$DUMPFLT" extract --device "$image" "$file" && [ ! -e "$file" ] || return 1
	# as many holes as a file system's block makes are nothing
	sparse 1000000 >"$image"
	run 0 "$DUMPFLT" extract --device "$image" "$file" && silent
}
holes
result $? 'a stream that makes a file of holes'

holes_in_area()
{
	rm -f "$image" "$file"
	truncate -s 16M "$image"
	sparse $((1 << 40)) >"$TMP/stream"
	"$DUMPFLT" format "$image" >/dev/null && "$BUILD/areagen" "$image" "$TMP/stream" digest &&
		run 1 "$DUMPFLT" extract --device "$image" "$file" && err 'the rest would be a hole' &&
		run 1 "$DUMPFLT" extract --salvage --device "$image" "$file" && [ ! -e "$file" ] &&
		run 0 "$DUMPFLT" extract --sparse --device "$image" "$file"
}
holes_in_area
result $? 'the same in an area'

finish
