#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Section [hibernation] of the configuration, and keys that a program opens: what hibernate and
# resume are not told they find there.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image
conf=$TMP/dumpflt.conf
installed age
age-keygen -o "$TMP/key.txt" 2>/dev/null
recipient=$(age-keygen -y "$TMP/key.txt")
head -c 32 /dev/urandom >"$TMP/machine.key"
chmod 600 "$TMP/machine.key"
head -c 200001 /dev/urandom >"$TMP/dump"
# Whoever gets as far as that has opened it with both keys
opened='it is no image of a hibernation'

area()
{
	rm -f "$image"
	truncate -s 16M "$image"
	"$DUMPFLT" format --hibernation --filter 'age,origin=dumpflt:machine' --recipient "$recipient" "$image" \
		>/dev/null 2>&1 && "$BUILD/areagen" "$image" "$TMP/dump" "$recipient" "origin=$TMP/machine.key" complete
}

# conf LINE...: of [hibernation], among the others
conf()
{
	printf '%s\n' '[nonsense]' 'that = is passed over' '[hibernation]' "$@" '[collect]' 'keep = nonsense' >"$conf"
}

# looks CODE WORDS: what resume would do
looks()
{
	run "$1" "$DUMPFLT" resume --check -c "$conf" && err "$2"
}

target="target = $image" identity="identity = $TMP/key.txt" origin="origin = $TMP/machine.key"
area
conf "$target" "$identity" "$origin"
looks 5 "$opened"
result $? 'resume needs no arguments'

id=$("$DUMPFLT" show --json "$image" | sed 's/.*"uuid":"\([0-9a-f]*\)".*/\1/')
conf "id = $id" "$identity" "$origin"
looks 1 'no block device holds it'
result $? 'the area is found by its id, or not'

age-keygen -o "$TMP/other.txt" 2>/dev/null
overruled()
{
	conf "$target" "$identity" "$origin"
	run 5 "$DUMPFLT" resume --check -c "$conf" --identity "$TMP/other.txt" && err 'none of the keys can open it' &&
		run 2 "$DUMPFLT" resume --check -c "$conf" "$image" && err '--config goes with no AREA' &&
		run 2 "$DUMPFLT" hibernate -c "$conf" "$image" && err '--config goes with no AREA' &&
		run 2 "$DUMPFLT" resume --noresume "$image" "$image" && err 'one AREA at most'
}
overruled
result $? 'what is said on the command line counts'

# wrong WORDS LINE...: nothing is done, by either command
wrong()
{
	conf "${@:2}"
	looks 1 "$1" && run 1 "$DUMPFLT" hibernate -c "$conf" && err "$1" &&
		run 1 "$DUMPFLT" resume --noresume -c "$conf" && err "$1"
}

mistakes()
{
	wrong "dumpflt.conf:4': unknown key 'ids' in section [hibernation]" 'ids = 1' &&
		wrong 'no id of a dump area' 'id = 123' && wrong '[hibernation] needs id, or target' "$identity" &&
		wrong "key 'target' is there twice" "$target" "$target" &&
		wrong "key 'id' is there twice" "$target" "id = $id" &&
		wrong "section [hibernation] is there twice" "$target" '[hibernation]' &&
		wrong 'identity: a path from / on is needed' "$target" 'identity = key.txt' &&
		wrong "'sleep' is no mode: platform, shutdown, reboot or suspend" "$target" 'mode = sleep' &&
		wrong "'zip' is no compressor: lz4 or none" "$target" 'compressor = zip' &&
		wrong "'12' is no fingerprint: 64 hexadecimal digits" "$target" 'fingerprint = 12' &&
		wrong "'1G' is no number of bytes" "$target" 'image_size = 1G' &&
		wrong "'-1' is no number of bytes" "$target" 'image_size = -1' &&
		{ wrong 'origin: 1 to 255 characters are needed' "$target" "origin = /$(printf '%0180d' 0)/$(printf '%080d' 0)" ||
			wrong 'more than 198 characters' "$target" "origin = /$(printf '%0200d' 0)"; }
}
mistakes
result $? 'a mistake in it is said with its line'

printf '[area]\nid = %s\n[hibernation]\nnonsense = 1\n' "$id" >"$conf"
run 1 "$DUMPFLT" arm --check -c "$conf" && ! err nonsense
result $? 'a mistake in it is none for what is for crashes'

conf "$target"
run 2 "$DUMPFLT" resume -c "$conf" && err 'either --identity or --noresume is needed' &&
	conf "$target" "$identity" && run 2 "$DUMPFLT" resume -c "$conf" && err '--identity needs --origin'
result $? 'without a key nothing is resumed, and nothing released'

run 0 "$DUMPFLT" resume --noresume -c "$conf" && out 'released: the image is not resumed any more' &&
	run 3 "$DUMPFLT" resume --noresume -c "$conf"
result $? 'noresume needs the area alone'

# program NAME LINE...: stands in for it
program()
{
	mkdir -p "$TMP/bin"
	printf '%s\n' '#!/bin/sh' "PATH=$PATH; echo \"\$0 \$*\" >>$TMP/called" "${@:2}" >"$TMP/bin/$1"
	chmod 755 "$TMP/bin/$1"
	: >"$TMP/called"
}

# asks for what is on standard input
passphrase()
{
	{ printf 'age-encryption.org/v1\n-> scrypt x 18\n' && cat "$TMP/key.txt"; } >"$TMP/key.age"
	cp "$TMP/machine.key" "$TMP/machine.cred"
	# shellcheck disable=SC2016 # for that shell
	program age 'read -r word && [ "$word" = secret ] || { echo "age: error: wrong" >&2; exit 1; }' 'tail -n +3 "$2"'
	# shellcheck disable=SC2016 # for that shell
	program systemd-creds 'cat "$2"'
	area
	conf "$target" "identity = $TMP/key.age" "origin = $TMP/machine.cred"
	echo secret | PATH=$TMP/bin:$PATH looks 5 "$opened" && grep -q "age --decrypt $TMP/key.age" "$TMP/called" &&
		grep -q "systemd-creds decrypt $TMP/machine.cred -" "$TMP/called" &&
		echo wrong | PATH=$TMP/bin:$PATH looks 6 "ERROR: reading the identity failed on '$TMP/key.age': 'age' did not open it" &&
		err 'It asks for the passphrase' && err 'age: error: wrong'
}
passphrase
result $? 'a program asks for the passphrase; another opens what is of this machine'

# Without --keep, and without --check
mistyped()
{
	echo wrong | PATH=$TMP/bin:$PATH run 6 "$DUMPFLT" resume --json -c "$conf" && err 'The image is still there' &&
		out '"result":"locked"' && out '"released":false' && out '"exit":6' &&
		echo secret | PATH=$TMP/bin:$PATH looks 5 "$opened"
}
mistyped
result $? 'a mistyped passphrase loses no image'

# Where no passphrase helps, nobody is asked for ever
no_passphrase()
{
	printf 'age-encryption.org/v1\n-> X25519 x\n' >"$TMP/key.age"
	echo wrong | PATH=$TMP/bin:$PATH looks 5 "'age' did not open it" || return 1
	{ echo '-----BEGIN AGE ENCRYPTED FILE-----' && printf 'age-encryption.org/v1\n-> scrypt x 18\n' | base64; } >"$TMP/key.age"
	echo wrong | PATH=$TMP/bin:$PATH looks 6 "'age' did not open it" || return 1
	printf 'age-encryption.org/v1\n-> scrypt x 18\n' >"$TMP/key.age"
	# shellcheck disable=SC2016 # for that shell
	program age 'kill -KILL $$'
	PATH=$TMP/bin:$PATH looks 5 "'age' did not open it"
}
cp "$TMP/bin/age" "$TMP/asks"
no_passphrase
result $? 'what no passphrase opens is not asked for again'
cp "$TMP/asks" "$TMP/bin/age"
{ printf 'age-encryption.org/v1\n-> scrypt x 18\n' && cat "$TMP/key.txt"; } >"$TMP/key.age"

not_asked()
{
	: >"$TMP/called"
	"$DUMPFLT" resume --noresume "$image" >/dev/null && PATH=$TMP/bin:$PATH run 3 "$DUMPFLT" resume --check -c "$conf" && [ ! -s "$TMP/called" ]
}
not_asked
result $? 'nobody is asked if there is no image'

fails()
{
	area
	# shellcheck disable=SC2016 # for that shell
	program age 'tail -n +3 "$2"'
	program systemd-creds 'exit 1'
	PATH=$TMP/bin:$PATH looks 5 "failed on '$TMP/machine.cred': 'systemd-creds' did not open it" || return 1
	# what comes before that counts for nothing
	# shellcheck disable=SC2016 # for that shell
	program systemd-creds 'cat "$2"' 'exit 1'
	PATH=$TMP/bin:$PATH looks 5 "'systemd-creds' did not open it" || return 1
	program systemd-creds 'printf short'
	PATH=$TMP/bin:$PATH looks 5 'it has not 32 bytes' || return 1
	rm "$TMP/bin/systemd-creds"
	ln -s "$(command -v true)" "$TMP/bin/systemd-creds"
	PATH=$TMP/bin:$PATH looks 5 'it has not 32 bytes' && rm "$TMP/bin/systemd-creds"
	run 5 env PATH="$TMP/bin" "$DUMPFLT" resume --check -c "$conf" && err "'systemd-creds', which opens it, gives nothing: No such file or directory"
}
fails
result $? 'a program that fails, or is not there, opens nothing'

finish
