/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The names of the control interface: folders, and the words that its files
 * take and give.
 *
 * dumpflt has no ioctl. It is configured through configfs and observed
 * through sysfs, so its user interface is a set of names:
 *
 *   /sys/kernel/config/dumpflt/
 *     features                   ro  words, one per line: what this build can do
 *     version                    ro  "<major>.<minor>" of the contract
 *     <stack>/                       mkdir creates, rmdir destroys (EBUSY if live)
 *       target                   rw  path of a block device
 *       area                     rw  1: the target holds a dump area
 *       type                     rw  "crash" or "hibernation"
 *       max_pages                rw  cap of one write, in pages (1..256)
 *       timeout_ms               rw  how long a target may be silent
 *       require_flush            rw  1: the target must have a cache to flush
 *       check_source             rw  1: detect filters that change the source
 *       auto                     rw  1: a hibernation loads and unloads it
 *       live                     rw  1: load the stack, 0: unload it
 *       session                  rw  write "start", "read [SLOT]",
 *                                    "finish [BYTES]", "abort [words]"
 *       state                    ro  one of the words below
 *       device                   ro  "dumpflt<N>", empty while not live
 *       last_error               ro  the first error in words, empty if none
 *       <NN>-<filter>/               mkdir adds a filter; NN gives the order
 *         options                rw  "name=value" lines for the filter
 *         critical               rw  1: the stack needs this filter
 *         start_optional         rw  1: unless critical, its start may fail
 *         state                  ro  one of the words below
 *         last_error             ro  why it failed or was left out, in words
 *
 *   /sys/block/dumpflt<N>/dumpflt/
 *     stack, type, target, state, last_error, session, dump_bytes,
 *     durability, silent_ms, slot, session_id
 *     and one folder per instance, <NN>-<filter>/:
 *       state, last_error, flags, max_pages, stat
 *
 * "rw" attributes other than live and session answer EBUSY while the stack
 * is live. Every attribute is documented in Documentation/ABI.md.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _UAPI_LINUX_DUMPFLT_CONTROL_H
#define _UAPI_LINUX_DUMPFLT_CONTROL_H

/* What dumpflt<N>'s sysfs folder is called, below /sys/block/dumpflt<N>/ */
#define DUMPFLT_SYSFS_DIR	"dumpflt"
/* The folder of our subsystem, below the mount point of configfs */
#define DUMPFLT_CONFIGFS_DIR	"dumpflt"
/* Disk names are this and a number */
#define DUMPFLT_DISK_PREFIX	"dumpflt"

/* <stack>/type */
#define DUMPFLT_TYPE_WORD_CRASH		"crash"
#define DUMPFLT_TYPE_WORD_HIBERNATION	"hibernation"

/* What may be written to <stack>/session */
#define DUMPFLT_SESSION_START	"start"
#define DUMPFLT_SESSION_READ	"read"
#define DUMPFLT_SESSION_FINISH	"finish"
#define DUMPFLT_SESSION_ABORT	"abort"

/*
 * <stack>/state. Only "complete" means that the dump is on stable storage:
 * every write succeeded, every filter's finish succeeded and the target's
 * cache was flushed after the last of them.
 */
#define DUMPFLT_STATE_CONFIGURED	"configured"	/* not live */
#define DUMPFLT_STATE_LIVE		"live"		/* no session yet */
#define DUMPFLT_STATE_STARTED		"started"	/* a dump is being written */
#define DUMPFLT_STATE_READING		"reading"	/* a read-back session */
#define DUMPFLT_STATE_FINISHING		"finishing"	/* finish and flush run */
#define DUMPFLT_STATE_COMPLETE		"complete"	/* flushed, durable */
#define DUMPFLT_STATE_FAILED		"failed"	/* see last_error */
#define DUMPFLT_STATE_INTERRUPTED	"interrupted"	/* ended by a reboot or unload */

/* <stack>/<NN>-<filter>/state */
#define DUMPFLT_FILTER_STATE_CONFIGURED	"configured"	/* not live */
#define DUMPFLT_FILTER_STATE_READY	"ready"		/* init succeeded */
#define DUMPFLT_FILTER_STATE_STARTED	"started"	/* start succeeded */
#define DUMPFLT_FILTER_STATE_LEFT_OUT	"left-out"	/* failed, not critical */
#define DUMPFLT_FILTER_STATE_FAILED	"failed"	/* failed the stack or dump */

#endif /* _UAPI_LINUX_DUMPFLT_CONTROL_H */
