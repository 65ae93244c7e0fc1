#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The commands in README.md and Documentation/: those that work on areas run here
# as they stand, and every other block is accounted for.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/blocks.sh disable=SC1091
. "$(dirname "$0")/blocks.sh"

top=$TESTS/../..
mkdir "$TMP/bin"
# Any text is good for the kernel log
"$BUILD/flatgen" 3 "$0" >"$TMP/stream"
"$BUILD/flatgen" 4 "$0" >"$TMP/stream2"

# What somebody has to have, under the names of the documents
cat >"$TMP/bin/dumpflt" <<'END'
#!/bin/bash
# a crash: the dump goes where the document means it to
[ "$1" != capture ] || [ "$#" -gt 1 ] ||
	exec "$BUILD/areagen" "$IMAGE" "$STREAM" "${AREA_FILTERS[@]:-digest}"
exec "$DUMPFLT" "$@"
END
chmod +x "$TMP/bin/dumpflt"
export IMAGE=$TMP/disk STREAM=$TMP/stream BUILD

# Every block into a file <document>.<number>, its language in <document>.<number>.is
split()
{
	awk -v to="$blocks/$(basename "$1")" '
	/^```/ { inside = !inside
		 if (inside) { file = to "." ++nr; print substr($0, 4) >(file ".is"); printf "" >file }
		 next }
	inside { print >file; next }
	/^(    |\t)[$#]? ?dumpflt / { print FILENAME ": commands outside of a block: " $0 }' "$1"
}

for document in "$top/README.md" "$top"/Documentation/*.md; do
	split "$document"
done >"$TMP/outside"

# Document, begin of the first command: a reason why it is not run here
cat >"$TMP/elsewhere" <<'END'
README.md|make demo|it builds and crashes guests; selftests/demo and scripts/check are what it calls
README.md|make deb|it builds packages, and installs them: selftests/packages/run builds them
packages.md|apt install|it installs packages: selftests/packages/run does, in a clean Debian
README.md|modprobe configfs|it loads modules: of a guest, selftests/control and selftests/io do the same
README.md|dumpflt create t0|it needs the module: test_cli.sh has a stand-in, selftests/area/test_tool_01.sh a guest
README.md|dumpflt format --slots 2 --recipient age1... /dev/vdb3|it loads a capture kernel: selftests/arm/run
kdump-howto.md|mkdir -p /etc/dumpflt/recipients.d|it loads a capture kernel: selftests/arm/run
kdump-howto.md|mkdir -p /var/crash|it enables services of systemd: selftests/packages/run has systemd verify the units
fleet.md|dumpflt arm --check --json|it enables services of systemd: selftests/systemd/guest-debian does
kdump-compat.md|cd /usr/share/doc/dumpflt/examples/compat|it installs for another kdump: test_compat.sh
kdump-compat.md|install -D -m 644|it installs for another kdump: test_compat.sh
kdump-howto.md|#!/bin/sh|init of a capture kernel: selftests/crash/guest-capture
kdump-howto.md|kexec -s -p|it loads a capture kernel: selftests/crash/guest-crash
kdump-howto.md|umask 077|it loads a capture kernel: selftests/crash/guest-crash
kdump-howto.md|keyctl padd|it needs the module and a key in the kernel: selftests/crash/guest-readback
kdump-howto.md|dmsetup create|it needs dm-crypt: selftests/seal/test_crypt_01.sh
kdump-howto.md|dumpflt capture --dry-run|test_capture.sh, with configurations of its own
hibernation.md|echo UMASK=0077|it makes an initramfs, and enables services: selftests/systemd/in-root-hibernation
hibernation.md|echo 'hostonly=|it makes an initramfs: selftests/systemd/in-root-hibernation
hibernation.md|age --passphrase|it asks at a terminal, and needs a TPM: test_key_file.sh has stand-ins for both programs
hibernation.md|dumpflt resume|it resumes the machine: selftests/hibernation/guest-hibernation
hibernation.md|keyctl padd|it hibernates the machine: selftests/hibernation/guest-hibernation
sealed-dumps.md|echo c >|it crashes the machine: selftests/crash/sealed.sh
sealed-dumps.md|dumpflt open|it needs a vmlinux of the kernel that crashed: selftests/interop/backtrace; test_open.sh
testing.md|make quick|it is what runs this test
testing.md|make check-um|it boots guests: selftests/um/run
testing.md|make && make -C selftests all|it builds, and boots guests
testing.md|selftests/um/run >baseline|it boots guests: selftests/mutants/run-generated
testing.md|make clean|it builds a kernel's modules
testing.md|make check-kernels|it builds, and boots guests
testing.md|#!/bin/sh|the outline of a test
writing-a-filter.md|#!/bin/sh|it needs a guest: it is selftests/contract/test_copied_01.sh, to the letter (gate-docs)
END

# run_block NUMBER DOCUMENT BEGIN: the block that begins so, with the names of this machine
run_block()
{
	local file found=

	for file in "$blocks/$1".*; do
		[[ $file != *.is ]] && [[ $(first_command "$file") == "$2"* ]] && found=$file && break
	done
	if [ -z "$found" ]; then
		echo "$1: no block begins with '$2'" >"$TMP/err"
		return 1
	fi
	echo "$found" >>"$accounted"
	sed "s,/dev/disk/by-partlabel/crash,$IMAGE,g; s,/dev/vdb,$IMAGE,g; s,/var/crash,$TMP/crash,g; s,/etc/dumpflt,$TMP/etc,g
		s,--recipient age1\.\.\. --recipient age1\.\.\.,--recipient $one --recipient $two,
		s,40ff70f2-1-9a3be04c\.age,$age_file,; s,DUMP\.age,$age_file," "$found" >"$TMP/script"
	(
		cd "$TMP/work" || exit 1
		PATH=$TMP/bin:$PATH run 0 bash -e -o pipefail "$TMP/script"
	)
}

# fresh: another machine
fresh()
{
	rm -rf "$IMAGE" "$TMP/work" "$TMP/crash"
	mkdir "$TMP/work" "$TMP/crash"
	truncate -s 24M "$IMAGE"
	one='' two='' age_file=''
}

# dumps N: so many crashes
dumps()
{
	local i

	for ((i = 0; i < $1; i++)); do
		"$BUILD/areagen" "$IMAGE" "$TMP/stream" "${@:2}" || return 1
	done
}

state()
{
	"$DUMPFLT" show "$IMAGE" | grep -q "^slot $1 .*$2"
}

dump_area()
{
	fresh
	run_block dump-area.md 'dumpflt format' && state 0 COLLECTED &&
		[ "$(find "$TMP/crash" -name '*.dump' | wc -l)" -eq 1 ] &&
		cmp "$TMP"/crash/*.dump "$TMP/stream"
}
dump_area
result $? 'dump-area.md: from format to collect'

# What is got out is slot 0; the newer dump in slot 1 must still be there
one_slot()
{
	fresh
	rm -f "$TMP/reference"
	"$DUMPFLT" format --slots 4 --filter digest "$IMAGE" >/dev/null && dumps 1 digest &&
		"$BUILD/areagen" "$IMAGE" "$TMP/stream2" digest &&
		"$DUMPFLT" extract --slot 0 --device "$IMAGE" "$TMP/reference" >/dev/null &&
		run_block "$1" "$2" && state 0 COLLECTED && state 1 COMPLETE &&
		cmp "$TMP/work/vmcore" "$TMP/reference"
}
one_slot dump-area.md slot=0
result $? 'dump-area.md: one dump: what was got out is released, and nothing else'
one_slot kdump-howto.md 'dumpflt show'
result $? 'kdump-howto.md: reading the dump'

# And if that slot cannot be got out, nothing is released
kept()
{
	fresh
	"$DUMPFLT" format --slots 4 --filter digest "$IMAGE" >/dev/null && dumps 1 digest torn &&
		dumps 1 digest || return 1
	! run_block "$1" "$2" && state 0 STARTED && state 1 COMPLETE && [ ! -e "$TMP/work/vmcore" ]
}
kept dump-area.md slot=0
result $? 'dump-area.md: a torn dump is not released'
kept kdump-howto.md 'dumpflt show'
result $? 'kdump-howto.md: neither is it there'

howto_format()
{
	fresh
	run_block kdump-howto.md 'dumpflt format' && state 0 EMPTY
}
howto_format
result $? 'kdump-howto.md: making the area'

sealed()
{
	fresh
	run_block sealed-dumps.md 'age-keygen -o key.txt' || return 1
	one=$(age-keygen -y "$TMP/work/key.txt")
	two=$(age-keygen 2>/dev/null | age-keygen -y)
	run_block sealed-dumps.md 'dumpflt format' && dumps 1 "$one" "$two" &&
		run_block sealed-dumps.md 'dumpflt show' && state 0 COLLECTED || return 1
	age_file=$(echo "$TMP"/crash/*.age)
	run_block sealed-dumps.md 'dumpflt extract --identity' && rm "$TMP/work/vmcore" &&
		cmp "$TMP/work/dmesg.txt" "$0" || return 1
	if command -v makedumpfile >/dev/null; then
		run_block sealed-dumps.md 'age -d -i key.txt 40ff' && rm "$TMP/work/vmcore" || return 1
	else
		grep -l 'age -d -i key.txt 40ff' "$blocks"/sealed-dumps.md.* >>"$accounted"
	fi
	run_block sealed-dumps.md 'age -d -i key.txt DUMP.age' && cmp "$TMP/work/padded" "$TMP/stream" ||
		return 1
	# slot 1 is torn, a newer dump is whole
	"$DUMPFLT" format --force --slots 4 --recipient "$one" "$IMAGE" >/dev/null &&
		dumps 1 "$one" && dumps 1 "$one" torn && dumps 1 "$one" &&
		run_block sealed-dumps.md 'dumpflt verify --identity' &&
		[ -s "$TMP/work/vmcore" ] && [ -s "$TMP/work/part" ] || return 1
	mv "$TMP/work/key.txt" "$TMP/work/KEY"
	rm "$TMP/work/vmcore"
	slot=1 run_block dump-area.md 'dd if=/dev/vdb' && cmp "$TMP/work/vmcore" "$TMP/work/part"
}
sealed
result $? 'sealed-dumps.md: keys, area, collect, open, salvage'

# On the machine, and where the key is
operators()
{
	fresh
	age-keygen -o "$TMP/work/key.txt" 2>/dev/null
	one=$(age-keygen -y "$TMP/work/key.txt")
	"$DUMPFLT" format --slots 2 --recipient "$one" "$IMAGE" >/dev/null && dumps 1 "$one" &&
		run_block operators.md 'dumpflt show' && state 0 COLLECTED || return 1
	age_file=$(echo "$TMP"/crash/*.age)
	run_block operators.md 'dumpflt verify --identity' && cmp "$TMP/work/dmesg.txt" "$0" && [ -s "$TMP/work/vmcore" ]
}
operators
result $? 'operators.md: what is there, and the dump'

# policy_is KEY...: these, and the configuration names that area
policy_is()
{
	"$DUMPFLT" show --json "$IMAGE" | grep -o 'age1[a-z0-9]*' | sort -u | diff - <(printf '%s\n' "$@" | sort) >&2 &&
		grep -qx "id = $("$DUMPFLT" show --json "$IMAGE" | sed 's/.*"uuid":"\([0-9a-f]*\)".*/\1/')" "$TMP/etc/dumpflt.conf"
}

# Twice, which changes nothing, not even with a dump there; then for somebody else
fleet()
{
	local bob dave other

	fresh
	rm -rf "${TMP:?}/etc"
	one=$(age-keygen 2>/dev/null | age-keygen -y) bob=$(age-keygen 2>/dev/null | age-keygen -y) dave=$(age-keygen 2>/dev/null | age-keygen -y)
	echo "$one" >"$TMP/work/alice.pub" && echo "$bob" >"$TMP/work/bob.pub"
	run_block fleet.md 'mkdir -p /etc/dumpflt' && policy_is "$one" "$bob" && dumps 1 "$one" "$bob" &&
		cp "$IMAGE" "$TMP/before" && cp "$TMP/etc/dumpflt.conf" "$TMP/conf" || return 1
	run_block fleet.md 'mkdir -p /etc/dumpflt' && cmp "$IMAGE" "$TMP/before" && cmp "$TMP/etc/dumpflt.conf" "$TMP/conf" || return 1
	other=$TMP/work/bob.pub
	echo "$dave" >"$other" && cp "$other" "$TMP/etc/recipients.d" && run_block fleet.md 'dumpflt collect' &&
		[ "$(find "$TMP/crash" -name '*.age' | wc -l)" -eq 1 ] && run_block fleet.md 'mkdir -p /etc/dumpflt' && policy_is "$one" "$dave"
}
fleet
result $? 'fleet.md: a machine is set up, again, and for other recipients'

# With the configuration below it
hibernation_set_up()
{
	fresh
	rm -rf "${TMP:?}/etc"
	mkdir "$TMP/etc"
	sed -i "s,/etc/dumpflt,$TMP/etc,g" "$blocks"/hibernation.md.*[0-9]
	installed age
	run_block hibernation.md 'umask 077' && [ "$(stat -c %a "$TMP/etc/hibernation/machine.key")" = 600 ] || return 1
	one=$(age-keygen -y "$TMP/etc/hibernation/key.txt")
	sed "s,^id = .*,target = $IMAGE," "$(grep -lF '[hibernation]' "$blocks"/hibernation.md.*)" >"$TMP/conf" &&
		run 3 "$DUMPFLT" resume -c "$TMP/conf" && "$BUILD/areagen" "$IMAGE" "$TMP/stream" "$one" \
			"origin=$TMP/etc/hibernation/machine.key" complete &&
		run 5 "$DUMPFLT" resume --check -c "$TMP/conf" && err 'it is no image of a hibernation'
}
hibernation_set_up
result $? 'hibernation.md: keys, area, configuration'

# More of them than there are slots. The crash is areagen's, which has no kernel to look into
drill()
{
	local block crash collect open

	fresh
	block=$(grep -lF /proc/sysrq-trigger "$blocks"/sealed-dumps.md.*) && { read -r crash && read -r collect && read -r open; } <"$block" &&
		[[ $crash == 'echo c >'* ]] && [[ $collect == 'dumpflt collect '* ]] && [[ $open == 'age -d -i key.txt '* ]] ||
		return 1
	age-keygen -o "$TMP/work/key.txt" 2>/dev/null
	one=$(age-keygen -y "$TMP/work/key.txt")
	"$DUMPFLT" format --slots 2 --recipient "$one" "$IMAGE" >/dev/null || return 1
	for _ in 1 2 3; do
		dumps 1 "$one" || return 1
		collect=${collect//\/dev\/disk\/by-partlabel\/crash/$IMAGE}
		(cd "$TMP/work" && PATH=$TMP/bin:$PATH run 0 bash -c "${collect//\/var\/crash/$TMP/crash}") || return 1
		age_file=$(sed -n 's/.* collected to \(.*\.age\), .*/\1/p' "$TMP/out")
		(cd "$TMP/work" && run 0 bash -c "${open//40ff70f2-1-9a3be04c.age/$age_file}") &&
			cmp -n "$(wc -c <"$TMP/stream")" "$TMP/work/stream" "$TMP/stream" || return 1
	done
}
drill
result $? 'sealed-dumps.md: the drill, three times'

# Blocks of a shell, and any others with our commands
with_commands()
{
	local file

	for file in "$blocks"/*.is; do
		[ "$(cat "$file")" = sh ] || grep -q '^[$#]\? \?dumpflt ' "${file%.is}" || continue
		echo "${file%.is}"
	done
}
mapfile -t files < <(with_commands)
cp "$TMP/outside" "$TMP/err"
all_run "${files[@]}" && [ ! -s "$TMP/outside" ]
result $? 'every block is run, or there is a reason'

finish
