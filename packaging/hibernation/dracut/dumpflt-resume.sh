#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt-resume.sh: of dracut, in front of every mount.
#
# Copyright (C) 2026 the dumpflt authors

until /usr/lib/dumpflt/hibernation-boot; do
	emergency_shell "dumpflt: root is not mounted, for an image of the memory may be there: see above"
done
