#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# verify of a collected dump: without a key it is held against the receipt beside it, with
# one each chunk is opened. Whatever is changed, in either of the two, it is not called good.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image
dump=$TMP/dump
folder=$TMP/folder
for name in alice eve; do
	age-keygen -o "$TMP/$name" 2>/dev/null
done
alice=$(age-keygen -y "$TMP/alice")
head -c 300001 /dev/urandom >"$dump"

# collected [WHAT]...: $copy and $receipt of a new dump, made by areagen with that
collected()
{
	rm -rf "$image" "$folder"
	truncate -s 8M "$image" && mkdir "$folder" && "$DUMPFLT" format --force "$image" >/dev/null &&
		"$BUILD/areagen" "$image" "$dump" "$@" && "$DUMPFLT" collect "$image" "$folder" >/dev/null || return 1
	copy=$(find "$folder" -name '*.age' -o -name '*.dump')
	receipt=${copy%.*}.json
	cp "$copy" "$TMP/copy.good" && cp "$receipt" "$TMP/receipt.good"
}

verify()
{
	run "$1" "$DUMPFLT" verify "${@:2}" "$copy"
}

with_key()
{
	verify "$1" --identity "$TMP/alice" "${@:2}"
}

good_again()
{
	cp "$TMP/copy.good" "$copy" && cp "$TMP/receipt.good" "$receipt"
}

collected "$alice" && verify 0 && out "$copy: complete and intact, 300001 bytes" && out 'agrees with the SHA-256' &&
	out 'whether it is authentic tells --identity' && with_key 0 && out "$copy: complete, authentic and intact, 300001 bytes" &&
	! out SHA-256
result $? 'sealed: without a key, and with it'
verify 0 --json && out '"judged":true,"complete":true,"intact":true,"sealed":true,"authentic":false,"checked":"sha256","receipt":true,"dump_size":300001,"good_bytes":300001' &&
	with_key 0 --json && out '"judged":true,"complete":true,"intact":true,"sealed":true,"authentic":true,"checked":"tag","receipt":true,"dump_size":300001,"good_bytes":300001,"problem":""' &&
	[ "$(wc -l <"$TMP/out")" -eq 1 ]
result $? 'as JSON'
# show CODE [OPTION]...: what the receipt beside it says
show()
{
	run "$1" "$DUMPFLT" show "${@:2}" "$copy"
}
shown()
{
	show 0 && out "copy        $copy, $(stat -c %s "$copy") bytes, sealed" && out '  dump      300001 bytes, 6 chunks' && out 'filter    ' &&
		out "id          $("$DUMPFLT" show --json "$image" | sed 's/.*"uuid":"\([0-9a-f]*\)".*/\1/'), slot 0" && "$DUMPFLT" show "$image" >"$TMP/area" &&
		grep '^  \(session\|started\|ended\|dump\|durable\|filter\)' "$TMP/area" | cmp - <(grep '^  \(session\|started\|ended\|dump\|durable\|filter\)' "$TMP/out") &&
		show 0 --json && out '"part":false,"uuid":"' && out '"receipt":{"state":"COMPLETE"' && [ "$(wc -l <"$TMP/out")" -eq 1 ] || return 1
	mv "$receipt" "$TMP/away" && show 1 && err "ERROR: reading the receipt failed on '$receipt': No such file or directory" && show 1 --json && out '"error"' &&
		echo '{}' >"$receipt" && show 1 && err 'it is not a receipt' && mv "$TMP/away" "$receipt" &&
		cp "$copy" "$TMP/x.part.age" && echo "{\"complete\": false, \"problem\": \"torn\", \"sha256\": \"$(printf %064d 0)\"}" >"$TMP/x.part.json" &&
		run 0 "$DUMPFLT" show "$TMP/x.part.age" && out 'part        of a dump that was not complete: torn' && run 0 "$DUMPFLT" show --json "$TMP/x.part.age" && out '"part":true,"problem":"torn"'
}
shown
result $? 'show of it says what show of its slot did'
verify 6 --identity "$TMP/eve" && out 'none of the keys can open it' && out "'age-keygen -y KEYFILE'" && ! out 'authentic and'
result $? 'with the key of somebody else'

# One bit, at each of these places: no run calls it good, with the key or without
flipped()
{
	local at size

	size=$(stat -c %s "$copy")
	for at in 5 60 150 175 200 65800 200000 $((size - 65536)) $((size - 1)); do
		good_again && spoil "$at" 1 "$copy" && verify 5 && ! out authentic && with_key '1|5|6' && out 'not complete and intact: ' || return 1
	done
	good_again
}
flipped
result $? 'a byte changed in header, nonce, chunk, trailer, tag'
cuts()
{
	local at size

	size=$(stat -c %s "$copy")
	for at in $((size - 1)) $((size - 65552)) 65752 300 190 100 30; do
		good_again && truncate -s "$at" "$copy" && verify 5 && with_key 5 || return 1
	done
	good_again && echo >>"$copy" && verify 5 && out 'bytes, and by its receipt it should have' && with_key 5 && good_again
}
cuts
result $? 'cut, or with something behind it'
spoil 150000 1 "$copy" && with_key 5 && out "its first 131072 bytes are authentic: 'dumpflt extract --salvage --identity KEY --device FILE OUT'" &&
	run 0 "$DUMPFLT" extract --raw --salvage --identity "$TMP/alice" --device "$copy" "$TMP/part" && cmp -n 131072 "$TMP/part" "$dump" && good_again
result $? 'what is good of it is had by what is said'

# set_receipt SED: it is written anew
set_receipt()
{
	sed "$1" "$TMP/receipt.good" >"$receipt" && ! cmp -s "$receipt" "$TMP/receipt.good"
}
receipts()
{
	local wrong

	for wrong in 's/"size": [0-9]*/"size": 7/' 's/"sha256": "./"sha256": "x/' 's/"sha256": "../"sha256": "/' \
		's/"receipt_base64": "./"receipt_base64": "*/' 's/"receipt_base64": "..../"receipt_base64": "/' \
		's/"receipt_base64": "..../"receipt_base64": "AAAA/' 's/receipt_base64/nothing/' 's/sha256/nothing/' '/^}/d'; do
		set_receipt "$wrong" && verify '5|6' || return 1
	done
	# with a key the dump is what it is; that the receipt is none is said all the same
	set_receipt 's/receipt_base64/nothing/' && with_key 0 && out "$copy: authentic and intact" &&
		out "its receipt '$receipt' cannot be used: it is not a receipt that 'dumpflt collect' wrote" && ! out salvage &&
		with_key 0 --json && out '"receipt":false,"receipt_problem":"it is not a receipt' &&
		: >"$receipt" && verify 6 && with_key 0 && echo '[[[[[[[[[[[[' >"$receipt" && verify 6 && head -c 70000 /dev/zero >"$receipt" && verify 6 &&
		rm "$receipt" && mkfifo "$receipt" && verify 6 && with_key 0 && rm "$receipt" && mkdir "$receipt" && verify 6 && rmdir "$receipt"
}
receipts
result $? 'receipts that are none'
rm -rf "$receipt"
verify 6 && out "$copy: it cannot be judged: without a key it is judged by its receipt, and '$receipt' is not there" &&
	out 'With --identity KEY each chunk is opened; or bring the .json' && verify 6 --json && out '"judged":false,"complete":false,"intact":false' && with_key 0 && out 'it has no receipt beside it'
result $? 'without a receipt only a key can tell'

# What an owner of the folder can make of it: a digest that fits is not the session's MAC
forged()
{
	good_again && cp "$receipt" "$TMP/first.json" && cp "$copy" "$TMP/first.age" && collected "$alice" &&
		cp "$TMP/first.age" "$copy" && sed "s/\"sha256\": \"[0-9a-f]*/\"sha256\": \"$(sha256sum <"$copy" | cut -d' ' -f1)/" "$TMP/receipt.good" >"$receipt" &&
		verify 0 && with_key 5 && out "but '$receipt' is not its receipt: its MAC is wrong" && out "$copy: authentic and intact" &&
		! out salvage && good_again || return 1
	# the right dump, and a receipt of another one
	cp "$TMP/first.json" "$receipt" && verify 5 && with_key 5 --json && out '"complete":false,"intact":true' && out '"receipt":false,"receipt_problem":"its MAC is wrong'
}
# Of words and a digest anybody can write nothing is made that the receipt does not say
made_up()
{
	local size

	good_again && size=$(stat -c %s "$copy") || return 1
	for what in 'echo junk' 'head -c 0 /dev/zero' "head -c $size /dev/zero" "head -c $((size - 65552)) $TMP/copy.good" "cat $TMP/copy.good $TMP/dump"; do
		$what >"$copy" && sed "s/\"size\": [0-9]*/\"size\": $(stat -c %s "$copy")/; s/\"sha256\": \"[0-9a-f]*/\"sha256\": \"$(sha256sum <"$copy" | cut -d' ' -f1)/" \
			"$TMP/receipt.good" >"$receipt" && verify 5 && out 'not complete and intact: ' || return 1
	done
	good_again && truncate -s 1T "$copy" && sed "s/\"size\": [0-9]*/\"size\": 1099511627776/" "$TMP/receipt.good" >"$receipt" && verify 5 && good_again
}
made_up
result $? 'a digest and a size that fit anything else, and a hole of 1 TiB'
forged
result $? 'another dump under that name: the key tells'
resealed()
{
	good_again && "$DUMPFLT" reseal --identity "$TMP/alice" --recipient "$(age-keygen -y "$TMP/eve")" "$copy" "$TMP/eves.age" >/dev/null &&
		cp "$receipt" "$TMP/eves.json" && run 0 "$DUMPFLT" verify --identity "$TMP/eve" "$TMP/eves.age" && out authentic &&
		run 5 "$DUMPFLT" verify "$TMP/eves.age"
}
resealed
result $? 'what was resealed has the MAC of its session, and another digest'

collected digest && verify 0 && out 'complete and intact, 300001 bytes' && ! out sealed && with_key 1 && out 'it is not sealed' &&
	spoil 100 1 "$copy" && verify 5 && out 'its SHA-256 is not the one in its receipt'
result $? 'one that is not sealed'
age -r "$alice" -o "$TMP/any.age" "$dump" && copy=$TMP/any.age && with_key 0 && out "$copy: authentic and intact, 300001 bytes" && out 'it has no trailer' && verify 6
result $? 'an age file of other origin'
# A name may have anything in it
named()
{
	local odd=$TMP/$'x\033[31m\nred\377.age'

	cp "$copy" "$odd" && run 0 "$DUMPFLT" verify --identity "$TMP/alice" "$odd" && ! grep -q "$(printf '\033')" "$TMP/out" &&
		[ "$(grep -c authentic "$TMP/out")" -eq 1 ] && run 0 "$DUMPFLT" verify --json --identity "$TMP/alice" "$odd" &&
		! LC_ALL=C grep -q $'[\x01-\x1f\x7f]' "$TMP/out" && iconv -f UTF-8 -t UTF-8 "$TMP/out" >"$TMP/utf8"
}
named
result $? 'a name with escapes, a newline and no UTF-8'
run 1 "$DUMPFLT" verify "$receipt" && out 'it is the receipt of a dump: name the dump itself' &&
	run 1 "$DUMPFLT" verify --identity "$TMP/alice" "$receipt" && out 'it is the receipt of a dump'
result $? 'the receipt in place of the dump'
run 2 "$DUMPFLT" verify --slot 0 "$copy" && err 'is no dump area, and has no slots' && run 2 "$DUMPFLT" verify --all "$copy" &&
	run 2 "$DUMPFLT" verify --identity "$TMP/alice" --origin "$TMP/alice" "$copy" && err '--origin is for one'
result $? 'wrong usage'

finish
