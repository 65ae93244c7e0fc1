#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt-resume.sh: of dracut, in front of every mount.
#
# Copyright (C) 2026 the dumpflt authors

# Who is asked for a passphrase is at the console, and this has no input; a machine without a
# console is not to stop for the lack of it
dumpflt_boot() {
	if (: </dev/console >/dev/console) 2>/dev/null; then
		/usr/lib/dumpflt/hibernation-boot </dev/console >/dev/console 2>&1
	else
		/usr/lib/dumpflt/hibernation-boot
	fi
}

until dumpflt_boot; do
	emergency_shell "dumpflt: root is not mounted, for an image of the memory may be there: see above"
done
