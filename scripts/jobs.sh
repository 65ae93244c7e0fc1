# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Runs gates and suites one after another or in lanes side by side, with time limits, and adds
# up what they say. For scripts/check and scripts/check-slices.
#
# Copyright (C) 2026 the dumpflt authors

gate_seconds=2300
suite_seconds=2700
logs=$(mktemp -d "${TMPDIR:-/tmp}/dumpflt-check.XXXXXX")
# What runs now: in a lane its job, otherwise the lanes too
pids=()

end_children()
{
	# timeout hands the signal on to all that it started
	if [ ${#pids[@]} -gt 0 ]; then
		kill -TERM "${pids[@]}" 2>/dev/null || true
		wait "${pids[@]}" 2>/dev/null || true
	fi
}

interrupted()
{
	trap '' INT TERM
	end_children
	rm -rf "$logs"
	echo "interrupted" >&2
	exit 130
}
trap interrupted INT TERM

# run <name> <seconds> <command>...: into the log; its exit code in rc, its seconds in took
run()
{
	local name=$1 limit=$2 begin=$SECONDS
	shift 2

	rc=0
	timeout -k 15 "$limit" "$@" >"$logs/$name" 2>&1 </dev/null &
	pids=("$!")
	wait "${pids[0]}" || rc=$?
	pids=()
	took=$((SECONDS - begin))
	if [ "$rc" -eq 124 ] || [ "$rc" -eq 137 ]; then
		echo "no end after $limit s" >>"$logs/$name"
	fi
}

# report: standard input, in one piece
report()
{
	flock "$logs/.lock" cat
}

# count <passed> <failed> <skipped>
count()
{
	echo "$*" >>"$logs/.totals"
}

# failure <name> <why>
failure()
{
	{
		echo "not ok $1 ($took s)$2"
		# first the reasons: what follows may be cut by whoever shows this
		grep -nE -A5 '^[[:space:]]*not ok|ERROR:|error:' "$logs/$1" | head -n 20 |
			sed 's/^/    ! /' || true
		tail -n 100 "$logs/$1" | sed 's/^/    /'
		echo "    # all of it: $logs/$1"
	} | report
}

# one <name> <command>...: a test that passes or fails as a whole
one()
{
	local name=$1
	shift

	run "$name" "$gate_seconds" "$@"
	if [ "$rc" -eq 0 ]; then
		count 1 0 0
		report <<<"ok $name ($took s)"
	else
		count 0 1 0
		failure "$name" ""
	fi
}

# suite <name> <command>...: many tests, with totals in the last line of this form
suite()
{
	local name=$1 totals p f s
	shift

	run "$name" "$suite_seconds" "$@"
	totals=$(grep -Ex '[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped' "$logs/$name" | tail -n 1) ||
		totals=
	if [ -z "$totals" ]; then
		count 0 1 0
		failure "$name" ": no totals"
		return
	fi
	read -r p _ f _ s _ <<<"$totals"
	if [ "$rc" -eq 0 ] && [ "$f" -eq 0 ] && [ "$s" -eq 0 ] && [ "$p" -gt 0 ]; then
		count "$p" 0 0
		report <<<"ok $name ($took s): $totals"
		return
	fi
	failure "$name" ": $totals, exit code $rc"
	# an exit code that its totals do not explain, or no test at all, is a failure of its own
	if [ "$f" -eq 0 ] && [ "$s" -eq 0 ]; then
		f=1
	fi
	count "$p" "$f" "$s"
}

# In a process of its own. Says when it has come to its end
lane()
{
	trap 'end_children; exit 130' TERM
	pids=()
	"$1"
	echo "$1" >>"$logs/.lanes"
}

# lanes <function>...: at the same time; jobs within one function come one after another
lanes()
{
	local name

	for name in "$@"; do
		lane "$name" &
		pids+=("$!")
	done
	wait "${pids[@]}" || true
	pids=()
	for name in "$@"; do
		if ! grep -qsxF "$name" "$logs/.lanes"; then
			count 0 1 0
			report <<<"not ok $name: it did not come to its end"
		fi
	done
}

# jobs_end: the totals, in the last line; 0 if all is well
jobs_end()
{
	local passed=0 failed=0 skipped=0 p f s

	while read -r p f s; do
		passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	done <"$logs/.totals"
	if [ "$failed" -eq 0 ]; then
		rm -rf "$logs"
	fi
	echo "# $SECONDS s"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ] && [ "$skipped" -eq 0 ] && [ "$passed" -gt 0 ]
}
