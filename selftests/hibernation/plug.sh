# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# plug.sh: the power fails while an image is written, and when it is said to be durable.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=boots.sh
. "$SELFTESTS/hibernation/boots.sh"

CUTS=10

# Killed before QEMU ends by itself: it would send a flush of its own
pull() {
	area area.img "${sealed[@]}" && cp --sparse=always "$WORK/area.img" "$WORK/base.img" || return 1
	disk_more[area]=,log=$WORK/writes
	boot plug 'HIBERNATING 1' "$WORK/overlay.img" -a dumpflt-guest.mode=shutdown -X 'bytes written in .*durable'
}

# cut_power <n> <option>...: so many images of the disk, the power having failed at ever later points;
# what the tool says of each goes to cuts.said: "none", "refused", or "whole", or anything else
cut_power() {
	local n=$1 i=0

	"$SELFTESTS/replay/build/replay" --images "$n" "${@:2}" --save "$WORK/cuts" "$WORK/writes" "$WORK/base.img" "$WORK/base.img" || return 1
	: >"$WORK/cuts.said"
	while [ $((i * DISK)) -lt "$(stat -c %s "$WORK/cuts")" ]; do
		dd if="$WORK/cuts" of="$WORK/cut.img" bs=1M skip=$((i * DISK / 1048576)) count=$((DISK / 1048576)) conv=sparse status=none
		judge_cut >>"$WORK/cuts.said"
		i=$((i + 1))
	done
	rm -f "$WORK/cuts" "$WORK/cut.img"
}

judge_cut() {
	local status=0

	dumpflt resume --check --identity "$WORK/key.txt" --origin "$WORK/machine.key" "$WORK/cut.img" >"$WORK/said" 2>&1 || status=$?
	case $status in
	3) echo none ;;
	5) if grep -q 'of another kernel' "$WORK/said"; then echo whole; else echo refused; fi ;;
	*) echo "exit code $status: $(cat "$WORK/said")" ;;
	esac
}

# Nothing but an image that is whole, or none; the last of them has lost nothing
cuts_on_the_way() {
	cut_power "$CUTS"
	sort "$WORK/cuts.said" | uniq -c | sed 's/^/# power cut: /'
	! grep -qvxE 'none|refused|whole' "$WORK/cuts.said" && [ "$(grep -cxE 'none|refused' "$WORK/cuts.said")" -gt $((CUTS / 2)) ]
}

cuts_at_the_end() {
	cut_power "$CUTS" --at-end
	[ "$(grep -cx whole "$WORK/cuts.said")" -ge 1 ] && ! grep -qvx whole "$WORK/cuts.said"
}

plug() {
	_check "the plug is pulled when the image is said to be durable" pull
	disk_more=()
	_check "a flush is behind the last write" "$SELFTESTS/helpers/logwrites" check "$WORK/writes"
	_check "power cuts on the way: none is resumed but a whole one" cuts_on_the_way
	_check "power cuts at the end: whatever is not flushed, the image is whole" cuts_at_the_end
	_check "and it is resumed" resumes
	rm -f "$WORK/base.img" "$WORK/writes"
}
