#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt format --recipient and --recipients-file: what gets into the policy,
# and that a mistake is found before anything is destroyed. age-keygen makes the
# keys.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

installed age digest

image=$TMP/image
list=$TMP/list
truncate -s 16M "$image"

keys=()
for i in {1..17}; do
	age-keygen -o "$TMP/key$i" 2>/dev/null
	keys+=("$(age-keygen -y "$TMP/key$i")")
done

format()
{
	run "$1" "$DUMPFLT" format "${@:2}" "$image"
}

# policy FILTER...: the policy is these, and the first has the recipients in $TMP/want
policy()
{
	"$DUMPFLT" show "$image" >"$TMP/show"
	sed -n 's/^policy *[0-9]*-\([a-z]*\).*/\1/p' "$TMP/show" | cmp -s - <(printf '%s\n' "$@") &&
		sed -n 's/^ *option *recipient=//p' "$TMP/show" | cmp -s - "$TMP/want"
}

# refused CODE TEXT OPTION...: with this error, and nothing is written
refused()
{
	cp "$image" "$TMP/before"
	format "$1" "${@:3}" && err "$2" && cmp "$image" "$TMP/before"
}

default()
{
	printf '%s\n' "${keys[0]}" >"$TMP/want"
	format 0 --recipient "${keys[0]}" && policy age && silent &&
		"$DUMPFLT" show "$image" >"$TMP/out" && out '10-age, critical' && ! out digest &&
		format 0 --filter age --filter digest --recipient "${keys[0]}" && out '10-age, critical' &&
		! out '20-digest, critical'
}
default
result $? 'a recipient alone: age, critical, and nothing else'

sixteen()
{
	local options=() key

	for key in "${keys[@]:0:16}"; do
		options+=(--recipient "$key")
	done
	printf '%s\n' "${keys[@]:0:16}" >"$TMP/want"
	format 0 "${options[@]}" && policy age &&
		refused 2 "recipient '${keys[16]}': it is one too many: a dump has at most 16" \
			"${options[@]}" --recipient "${keys[16]}"
}
sixteen
result $? '16 recipients, and not one more'

# As 'age -R' takes it, which is asked
file()
{
	printf '# analysts\n\n%s\n%s\r\n%s' "${keys[@]:0:3}" >"$list"
	printf '%s\n' "${keys[3]}" "${keys[@]:0:3}" >"$TMP/want"
	age -R "$list" -o "$TMP/sealed" "$TMP/key1" &&
		format 0 --recipient "${keys[3]}" --recipients-file "$list" &&
		policy age
}
file
result $? 'a file with comments, blank lines, CR and no line break at its end'

filters()
{
	printf '%s\n' "${keys[1]}" >"$TMP/want"
	format 0 --filter trace --filter age --recipient "${keys[1]}" && policy trace age &&
		format 0 --filter "age,recipient=${keys[1]}" && policy age &&
		printf '%s\n' "${keys[@]:1:2}" >"$TMP/want" &&
		format 0 --filter "age,recipient=${keys[1]}" --recipient "${keys[2]}" &&
		policy age && : >"$TMP/want" && format 0 --filter digest && policy digest
}
filters
result $? 'with filters of one'\''s own choice, and without'

upper()
{
	printf '%s\n' "${keys[0]^^}" >"$TMP/want"
	format 0 --recipient "${keys[0]^^}" && policy age &&
		refused 2 'it is there twice' --recipient "${keys[0]^^}" --recipient "${keys[0]}"
}
upper
result $? 'upper case is the same key'

# What the command line can be wrong in
mistakes()
{
	local key=${keys[0]} half last wrong
	# the key of 32 zeros
	local zero=age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z

	half=${key:31}
	last=${key: -1}
	wrong=${key%?}$([ "$last" = q ] && echo p || echo q)
	refused 2 "ERROR: format: nobody could open what filter 'age' seals: " --filter age &&
		refused 2 'recipients need --filter age, or no --filter' --filter digest --recipient "$key" &&
		refused 2 "recipient '$wrong': the checksum is wrong, so there is a typing error" \
			--recipient "$wrong" &&
		refused 2 "recipient '$wrong': the checksum is wrong" --filter "age,recipient=$wrong" &&
		refused 2 "recipient '${key%?}': it is too short" --recipient "${key%?}" &&
		refused 2 '--record-size: 32 bytes are too few, the filters need 56' \
			--filter age --filter digest --recipient "$key" --record-size 32 &&
		refused 2 ': it is too long' --recipient "${key}q" &&
		refused 2 'upper and lower case are mixed' --recipient "${key:0:31}${half^^}" &&
		refused 2 'it is a point of low order' --recipient "$zero" &&
		refused 2 "recipient '$key': it is there twice" --recipient "$key" --recipient "$key" &&
		refused 2 "recipient '$key': it is there twice" \
			--filter "age,recipient=$key" --recipient "$key" &&
		refused 2 'recipient which is not shown: it does not begin as such a key does' --recipient ''
}
mistakes
result $? 'mistakes on the command line'

# bad_file LINE TEXT: of $list
bad_file()
{
	refused 1 "ERROR: reading the recipients failed on '$list': line $1: $2" \
		--recipients-file "$list"
}

file_mistakes()
{
	printf '# mine\n%s\n%s\n' "${keys[0]}" "${keys[0]}" >"$list"
	bad_file 3 "recipient '${keys[0]}': it is there twice" || return 1
	printf '%s\nssh-ed25519 AAAA\n' "${keys[0]}" >"$list"
	bad_file 2 'recipient which is not shown: it does not begin' || return 1
	printf '%s\n' "${keys[@]}" >"$list"
	bad_file 17 "recipient '${keys[16]}': it is one too many" || return 1
	printf '%s \n' "${keys[0]}" >"$list"
	bad_file 1 "recipient '${keys[0]}': it is too long" || return 1
	printf '# nobody\n' >"$list"
	refused 1 "failed on '$list': there is none in it" --recipients-file "$list" &&
		refused 1 "failed on '$TMP/none': No such file" --recipients-file "$TMP/none" &&
		refused 1 "failed on '$TMP': Is a directory" --recipients-file "$TMP"
}
file_mistakes
result $? 'mistakes in a file, with the line'

# The file next to the right one. No part of the key may get into a log
secret()
{
	local key

	key=$(grep AGE-SECRET "$TMP/key1")
	refused 1 "failed on '$TMP/key1': line 3: recipient which is not shown: it is a SECRET key" \
		--recipients-file "$TMP/key1" && ! grep -qi "${key:16:8}" "$TMP/err" &&
		refused 2 'it is a SECRET key' --recipient "$key" && ! grep -qi "${key:16:8}" "$TMP/err" &&
		refused 2 'it is a SECRET key' --recipient "${key,,}" && ! grep -qi "${key:16:8}" "$TMP/err"
}
secret
result $? 'a secret key is refused, and not shown'

finish
