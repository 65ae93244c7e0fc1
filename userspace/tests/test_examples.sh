#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The EXAMPLES of the manual pages: their commands run here as they stand, and say what the page
# says, but for numbers; every other block is accounted for.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/arm.sh disable=SC1091
. "$(dirname "$0")/arm.sh"
# shellcheck source=SCRIPTDIR/blocks.sh disable=SC1091
. "$(dirname "$0")/blocks.sh"

man=$TESTS/../man
disk=$TMP/disk
mkdir "$TMP/tools"
cp "$TESTS/lib.sh" "$TMP/log-sample"
"$BUILD/flatgen" 3 "$TMP/log-sample" >"$TMP/sample"
echo "MemTotal: 64 kB" >"$DUMPFLT_MEMINFO"
export FAKE_SAMPLE=$TMP/sample FAKE_DMESG_SAMPLE=$TMP/log-sample CONF=$conf PATH=$TMP/tools:$PATH
installed trace crypt
age-keygen -o "$TMP/key.txt" 2>/dev/null
public=$(age-keygen -y "$TMP/key.txt")

# Page, and the begin of a block: a reason why it is not run here
cat >"$TMP/elsewhere" <<'END'
dumpflt-hibernate.8|# dumpflt hibernate|it hibernates the machine: selftests/hibernation/guest-hibernation
dumpflt-rehearse.8|# dumpflt rehearse|it reads the memory of the machine: selftests/arm/rehearsal.sh
dumpflt-open.8|# dumpflt open|it needs a vmlinux of the kernel that crashed: selftests/interop/backtrace
dumpflt-open.8|$ dumpflt open|likewise; test_open.sh has other commands
dumpflt-serve.8|# dumpflt serve|it serves until a signal comes: test_open.sh
END

# Every block into a file PAGE.NUMBER, as it is on paper
for page in "$man"/*; do
	awk -v to="$blocks/$(basename "$page")" '
	/^\.Sh/ { examples = /EXAMPLES/ }
	examples && /^\.Bd/ { file = to "." ++nr; next }
	/^\.Ed/ { file = "" }
	file { gsub(/\\e/, "\\"); print >file }' "$page"
done

# What somebody has who types it
cat >"$TMP/tools/dumpflt" <<'END'
#!/bin/bash
# after a reboot there is memory for it
[ "$*" != arm ] || echo 268435456 >"$DUMPFLT_ROOT/sys/kernel/kexec_crash_size"
[ "$1" != arm ] || set -- "$@" --config "$CONF"
exec "$DUMPFLT" "$@"
END
cat >"$TMP/tools/makedumpfile" <<END
#!/bin/sh
exec "$TESTS/fake_makedumpfile" "\$@" 2>"$TMP/progress"
END
# The stand-in of the kernel does not see who writes to its device, nor has that a length
cat >"$TMP/tools/dd" <<'END'
#!/bin/bash
options=()
for word; do
	[[ $word == [io]flag=*direct ]] || options+=("$word")
done
/bin/dd "${options[@]}" status=none || exit
[[ $* == *of=*/dumpflt0* ]] || exit 0
stat -c %s "$DUMPFLT_DEV/dumpflt0" >"$DUMPFLT_SYSFS/block/dumpflt0/dumpflt/dump_bytes"
END
printf '#!/bin/sh\ncat >/dev/null\n' >"$TMP/tools/keyctl"
chmod 755 "$TMP/tools"/*

# there: with the names of this machine; page: back again, and a number is a number
there()
{
	sed "s,/dev/disk/by-partlabel/dump,$disk,g; s,/dev/vdb,$disk,g; s,/dev/vdc,$TMP/disk2,g; s,/dev/dumpflt0,$TMP/dev/dumpflt0,g
		s,/var/crash,$TMP/crash,g; s,/run/,$TMP/,g; s,/etc/dumpflt/dumpflt.conf,$conf,g; s,/etc/dumpflt/,$TMP/,g
		s,age1\.\.\.,$public,; s,a80e6ae0-1-7f03a9d2\.age,${age_file:-},; s,/proc/vmcore,$TMP/vmcore,g"
}

page()
{
	sed -E "s,age1[a-z0-9.]+,KEY,g; s,$TMP/disk2,/dev/vdc,g; s,$disk,/dev/vdb,g; s,$TMP/crash,/var/crash,g; s,[0-9a-f]{32},ID,g
		s,[0-9a-f]{8}-1-[0-9a-f]{8},NAME,g; s,[0-9-]+T[0-9:]+Z,TIME,; s,[0-9]+(\.[0-9]+)?,N,g; s, +, ,g"
}

# runs COMMAND EXPECTED: both are files; it succeeds, unless the page shows that it does not
runs()
{
	local code=0

	echo "\$ $(cat "$1")" >>"$TMP/err"
	there <"$1" >"$TMP/script"
	(cd "$TMP/work" && timeout 60 bash -o pipefail "$TMP/script") >"$TMP/said" 2>&1 || code=$?
	grep -v '%' "$TMP/said" | page | diff <(page <"$2") - >>"$TMP/err" || return 1
	[ "$code" -eq 0 ] || grep -q '^ERROR: \|not complete\|there is no image' "$2"
}

# example PAGE NUMBER: line by line
example()
{
	local file=$blocks/$1.$2 line more=

	if [ ! -s "$file" ]; then
		echo "$1: has no block $2" >"$TMP/err"
		return 1
	fi
	echo "$file" >>"$accounted"
	rm -f "$TMP/command" "$TMP/expected"
	touch "$TMP/command" "$TMP/expected"
	: >"$TMP/out"
	: >"$TMP/err"
	while IFS= read -r line; do
		if [ -n "$more" ] || [[ $line == [\#$]\ * ]]; then
			if [ -z "$more" ] && [ -s "$TMP/command" ]; then
				runs "$TMP/command" "$TMP/expected" || return 1
				: >"$TMP/command"
				: >"$TMP/expected"
			fi
			echo "${line#[\#\$] }" >>"$TMP/command"
			more=
			[[ $line != *[\\\|] && $line != *'&&' ]] || more=yes
		else
			echo "$line" >>"$TMP/expected"
		fi
	done <"$file"
	runs "$TMP/command" "$TMP/expected"
}

# fresh [FORMAT-OPTION...]: another machine, with an area if there are options
fresh()
{
	rm -rf "$disk" "$TMP/work" "$TMP/crash"
	rm -rf "${DUMPFLT_CONFIGFS:?}"/dumpflt/* "${DUMPFLT_SYSFS:?}"/block/* "${DUMPFLT_DEV:?}"/*
	mkdir "$TMP/work" "$TMP/crash"
	truncate -s 24M "$disk"
	cp "$TMP/sample" "$TMP/work/stream"
	: >"$TMP/vmcore"
	[ $# -eq 0 ] || "$DUMPFLT" format "$@" "$disk" >/dev/null
}

# stack STATE: of the name "crash", with so much of a dump
stack()
{
	fresh
	"$DUMPFLT" create crash --target "$disk" --filter trace >/dev/null && "$DUMPFLT" start crash &&
		truncate -s 16M "$TMP/dev/dumpflt0" && wrote 196608
}

dumps()
{
	"$BUILD/areagen" "$disk" "$TMP/sample" "$@"
}

# config: of a capture kernel, for a crash of this machine
config()
{
	printf '[stack]\ntarget = %s\n[dump]\nvmcore = %s\nmakedumpfile = %s\n' "$disk" "$TMP/vmcore" \
		"$TMP/tools/makedumpfile" >"$TMP/capture.conf"
}

fresh --filter digest && config && example dumpflt-capture.8 1
result $? 'capture: in the capture kernel'
fresh --filter digest && config && example dumpflt-capture.8 2
result $? 'capture: --dry-run'
fresh && example dumpflt-create.8 1
result $? create
stack && example dumpflt-destroy.8 1 && nothing_left
result $? destroy
stack && "$DUMPFLT" finish --abort crash && example dumpflt-finish.8 1
result $? 'finish: with a length'
stack && example dumpflt-finish.8 2 && [ "$(cat "$FAKE_STACK/state")" = failed ]
result $? 'finish: what is not whole'
stack && : >"$DUMPFLT_MODULES/modules.alias" && installed age crypt digest trace && example dumpflt-list.8 1
result $? list
fresh && example dumpflt-start.8 1 && wrote 65536 && "$DUMPFLT" finish crash >/dev/null && example dumpflt-start.8 2
result $? start
stack && example dumpflt-status.8 1 && fresh && machine && example dumpflt-status.8 2
result $? status
fresh && example dumpflt.8 1 && nothing_left
result $? 'by hand'

fresh && example dumpflt-format.8 1 && fresh && printf '%s\n' "$public" "$recipient" >"$TMP/work/analysts.txt" &&
	example dumpflt-format.8 2
result $? format
fresh && echo key >"$TMP/work/machine.key" && truncate -s 24M "$TMP/disk2" && example dumpflt-format.8 3
result $? 'format: for hibernation'
fresh --filter digest && dumps digest && example dumpflt-show.8 1
result $? show
fresh --slots 2 && dumps && dumps torn && example dumpflt-verify.8 1
result $? verify
fresh --filter digest && dumps digest && example dumpflt-release.8 1
result $? release
fresh --filter digest && dumps digest && example dumpflt-erase.8 1
result $? erase
fresh --filter digest && dumps digest && spoil 20000 1 "$disk" && example dumpflt-repair.8 1
result $? repair

# The first device holds a plain dump, the second an area, as other parts of the page
extracted()
{
	fresh --filter digest && dumps digest && dumps digest torn && mv "$disk" "$TMP/disk2" && cp "$TMP/sample" "$disk" &&
		example dumpflt-extract.8 1
}
extracted
result $? extract
fresh --hibernation --recipient "$public" --filter age,origin=x && cp "$TMP/key.txt" "$TMP/hibernation.key" &&
	head -c 32 /dev/urandom >"$TMP/machine.key" && chmod 600 "$TMP/machine.key" && example dumpflt-resume.8 1
result $? resume

collected()
{
	fresh --recipient "$public" && dumps "$public" && example dumpflt-collect.8 1 || return 1
	age_file=$(basename "$TMP"/crash/*.age)
	cp "$TMP/key.txt" "$TMP/crash/$age_file" "$TMP/work"
	echo "$blocks/dumpflt-collect.8.3" >>"$accounted"
	there <"$blocks/dumpflt-collect.8.3" >"$TMP/script"
	grep -q "^$ age -d -i key.txt $age_file >stream &&$" "$TMP/script" &&
		(cd "$TMP/work" && age -d -i key.txt "$age_file" | cmp -n "$(stat -c %s "$TMP/sample")" - "$TMP/sample")
}
collected
result $? 'collect, and age'
cp "$TMP"/crash/*.json "$TMP/work" && example dumpflt-verify.8 2
result $? 'verify: of what was collected'
example dumpflt-reseal.8 1 && cmp <(age -d -i "$TMP/key.txt" "$TMP/work/for-analyst.age") <(age -d -i "$TMP/key.txt" "$TMP/work/$age_file")
result $? reseal
fresh --recipient "$public" && dumps "$public" torn && example dumpflt-collect.8 4
result $? 'collect: a part'

# conf PAGE NUMBER COMMAND...: the block is a configuration of this machine, which COMMAND takes
conf()
{
	echo "$blocks/$1.$2" >>"$accounted"
	there <"$blocks/$1.$2" | sed "s,^id = .*,id = ${id:-}," >"$TMP/a.conf" && run 0 "${@:3}"
}

fresh --filter crypt,key=dumpflt:disk --critical crypt --filter trace && config && conf dumpflt-capture.conf.5 1 "$DUMPFLT" capture --dry-run -c "$TMP/a.conf" && out "-F -l -d 31"
result $? 'capture.conf'
machine && conf dumpflt.conf.5 1 "$DUMPFLT" arm --check -c "$TMP/a.conf" && out '1800 s of it for the dump alone' &&
	conf dumpflt-collect.8 2 "$DUMPFLT" arm --check -c "$TMP/a.conf"
result $? 'dumpflt.conf'

armed()
{
	fresh && machine && file etc/default/grub '' && file usr/sbin/update-grub '' || return 1
	chmod 755 "$DUMPFLT_ROOT/usr/sbin/update-grub"
	echo 0 >"$DUMPFLT_ROOT/sys/kernel/kexec_crash_size"
}
armed && example dumpflt-arm.8 1
result $? arm
machine && "$DUMPFLT" arm -c "$conf" >/dev/null && example dumpflt-disarm.8 1
result $? disarm

: >"$TMP/err"
all_run "$blocks"/*
result $? 'every block of EXAMPLES is run, or there is a reason'

finish
