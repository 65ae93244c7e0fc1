#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# module-setup.sh: of dracut: what a resume needs, if one is configured.
#
# Copyright (C) 2026 the dumpflt authors

conf=/etc/dumpflt/dumpflt.conf

# Not for another machine: what is resumed is of this one
check() {
	grep -qs '^[[:blank:]]*\[hibernation\]' "${dracutsysrootdir:-}$conf" || return 1
	[ -z "${hostonly:-}" ] || return 0
	dwarn "dumpflt: without hostonly only add_dracutmodules brings what resumes or releases an image of the memory"
	return 255
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

	# What stops a boot, or releases, is there whatever fails below: dracut goes on then
	# shellcheck disable=SC2154 # of dracut
	inst_hook pre-mount 10 "$moddir/dumpflt-resume.sh"
	inst_simple /usr/lib/dumpflt/hibernation-boot
	inst_simple "$conf"
	inst_multiple dumpflt sed grep cat sleep
	for key in identity origin; do
		path=$(value "$key")
		if [ -z "$path" ] || ! inst_simple "$path"; then
			dfatal "dumpflt: [hibernation] of $conf has no $key that is there: nothing would be resumed"
			return 1
		fi
		case $path in
		*.age) inst_multiple age ;;
		*.cred)
			inst_multiple systemd-creds
			inst_libdir_file 'libtss2-esys.so*' 'libtss2-rc.so*' 'libtss2-mu.so*' 'libtss2-tcti-device.so*'
			instmods tpm_tis tpm_crb
			;;
		esac
	done
}
