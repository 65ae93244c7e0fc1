# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# conform.sh: does a filter keep the rules of <linux/dumpflt.h>? The rules, and
# how it is decided which one was broken.
#
# Copyright (C) 2026 the dumpflt authors
#
#   _conform_disks 4		where it is tried, in MiB; 40 for areas
#   _conform template key=7	runs the filter through everything
#   _conform_report		one KTAP result for each rule
#   _conform_list broken		the rules that were broken, in one line
#
# Set CONFORM_AREA=yes for a filter that needs a dump area, and CONFORM_EXTRACT
# to the options that 'dumpflt extract' needs to undo it there.
#
# The core itself judges most rules: it fails the dump, and last_error has the
# words. What it does not see is seen by the filter rail behind this one, by the
# rims around the data in memory (pattern --shift), and by the data itself.
# A rule has been kept only if everything that could show the contrary has been
# run to its end; else it has not been judged, which is reported as a skip.

# shellcheck source=conform_phases.sh
. "$SELFTESTS/lib/conform_phases.sh"
# shellcheck source=conform_end.sh
. "$SELFTESTS/lib/conform_end.sh"

CONFORM_AREA=${CONFORM_AREA:-}
CONFORM_EXTRACT=${CONFORM_EXTRACT:-}

# A rule and what it says, one a line
CONFORM_RULES="init its init succeeds
success every callback succeeds, and returns 0
length the length stays as it is
offset the offset stays as it is
descriptor segments, lane and flags stay as they are
buffer it installs its own bounce buffer only
source the writer's data stays as it is
extension its extension stays as it is
table its table of callbacks stays as it is
allocate it does not allocate during a dump
sleep it does not sleep during a dump
beyond it writes nothing beyond the data
same what is read back is what was written
behind so it is behind another filter
sessions empty and aborted sessions do no harm, nor do many
stacks two stacks at once do not disturb each other
concurrent lanes at once do not disturb each other
leak what it allocated is freed
unload it is unloaded, and its module removed
log the kernel does not complain"

# The rules that the core watches in each call
CONFORM_WATCHED='success length offset descriptor buffer source extension table sleep'

# _conform_verdict <kept|broken|skip> <rule> [<words>]: being broken is final
_conform_verdict() {
	conform_file=$CONFORM_TMP/rule-$2
	if [ -e "$conform_file" ]; then
		read -r conform_was _ <"$conform_file"
		[ "$conform_was" != broken ] || return 0
	fi
	echo "$1 ${3:-}" >"$conform_file"
}

_conform_kept() {
	for rule in "$@"; do
		_conform_verdict kept "$rule"
	done
}

# _conform_rule_of <words> <rule>: the rule that the words are about; if they are
# no verdict of the core, it is <rule>
_conform_rule_of() {
	case $1 in
	*'memory changed beyond the data'* | *'its chunk metadata'* | *"filter 'rail': "*) echo beyond ;;
	*"filter '$CONFORM_FILTER': init failed: "*) echo init ;;
	*'returned a positive value'*) echo success ;;
	*': slept'*) echo sleep ;;
	*': wrote to its extension'*) echo extension ;;
	*': changed the length'*) echo length ;;
	*': changed the offset'*) echo offset ;;
	*': changed the lane'* | *': changed the flags, or where'* | *': changed the segments'*)
		echo descriptor
		;;
	*': set a buffer '*) echo buffer ;;
	*': wrote to the source pages'*) echo source ;;
	*'table of callbacks has changed'*) echo table ;;
	*) echo "$2" ;;
	esac
}

# _conform_step <rule> <command>...: if it fails, some rule has been broken
_conform_step() {
	conform_rule=$1
	shift
	"$@" >"$CONFORM_TMP/said" 2>&1 && return 0
	for conform_stack in c d; do
		[ ! -d "$DUMPFLT_CONFIG/$conform_stack" ] || _last_error "$conform_stack"
	done >"$CONFORM_TMP/errors"
	# The core's words say more than what the writer saw of it
	conform_words=$(cat "$CONFORM_TMP/errors" "$CONFORM_TMP/said" | grep -v '^$' | head -n 4 | tr '\n' ';')
	_conform_verdict broken "$(_conform_rule_of "$conform_words" "$conform_rule")" \
		"${conform_words:-$* failed}"
	return 1
}

_conform_disks() {
	CONFORM_DISK=$(_null_blk "size=$1") && CONFORM_DISK2=$(_null_blk "size=$1")
}

# _conform <filter> [<option>]...: everything. The verdicts are in $CONFORM_TMP
_conform() {
	CONFORM_FILTER=$1
	shift
	CONFORM_OPTIONS=$(printf '%s\n' "$@")
	CONFORM_TMP=$TEST_TMP/conform
	rm -rf "$CONFORM_TMP"
	mkdir "$CONFORM_TMP"
	conform_old_marker=$dmesg_marker
	_dmesg_mark "conform $CONFORM_FILTER"
	_watch_anew
	_conform_phases
	_conform_allocated
	_conform_log
	dmesg_marker=$conform_old_marker
}

# In any of its callbacks, in any phase. A main phase that broke off does not say that
# it never does
_conform_allocated() {
	conform_count=$(_allocations)
	if [ "$conform_count" != 0 ]; then
		_conform_verdict broken allocate "$conform_count times, last in '$(cat "$WATCH/last")'"
	elif [ -e "$CONFORM_TMP/rule-sleep" ] && grep -q '^kept' "$CONFORM_TMP/rule-sleep"; then
		_conform_kept allocate
	fi
}

_conform_log() {
	if _dmesg_clean >"$CONFORM_TMP/log"; then
		_conform_kept log
	else
		_conform_verdict broken log "$(head -n 3 "$CONFORM_TMP/log" | tr '\n' ';')"
	fi
}

# For ktap_test_result: each rule is a result of its own
_conform_report() {
	while read -r rule sentence; do
		conform_got='skip not judged, because of what was broken before'
		[ ! -e "$CONFORM_TMP/rule-$rule" ] || read -r conform_got <"$CONFORM_TMP/rule-$rule"
		case $conform_got in
		kept*) ktap_test_pass "$rule: $sentence" ;;
		skip*) ktap_test_skip "$rule: $sentence" "${conform_got#* }" ;;
		*)
			ktap_print_msg "${conform_got#* }"
			ktap_test_fail "$rule: $sentence"
			;;
		esac
	done <<-RULES
		$CONFORM_RULES
	RULES
}

# _conform_list <kept|broken|skip>: the rules with this verdict
_conform_list() {
	conform_list=''
	while read -r rule _; do
		conform_got=skip
		[ ! -e "$CONFORM_TMP/rule-$rule" ] || read -r conform_got _ <"$CONFORM_TMP/rule-$rule"
		[ "$conform_got" != "$1" ] || conform_list="$conform_list $rule"
	done <<-RULES
		$CONFORM_RULES
	RULES
	echo "${conform_list# }"
}

# _conform_breaks <rule or nothing> <filter> [<option>]...: it breaks this rule, and
# no other
_conform_breaks() {
	conform_expected=$1
	shift
	_conform "$@"
	_is "broken rules" "$(_conform_list broken)" "$conform_expected" && return 0
	_conform_report
	return 1
}

# Lines "<rule>:<options>" from stdin: the filter fault with these breaks it, and no other
_conform_faults() {
	while IFS=: read -r fault_rule fault_options; do
		# shellcheck disable=SC2086 # words
		ktap_test_result "$fault_options breaks '$fault_rule' alone" \
			_conform_breaks "$fault_rule" fault $fault_options
	done
}
