#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_hib_02.sh: a hibernation stack with "auto" is loaded when a hibernation, or a
# resume, begins, and unloaded when it is over, whatever came of it (C18). What would
# leave a session in the image, or a target that stands still, refuses the hibernation.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/age.sh
. "$SELFTESTS/lib/age.sh"

# Opening it begins: to be read, as a hibernation does, or to be written, as a resume; closing it
# ends. The kernel lets one task at a time do so
SNAPSHOT=/dev/snapshot
INJECT=/sys/kernel/debug/notifier-error-inject/pm/actions

begins() {
	case $1 in
	hibernation) exec 9<"$SNAPSHOT" ;;
	resume) exec 9>"$SNAPSHOT" ;;
	esac
}

ends() {
	exec 9>&-
}

# Without the shell's own end, which an exec that fails is
refused() {
	! (begins "$1") 2>/dev/null
}

# That they are unloaded shows that they were loaded: init has no event
calls_are() {
	_same_lines "$1" _event_fields dumpflt_filter_call stack filter callback ret
}

down() {
	_soon 10 _attr_is "$1" state configured
}

# begun_and_ended <hibernation | resume>
begun_and_ended() {
	_events_on dumpflt/dumpflt_filter_call dumpflt/dumpflt_session && begins "$1" &&
		_attr_is own state live && _attr_is own/10-template state ready &&
		_attr_is hand state configured && _attr_is crash state configured &&
		ends && down own && _events_stop && calls_are "own trace unload 0
own template unload 0" && _is sessions "$(_events dumpflt_session | wc -l)" 0 && _is device "$(_attr own device)" ''
}

# What U, our own writer, does: start behind the snapshot, finish before the power goes. Here it does not go
with_a_dump() {
	begins hibernation && _dump own --size 256K && _attr_is own state complete && ends && down own
}

# The task dies with its session open, and holds the device for a while
left_open() {
	_events_on dumpflt/dumpflt_session && begins hibernation && _session own start && exec 8<"$(_dev own)" &&
		ends && _soon 10 _attr_is own state interrupted && sleep 2 && _attr_is own state interrupted &&
		exec 8<&- && down own && _events_stop &&
		_is "end of the session" "$(_event_fields dumpflt_session what | tail -n 1)" interrupt
}

# By now somebody else's: nothing more is hibernated until it is closed, nor dumped
still_open() {
	begins hibernation && exec 8<"$(_dev own)" && ends && sleep 1 && ! _session own start 2>/dev/null &&
		_last_error_has own 'left over from a hibernation' && refused hibernation &&
		_attr_is own state live && exec 8<&- && down own &&
		begins hibernation && _attr_is own state live && ends && down own
}

# What is still to be tried of the hibernation before does not unload what the next one has loaded
again_at_once() {
	for _ in 1 2 3; do
		begins hibernation && exec 8<"$(_dev own)" && ends && exec 8<&- && begins hibernation && sleep 1 &&
			_attr_is own state live && ends && down own || return 1
	done
}

session_at_begin() {
	_live own 1 && _session own start && refused hibernation && _attr_is own state started &&
		_last_error_has own 'no hibernation with a session open' &&
		"$HELPERS/pattern" write "$(_dev own)" --size 256K && _session own finish &&
		_attr_is own state complete && begins hibernation && _attr_is own state complete && ends &&
		sleep 1 && _attr_is own state complete && _live own 0
}

# One that cannot go live takes the others down again, which nobody else tells that it is over
cannot_go_live() {
	_stack_create zz /dev/null type=hibernation auto=1 && _events_on dumpflt/dumpflt_filter_call &&
		refused hibernation && _last_error_has zz 'not a block device' && down own && _events_stop &&
		calls_are "own trace unload 0
own template unload 0" && _remove_stack zz && _forget stack zz
}

# Somebody asked behind us refuses
somebody_else_refuses() {
	_modprobe pm-notifier-error-inject priority=-1 || return 1
	[ -d "$INJECT" ] || mount -t debugfs none /sys/kernel/debug || return 1
	echo -16 >"$INJECT/PM_HIBERNATION_PREPARE/error" && _events_on dumpflt/dumpflt_filter_call &&
		refused hibernation && down own && _events_stop &&
		_is calls "$(_event_fields dumpflt_filter_call callback | tr '\n' ' ')" 'unload unload '
	refuses_status=$?
	echo 0 >"$INJECT/PM_HIBERNATION_PREPARE/error"
	return "$refuses_status"
}

# modprobe would wait for a module that wants to be told of hibernations, and that for us
module_not_there() {
	_stack_create zz "$(_null_blk size=1)" type=hibernation auto=1 && _filter_add zz 10-tally &&
		refused hibernation && _last_error_has zz 'modprobe dumpflt-tally' &&
		_is loaded "$(echo /sys/module/*_tally)" '/sys/module/*_tally' && modprobe dumpflt-tally &&
		begins hibernation && _attr_is zz state live && ends && down zz && _remove_stack zz &&
		_forget stack zz && rmmod dumpflt-tally
}

# Whoever asks for a module, of our own or of the crypto API's, runs this. An algorithm that an
# earlier test has used is there already
no_modprobe() {
	modprobe dumpflt-crypt && modprobe dumpflt-age && alice=$(_age_key alice) || return 1
	keyctl padd user "dumpflt:h$$" @u <"$TEST_TMP/key" >/dev/null
	head -c 32 "$TEST_TMP/key" | keyctl padd user "dumpflt:o$$" @u >/dev/null
	printf '#!/bin/sh\necho "$@" >>%s\n' "$TEST_TMP/asked" >"$TEST_TMP/modprobe" && chmod +x "$TEST_TMP/modprobe" || return 1
	area=$(_null_blk size=8)
	_area_format "$area" --hibernation --filter "age,origin=dumpflt:o$$" --recipient "$alice" >/dev/null &&
		_area_stack zz "$area" type=hibernation auto=1 && _filter_add zz 10-age "origin=dumpflt:o$$" "recipient=$alice" &&
		_set 1 "$DUMPFLT_CONFIG/zz/10-age/critical" &&
		_stack_create zzz "$(_null_blk size=1)" type=hibernation auto=1 &&
		_filter_add zzz 10-crypt "key=dumpflt:h$$" || return 1
	echo "$TEST_TMP/modprobe" >/proc/sys/kernel/modprobe
	begins hibernation && _attr_is zz state live && _attr_is zzz state live && ends
	no_status=$?
	echo "$modprobe" >/proc/sys/kernel/modprobe
	if ! down zz || ! down zzz || [ "$no_status" != 0 ] || [ -e "$TEST_TMP/asked" ]; then
		cat "$TEST_TMP/asked"
		return 1
	fi
	for stack in zz zzz; do
		_remove_stack "$stack" && _forget stack "$stack" || return 1
	done
	keyctl purge user "dumpflt:h$$" >/dev/null && keyctl purge user "dumpflt:o$$" >/dev/null
	rmmod dumpflt-crypt dumpflt-age
}

stands_still() {
	_stack_create zz "$(_loop 1)" type=hibernation && ! _live zz 1 2>/dev/null &&
		_last_error_has zz 'stands still while the machine hibernates' && _set crash "$DUMPFLT_CONFIG/zz/type" &&
		_live zz 1 && _live zz 0 && _remove_stack zz && _forget stack zz
}

# begins_slowly: one second into the three that the stack 'slow' takes to go live
begins_slowly() {
	_stack_create slow "$(_null_blk size=1)" type=hibernation auto=1 && _filter_add slow 10-fault mode=sleep at=init ms=3000 &&
		_stack_create zz "$(_null_blk size=1)" type=hibernation auto=1 || return 1
	(begins hibernation && sleep 2) &
	slowly=$!
	usleep 1000000
	_attr_is slow state configured && _attr_is slow live 0
}

ended_slowly() {
	wait "$slowly" && down slow && _remove_stack slow && _forget stack slow && _attr_is own state configured
}

removed_meanwhile() {
	begins_slowly && rmdir "$DUMPFLT_CONFIG/zz" && _forget stack zz && ended_slowly
}

changed_meanwhile() {
	begins_slowly && _set crash "$DUMPFLT_CONFIG/zz/type" && sleep 3 && _attr_is slow state live &&
		_attr_is zz state configured && ended_slowly && _remove_stack zz && _forget stack zz
}

_have "$SNAPSHOT"
_have_module pm-notifier-error-inject loop
_have keyctl
_test_begin 15
head -c 64 /dev/urandom >"$TEST_TMP/key"
modprobe=$(cat /proc/sys/kernel/modprobe)
_load
# They stay loaded for as long as this test runs
modprobe dumpflt-template && modprobe dumpflt-trace && modprobe dumpflt-fault
_stack_create own "$(_null_blk size=1)" type=hibernation auto=1
_filter_add own 10-template
_filter_add own 20-trace
_stack_create hand "$(_null_blk size=1)" type=hibernation
_stack_create crash "$(_null_blk size=1)" auto=1
ktap_test_result "a hibernation begins and ends: loaded and unloaded, no session (C18)" begun_and_ended hibernation
ktap_test_result "so does a resume (C18)" begun_and_ended resume
ktap_test_result "a dump in between, as a hibernation writes one (C18)" with_a_dump
ktap_test_result "a session that is left open is interrupted; the stack goes when its device is closed (C53)" left_open
ktap_test_result "the next hibernation is refused until then" still_open
ktap_test_result "one that begins at once when it is closed keeps its stack (C18)" again_at_once
ktap_test_result "a session that is open when it begins refuses it, and goes on (C62)" session_at_begin
ktap_test_result "a stack that cannot go live refuses it, and takes no other one along" cannot_go_live
ktap_test_result "somebody else refuses it: unloaded again" somebody_else_refuses
ktap_test_result "no module is loaded inside of it: words" module_not_there
ktap_test_result "nor is one asked for, whatever the area and the filters compute" no_modprobe
ktap_test_result "a target that stands still meanwhile is refused, for this type alone" stands_still
ktap_test_result "a folder that is removed while an earlier stack goes live is left alone" removed_meanwhile
ktap_test_result "so is a stack whose type is changed meanwhile" changed_meanwhile
again() {
	begun_and_ended hibernation && begun_and_ended resume
}
ktap_test_result "all is as it was" again
_test_end
