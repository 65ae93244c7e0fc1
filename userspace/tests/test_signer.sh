#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt arm where only signed modules are taken: whose signature it is, and whether a key of
# that name is known. What the kernel itself answers is asked in a guest: selftests/secureboot.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/arm.sh disable=SC1091
. "$(dirname "$0")/arm.sh"

modules=$DUMPFLT_ROOT/lib/modules/$RELEASE

# make_key FILE NAME
make_key()
{
	openssl req -new -x509 -newkey rsa:2048 -noenc -keyout "$TMP/$1.key" -out "$TMP/$1.pem" -days 9 -subj "/O=We/CN=$2" 2>/dev/null
}

# append FILE SIGNATURE: as the kernel's sign-file does
append()
{
	local size

	size=$(stat -c %s "$2")
	{
		cat "$2"
		printf '\0\0\002\0\0\0\0\0'
		printf '%b' "$(printf '\\x%02x' $((size >> 24)) $((size >> 16 & 255)) $((size >> 8 & 255)) $((size & 255)))"
		printf '~Module signature appended~\n'
	} >>"$1"
}

# sign KEY FILE [OPTION]...
sign()
{
	openssl cms -sign -binary -noattr -nocerts -nosmimecap -outform DER -md sha256 -signer "$TMP/$1.pem" \
		-inkey "$TMP/$1.key" -in "$2" -out "$TMP/signature" "${@:3}" 2>/dev/null && append "$2" "$TMP/signature"
}

# signing: a machine that takes only signed modules; all but ours are signed by its distribution
signing()
{
	local file

	machine
	file sys/module/module/parameters/sig_enforce 'Y\n'
	file proc/keys "\
0a1b2c3d I------     1 perm 1f0b0000     0     0 keyring   .builtin_trusted_keys: 1
0b1b2c3d I------     1 perm 1f030000     0     0 asymmetri We: Build key of x: 8c2d0a: X509.rsa 8c2d0a []
0c1b2c3d I------     1 perm 1f030000     0     0 asymmetri ${1:-We: Nobody: 77} X509.rsa 1234 []
"
	for file in "$modules"/kernel/*.ko "$modules/extra/dumpflt.ko"; do
		sign distribution "$file" || return 1
	done
}

doubted="is signed by 'A stranger', and no key of that name is in /proc/keys"
make_key distribution 'Build key of x' && make_key stranger 'A stranger' && signing &&
	sign distribution "$modules/extra/dumpflt-age.ko" && sign distribution "$modules/extra/dumpflt-digest.ko" &&
	arm 0 --check && ! err 'signed by'
result $? 'by keys of which the kernel has one of that name: nothing is said'
signing && sign stranger "$modules/extra/dumpflt-age.ko" && sign stranger "$modules/extra/dumpflt-digest.ko" &&
	arm 0 --check && err "WARNING: /lib/modules/$RELEASE/extra/dumpflt-age.ko $doubted" && err 'mokutil --import' &&
	[ "$(grep -c 'signed by' "$TMP/err")" -eq 1 ]
result $? 'by somebody of whom nothing is known: a warning, and one for all of his'
signing 'A stranger: 99:' && sign stranger "$modules/extra/dumpflt-age.ko" && sign distribution "$modules/extra/dumpflt-digest.ko" &&
	arm 0 --check && ! err 'signed by'
result $? 'whose certificate names no organisation'
signing 'We: A stranger in our midst: 99:' && sign stranger "$modules/extra/dumpflt-age.ko" &&
	sign distribution "$modules/extra/dumpflt-digest.ko" && arm 0 --check && err "$doubted"
result $? 'a longer name is another one'
number=$(openssl x509 -in "$TMP/stranger.pem" -noout -ext subjectKeyIdentifier | sed -n 's/^ *\([0-9A-F:]*\)$/\1/p' | tr -d ':\n' | tr A-F a-f)
signing "We: B: $number:" && sign stranger "$modules/extra/dumpflt-age.ko" -keyid &&
	sign distribution "$modules/extra/dumpflt-digest.ko" && arm 0 --check && ! err 'signed by' &&
	signing && sign stranger "$modules/extra/dumpflt-age.ko" -keyid && sign distribution "$modules/extra/dumpflt-digest.ko" &&
	arm 0 --check && err "is signed by 'key $number'"
result $? 'a signature with the number of the key'
signing && head -c 300 /dev/urandom >"$TMP/signature" && append "$modules/extra/dumpflt-age.ko" "$TMP/signature" &&
	sign distribution "$modules/extra/dumpflt-digest.ko" && arm 0 --check && err "is signed by '?'"
result $? 'one that is not understood'
signing && rm "$DUMPFLT_ROOT/proc/keys" && sign stranger "$modules/extra/dumpflt-age.ko" &&
	sign distribution "$modules/extra/dumpflt-digest.ko" && arm 0 --check && err "$doubted"
result $? 'no list of keys'
signing && file sys/module/module/parameters/sig_enforce 'N\n' && arm 0 --check && ! err 'signed'
result $? 'where unsigned ones are taken it does not matter'
finish
