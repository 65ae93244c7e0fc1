/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The core's tracepoints: calls of filters, sessions, the flush.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM dumpflt

#if !defined(_DUMPFLT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _DUMPFLT_TRACE_H

#include <linux/types.h>
#include <linux/kdev_t.h>
#include <linux/tracepoint.h>
#include <uapi/linux/dumpflt.h>

/*
 * Names are copied into arrays: the macro for strings of variable length has
 * had two forms.
 */
TRACE_EVENT(dumpflt_filter_enter,
	    TP_PROTO(const char *stack, const char *filter,
		     const char *callback),
	    TP_ARGS(stack, filter, callback),

	    TP_STRUCT__entry(__array(char, stack, DUMPFLT_STACK_NAME_MAX)
			     __array(char, filter, DUMPFLT_NAME_MAX)
			     __array(char, callback, 8)),

	    TP_fast_assign(strscpy(__entry->stack, stack,
				   DUMPFLT_STACK_NAME_MAX);
			   strscpy(__entry->filter, filter, DUMPFLT_NAME_MAX);
			   strscpy(__entry->callback, callback, 8);),

	    TP_printk("stack=%s filter=%s callback=%s", __entry->stack,
		      __entry->filter, __entry->callback)
);

TRACE_EVENT(dumpflt_filter_call,
	    TP_PROTO(const char *stack, const char *filter,
		     const char *callback, u64 offset, u32 len, int ret,
		     u64 ns),
	    TP_ARGS(stack, filter, callback, offset, len, ret, ns),

	    TP_STRUCT__entry(__array(char, stack, DUMPFLT_STACK_NAME_MAX)
			     __array(char, filter, DUMPFLT_NAME_MAX)
			     __array(char, callback, 8)
			     __field(u64, offset)
			     __field(u64, ns)
			     __field(u32, len)
			     __field(int, ret)),

	    TP_fast_assign(strscpy(__entry->stack, stack,
				   DUMPFLT_STACK_NAME_MAX);
			   strscpy(__entry->filter, filter, DUMPFLT_NAME_MAX);
			   strscpy(__entry->callback, callback, 8);
			   __entry->offset = offset;
			   __entry->ns = ns;
			   __entry->len = len;
			   __entry->ret = ret;),

	    TP_printk("stack=%s filter=%s callback=%s offset=%llu len=%u ret=%d ns=%llu",
		      __entry->stack, __entry->filter, __entry->callback,
		      __entry->offset, __entry->len, __entry->ret, __entry->ns)
);

TRACE_EVENT(dumpflt_session,
	    TP_PROTO(const char *stack, const char *what, int ret),
	    TP_ARGS(stack, what, ret),

	    TP_STRUCT__entry(__array(char, stack, DUMPFLT_STACK_NAME_MAX)
			     __array(char, what, 12)
			     __field(int, ret)),

	    TP_fast_assign(strscpy(__entry->stack, stack,
				   DUMPFLT_STACK_NAME_MAX);
			   strscpy(__entry->what, what, 12);
			   __entry->ret = ret;),

	    TP_printk("stack=%s what=%s ret=%d", __entry->stack, __entry->what,
		      __entry->ret)
);

TRACE_EVENT(dumpflt_flush,
	    TP_PROTO(const char *stack, dev_t dev, int ret, u64 ns),
	    TP_ARGS(stack, dev, ret, ns),

	    TP_STRUCT__entry(__array(char, stack, DUMPFLT_STACK_NAME_MAX)
			     __field(u64, ns)
			     __field(dev_t, dev)
			     __field(int, ret)),

	    TP_fast_assign(strscpy(__entry->stack, stack,
				   DUMPFLT_STACK_NAME_MAX);
			   __entry->ns = ns;
			   __entry->dev = dev;
			   __entry->ret = ret;),

	    TP_printk("stack=%s dev=%u:%u ret=%d ns=%llu", __entry->stack,
		      MAJOR(__entry->dev), MINOR(__entry->dev), __entry->ret,
		      __entry->ns)
);

#endif /* _DUMPFLT_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH base
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
