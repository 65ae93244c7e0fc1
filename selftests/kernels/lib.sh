# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# lib.sh: where the kernels of other Debian suites are, and how to work in there.
#
# Copyright (C) 2026 the dumpflt authors
#
# A root is a minimal Debian system of one suite, a plain folder in the cache.
# Nothing ever runs in it but its compiler and its package tools.

set -euo pipefail
export LC_ALL=C
# The makes in a root are no part of the one that started this
unset MAKEFLAGS MFLAGS MAKEOVERRIDES

KERNELS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export CACHE=${DUMPFLT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dumpflt}

_die() {
	echo "ERROR: $1" >&2
	[ $# -lt 2 ] || echo "$2" >&2
	exit 1
}

# _list <column> <value> <other column>: that column of all lines with this value
_list() {
	awk -v column="$1" -v value="$2" -v other="$3" \
		'!/^#/ && $column == value { print $other }' "$KERNELS/list"
}

# TREE=<folder> _in_root <root> <command>...: with this folder as /mnt. Mounts are
# made in a mount namespace of their own, so that none of them stays, however this ends
export TREE=''
_in_root() {
	local root=$1
	shift

	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --propagation private sh -ec '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		[ -z "$TREE" ] || mount --bind "$TREE" "$root/mnt"
		exec chroot "$root" "$@"' sh "$root" "$@" </dev/null
}

# _release <root> <flavour>: of the kernel in that root
_release() {
	dpkg-query --admindir="$1/var/lib/dpkg" -W -f '${Depends}' "linux-image-$2" |
		sed -nE 's/^(.*, )?linux-image-([^ ,]*).*/\2/p'
}

# Where apt gets Debian itself from: other origins have archives, too
_mirror() {
	local codename uri

	codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	# shellcheck disable=SC2016 # apt's own
	uri=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		awk -v suite="$codename" '($2 == suite || $2 == "stable") && $3 == "main" { print $1; exit }')
	[ -n "$uri" ] || _die "search for a mirror failed on '$codename': apt has no main of it" \
		"Is this a Debian system with its own archive in /etc/apt?"
	echo "$uri"
}
