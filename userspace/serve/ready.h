/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dumpflt authors */
#ifndef DUMPFLT_SERVE_READY_H
#define DUMPFLT_SERVE_READY_H

/*
 * The one byte that the plugin tells who started it: that the dump can be read, or that it
 * cannot, and why, as SERVE_NOT_READY and an enum finding
 */
#define SERVE_READY	'\n'
#define SERVE_NOT_READY	'0'

#endif
