# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the shell tests share: a stand-in for the kernel in a temporary folder,
# the tool that is linked with it, and counting.
#
# Copyright (C) 2026 the dumpflt authors

set -u

: "${BUILD:?is set by make check}"
TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export TESTS DUMPFLT=$BUILD/dumpflt-fake
TMP=$(mktemp -d /tmp/dumpflt-check-XXXXXX)
trap 'rm -rf "$TMP"' EXIT

nr=0
failed=0

export DUMPFLT_CONFIGFS=$TMP/config DUMPFLT_SYSFS=$TMP/sys DUMPFLT_DEV=$TMP/dev
export DUMPFLT_MODULES=$TMP/modules
export FAKE_LOG=$TMP/log FAKE_STACK=$TMP/config/dumpflt/crash
# Seconds that who hangs does so: of no other test that runs now, so that they can be looked for
export FAKE_SLEEP=30.$$
unset FAKE_FAULT FAKE_IO_FAULT
# A machine so small that no image is too small for a dump of it
export DUMPFLT_MEMINFO=$TMP/meminfo-default
echo 'MemTotal: 64 kB' >"$DUMPFLT_MEMINFO"
# The same words and formats everywhere
export LC_ALL=C

mkdir -p "$TMP/config/dumpflt" "$TMP/sys/block" "$TMP/dev" "$TMP/modules"
printf 'alias dumpflt-crypt dumpflt_crypt\n' >"$TMP/modules/modules.alias"
: >"$FAKE_LOG"

# result CODE DESCRIPTION: counts, and shows what the tool said if it failed
result()
{
	nr=$((nr + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $nr $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $nr $2"
	# It may be a dump
	head -c 4000 "$TMP/out" | tr -cd '[:print:]\n' | sed 's/^/# out: /'
	sed 's/^/# err: /' "$TMP/err"
}

# run CODE[|CODE] COMMAND...: whether it ends with one of them; output is in $TMP/out and err
run()
{
	local want=$1 got

	shift
	timeout 60 "$@" >"$TMP/out" 2>"$TMP/err"
	got=$?
	case "|$want|" in
	*"|$got|"*) return ;;
	esac
	echo "exit code $got, not $want" >>"$TMP/err"
	return 1
}

# installed FILTER...: more of them, as depmod finds them
installed()
{
	printf 'alias dumpflt-%s dumpflt_x\n' "$@" >>"$DUMPFLT_MODULES/modules.alias"
}

# err TEXT, out TEXT: whether the last run said so
err()
{
	grep -qF -- "$1" "$TMP/err"
}

# silent: the last run said nothing on standard error, however slow it was
silent()
{
	! grep -vqE ' ([0-9.]+ %, )?[0-9]+ MiB, [0-9.]+ MiB/s(, about [0-9]+ s left)?$' "$TMP/err"
}

out()
{
	grep -qF -- "$1" "$TMP/out"
}

# nothing_left: no stack, no device, and the tool took down what it made
nothing_left()
{
	[ -z "$(find "$TMP/config/dumpflt" "$TMP/sys/block" "$TMP/dev" -mindepth 1)" ]
}

# wrote BYTES [DEVICE]: to a stack, as the stand-in does not see who else writes to its device
wrote()
{
	echo "$1" >"$TMP/sys/block/${2:-dumpflt0}/dumpflt/dump_bytes"
}

# asked LINE: whether the kernel was asked for that
asked()
{
	grep -qxF -- "$1" "$FAKE_LOG"
}

# within SECONDS COMMAND...: becomes true
within()
{
	local left=$(($1 * 20))

	shift
	until "$@"; do
		[ $((left -= 1)) -gt 0 ] || return 1
		sleep 0.05
	done
}

# catching PID: it has a handler for SIGTERM, and would not just die of it
catching()
{
	local caught

	caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null) && (((16#${caught:-0} >> 14) & 1))
}

# signals_taken PID: the signals that it was sent have come to it: the next one is one more
signals_taken()
{
	grep -q '^ShdPnd:[[:space:]]*0*$' "/proc/$1/status" 2>/dev/null
}

# spoil OFFSET [BYTES [FILE]]: no byte of it stays what it was; of $image
spoil()
{
	local file=${3:-${image:-}}

	dd if="$file" bs=1 skip="$1" count="${2:-1}" status=none |
		LC_ALL=C tr '\000-\377' '\001-\377\000' >"$TMP/spoilt" &&
		dd if="$TMP/spoilt" of="$file" bs=1 seek="$1" conv=notrunc status=none
}

# number N: as makedumpfile writes it in its stream
number()
{
	local i

	for i in 56 48 40 32 24 16 8 0; do
		printf '%b' "\\x$(printf %02x $((($1 >> i) & 255)))"
	done
}

# states STATE...: whether these are the states of the slots of $image
states()
{
	"$DUMPFLT" show --json "${image:?}" 2>/dev/null | grep -o '{"slot":[0-9]*,"state":"[A-Z]*"' |
		sed 's/.*"state":"//; s/"//' >"$TMP/states"
	printf '%s\n' "$@" | cmp -s - "$TMP/states"
}

finish()
{
	echo "1..$nr"
	[ "$failed" -eq 0 ] || echo "# $failed of $nr failed"
	exit "$((failed != 0))"
}
