#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# module-setup.sh: of dracut: what a resume needs, if one is configured.
#
# Copyright (C) 2026 the dumpflt authors

conf=/etc/dumpflt/dumpflt.conf

# Not for another machine: what is resumed is of this one
check() {
	[ -n "${hostonly:-}" ] || return 255
	grep -qs '^[[:blank:]]*\[hibernation\]' "${dracutsysrootdir:-}$conf"
}

depends() {
	return 0
}

# value KEY: of the section
value() {
	sed -n '/^[[:blank:]]*\[hibernation\]/,/^[[:blank:]]*\[[^h]/p' "${dracutsysrootdir:-}$conf" |
		sed -n "s/^[[:blank:]]*$1[[:blank:]]*[=:][[:blank:]]*\"\{0,1\}\([^\";]*[^\"; ]\).*/\1/p"
}

# The filters that an image comes back through
installkernel() {
	# shellcheck disable=SC2046,SC2154 # words; of dracut
	hostonly='' instmods configfs $(find "${dracutsysrootdir:-}/lib/modules/$kernel" -name 'dumpflt*.ko*' -exec basename -a {} + |
		sed 's/\.ko.*//')
}

install() {
	local key path

	inst_multiple dumpflt sed grep cat sleep
	inst_simple /usr/lib/dumpflt/hibernation-boot
	inst_simple "$conf"
	for key in identity origin; do
		path=$(value "$key")
		if [ -z "$path" ]; then
			dfatal "dumpflt: [hibernation] of $conf has no $key: nothing would be resumed"
			return 1
		fi
		inst_simple "$path"
		case $path in
		*.age) inst_multiple age ;;
		*.cred)
			inst_multiple systemd-creds
			inst_libdir_file 'libtss2-esys.so*' 'libtss2-rc.so*' 'libtss2-mu.so*' 'libtss2-tcti-device.so*'
			instmods tpm_tis tpm_crb
			;;
		esac
	done
	# shellcheck disable=SC2154 # of dracut
	inst_hook pre-mount 10 "$moddir/dumpflt-resume.sh"
}
