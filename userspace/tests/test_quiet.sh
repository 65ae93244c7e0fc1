#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --progress and --quiet: of every command that shows how far it is. What is for a program is one
# object a line, which no other line can be taken for; who is quiet says nothing of what went well,
# and all that did not; and no command does otherwise because of what is shown, or cannot be.
#
# Copyright (C) 2026 the dumpflt authors

# What is called by its name, as each() does, is reachable
# shellcheck disable=SC2317
# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/capture.sh disable=SC1091
. "$TESTS/capture.sh"

export DUMPFLT_PLUGIN=$BUILD/../nbdkit-dumpflt-plugin.so
installed age digest
key=$TMP/key
age-keygen -o "$key" 2>/dev/null
to=$(age-keygen -y "$key")
head -c 32 /dev/urandom >"$TMP/origin"
chmod 600 "$TMP/origin"

# area NAME [OPTION]...: empty
area()
{
	truncate -s 16M "$TMP/$1" && "$DUMPFLT" format "${@:2}" "$TMP/$1" >/dev/null 2>&1
}

mkdir "$TMP/fresh" "$TMP/kept"
area sealed --slots 2 --recipient "$to" && "$BUILD/areagen" "$TMP/sealed" "$FAKE_SAMPLE" "$to" &&
	area bad --slots 2 && "$BUILD/areagen" "$TMP/bad" "$FAKE_SAMPLE" torn &&
	area slept --hibernation --filter age,origin=dumpflt:m --recipient "$to" &&
	"$BUILD/areagen" "$TMP/slept" "$FAKE_SAMPLE" "$to" "origin=$TMP/origin" complete &&
	"$DUMPFLT" collect "$TMP/sealed" "$TMP/kept" >/dev/null && cp "$TMP/kept"/*.age "$TMP/copy.age" &&
	cp "$TMP"/kept/*.json "$TMP/copy.json" && mv "$TMP"/{sealed,bad,slept} "$TMP/fresh"
result $? 'dumps'

# Of each command, what it is given where all goes well
lines()
{
	cat <<-END
		verify $TMP/sealed
		verify --identity $key $TMP/sealed
		verify --identity $key $TMP/copy.age
		extract --identity $key --device $TMP/sealed $TMP/made/file
		extract --identity $key --raw --device $TMP/copy.age $TMP/made/file
		extract --device $FAKE_SAMPLE $TMP/made/file
		erase --slot 1 $TMP/sealed
		collect $TMP/sealed $TMP/made
		reseal --identity $key --recipient $to $TMP/copy.age $TMP/made/new.age
		capture -c $conf
		open --identity $key $TMP/sealed -- true {}
	END
}

# anew: what they are run on
anew()
{
	rm -rf "$TMP/made" && mkdir "$TMP/made" && cp "$TMP/fresh"/* "$TMP" && prepare
}

# each COMMAND: is called with the words of every one of them
each()
{
	local line words

	while read -r line; do
		read -ra words <<<"$line"
		if ! anew || ! "$1" "${words[@]}" </dev/null; then
			echo "it was: $line" >>"$TMP/err"
			return 1
		fi
	done < <(lines)
}

known='"permille":[0-9]+,'
object='^\{"progress":"[A-Za-z, ]+","command":"%s",('$known')?"bytes":[0-9]+,"ms":[0-9]+(,"seconds_left":[0-9]+)?,"version":1\}$'

# objects COMMAND: all that begins with a brace is one, and there is one at least; no line is the other kind
objects()
{
	local wanted

	# shellcheck disable=SC2059 # the command is to be put in
	wanted=$(printf "$object" "$1")
	grep '^{' "$TMP/err" >"$TMP/objects" && ! grep -qvE "$wanted" "$TMP/objects" && ! grep -q 'MiB/s' "$TMP/err"
}

# What ended well has come to its end, where that is known
as_json()
{
	run 0 "$DUMPFLT" "$1" --progress json "${@:2}" && objects "$1" &&
		{ ! grep -q '"permille"' "$TMP/objects" || tail -n 1 "$TMP/objects" | grep -q '"permille":1000,'; }
}
each as_json
result $? '--progress=json: of each phase one object at least, and of nothing else'

# Between the first and the last there may be more, which come at times
far()
{
	anew && run 0 "$DUMPFLT" extract --progress=json --device "$FAKE_SAMPLE" "$TMP/made/file" &&
		objects extract && run 0 "$DUMPFLT" collect --progress=json "$TMP/sealed" "$TMP/made" &&
		objects collect && grep -q '"progress":"Collecting"' "$TMP/objects" &&
		run 0 "$DUMPFLT" collect --progress=json "$TMP/sealed" "$TMP/made" && grep -q '"progress":"Comparing"' "$TMP/err" &&
		run 0 "$DUMPFLT" reseal --identity "$key" --recipient "$to" --progress=json "$TMP/copy.age" - && objects reseal &&
		run 4 "$DUMPFLT" verify --progress=json "$TMP/bad" && objects verify &&
		run 5 "$DUMPFLT" resume --check --progress=json --identity "$key" --origin "$TMP/origin" "$TMP/slept" &&
		objects resume && err 'ERROR: resuming failed'
}
far
result $? 'every phase has its own'

# fewer: how often an object has fewer bytes than the one before
fewer()
{
	grep '^{' "$TMP/err" | sed 's/.*"bytes":\([0-9]*\).*/\1/' | awk 'NR > 1 && $1 < before { n++ } { before = $1 } END { print n + 0 }'
}
counted()
{
	anew && run 0 "$DUMPFLT" erase --progress=json --slot 1 "$TMP/sealed" && grep -q '"progress":"Reading back"' "$TMP/err" && [ "$(fewer)" -eq 0 ] &&
		area two --slots 2 && "$BUILD/areagen" "$TMP/two" "$FAKE_SAMPLE" && "$BUILD/areagen" "$TMP/two" "$FAKE_SAMPLE" &&
		run 0 "$DUMPFLT" collect --progress=json "$TMP/two" "$TMP/made" && objects collect && [ "$(fewer)" -eq 1 ]
}
counted
result $? 'bytes count on from phase to phase, and begin anew with each pass'

as_none()
{
	run 0 "$DUMPFLT" "$1" --progress none "${@:2}" && ! grep -q -e '^{' -e 'MiB/s' "$TMP/err"
}
as_line()
{
	run 0 "$DUMPFLT" "$1" --progress line "${@:2}" && ! grep -q '^{' "$TMP/err"
}
each as_none && each as_line && run 2 "$DUMPFLT" verify --progress=much "$TMP/sealed" &&
	err "'much' is no progress: json, line or none" && run 2 "$DUMPFLT" verify --progress "$TMP/sealed" && run 2 "$DUMPFLT" show --quiet "$TMP/sealed"
result $? '--progress=none, line; and what is none of them'

as_quiet()
{
	run 0 "$DUMPFLT" "$1" --quiet "${@:2}" && [ ! -s "$TMP/out" ] && [ ! -s "$TMP/err" ]
}
each as_quiet
result $? '--quiet: not a word of what went well'
quiet_json()
{
	case $1 in
	open) return 0 ;;
	esac
	run 0 "$DUMPFLT" "$1" --quiet --json "${@:2}" && [ "$(wc -l <"$TMP/out")" -eq 1 ] && [ ! -s "$TMP/err" ] &&
		anew && run 0 "$DUMPFLT" "$1" --quiet --progress=json "${@:2}" && [ ! -s "$TMP/out" ] && objects "$1" &&
		cmp "$TMP/objects" "$TMP/err"
}
each quiet_json
result $? '--quiet: what is for programs stays: --json, --progress=json'

loud()
{
	anew && run 4 "$DUMPFLT" verify --quiet "$TMP/bad" && out 'not complete and intact' && run 4 "$DUMPFLT" extract --quiet --device "$TMP/bad" "$TMP/made/file" &&
		err ERROR && run 4 "$DUMPFLT" collect --quiet "$TMP/bad" "$TMP/made" && err 'ERROR: collecting failed' && run 1 "$DUMPFLT" erase --quiet --slot 0 "$TMP/bad" &&
		err ERROR && run 6 "$DUMPFLT" verify --quiet --identity <(age-keygen 2>/dev/null) "$TMP/copy.age" && out 'none of the keys' &&
		run 0 "$DUMPFLT" extract --quiet --salvage --raw --device "$TMP/bad" "$TMP/made/file" && err WARNING && [ ! -s "$TMP/out" ] &&
		FAKE_MDF=fails run 1 "$DUMPFLT" capture --quiet -c "$conf" && err ERROR && run 4 "$DUMPFLT" collect --quiet --salvage "$TMP/bad" "$TMP/made" &&
		out 'slot 0: not complete; its first ' && out "bytes are salvaged to $TMP/made/" && out '; not released' &&
		run 4 "$DUMPFLT" collect --quiet --salvage "$TMP/bad" "$TMP/made" && out 'were salvaged before'
}
loud
result $? '--quiet: errors, warnings and what is not good are said'

# beside: a dump is good, and what is beside it is not
beside()
{
	local second

	anew && second=$(grep -abo DUMPFLT-RECEIPT "$TMP/sealed" | sed -n '2s/:.*//p') && spoil $((second + 200)) 1 "$TMP/sealed" &&
		run 0 "$DUMPFLT" verify --quiet "$TMP/sealed" && out 'complete and intact' && out 'receipt B cannot be used' || return 1
	anew && : >"$TMP/copy.json" && run 0 "$DUMPFLT" verify --quiet --identity "$key" "$TMP/copy.age" && out "its receipt '$TMP/copy.json' cannot be used" &&
		rm "$TMP/copy.json" && run 0 "$DUMPFLT" verify --quiet --identity "$key" "$TMP/copy.age" && out 'authentic and intact' && out 'it has no receipt beside it' &&
		age -r "$to" -o "$TMP/any.age" "$FAKE_SAMPLE" && run 0 "$DUMPFLT" verify --quiet --identity "$key" "$TMP/any.age" && out 'it has no trailer'
}
beside
result $? '--quiet: a receipt or a trailer that is no good, or not there, is said'

# unverified: what is opened is what nothing vouches for
unverified()
{
	anew && run 0 "$DUMPFLT" open --quiet "$FAKE_SAMPLE" -- true {} && err 'not verified: a plain dump has nothing to be verified by' && [ ! -s "$TMP/out" ] &&
		area unsealed && "$BUILD/areagen" "$TMP/unsealed" "$FAKE_SAMPLE" complete && run 0 "$DUMPFLT" open --quiet "$TMP/unsealed" -- true {} &&
		err 'not authentic: only checksums were there to be checked' && [ "$(wc -l <"$TMP/err")" -eq 1 ] && [ ! -s "$TMP/out" ]
}
unverified
result $? '--quiet: that nothing vouches for what is opened is said'

# unasked: the kernel was not, and all the rest is good
unasked()
{
	anew && run 0 "$DUMPFLT" capture --dry-run --quiet -c "$conf" && [ ! -s "$TMP/out" ] && [ ! -s "$TMP/err" ] &&
		run 0 env DUMPFLT_CONFIGFS="$TMP/none" "$DUMPFLT" capture --dry-run --quiet -c "$conf" && [ ! -s "$TMP/out" ] &&
		err 'WARNING: not checked: whether the kernel takes the target, and the filters with their options: the module dumpflt is not loaded' &&
		run 0 env DUMPFLT_CONFIGFS="$TMP/none" "$DUMPFLT" capture --dry-run --quiet --json -c "$conf" && [ ! -s "$TMP/err" ] && out '"not_checked":"the module'
}
unasked
result $? '--quiet: that the kernel was not asked is said'

# plugin WORD...: of nbdkit, which shows it to a command that does nothing
plugin()
{
	run "$1" nbdkit -U - "$DUMPFLT_PLUGIN" "device=$TMP/sealed" "identity=$key" "${@:2}" --run true
}
by_itself()
{
	anew && plugin 0 progress=json && objects nbdkit && plugin 0 progress=json command=serve && objects serve && plugin 0 quiet=0 && err 'authentic' &&
		plugin 0 quiet=1 && [ ! -s "$TMP/err" ] && plugin 1 quiet=2 && err 'quiet=2: 0 or 1' && plugin 1 quiet= && err 'quiet=: 0 or 1' &&
		plugin 1 progress=much && err 'progress=much: json, line or none'
}
by_itself
result $? 'the plugin that nbdkit runs by itself'

# What it did: files, areas and the target
state()
{
	(cd "$TMP" && cat sealed slept && head -c "$1" target && cd made && find . -type f ! -name '*.age' ! -name '.*' | sort | xargs -r cat) | sha256sum
}

# sized COMMAND: bytes of the target that are not what was there before
sized()
{
	[ "$1" != capture ] && echo 0 || echo "$size"
}

# error_gone COMMAND...: standard error is full, closed, or a pipe that nobody reads
error_gone()
{
	local how want words=("$1" --progress=json "${@:2}")

	run 0 "$DUMPFLT" "${words[@]}" && cp "$TMP/out" "$TMP/want" && want=$(state "$(sized "$1")") || return 1
	for how in full closed unread; do
		anew || return 1
		case $how in
		full) timeout 60 "$DUMPFLT" "${words[@]}" >"$TMP/out" 2>/dev/full ;;
		closed) timeout 60 "$DUMPFLT" "${words[@]}" >"$TMP/out" 2>&- ;;
		unread) timeout 60 "$DUMPFLT" "${words[@]}" >"$TMP/out" 2> >(exec true) ;;
		esac || return 1
		[[ $1 == capture || $1 == reseal ]] || cmp "$TMP/out" "$TMP/want" || return 1
		[[ $1 == collect || $1 == reseal || $(state "$(sized "$1")") == "$want" ]] || return 1
		[[ $1 != reseal ]] || age -d -i "$key" "$TMP/made/new.age" | cmp -n "$size" - "$FAKE_SAMPLE" || return 1
	done
}
each error_gone
result $? 'standard error full, closed or unread: the same is done, with the same exit code'

# What other tests call silent: that does not depend on how fast the machine is
hushed()
{
	printf '%s\n' 'Copying data: 17.6 %, 103 MiB, 25.8 MiB/s, about 13 s left' 'Collecting: 3.0 %, 1 MiB, 0.0 MiB/s' 'Dumping: 0 MiB, 0.0 MiB/s' >"$TMP/err"
	silent || return 1
	echo 'WARNING: 3 MiB are left' >>"$TMP/err"
	! silent && : >"$TMP/err" && silent
}
hushed
result $? 'lines of progress are silent, a warning among them is not'

# The commands that show it are all of those that take the options
shown=$(for command in $("$DUMPFLT" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
	"$DUMPFLT" "$command" --help | grep -q -- '^  --progress ' && echo "$command"
done | paste -sd' ')
[ "$shown" = 'capture rehearse verify extract open serve collect reseal resume erase' ]
result $? "these take them: $shown"

finish
