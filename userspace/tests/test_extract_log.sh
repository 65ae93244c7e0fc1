#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The kernel log before a dump: dumpflt extract --dmesg gives it from whatever the
# dump is in, and without it the dump is extracted as if there were no log.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image
file=$TMP/file
unit=65536
seq -f '[%10.6f] a line of the kernel log' 1 4000 >"$TMP/log.txt"
log_size=$(stat -c %s "$TMP/log.txt")
"$BUILD/flatgen" 1 >"$TMP/flat"
"$BUILD/flatgen" 1 "$TMP/log.txt" >"$TMP/with"
run 0 "$DUMPFLT" extract --device "$TMP/flat" "$TMP/reference"

# extract CODE SOURCE [OPTION]...
extract()
{
	rm -f "$file"
	run "$1" "$DUMPFLT" extract --device "$2" "${@:3}" "$file"
}

no_file()
{
	[ ! -e "$file" ] && [ -z "$(compgen -G "$file.*.partial")" ]
}

has_log()
{
	cmp -s "$file" "$TMP/log.txt" && out "extracted: $log_size bytes of kernel log to $file"
}

no_log()
{
	err "ERROR: reading the kernel log failed on '$1': this dump holds no kernel log: $2" &&
		err "'makedumpfile --dump-dmesg'" && no_file
}

# area [OPTION]...: 2 slots of 8 MiB
area()
{
	rm -f "$image"
	truncate -s 16M "$image"
	"$DUMPFLT" format "$@" "$image" >/dev/null
}

put()
{
	"$BUILD/areagen" "$image" "$@"
}

# Without a word about the log, it is not there
extract 0 "$TMP/with" && cmp -s "$file" "$TMP/reference" && ! err WARNING
result $? 'a flattened stream: the dump file is as without a log'
extract 0 "$TMP/with" --flattened && cmp -s "$file" "$TMP/with"
result $? 'the stream as it is has it'

# What everybody has reads it, too: the log is behind the end of the dump
rearranged()
{
	local size

	makedumpfile -R "$TMP/rearranged" <"$TMP/with" >/dev/null 2>&1 || return 1
	size=$(stat -c %s "$TMP/reference")
	cmp -s -n "$size" "$TMP/rearranged" "$TMP/reference" &&
		[ "$(stat -c %s "$TMP/rearranged")" -gt $((1 << 28)) ] &&
		cmp -s -n "$log_size" -i $(((1 << 28) + 32)):0 "$TMP/rearranged" "$TMP/log.txt"
	size=$?
	rm "$TMP/rearranged"
	return "$size"
}
rearranged
result $? 'makedumpfile -R: the same dump, and the log at the end of a sparse file'

# From everywhere, and no further than need be
extract 0 "$TMP/with" --dmesg && has_log && ! err WARNING
result $? '--dmesg of a flattened stream'
head -c $((5 * unit)) "$TMP/with" >"$TMP/cut"
extract 0 "$TMP/cut" --dmesg && has_log && extract 4 "$TMP/cut" && no_file
result $? '... of which nothing else is left'
run 0 "$DUMPFLT" extract --device "$TMP/with" --dmesg - && cmp -s "$TMP/out" "$TMP/log.txt"
result $? '... to standard output'
area && put "$TMP/with" && extract 0 "$image" --dmesg && has_log && extract 0 "$image" &&
	cmp -s "$file" "$TMP/reference"
result $? '... of a slot'

# chunk SLOT N: where it is
spoil()
{
	dd if=/dev/urandom of="$image" bs=1 count=16 seek=$((unit * (2 + $1))) conv=notrunc status=none
}

beyond()
{
	area && put "$TMP/with" && spoil 9 && extract 0 "$image" --dmesg && has_log &&
		extract 5 "$image" && no_file && spoil 1 && extract 5 "$image" --dmesg && no_file
}
beyond
result $? '... of a slot that is damaged behind it, but not in it'

for end in torn failed interrupted; do
	area && put "$TMP/with" $end && extract 4 "$image" --dmesg --slot 0 && no_file &&
		err 'bytes are verified: --salvage gives them out' &&
		extract 0 "$image" --dmesg --salvage && has_log && err 'WARNING: slot 0: the dump is '
	result $? "... of a slot that is $end: with --salvage"
done

# Nothing but the log: who asks for the dump is told
alone()
{
	area && head -c $((3 * unit)) "$TMP/with" >"$TMP/cut" && put "$TMP/cut" failed &&
		extract 4 "$image" --salvage && err 'nothing is left' &&
		err 'But the kernel log is, before it: --dmesg gives it out.' && no_file &&
		extract 0 "$image" --salvage --dmesg && has_log
}
alone
result $? 'a slot with nothing but the log'

# The log is some three chunks; the second one is no good
cut_off()
{
	area && put "$TMP/with" torn && spoil 1 && extract 0 "$image" --dmesg --salvage &&
		err "WARNING: the kernel log is cut: $((unit - 4144)) of its $log_size bytes are there" &&
		cmp -s "$file" <(head -c $((unit - 4144)) "$TMP/log.txt") && spoil 0 &&
		extract 4 "$image" --dmesg --salvage && err 'nothing is left' && no_file
}
cut_off
result $? 'a torn log: what is there of it, and that it is not all'

sealed()
{
	age-keygen -o "$TMP/key" 2>/dev/null
	recipient=$(age-keygen -y "$TMP/key")
	area --recipient "$recipient" && put "$TMP/with" "$recipient" &&
		extract 0 "$image" --identity "$TMP/key" --dmesg && has_log &&
		extract 6 "$image" --dmesg && err 'it is sealed' && no_file &&
		mkdir "$TMP/folder" && run 0 "$DUMPFLT" collect "$image" "$TMP/folder" &&
		mv "$TMP"/folder/*.age "$TMP/x.age" &&
		extract 0 "$TMP/x.age" --identity "$TMP/key" --dmesg && has_log &&
		extract 0 "$TMP/x.age" --identity "$TMP/key" && cmp -s "$file" "$TMP/reference"
}
sealed
result $? '... of a sealed slot, and of an age file'

by_age()
{
	age -d -i "$TMP/key" "$TMP/x.age" | cmp -s -n "$(stat -c %s "$TMP/with")" - "$TMP/with"
}
by_age
result $? 'the program age gives out the very stream'

# There is none
extract 1 "$TMP/flat" --dmesg && no_log "$TMP/flat" 'none was kept before it'
result $? 'a dump without a log: what to do'
area && put "$TMP/flat" && extract 1 "$image" --dmesg && no_log "$image" 'none was kept before it'
result $? '... in a slot'
head -c 3000 /dev/urandom >"$TMP/other" && area && put "$TMP/other" && extract 1 "$image" --dmesg &&
	no_log "$image" 'no makedumpfile signature'
result $? 'something that is no dump'
extract 3 "$TMP/other" --dmesg && no_file &&
	err "ERROR: reading the kernel log failed on '$TMP/other': this dump holds no kernel log: no makedumpfile signature" &&
	err 'There is no dump, or filters have changed it' && ! err --dump-dmesg
result $? '... in a file: nothing that makedumpfile could read either'

# hostile OFFSET BYTE WORDS: of the record's head, from its magic on
hostile()
{
	cp "$TMP/with" "$TMP/bad"
	printf '%b' "$2" | dd of="$TMP/bad" bs=1 seek=$((4112 + $1)) conv=notrunc status=none
	extract 1 "$TMP/bad" --dmesg && no_log "$TMP/bad" "$3" && extract 0 "$TMP/bad" &&
		cmp -s "$file" "$TMP/reference"
}
hostile 19 '\002' 'its record is of an unknown version'
result $? 'another version: no log, and the same dump'
hostile 24 '\177' 'its record says that it is longer than it is'
result $? 'a length beyond the record'
hostile 20 '\001' 'its record has unknown flags'
result $? 'unknown flags'

lacking()
{
	cp "$TMP/with" "$TMP/bad"
	printf '\003' | dd of="$TMP/bad" bs=1 seek=$((4112 + 23)) conv=notrunc status=none
	extract 0 "$TMP/bad" --dmesg && has_log && err 'WARNING: the beginning of the kernel log was left out' &&
		err 'WARNING: the end of the kernel log is missing'
}
lacking
result $? 'what was missing when it was kept is said'

terminal()
{
	printf '\033[31mred\a \x9b2J caf\xc3\xa9\ttab\r\n\0end' >"$TMP/evil.txt"
	"$BUILD/flatgen" 0 "$TMP/evil.txt" >"$TMP/evil"
	run 0 "$DUMPFLT" extract --device "$TMP/evil" --dmesg - &&
		printf '%s\tta%s\n%s' '\x1b[31mred\x07 \x9b2J caf\xc3\xa9' 'b\x0d' '\x00end' | cmp -s - "$TMP/out"
}
terminal
result $? 'what a terminal would obey is escaped'

run 2 "$DUMPFLT" extract --device "$TMP/with" --dmesg --raw "$file" && err 'either --dmesg or the dump'
result $? 'either the log or the dump'
cp "$TMP/with" "$TMP/kept"
run 1 "$DUMPFLT" extract --device "$TMP/with" --dmesg --force "$TMP/with" && err "it is what the dump is read from" &&
	cmp -s "$TMP/with" "$TMP/kept"
result $? 'it does not replace what it is read from'
full()
{
	"$DUMPFLT" extract --device "$TMP/with" --dmesg - >/dev/full 2>"$TMP/err"
	[ $? -eq 1 ]
}
full
result $? 'a full disk is an error'

finish
