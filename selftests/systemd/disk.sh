# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# disk.sh: the disk of a guest that runs Debian, and what it reports. Needs host.sh, results.sh and
# the folder of the root file system in the variable root.
#
# Copyright (C) 2026 the dumpflt authors

# _make_disk <script>: the root in the cache is never written: an overlay is, in which the script has
# run, and goes into the image of a disk
_make_disk() {
	mkdir "$WORK/upper" "$WORK/overlay" "$WORK/merged"
	# shellcheck disable=SC2016,SC2154 # for the inner shell; root is the caller's
	timeout -k 10 $((900 * SLOWER)) unshare --mount --propagation private sh -ec '
		root=$1 work=$2 script=$3
		mount -t overlay overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/overlay" "$work/merged"
		mount -t proc proc "$work/merged/proc"
		mount --bind "$work/in" "$work/merged/mnt"
		chroot "$work/merged" sh "/mnt/selftests/systemd/$script"
		umount "$work/merged/mnt" "$work/merged/proc"
		truncate -s 4G "$work/disk.img"
		exec mkfs.ext4 -q -O ^metadata_csum_seed -d "$work/merged" "$work/disk.img"' \
		sh "$root" "$WORK" "$1" </dev/null >"$WORK/logs/root" 2>&1 && return
	tail -n 30 "$WORK/logs/root" | sed 's/^/# /'
	return 1
}

# With those of the guest's own results that it reports
_results_of() {
	local passed failed

	passed=$(grep -c '^ok ' "$WORK/logs/$1/verdict") || true
	failed=$(grep -c '^not ok ' "$WORK/logs/$1/verdict") || true
	results_passed=$((results_passed + passed)) results_failed=$((results_failed + failed))
}
