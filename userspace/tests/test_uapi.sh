#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The public header with the on-disk format: the same for every compiler, as C
# and C++, for 64 and 32 bits, without a byte that is nobody's.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

# compile COMPILER FLAGS...: -Wpadded is what finds padding
compile()
{
	run 0 "$@" -fsyntax-only -Wall -Wextra -Wpadded -Wundef -Werror -I"$TESTS/../.." \
		"${source:-$TESTS/uapi_header.c}"
}

# For 32 bits the compiler looks for the kernel's headers in another folder
m32=(-m32 -idirafter "/usr/include/$(uname -m)-linux-gnu")

for cc in gcc clang; do
	command -v "$cc" >/dev/null || continue
	compile "$cc" -std=c99
	result $? "$cc, C"
	compile "$cc" -x c++ -std=c++11
	result $? "$cc, C++"
	[ "$(uname -m)" = x86_64 ] || continue
	compile "$cc" "${m32[@]}"
	result $? "$cc, C, 32 bits"
	compile "$cc" "${m32[@]}" -x c++ -std=c++11
	result $? "$cc, C++, 32 bits"
done

# noticed CHANGE WORDS: what is tested here is found
noticed()
{
	sed "$1" "$TESTS/../../uapi/linux/dumpflt.h" >"$TMP/broken.h"
	cp "$TESTS/../../uapi/linux/dumpflt_control.h" "$TMP"
	sed "s,<uapi/linux/dumpflt.h>,\"$TMP/broken.h\"," "$TESTS/uapi_header.c" >"$TMP/broken.c"
	source=$TMP/broken.c
	! compile "${CC:-cc}" && err "$2"
}
noticed 's/__le64	number;/__le32	number;/' "to align 'started'"
result $? 'a member that has shrunk is noticed'
noticed 's/__u8	reserved2\[24\];/__u8	reserved2[16];/' 'sizeof(struct dumpflt_disk_slot) == (64)'
result $? 'a structure that has shrunk is noticed'

finish
