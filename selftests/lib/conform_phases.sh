# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# conform_phases.sh: what a filter is put through, see conform.sh.
#
# Copyright (C) 2026 the dumpflt authors
#
# Each phase makes its own stacks, c and d, and removes them. The disks are
# CONFORM_DISK and CONFORM_DISK2. A phase says of its rules that they were kept
# only when it has come to its end.

# _conform_stack <stack> <disk> <NN-filter>...: live; the filter in question is
# called "it", and critical, for it would be left out if its init failed. With
# rail the stack has one lane; "lanes" is rail as well, but does not ask for that
_conform_stack() {
	conform_s=$1 conform_target=$2
	shift 2
	if [ -n "$CONFORM_AREA" ]; then
		_area_format "$conform_target" --slots 4 >/dev/null &&
			_area_stack "$conform_s" "$conform_target" check_source=1 || return 1
	else
		_stack_create "$conform_s" "$conform_target" check_source=1 timeout_ms=5000 || return 1
	fi
	for name in "$@"; do
		case $name in
		*-it)
			conform_entry=$DUMPFLT_CONFIG/$conform_s/${name%it}$CONFORM_FILTER
			_filter_add "$conform_s" "${name%it}$CONFORM_FILTER" &&
				_set "$CONFORM_OPTIONS" "$conform_entry/options" &&
				_set 1 "$conform_entry/critical" || return 1
			;;
		*-rail) _filter_add "$conform_s" "$name" "pages=$conform_pages" serial=1 || return 1 ;;
		*-lanes) _filter_add "$conform_s" "${name%lanes}rail" "pages=$conform_pages" || return 1 ;;
		*) _filter_add "$conform_s" "$name" || return 1 ;;
		esac
	done
	_live "$conform_s" 1
}

# A phase that broke off may be in the middle of a dump
_conform_gone() {
	for conform_s in c d; do
		[ -d "$DUMPFLT_CONFIG/$conform_s" ] || continue
		_remove_stack "$conform_s" && _forget stack "$conform_s" || return 1
	done
}

_conform_has_flag() {
	case " $conform_flags " in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

# What can be asked of the data afterwards: read, raw (it is on the target as it
# was written), extract, or none
_conform_find_way_back() {
	if [ -n "$CONFORM_AREA" ]; then
		conform_back='extract'
		! _conform_has_flag bounce || [ -n "$CONFORM_EXTRACT" ] || conform_back='none'
	elif _conform_has_flag read; then
		conform_back='read'
	elif _conform_has_flag bounce; then
		conform_back='none'
	else
		conform_back='raw'
	fi
}

_conform_pattern() {
	"$HELPERS/pattern" "$@"
}

# _conform_back <stack> <disk> <slot> <pattern option>...
_conform_back() {
	conform_s=$1 conform_target=$2 conform_slot=$3
	shift 3
	case $conform_back in
	read)
		_session "$conform_s" read && _conform_pattern verify "$(_dev "$conform_s")" "$@" &&
			_session "$conform_s" finish
		;;
	raw) _conform_pattern verify "$conform_target" "$@" ;;
	extract)
		# shellcheck disable=SC2086 # options
		"$TOOL" extract --raw --force $CONFORM_EXTRACT --slot "$conform_slot" \
			--device "$conform_target" "$CONFORM_TMP/extracted" &&
			_conform_pattern verify "$CONFORM_TMP/extracted" --buffered "$@"
		;;
	esac
}

# Does it go live, and what does it say of itself?
_conform_init() {
	conform_pages=1
	_conform_step init _conform_stack c "$CONFORM_DISK" 10-it || return 1
	conform_dir=$(_sysfs c)/10-$CONFORM_FILTER
	read -r conform_flags <"$conform_dir/flags" || conform_flags=''
	read -r conform_pages <"$conform_dir/max_pages"
	conform_block=$(blockdev --getss "$(_dev c)")
	conform_shift=$(_memory_step "$(_dev c)")
	_conform_step init _is state "$(cat "$conform_dir/state")" ready || return 1
	_conform_find_way_back
	_conform_kept init
}

# Requests that grow, for rail; and each in memory with something around it
_conform_writes() {
	conform_dev=$(_dev c)
	if [ -n "$CONFORM_AREA" ]; then
		_conform_pattern write "$conform_dev" --size 512K --block 64K --shift "$conform_shift" &&
			_conform_pattern write "$conform_dev" --offset 512K --size 1M --block 1M &&
			_conform_pattern write "$conform_dev" --offset 1536K --size 512K --block 60K
		return
	fi
	_conform_pattern write "$conform_dev" --size "$((8 * conform_block))" --block "$conform_block" &&
		_conform_pattern write "$conform_dev" --offset 64K --size 64K --block "$((3 * conform_block))" --shift "$conform_shift" &&
		_conform_pattern write "$conform_dev" --offset 128K --size 384K --block 64K --shift "$conform_shift" &&
		_conform_pattern write "$conform_dev" --offset 512K --size 1M --block 1M &&
		_conform_pattern write "$conform_dev" --offset 1536K --size 512K --block 60K --buffered &&
		_conform_pattern write "$conform_dev" --offset "$((8 * conform_block))" \
			--size "$((65536 - 8 * conform_block))" --block 4K
}

_conform_main() {
	_conform_gone
	_conform_step success _conform_stack c "$CONFORM_DISK" 10-it 20-rail &&
		_conform_step success _session c start &&
		_conform_step success _conform_writes &&
		_conform_step success _session c finish &&
		_conform_step success _attr_is c state complete || return 1
	if [ "$conform_back" = none ]; then
		_conform_verdict skip same "it changes the data, and says of no way back"
	else
		_conform_step same _conform_back c "$CONFORM_DISK" 0 --size 2M &&
			_conform_step same _conform_back c "$CONFORM_DISK" 0 --offset 8K --size 128K --block 8K \
				--shift "$conform_shift" || return 1
		_conform_kept same
	fi
	# It has to have come through one more start with its table
	_conform_step success _live c 0 || return 1
	# shellcheck disable=SC2086 # words
	_conform_kept $CONFORM_WATCHED beyond
}

_conform_behind() {
	if [ "$conform_back" != read ]; then
		_conform_verdict skip behind "it does not read"
		return
	fi
	_conform_step behind _conform_stack c "$CONFORM_DISK" 05-pos 10-it 20-rail &&
		_conform_step behind _dump c --size 512K --block 64K --shift "$conform_shift" &&
		_conform_step behind _conform_back c "$CONFORM_DISK" 0 --size 512K &&
		_conform_kept behind
}

# aborted: the abort itself is an error, and so is the dump
_conform_aborted() {
	_session c start && _conform_pattern write "$(_dev c)" --size 128K --block 64K || return 1
	_session c abort
	_attr_is c state failed
}

_conform_sessions() {
	_conform_step sessions _conform_stack c "$CONFORM_DISK" 10-it 20-rail &&
		_conform_step sessions _session c start &&
		_conform_step sessions _session c finish &&
		_conform_step sessions _conform_aborted &&
		_conform_step sessions _dump c --size 256K --seed 7 || return 1
	if [ "$conform_back" != none ]; then
		_conform_step sessions _conform_back c "$CONFORM_DISK" 2 --size 256K --seed 7 || return 1
	fi
	_conform_step sessions _dump c --size 256K --seed 8 || return 1
	if [ "$conform_back" != none ]; then
		_conform_step sessions _conform_back c "$CONFORM_DISK" 3 --size 256K --seed 8 || return 1
	fi
	_conform_kept sessions
}

_conform_interleaved() {
	_session c start && _session d start &&
		_conform_pattern write "$(_dev c)" --size 128K --seed 3 &&
		_conform_pattern write "$(_dev d)" --size 256K --seed 4 &&
		_conform_pattern write "$(_dev c)" --offset 128K --size 128K --seed 3 &&
		_session c finish && _session d finish &&
		_attr_is c state complete && _attr_is d state complete
}

_conform_stacks() {
	_conform_step stacks _conform_stack c "$CONFORM_DISK" 10-it 20-rail &&
		_conform_step stacks _conform_stack d "$CONFORM_DISK2" 10-it 20-rail &&
		_conform_step stacks _conform_interleaved || return 1
	if [ "$conform_back" != none ]; then
		_conform_step stacks _conform_back c "$CONFORM_DISK" 0 --size 256K --seed 3 &&
			_conform_step stacks _conform_back d "$CONFORM_DISK2" 0 --size 256K --seed 4 || return 1
	fi
	_conform_kept stacks
}

_conform_concurrent() {
	if ! _conform_has_flag concurrent; then
		_conform_verdict skip concurrent "it does not say that it is CONCURRENT"
		return
	elif [ "$(nproc)" -lt 2 ]; then
		_conform_verdict skip concurrent "there is only one CPU"
		return
	fi
	_conform_step concurrent _conform_stack c "$CONFORM_DISK" 10-it 20-lanes &&
		_conform_step concurrent _dump c --size 2M --block 64K --threads 8 || return 1
	if [ "$conform_back" != none ]; then
		_conform_step concurrent _conform_back c "$CONFORM_DISK" 0 --size 2M --threads 8 || return 1
	fi
	_conform_kept concurrent
}

_conform_phases() {
	_conform_init && _conform_main && for phase in behind sessions stacks concurrent; do
		_conform_gone
		"_conform_$phase"
	done
	_conform_gone
	_conform_end
}
