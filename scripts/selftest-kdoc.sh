# SPDX-License-Identifier: GPL-2.0-or-later
# The broken trees for gate-kdoc; selftest-fixtures.sh has what they are made with.
# Copyright (C) 2026 the dumpflt authors
# shellcheck shell=bash

bad_kdoc_parameter()
{
	c_file module/a.c '' '/**' ' * f() - do it' ' * @b: not there' ' */' 'int f(int a)' \
		'{' '	return a;' '}'
	echo "'b'"
}

bad_kdoc_export()
{
	c_file module/a.c '' 'int f(void)' '{' '	return 0;' '}' 'DUMPFLT_EXPORT(f);'
	echo 'module/a.c: f is exported and has no kernel-doc'
}

# kdoc_file <path> <line of a kernel-doc comment>...
kdoc_file()
{
	local path=$1
	shift

	c_file "$path" '' '/**' ' * f() - do it' "${@/#/ * }" ' */' 'int f(int inner_area)' \
		'{' '	return inner_area;' '}'
}

bad_kdoc_name()
{
	kdoc_file userspace/a.c '@inner_area: the inner area'
	echo "userspace/a.c:10: '@inner_area: the inner area' says nothing"
}

bad_kdoc_type()
{
	kdoc_file module/a.c '@inner_area: the area'
	echo "module/a.c:10: '@inner_area: the area' says nothing"
}

# A line that goes on, and one that says more, are no complaints: there is one only
bad_kdoc_alone()
{
	kdoc_file userspace/a.c '@inner_area: the area' '	that is loaded' '@more: the area, loaded' \
		'@slot: An area.' '' 'It does it.'
	echo 'gate-kdoc: 1 complaints, 1 looked at'
}
