/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trace filter's event: one for each callback.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM dumpflt_trace

#if !defined(_DUMPFLT_TRACE_EVENT_H) || defined(TRACE_HEADER_MULTI_READ)
#define _DUMPFLT_TRACE_EVENT_H

#include <linux/kdev_t.h>
#include <linux/tracepoint.h>
#include <linux/types.h>

/* Numbers, because the event's format shows the words in terms of them */
#define DUMPFLT_TRACE_START	0
#define DUMPFLT_TRACE_WRITE	1
#define DUMPFLT_TRACE_READ	2
#define DUMPFLT_TRACE_FINISH	3
#define DUMPFLT_TRACE_UNLOAD	4

/* offset, len and lane are 0 for callbacks that are not about data */
TRACE_EVENT(dumpflt_trace_call,
	    TP_PROTO(u8 callback, dev_t dev, u64 offset, u32 len, u32 lane),
	    TP_ARGS(callback, dev, offset, len, lane),

	    TP_STRUCT__entry(__field(u64, offset)
			     __field(dev_t, dev)
			     __field(u32, len)
			     __field(u32, lane)
			     __field(u8, callback)),

	    TP_fast_assign(__entry->offset = offset;
			   __entry->dev = dev;
			   __entry->len = len;
			   __entry->lane = lane;
			   __entry->callback = callback;),

	    TP_printk("callback=%s dev=%u:%u offset=%llu len=%u lane=%u",
		      __print_symbolic(__entry->callback,
				       { DUMPFLT_TRACE_START, "start" },
				       { DUMPFLT_TRACE_WRITE, "write" },
				       { DUMPFLT_TRACE_READ, "read" },
				       { DUMPFLT_TRACE_FINISH, "finish" },
				       { DUMPFLT_TRACE_UNLOAD, "unload" }),
		      MAJOR(__entry->dev), MINOR(__entry->dev),
		      __entry->offset, __entry->len, __entry->lane)
);

#endif /* _DUMPFLT_TRACE_EVENT_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_event
#include <trace/define_trace.h>
