# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A dump area of four slots, and the folder that its dumps are collected to. Sourced behind
# lib.sh; image, dump and folder are of whoever does.
#
# Copyright (C) 2026 the dumpflt authors
# shellcheck disable=SC2154

# area "ARGUMENT..."...: an area with a dump in a slot for each, made by areagen with these
# arguments; and an empty folder
area()
{
	local what words

	rm -rf "$image" "$folder"
	mkdir "$folder"
	truncate -s 16M "$image"
	"$DUMPFLT" format --slots 4 "$image" >/dev/null || return 1
	for what in "$@"; do
		read -ra words <<<"$what"
		"$BUILD/areagen" "$image" "$dump" "${words[@]}" || return 1
	done
}

# holds PATTERN...: these are all the files in the folder, one for each
holds()
{
	local pattern

	[ "$(find "$folder" -mindepth 1 | wc -l)" -eq $# ] || return 1
	for pattern in "$@"; do
		[ "$(find "$folder" -mindepth 1 -name "$pattern" | wc -l)" -eq 1 ] || return 1
	done
}
