# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# events.sh: what the kernel's tracepoints say about a test.
#
# Copyright (C) 2026 the dumpflt authors

TRACING=/sys/kernel/tracing

# _events_on <group/event>[,<filter>]...: records these from now on
_events_on() {
	_events_off
	# The clock that the core measures callbacks with
	echo mono >"$TRACING/trace_clock" || return 1
	for event in "$@"; do
		events_dir=$TRACING/events/${event%%,*}
		case $event in
		*,*) echo "${event#*,}" >"$events_dir/filter" ;;
		*) echo 0 >"$events_dir/filter" ;;
		esac || return 1
		echo 1 >"$events_dir/enable" || return 1
	done
}

# _events_stop: no more is recorded; what was can be looked at afterwards.
# Reading may make events of its own, and would then have no end
_events_stop() {
	echo 0 >"$TRACING/tracing_on"
	cp "$TRACING/trace" "$TEST_TMP/stopped"
	_events_off
	echo 1 >"$TRACING/tracing_on"
	mv "$TEST_TMP/stopped" "$TEST_TMP/trace"
}

# An event that is left on would keep its module from being unloaded cleanly
_events_off() {
	rm -f "$TEST_TMP/trace"
	echo >"$TRACING/set_event"
	echo >"$TRACING/trace"
}

# _probe_on <definition>...: kprobe events in the group dumpflt_test, recorded
_probe_on() {
	for probe in "$@"; do
		echo "$probe" >>"$TRACING/kprobe_events" || return 1
	done
	echo 1 >"$TRACING/events/dumpflt_test/enable"
}

_probe_off() {
	sed -n 's/^[pr][0-9]*:\(dumpflt_test[^ ]*\).*/-:\1/p' "$TRACING/kprobe_events" >"$TEST_TMP/probes"
	while read -r probe; do
		echo "$probe" >>"$TRACING/kprobe_events"
	done <"$TEST_TMP/probes"
}

# _events [<regex>]: "<seconds> <event> <its fields>", in order of time
_events() {
	events_file=$TEST_TMP/trace
	[ -e "$events_file" ] || events_file=$TRACING/trace
	sed -n 's/^.* \([0-9]*\.[0-9]*\): \([a-z_0-9]*\): /\1 \2 /p' "$events_file" |
		grep -E "${1:-.}"
}

# _event_fields <regex> <field>...: the values of name=value fields, per line
_event_fields() {
	event_regex=$1
	shift
	_events "$event_regex" | awk -v names="$*" '
		{
			count = split(names, name, " ")
			line = ""
			for (n = 1; n <= count; n++)
				for (i = 1; i <= NF; i++)
					if (index($i, name[n] "=") == 1)
						line = line (line ? " " : "") substr($i, length(name[n]) + 2)
			print line
		}'
}

# _device_number <device>: as the filters of block events want it
_device_number() {
	number=$(cat "/sys/class/block/$(basename "$(readlink -f "$1")")/dev")
	echo $((${number%:*} << 20 | ${number#*:}))
}
