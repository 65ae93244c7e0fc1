#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What 'dumpflt arm' says is to be typed is there on the distribution that runs, and what it
# names is what was asked for.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/arm.sh disable=SC1091
. "$TESTS/arm.sh"

# lacks RELEASE TOOL...: a machine of that os-release, with these tools and nothing reserved
lacks()
{
	local tool

	rm -rf "${DUMPFLT_ROOT:?}"/{etc/os-release,usr/sbin,usr/bin}
	[ -z "$1" ] || file etc/os-release "NAME=\"x\"\\n$1\\nVERSION_ID=1\\n"
	for tool in "${@:2}"; do
		file "usr/sbin/$tool"
	done
	arm 1 --check
}

machine && echo 0 >"$DUMPFLT_ROOT/sys/kernel/kexec_crash_size"
lacks 'ID=debian' update-grub && err 'Add crashkernel=64M to GRUB_CMDLINE_LINUX in /etc/default/grub, run update-grub, and reboot.' &&
	lacks 'ID=fedora' grubby grub2-mkconfig && err 'Run grubby --update-kernel=ALL --args=crashkernel=64M, and reboot.' && ! err update-grub &&
	lacks 'ID="opensuse-leap"' grub2-mkconfig && err 'run grub2-mkconfig -o /boot/grub2/grub.cfg, and reboot.' &&
	lacks 'ID=arch' grub-mkconfig && err 'run grub-mkconfig -o /boot/grub/grub.cfg, and reboot.' &&
	lacks '' && err "to the kernel's command line in the configuration of the boot loader" && ! err grub
result $? 'memory is reserved by what the machine has for it'

machine && sed -i 's/^\[capture\]/&\nmakedumpfile = nosuch/' "$conf"
lacks 'ID=ubuntu\nID_LIKE=debian' dnf && err 'Install it: apt install makedumpfile' &&
	lacks 'ID=rocky\nID_LIKE="rhel centos fedora"' apt && err 'Install it: dnf install /usr/sbin/makedumpfile' &&
	lacks "ID='opensuse-tumbleweed'\\nID_LIKE='opensuse suse'" dnf apt && err 'Install it: zypper install makedumpfile' &&
	lacks 'ID=fedora' && err 'dnf install /usr/sbin/makedumpfile' && lacks 'ID=slackware' zypper && err 'zypper install makedumpfile' &&
	lacks '' && err 'Install the package that has makedumpfile: it is called makedumpfile in most distributions.' &&
	lacks 'ID_LIKE_NOT=debian\nIDX=fedora' && ! err 'Install it:'
result $? 'programs are installed as the distribution does it'

no_kexec()
{
	mkdir "$TMP/few" && cp "$TMP/bin/makedumpfile" "$TMP/few" && ln -s "$(command -v gzip)" "$TMP/few" && machine && file etc/os-release 'ID=centos\n' || return 1
	# its shell does not need PATH
	PATH=$TMP/few "$DUMPFLT" arm -c "$conf" >"$TMP/out" 2>"$TMP/err"
	[ $? -eq 1 ] && err 'starting kexec failed' && err 'dnf install /usr/sbin/kexec'
}
no_kexec
result $? 'kexec, too'

machine && rm "$DUMPFLT_ROOT/usr/lib/dumpflt/capture-init" && arm 1 --check && err "capture-init': No such file" && err "'make install'"
result $? 'what came with the tool is installed with it'
machine && rm "$DUMPFLT_ROOT/dev/vdb" && arm 1 --check && err "write that into [area] of $conf." && ! err /etc/dumpflt/dumpflt.conf
result $? 'the file that is named is the one that was read'
machine && mv "$DUMPFLT_ROOT/dev/vdb" "$DUMPFLT_ROOT/image" && sed -i 's,^id = .*,target = /image,' "$conf" && FAKE_NO_TARGET=1 arm 1 --check && err "it is no block device" &&
	err 'It takes a loop device over one.' && ! err 'no block device holds it'
result $? 'a target that is a file'
machine && file var/lib/dumpflt/rehearsal.json '{}' && arm 0 --check && err 'is no result of a rehearsal' && ! err 'another kernel' &&
	run 0 "$DUMPFLT" status && ! out rehearsed && file var/lib/dumpflt/rehearsal.json '[1]' && run 0 "$DUMPFLT" status && ! out rehearsed &&
	sed -i 's/^\[kernel\]/&\nrehearsal = require/' "$conf" && arm 1 --check && err 'there was none, and rehearsal = require' &&
	sed -i 's/= require/= maybe/' "$conf" && arm 1 --check && err "'maybe' is no value for rehearsal: it can be warn, require or no"
result $? 'a rehearsal without a result'

finish
