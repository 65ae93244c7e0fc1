#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --identity: sealed dumps and age files are opened with the right key, nothing is given
# out with another one, and what is no key is refused without being repeated.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image
dump=$TMP/dump
file=$TMP/file

# key NAME: makes $TMP/NAME, prints the recipient
key()
{
	[ -e "$TMP/$1" ] || age-keygen -o "$TMP/$1" 2>/dev/null
	age-keygen -y "$TMP/$1"
}

alice=$(key alice)
bob=$(key bob)
key eve >"$TMP/eve.pub"

# sealed [WHAT]...: a dump for alice and bob
sealed()
{
	rm -f "$image"
	truncate -s 8M "$image"
	run 0 "$DUMPFLT" format --filter age --filter digest --recipient "$alice" --recipient "$bob" "$image" &&
		"$BUILD/areagen" "$image" "$dump" "$alice" "$bob" digest "$@"
}

# extract CODE KEY [OPTION]...
extract()
{
	rm -f "$file"
	run "$1" "$DUMPFLT" extract --device "$image" --raw --identity "$TMP/$2" "${@:3}" "$file"
}

# age_extract CODE KEY: of the age file
age_extract()
{
	rm -f "$file"
	run "$1" "$DUMPFLT" extract --device "$TMP/x.age" --raw --identity "$TMP/$2" "$file"
}

head -c 300001 /dev/urandom >"$dump"
sealed && extract 0 alice && cmp "$file" "$dump" && extract 0 bob && cmp "$file" "$dump"
result $? 'each recipient opens a slot'
extract 6 eve && err 'slot 0: none of the keys can open it: it is sealed to others' &&
	err "'age-keygen -y KEYFILE' prints the recipient" && [ ! -e "$file" ]
result $? 'another key does not'
run 6 "$DUMPFLT" extract --device "$image" --raw "$file" && err 'slot 0: it is sealed' &&
	err 'Use --identity KEYFILE' && [ ! -e "$file" ]
result $? 'nor does none'
cp "$image" "$TMP/unreleased" && run 0 "$DUMPFLT" release --slot 0 "$image" && run 6 "$DUMPFLT" extract --slot 0 --device "$image" "$file" &&
	err "Use --identity KEYFILE here, or without a key 'dumpflt collect --all'" && ! err salvage && mkdir "$TMP/all" &&
	run 0 "$DUMPFLT" collect --all "$image" "$TMP/all" && [ -e "$(echo "$TMP"/all/*.age)" ] && cp "$TMP/unreleased" "$image"
result $? 'released: the same, and what is said works'
run 0 "$DUMPFLT" verify --identity "$TMP/bob" "$image" && out 'complete, authentic and intact' && ! out 'agrees with' &&
	run 0 "$DUMPFLT" verify "$image" && out 'complete and intact' && out 'it is sealed' &&
	run 6 "$DUMPFLT" verify --identity "$TMP/eve" "$image" && out 'it cannot be opened' && out "  'age-keygen -y KEYFILE' prints" &&
	run 6 "$DUMPFLT" verify --json --identity "$TMP/eve" "$image" && ! out age-keygen &&
	run 0 "$DUMPFLT" verify --json --identity "$TMP/alice" "$image" && out '"sealed":true,"authentic":true,"checked":"tag"' &&
	run 0 "$DUMPFLT" verify --json "$image" && out '"sealed":true,"authentic":false'
result $? 'verify: authentic is only what was opened'

sealed torn && run 4 "$DUMPFLT" verify "$image" && out 'bytes are verified: '"'dumpflt extract --salvage --identity KEY'" &&
	run 4 "$DUMPFLT" verify --identity "$TMP/alice" "$image" && out 'bytes are verified: ' && extract 4 alice && [ ! -e "$file" ] &&
	extract 0 alice --salvage && cmp "$file" "$dump" && extract 6 eve --salvage && [ ! -e "$file" ]
result $? 'a torn dump is salvaged with the key'
# Whoever is without the key is told the way that ends at a file, which these are the steps of
without_key()
{
	local line words

	for line in 'extract --salvage' 'extract --salvage --raw' 'extract --slot 0'; do
		read -ra words <<<"$line"
		run 6 "$DUMPFLT" "${words[@]}" --device "$image" "$file" && err 'slot 0: it is sealed' &&
			! err "'dumpflt collect'" && err "'dd if=$image of=FILE bs=1M conv=sparse'" || return 1
	done
	run 1 "$DUMPFLT" release --slot 0 "$image" && err "'dd if=$image of=FILE bs=1M conv=sparse'" &&
		err 'saves what is verified of it; then use --force.' &&
		dd if="$image" of="$TMP/carried" bs=1M conv=sparse status=none &&
		run 0 "$DUMPFLT" extract --raw --salvage --slot 0 --identity "$TMP/alice" --device "$TMP/carried" "$file" &&
		cmp "$file" "$dump"
}
without_key
result $? 'without the key: it is said how to bring it to the key, and that works'
# chunk 2 of slot 0
spoil $((65536 + 65536 + 2 * 65536 + 5))
extract 0 alice --salvage && [ "$(wc -c <"$file")" -le 131072 ] && cmp -n "$(wc -c <"$file")" "$file" "$dump" &&
	[ "$(wc -c <"$file")" -gt 131000 ] && err 'the dump is torn'
result $? 'as far as it is the dump'

rm -f "$image"
truncate -s 8M "$image"
run 0 "$DUMPFLT" format "$image" && "$BUILD/areagen" "$image" "$dump" digest &&
	extract 1 alice && err 'it is not sealed: no key can tell whose it is' &&
	run 1 "$DUMPFLT" verify --identity "$TMP/alice" "$image" && out 'it is not sealed'
result $? 'with a key a dump that is not sealed is not trusted'

# Keys in a file as people edit them
sealed && { printf '# of the office\r\n\r\n'; cat "$TMP/eve"; echo; sed 's/$/\r/' "$TMP/alice"; } >"$TMP/many" &&
	chmod 600 "$TMP/many" && extract 0 many && cmp "$file" "$dump" && ! err WARNING
result $? 'several keys, comments, empty lines, DOS lines'
chmod 644 "$TMP/many" && extract 0 many && err "WARNING: others may read the secret key in '$TMP/many': chmod 600 it"
result $? 'a key that others may read'

# two KEY KEY: both given
two()
{
	rm -f "$file"
	run 0 "$DUMPFLT" extract --device "$image" --raw --identity "$TMP/$1" --identity "$TMP/$2" "$file" &&
		cmp "$file" "$dump" &&
		run 0 "$DUMPFLT" verify --identity "$TMP/$1" --identity "$TMP/$2" "$image" && out authentic
}
two alice eve && two eve alice
result $? 'given twice: the keys of both files are tried'
cp "$TMP/alice" "$TMP/kept"
run 1 "$DUMPFLT" extract --device "$image" --raw --force --identity "$TMP/kept" --identity "$TMP/eve" "$TMP/kept" &&
	err 'it is the secret key that opens it' && cmp "$TMP/alice" "$TMP/kept"
result $? 'and none of them is written over'
: >"$TMP/empty"
run 1 "$DUMPFLT" extract --device "$image" --raw --identity "$TMP/alice" --identity "$TMP/empty" "$file" &&
	err "failed on '$TMP/empty': there is no key in it" &&
	run 1 "$DUMPFLT" verify --identity "$TMP/none" --identity "$TMP/alice" "$image" && err "failed on '$TMP/none'"
result $? 'and each of them has to have one'
mapfile -t sixtyfive < <(for _ in {1..65}; do printf -- '--identity\n%s\n' "$TMP/alice"; done)
run 2 "$DUMPFLT" verify "${sixtyfive[@]}" "$image" && err '--identity can be given 64 times' &&
	run 2 "$DUMPFLT" extract "${sixtyfive[@]}" --device "$image" "$file" && err '--identity can be given 64 times'
result $? 'more of them than can be'

# no_key WORDS TEXT: a file with that text is refused
no_key()
{
	printf '%s' "$2" >"$TMP/nokey"
	chmod 600 "$TMP/nokey"
	extract 1 nokey && err "ERROR: reading the identity failed on '$TMP/nokey': $1" && [ ! -e "$file" ]
}
secret=$(grep ^AGE-SECRET-KEY- "$TMP/alice")
no_key 'there is no key in it' '# nothing
' && no_key 'there is no key in it' '' && no_key 'line 2: it is a public key' "#
$alice" && no_key 'line 1: the file is encrypted itself' 'age-encryption.org/v1
-> scrypt' && no_key 'line 1: SSH keys are not supported' '-----BEGIN OPENSSH PRIVATE KEY-----' &&
	no_key 'line 1: keys of age plugins' AGE-PLUGIN-YUBIKEY-1Q && no_key 'line 1: it does not begin' nonsense
result $? 'what is no secret key'
no_key 'line 1: the checksum is wrong' "${secret%?}" || no_key 'line 1: it is too short' "${secret%?}"
! err "${secret:20:30}"
result $? 'a key with a typing error is not repeated'
{ cat "$TMP/eve"; printf '\0\n'; cat "$TMP/alice"; } >"$TMP/nul" && chmod 600 "$TMP/nul" && extract 1 nul &&
	err 'there is a NUL in it'
result $? 'a key behind what is no text'
extract 1 none && err "reading the identity failed on '$TMP/none': No such file or directory" &&
	run 1 "$DUMPFLT" verify --identity "$TMP" "$image" && err 'Is a directory' &&
	head -c 70000 /dev/zero >"$TMP/big" && extract 1 big && err 'File too large'
result $? 'no file, a folder, a file of another kind'

# What the program age makes: lengths around a chunk, and a counter of two bytes
age_files()
{
	local size

	for size in 0 1 65535 65536 65537 131072 1500000 16842753; do
		head -c "$size" /dev/urandom >"$TMP/x"
		age -r "$bob" -r "$alice" -o "$TMP/x.age" "$TMP/x" && age_extract 0 alice &&
			cmp "$file" "$TMP/x" || return 1
		rm "$TMP/x.age"
	done
}
age_files
result $? 'files of the program age, of 0 to 16842753 bytes'

sixteen()
{
	local i

	set --
	for i in {1..16}; do
		set -- "$@" -r "$(key "r$i")"
	done
	age "$@" -o "$TMP/x.age" "$dump" && age_extract 0 r1 && cmp "$file" "$dump" &&
		age_extract 0 r16 && cmp "$file" "$dump" && age_extract 6 eve &&
		err "'age-keygen -y KEYFILE' prints the recipient"
}
sixteen
result $? 'for 16 recipients'

# cut BYTES: of the age file
cut()
{
	head -c "$1" "$TMP/x.age" >"$TMP/cut" && mv "$TMP/cut" "$TMP/x.age"
}
age -r "$alice" -o "$TMP/x.age" "$dump" && size=$(wc -c <"$TMP/x.age") && cut $((size - 1)) &&
	age_extract 5 alice && err 'its last chunk' && ! err age-keygen && [ ! -e "$file" ] && cut $((size - 65552)) &&
	age_extract 5 alice && [ ! -e "$file" ]
result $? 'cut files give nothing'
age -r "$alice" -o "$TMP/x.age" "$dump" && printf x >>"$TMP/x.age" && age_extract 5 alice && [ ! -e "$file" ]
result $? 'nor do files with more behind them'
echo secret | age -a -r "$alice" -o "$TMP/x.age" && age_extract 1 alice &&
	err "'age -d -i KEY" && [ ! -e "$file" ]
result $? 'armor is not taken for something else'
age -r "$alice" -o "$TMP/x.age" "$dump"

# piped KEY CODE COMMAND...: with what is in that file on standard input
piped()
{
	# shellcheck disable=SC2002 # a pipe is to be tried, and no file
	cat "$TMP/$1" | run "$2" "$DUMPFLT" "${@:3}"
}

# The key comes by a pipe, and is in no file
from_stdin()
{
	local command

	rm -f "$file" "$TMP/y.age"
	sealed && piped alice 0 extract --raw --identity - --device "$image" "$file" && cmp "$file" "$dump" && rm "$file" &&
		piped alice 0 verify --identity - "$image" && out 'authentic' && piped eve 6 verify --identity - "$image" &&
		piped eve 0 verify --identity - --identity "$TMP/alice" "$image" && piped alice 0 extract --raw --identity - --device "$TMP/x.age" "$file" &&
		cmp "$file" "$dump" && piped alice 0 reseal --identity - --recipient "$(cat "$TMP/eve.pub")" "$TMP/x.age" "$TMP/y.age" &&
		age -d -i "$TMP/eve" "$TMP/y.age" | cmp - "$dump" && (cd "$TMP" && run 0 "$DUMPFLT" verify --identity ./alice "$image") || return 1
	: >"$TMP/empty"
	piped empty 1 verify --identity - "$image" && err "reading the identity failed on 'standard input': there is no key in it" &&
		piped eve.pub 1 verify --identity - "$image" && err "on 'standard input': line 1: it is a public key" &&
		piped alice 2 verify --identity - --identity - "$image" && err "standard input can be read once, and '-' was given twice" &&
		run 1 "$DUMPFLT" verify --identity - "$image" <&- && err 'reading the identity failed on' || return 1
	for command in "open --identity - $image -- true {}" "serve --identity - --socket $TMP/socket $image" "resume --identity - --origin $TMP/eve $image"; do
		# shellcheck disable=SC2086 # words
		piped alice 2 $command && err 'this command cannot take a key from standard input: name a file' || return 1
	done
	# nobody's key is shown, and one that is redirected is not written over
	run 1 script -qefc "exec '$DUMPFLT' verify --identity - '$image'" "$TMP/typescript" && out "on 'standard input': it is a terminal, which would show the key" &&
		cp "$TMP/alice" "$TMP/redirected" && ln "$TMP/redirected" "$TMP/linked" &&
		run 1 "$DUMPFLT" extract --raw --force --identity - --device "$image" "$TMP/linked" <"$TMP/redirected" && err 'it is the secret key that opens it' && cmp "$TMP/alice" "$TMP/linked"
}
# Of --origin it is a file of that name
origin_name()
{
	rm -f "$TMP/-" && (cd "$TMP" && piped alice 1 verify --identity "$TMP/alice" --origin - "$image") && err "reading the origin key failed on '-': No such file" &&
		head -c 32 /dev/urandom >"$TMP/-" && chmod 600 "$TMP/-" && (cd "$TMP" && piped empty 1 verify --identity "$TMP/alice" --origin - "$image") && out "it is no hibernation image, and has no origin"
}
from_stdin
result $? '--identity -: from standard input, once, and not from a terminal'
origin_name
result $? '--origin -: a file of that name'

run 2 "$DUMPFLT" extract --device "$TMP/x.age" "$file" && err 'is an age file: --identity is needed' &&
	run 2 "$DUMPFLT" extract --stack s0 --identity "$TMP/alice" "$file" && err '--identity needs --device'
result $? 'usage'

finish
