# SPDX-License-Identifier: GPL-2.0-or-later
# What the gates share: which files to look at, copies to build in, how to complain.
# Copyright (C) 2026 the dumpflt authors
# shellcheck shell=bash
#
# A gate sources this file, calls complain() for each finding, looked_at() with the number of
# things it examined, and ends with verdict. Its optional argument is the tree to look at; the
# self-test of the gates passes broken ones. A gate that found nothing to look at fails.
#
# Gates call timeout with --foreground: they stay in one process group, so that whoever ends a
# gate ends its compilers, too.

set -euo pipefail
# LANG, too: kbuild unsets LC_ALL
export LC_ALL=C LANG=C
# A gate's own makes are no part of the make that started the gate: no warnings about -j
unset MAKEFLAGS MFLAGS

SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
TREE=$(cd "${1:-$SCRIPTS/..}" && pwd -P)
GATE=$(basename "$0")
complaints=0
looked=0

# The user's own git settings must not decide what belongs to the tree. A clone that belongs to
# somebody else is read, never written.
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_CONFIG_COUNT=2
export GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
export GIT_CONFIG_KEY_1=core.excludesFile GIT_CONFIG_VALUE_1=/dev/null

complain()
{
	printf '%s\n' "$*"
	complaints=$((complaints + 1))
}

# complain about each line of a file
complain_lines()
{
	local line

	while IFS= read -r line; do
		complain "$line"
	done <"$1"
}

looked_at()
{
	looked=$((looked + $1))
}

verdict()
{
	if [ "$looked" -eq 0 ]; then
		complain "$GATE: found nothing to look at in $TREE"
	fi
	if [ "$complaints" -gt 0 ]; then
		echo "$GATE: $complaints complaints, $looked looked at"
		exit 1
	fi
	echo "$GATE: $looked looked at, all good"
	exit 0
}

die()
{
	echo "ERROR: $1" >&2
	echo "$2" >&2
	exit 1
}

is_git_tree()
{
	[ "$(git -C "$TREE" rev-parse --show-toplevel 2>/dev/null)" = "$TREE" ]
}

# Files of the tree, new ones included, build results not
all_files()
{
	local file

	if is_git_tree; then
		git -C "$TREE" ls-files -co --exclude-standard
	else
		(cd "$TREE" && find . -name .git -prune -o -type f -printf '%P\n')
	fi | sort -u | while IFS= read -r file; do
		if [ -f "$TREE/$file" ]; then
			printf '%s\n' "$file"
		fi
	done
}

# Files of a git tree that differ from where upstream is, or from the commit before, and new ones
changed_files()
{
	local since

	since=$(git -C "$TREE" merge-base HEAD '@{upstream}' 2>/dev/null || git -C "$TREE" rev-parse HEAD)
	if [ "$since" = "$(git -C "$TREE" rev-parse HEAD)" ]; then
		since=$(git -C "$TREE" rev-parse -q --verify HEAD~1 || echo HEAD)
	fi
	{
		git -C "$TREE" diff --name-only "$since"
		git -C "$TREE" ls-files -o --exclude-standard
	} | sort -u
}

# only_changed <array>: with DUMPFLT_CHANGED=yes, of the files in it those that have changed; it may
# be that none has
only_changed()
{
	local -n only=$1

	if [ "${DUMPFLT_CHANGED:-}" = yes ] && is_git_tree; then
		mapfile -t only < <(changed_files | grep -Fxf <(printf '%s\n' "${only[@]}"))
		looked_at 1
	fi
}

# list_files <pattern>...: files of the tree whose path matches one; '*' matches '/', too
list_files()
{
	local file pattern

	all_files | while IFS= read -r file; do
		for pattern in "$@"; do
			# shellcheck disable=SC2053 # a pattern, on purpose
			if [[ $file == $pattern ]]; then
				printf '%s\n' "$file"
				break
			fi
		done
	done
}

# A private directory that goes away with the gate
make_tmp()
{
	TMP=$(mktemp -d "${TMPDIR:-/tmp}/dumpflt-gate.XXXXXX")
	trap 'rm -rf "$TMP"' EXIT
}

# copy_tree <directory>: the files of the tree, without any build result
copy_tree()
{
	mkdir -p "$1"
	all_files | tar -C "$TREE" -cf - -T - | tar -C "$1" -xf -
}

# in_files <command>...: with the paths of standard input as further arguments, if there are any. What
# it exits with is lost, as grep's is no error
in_files()
{
	(cd "$TREE" && xargs -rd '\n' "$@") || true
}

# include_lines: those of the files that standard input names, as
# <file>:<line number>:<quote or bracket>:<what>; one that is written in another way than those
# of the kernel are is <file>:<line number>:odd:<line>
include_lines()
{
	# shellcheck disable=SC2016 # it is awk's
	in_files awk '{
		line = $0
		gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, " ", line)
		sub(/^.*\*\//, " ", line)
		if (line !~ /^[ \t\f\v]*(#|%:|\?\?=)[ \t\f\v]*(include|import)/)
			next
		what = ""
		if ($0 ~ /^[ \t]*#[ \t]*include[ \t]+("[^"]+"|<[^>]+>)/) {
			what = $0
			sub(/^[ \t]*#[ \t]*include[ \t]+/, "", what)
		}
		if (what ~ /^"/)
			print FILENAME ":" FNR ":quote:" substr(what, 2, index(substr(what, 2), "\"") - 1)
		else if (what ~ /^</)
			print FILENAME ":" FNR ":bracket:" substr(what, 2, index(what, ">") - 2)
		else
			print FILENAME ":" FNR ":odd:" $0
	}'
}

# built_tree: in COPY a copy of the tree to build in. It is a new one, or the one that scripts/check
# lends to all gates: what one has built the next does not build again if it asks for the same,
# which make and kbuild decide
built_tree()
{
	COPY=$TMP/tree
	if [ -n "${DUMPFLT_GATE_TREE:-}" ] && [ "$TREE" = "$(dirname "$SCRIPTS")" ]; then
		COPY=$DUMPFLT_GATE_TREE
	fi
	if [ ! -e "$COPY" ]; then
		copy_tree "$COPY"
	fi
}

kernel_dir()
{
	if [ -z "${KDIR:-}" ]; then
		KDIR=$("$SCRIPTS/kdir")
	fi
	export KDIR
}

# strict_build <tree> <make argument>...: with all warnings of the kernel's first level as errors
strict_build()
{
	build_modules "$@" W=1 KCFLAGS=-Werror
}

# build_modules <tree> <make argument>...: our modules, then the test modules if the tree has any
build_modules()
{
	local tree=$1
	shift

	kernel_dir
	make --no-print-directory -j"$(nproc)" -C "$KDIR" M="$tree" "$@" modules || return 1
	if [ -e "$tree/selftests/kmods/Kbuild" ] || [ -e "$tree/selftests/kmods/Makefile" ]; then
		make --no-print-directory -j"$(nproc)" -C "$KDIR" M="$tree/selftests/kmods" \
			KBUILD_EXTRA_SYMBOLS="$tree/Module.symvers" DUMPFLT_SRC="$tree" \
			"$@" modules || return 1
	fi
}
