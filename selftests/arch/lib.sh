# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# lib.sh: packages of other architectures, and what is built for them.
#
# Copyright (C) 2026 the dumpflt authors
#
# What is fetched is kept in the cache: unpacked, never installed.
# shellcheck disable=SC2034 # for those who read this

# shellcheck source=../kernels/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../kernels/lib.sh"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
tmp=$(mktemp -d "${TMPDIR:-/tmp}/dumpflt-arch.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0

declare -A triplet=([s390x]=s390x-linux-gnu [armhf]=arm-linux-gnueabihf [arm64]=aarch64-linux-gnu)
# What the tool is linked with; no libisal: it is to build without it, too
libraries=(libc6 libc6-dev linux-libc-dev libcrypt1 libcrypt-dev libgcc-s1 libjson-c5 libjson-c-dev libext2fs2
	libext2fs-dev libcom-err2 comerr-dev libssl3 libssl-dev libblkid1 libblkid-dev libuuid1 uuid-dev
	liblz4-1 liblz4-dev)

# result <name> <log> <command>...: one line, and what was said if it failed
result() {
	local name=$1 log=$tmp/$2
	shift 2

	if "$@" >"$log" 2>&1; then
		echo "ok $name"
		passed=$((passed + 1))
	else
		tail -n 20 "$log" | sed 's/^/# /'
		echo "not ok $name"
		failed=$((failed + 1))
		return 1
	fi
}

# fetch <architecture> <package>...: into the present folder, with lists of its own
fetch() {
	local arch=$1 state=$CACHE/arch-$1-apt
	shift

	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	echo "deb $(_mirror) bookworm main" >"$state/sources.list"
	local options=(-o "APT::Architecture=$arch" -o "APT::Architectures=$arch" -o Dir::Etc::sourceparts=-
		-o "Dir::Etc::sourcelist=$state/sources.list" -o "Dir::State::lists=$state/lists"
		-o "Dir::Cache=$state/cache" -o APT::Sandbox::User=)

	# what is known may be too old: then it is asked for once more
	apt-get "${options[@]}" download "$@" >"$state/log" 2>&1 ||
		{ apt-get "${options[@]}" update && apt-get "${options[@]}" download "$@"; } >"$state/log" 2>&1 || {
		tail -n 5 "$state/log" >&2
		_die "apt-get download failed on '$arch': see above"
	}
}

# unpacked <name> <architecture> <package>...: the folder that they are in
unpacked() {
	local dir=$CACHE/arch-$1 new deb

	# what was kept may be what another version needed
	[ "$(cat "$dir/complete" 2>/dev/null)" != "${*:3}" ] || {
		echo "$dir"
		return
	}
	new=$tmp/new-$1
	mkdir "$new" "$new/debs"
	(cd "$new/debs" && fetch "${@:2}")
	for deb in "$new"/debs/*.deb; do
		dpkg-deb -x "$deb" "$new"
	done
	rm -rf "$new/debs" "$dir"
	echo "${*:3}" >"$new/complete"
	mv -T "$new" "$dir"
	echo "$dir"
}

# copy <folder> <what>...: sources without anything that was built from them
copy() {
	mkdir "$1"
	(cd "$top" && git ls-files -z -- "${@:2}") | tar -C "$top" --null -T - -cf - | tar -C "$1" -xf -
}

# cross_make <architecture> <root> <tree> <argument of make>...: the tool's make, for another machine
cross_make() {
	local arch=$1 root=$2 tree=$3
	shift 3

	PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_LIBDIR=$root/usr/lib/${triplet[$arch]}/pkgconfig \
		nice make -j"$(nproc)" -C "$tree/userspace" CC="${triplet[$arch]}-gcc --sysroot=$root" \
		AR="${triplet[$arch]}-ar" CFLAGS='-Werror -Wno-psabi' "$@"
}

# arm64_release: of Debian's kernel
arm64_release() {
	(cd "$tmp" && fetch arm64 linux-headers-arm64 >&2 && dpkg-deb -f linux-headers-arm64_*.deb Depends |
		sed -nE 's/.*linux-headers-([^ ,]*).*/\1/p')
}

# arm64_headers <release>: the folder to build against
arm64_headers() {
	local release=$1 root

	root=$(unpacked arm64 arm64 "linux-headers-$release" "linux-headers-${release%-arm64}-common")
	# It names what all architectures share by its place in /usr/src
	sed -i "s| /usr/src/linux-headers| $root/usr/src/linux-headers|" "$root/usr/src/linux-headers-$release/Makefile"
	# The programs of the build are this machine's
	mkdir -p "$root/usr/lib"
	ln -sfn /usr/lib/linux-kbuild-6.1 "$root/usr/lib/linux-kbuild-6.1"
	echo "$root/usr/src/linux-headers-$release"
}

# modules <cross compiler> <folder of the kernel> <folder> <argument of make>...
modules() {
	nice make -j"$(nproc)" -C "$2" M="$3" CROSS_COMPILE="$1" W=1 "${@:4}" modules 2>&1 | tee "$3.log" &&
		! grep -E '(warning|error):' "$3.log"
}
