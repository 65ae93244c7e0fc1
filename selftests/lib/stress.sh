# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stress.sh: how often, and at which random moments. For the tests in stress/.
#
# Copyright (C) 2026 the dumpflt authors
#
# The host gives both on the kernel command line: a seed, which it prints, and
# how many hundredths of the whole test are wanted.

STRESS_SEED=$(_cmdline dumpflt-guest.seed)
STRESS_PERCENT=$(_cmdline dumpflt-guest.stress)

# _portion <number>: of that, as much as is wanted; at least 1
_portion() {
	portion=$(($1 * ${STRESS_PERCENT:-100} / 100))
	echo $((portion > 0 ? portion : 1))
}

# _random_numbers <how many> <limit>...: lines of so many numbers, each from 0 to below its
# limit. The same ones for the same seed and the same test
_random_numbers() {
	random_lines=$1
	shift
	awk -v seed="${STRESS_SEED:-1}" -v salt="$TEST_NAME" -v lines="$random_lines" -v limits="$*" 'BEGIN {
		for (i = 1; i <= length(salt); i++)
			seed = (seed * 31 + index("_0123456789abcdefghijklmnopqrstuvwxyz", substr(salt, i, 1))) % 2147483647
		srand(seed)
		n = split(limits, limit, " ")
		while (lines-- > 0)
			for (i = 1; i <= n; i++)
				printf "%d%s", int(rand() * limit[i]), i < n ? " " : "\n"
	}'
}

# _each_round <rounds> <command>...: with the round and its random numbers, from stdin, behind
# it; the first round that fails ends it, and is named
_each_round() {
	round_number=0 round_last=$1
	shift
	while [ "$round_number" -lt "$round_last" ] && read -r round_random; do
		round_number=$((round_number + 1))
		# shellcheck disable=SC2086 # several numbers
		"$@" "$round_number" $round_random </dev/null || {
			echo "round $round_number of $round_last, random numbers $round_random, seed ${STRESS_SEED:-1}"
			return 1
		}
	done
	[ "$round_number" -eq "$round_last" ]
}

# _no_trace: no device, no stack, nobody holds the core
_no_trace() {
	! ls -d /sys/block/dumpflt* "$DUMPFLT_CONFIG"/*/ 2>/dev/null
}

# _still_dumps <disk>: the core is what it was
_still_dumps() {
	_stack_create s0 "$1" && _filter_add s0 10-add && _live s0 1 && _dump s0 --size 4M &&
		_session s0 read && "$HELPERS/pattern" verify "$(_dev s0)" --size 4M && _session s0 finish
}
