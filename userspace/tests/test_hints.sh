#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a hint says is typed as it stands, for files that are cut, empty or of the wrong kind:
# it works, and no two hints send each other in a circle.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/target
dump=$TMP/dump
file=$TMP/vmcore
"$BUILD/flatgen" 5 >"$dump"
age-keygen -o "$TMP/key" 2>/dev/null
to=$(age-keygen -y "$TMP/key")

truncate -s 16M "$image"
mkdir "$TMP/folder" "$TMP/bin"
"$DUMPFLT" format --slots 2 --recipient "$to" "$image" >/dev/null 2>&1 &&
	"$BUILD/areagen" "$image" "$dump" "$to" && "$DUMPFLT" collect "$image" "$TMP/folder" >/dev/null
sealed=$(echo "$TMP"/folder/*.age)
ln -s "$DUMPFLT" "$TMP/bin/dumpflt"
"$DUMPFLT" extract --device "$dump" "$TMP/whole" >/dev/null

# hinted: types the commands that the last run has between quotes, with files for the words
hinted()
{
	local line

	grep -o "'[a-z][^']*'" "$TMP/err" | tr -d "'" |
		sed "s,KEY,$TMP/key,g; s,STREAM,$TMP/stream,g; s,OUT,$file,g; s,NEW,$TMP/new,g" >"$TMP/typed"
	[ -s "$TMP/typed" ] || return 1
	while read -r line; do
		(cd "$TMP" && PATH=$TMP/bin:$PATH bash -c "$line") >"$TMP/out" 2>"$TMP/err" </dev/null || return 1
	done <"$TMP/typed"
}

# beginning: what came out is the beginning of the dump, and not nothing
beginning()
{
	[ -s "$file" ] && cmp -n "$1" "$file" "$TMP/whole"
}

# cut BYTES: of the age file; and its end is noticed by each command
age_cut()
{
	rm -f "$file"
	head -c "$1" "$sealed" >"$TMP/cut.age"
	run 1 "$DUMPFLT" "$2" "$TMP/cut.age" ${3:+"$3"} && err 'dumpflt extract --identity' && ! hinted && err 'it is cut or damaged' &&
		err '--salvage gives out what is before that' && [ ! -e "$file" ] &&
		run 0 "$DUMPFLT" extract --salvage --identity "$TMP/key" --device "$TMP/cut.age" "$file" &&
		err 'WARNING: the dump is not whole: it is cut' && beginning 50000
}

age_size=$(stat -c %s "$sealed")
age_cut 200000 show && age_cut 200000 collect "$TMP/folder" && head -c 300001 "$sealed" >"$TMP/cut.age" &&
	run 6 "$DUMPFLT" verify "$TMP/cut.age" && out 'With --identity KEY each chunk is opened' &&
	run 5 "$DUMPFLT" verify --identity "$TMP/key" "$TMP/cut.age" && out "'dumpflt extract --salvage --identity KEY --device FILE OUT'"
result $? 'an age file that is cut: the hint opens it, and its hint salvages'
age_cut $((age_size - 65552)) show && cmp "$file" "$TMP/whole" && age_cut $((age_size - 1)) show && cmp "$file" "$TMP/whole"
result $? 'only its end is missing: all is salvaged'
header_cut()
{
	local command

	for command in '' --salvage; do
		run 5 "$DUMPFLT" extract $command --identity "$TMP/key" --device "$TMP/cut.age" "$file" && [ ! -e "$file" ] &&
			err 'it is cut off within its header' && err 'copy it again' && ! err '--salvage' && ! err 'dumpflt extract' || return 1
	done
}
rm -f "$file"
for size in 19 22 31 70 120 150 183; do
	head -c "$size" "$sealed" >"$TMP/cut.age"
	header_cut || break
done
[ "$size" -eq 183 ] && header_cut
result $? 'an age file that is cut in its header: it says so, and sends nobody in a circle'
head -c 300 "$sealed" >"$TMP/cut.age" && rm -f "$file" &&
	run 5 "$DUMPFLT" extract --identity "$TMP/key" --device "$TMP/cut.age" "$file" && ! err '--salvage' &&
	run 5 "$DUMPFLT" extract --salvage --identity "$TMP/key" --device "$TMP/cut.age" "$file" && err 'nothing is left' && [ ! -e "$file" ]
result $? 'no chunk is there: nothing is promised'
cp "$sealed" "$TMP/bad.age" && spoil 200000 1 "$TMP/bad.age" &&
	run 0 "$DUMPFLT" extract --salvage --identity "$TMP/key" --device "$TMP/bad.age" "$file" && err 'a chunk does not open' && beginning 50000
result $? 'one that is damaged: what is before that'

whole_age()
{
	local command

	# without what is written beside it
	cp "$sealed" "$TMP/alone.age" && rm -f "$file"
	run 1 "$DUMPFLT" show "$TMP/alone.age" && hinted && cmp "$file" "$TMP/whole" || return 1
	for command in show verify; do
		age -d -i "$TMP/key" "$sealed" | age -a -r "$to" -o "$TMP/text.age" && rm -f "$file"
		run 1 "$DUMPFLT" "$command" "$TMP/text.age" && hinted && cmp "$file" "$TMP/whole" || return 1
	done
	rm -f "$file" "$TMP/stream"
	run 1 "$DUMPFLT" extract --identity "$TMP/key" --device "$TMP/text.age" "$file" && hinted && cmp "$file" "$TMP/whole"
}
whole_age
result $? 'an age file, armored or not'

# older OFFSET SIZE WORDS: the dump was cut, and older data follow; they have that where a record is
# looked for. What is before it is salvaged; more of it after that has no place
older()
{
	rm -f "$file"
	{
		cat "$TMP/cut"
		head -c 37081 /dev/zero
		number "$1"
		number "$2"
		yes | head -c 100000
	} >"$TMP/older"
	run '1|4|5' "$DUMPFLT" extract --device "$TMP/older" "$file" && [ ! -e "$file" ] && err --salvage &&
		run 0 "$DUMPFLT" extract --salvage --device "$TMP/older" "$file" && err "the dump is not whole: $3" && beginning 100000 &&
		[ "$(stat -c %s "$file")" -le 10000000 ]
}

plain()
{
	local far='record far behind all that there can be, at byte 3037081'

	rm -f "$file"
	head -c 3000000 "$dump" >"$TMP/cut"
	run 1 "$DUMPFLT" show "$TMP/cut" && ! hinted && err '--salvage gives out what there is' &&
		run 0 "$DUMPFLT" extract --salvage --device "$TMP/cut" "$file" && err 'it ends without an end marker' && beginning 100000 &&
		older -5 1000 'record with a negative offset, at byte 3037081' && older 4096 0 'record without a valid size, at byte 3037081' &&
		older $((1 << 62)) 1000 "$far" && older $(((1 << 30) - 1000)) 1001 "$far" && older $((1 << 40)) $((1 << 61)) "$far" &&
		older $(((1 << 63) - 1)) 5 'record beyond the largest possible file, at byte 3037081' &&
		older 5000000 50000 'record beyond the largest possible file, at byte 3087097' &&
		rm "$file" && run 1 "$DUMPFLT" show "$dump" && hinted && cmp "$file" "$TMP/whole" &&
		run 0 "$DUMPFLT" extract --salvage --flattened --device "$TMP/cut" - && cmp "$TMP/out" "$TMP/cut"
}
plain
result $? 'a plain dump, cut, with older data behind it, and whole'

area()
{
	local command

	for command in show verify 'extract --salvage --identity KEY --device'; do
		rm -f "$file"
		head -c 10000000 "$image" >"$TMP/cut"
		# shellcheck disable=SC2086 # words
		run 1 "$DUMPFLT" ${command/KEY/$TMP/key} "$TMP/cut" ${file:+$([[ $command != extract* ]] || echo "$file")} &&
			err "truncate -s 16777216 $TMP/cut" && truncate -s 16777216 "$TMP/cut" &&
			run 0 "$DUMPFLT" extract --salvage --identity "$TMP/key" --device "$TMP/cut" "$file" && beginning 100000 || return 1
	done
}
area
result $? 'an image of an area that is cut'

# none FILE: nothing that is no dump is called one, and nobody is told to salvage it
none()
{
	rm -f "$file"
	run 3 "$DUMPFLT" extract --device "$1" "$file" && ! err --salvage && ! err 'was cut' &&
		run 3 "$DUMPFLT" extract --dmesg --device "$1" "$file" && ! err 'Extract the dump' && ! err --salvage &&
		run '1|3' "$DUMPFLT" extract --salvage --device "$1" "$file" && ! err 'It holds a plain dump' && [ ! -e "$file" ]
}
: >"$TMP/empty" && echo hello >"$TMP/text" && head -c 70000 /dev/urandom >"$TMP/noise" && truncate -s 16M "$TMP/zeros" &&
	none "$TMP/empty" && none "$TMP/text" && none "$TMP/noise" && none "$TMP/zeros"
result $? 'what is no dump'
run 1 "$DUMPFLT" show "$TMP/empty" && err 'too few for a dump area' && ! err 'dumpflt format' && run 1 "$DUMPFLT" show "$TMP/zeros" &&
	err "'dumpflt format'" && run 0 "$DUMPFLT" format "$TMP/zeros" && run 0 "$DUMPFLT" show "$TMP/zeros"
result $? 'an area is only to be made where there is room for one'
printf 'KDUMP   %04096d' 0 >"$TMP/kdump" && run 3 "$DUMPFLT" extract --device "$TMP/kdump" "$file" && err 'open it with crash or drgn' &&
	! err 'dumpflt create'
result $? 'a dump file is not to be extracted again'

# behind BYTES: what is behind so many of them; the hint makes an area of that again
behind()
{
	rm -f "$TMP/new" "$file"
	tail -c +$(($1 + 1)) "$image" >"$TMP/tail"
	run 1 "$DUMPFLT" show "$TMP/tail" && err "whose first $1 bytes were cut off: copy it again" && ! err 'Is this the right' &&
		grep -o "'dd [^']*'" "$TMP/err" | tr -d "'" | sed "s,NEW,$TMP/new," >"$TMP/typed" && bash -e "$TMP/typed" 2>/dev/null &&
		run 0 "$DUMPFLT" show "$TMP/new" && err "header A of '$TMP/new' cannot be used" && out 'slot 0      COMPLETE'
}
behind 65536 && run 0 "$DUMPFLT" extract --identity "$TMP/key" --device "$TMP/new" "$file" && cmp "$file" "$TMP/whole" &&
	behind 70001 && behind 1000 && behind 65537
result $? 'an image whose beginning is cut: it says so, and its hint reads what is there'
tail -c 100 "$image" >"$TMP/tail" && run 1 "$DUMPFLT" show "$TMP/tail" && ! err 'cut off' && err 'too few' &&
	: >"$TMP/tail" && run 1 "$DUMPFLT" show "$TMP/tail" && ! err 'cut off'
result $? 'one that is too short for a header is not called its end'

# receipt: who names it in place of the dump is told so, and it is not taken for one
receipt()
{
	local command words beside=${sealed%.age}.json

	for command in show verify collect "extract --device" "reseal --identity $TMP/key --recipient $to"; do
		read -ra words <<<"$command"
		words+=("$beside")
		case $command in
		show | verify) ;;
		collect) words+=("$TMP/folder") ;;
		*) words+=("$TMP/none") ;;
		esac
		run '1|3|5' "$DUMPFLT" "${words[@]}" && { err 'receipt of a dump: name the dump itself' || out 'receipt of a dump: name the dump itself'; } && [ ! -e "$TMP/none" ] || return 1
	done
	run 0 "$DUMPFLT" show "$sealed"
}
receipt
result $? 'the receipt in place of the dump: that is said'

finish
