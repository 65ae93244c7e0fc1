// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is written to the stack device, and when it is to be found later whatever
 * becomes of the rest. D3 is explained in capture.c.
 *
 * The functions print what went wrong and return a negative errno.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>

#include "capture/run.h"
#include "lib/clock.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "lib/text.h"

/* D3 */
int store_flush(struct capture *c)
{
	const char *args = args_leave_more(&c->config->facts);
	int ret = blkout_flush(&c->out);

	if (!ret)
		return 0;
	report_error("writing the dump", c->result->device, -ret);
	if (ret == -ENOSPC)
		format_string(c->why, sizeof(c->why), "%s full after %llu bytes",
			      c->config->stack.area ? "slot" : "target",
			      c->out.written);
	if (ret == -ENOSPC && c->config->stack.area)
		report_hint("The slot on '%s' is full after %llu bytes: format it with fewer slots, or use a larger device%s.",
			    c->config->stack.target, c->out.written, args);
	else if (ret == -ENOSPC)
		report_hint("'%s' is full after %llu bytes: use a larger one%s.",
			    c->config->stack.target, c->out.written, args);
	else
		report_hint("last_error says whether a filter failed or '%s' did.",
			    c->config->stack.target);
	return ret;
}

/* What is written so far is to be found later */
int store_checkpoint(struct capture *c)
{
	int ret = blkout_checkpoint(&c->out);

	c->saved = now_ms();
	if (ret)
		report_error("flushing what is written", c->result->device, -ret);
	return ret;
}

/*
 * In a dump area only what is behind a checkpoint can be salvaged for certain:
 * before it, the records of the last chunks are in memory. The first one comes
 * early, as a dump that ends soon is the one that needs it.
 */
int store_save(struct capture *c)
{
	const struct config *config = c->config;
	__u64 since = c->out.written - c->out.safe;
	bool due;

	due = c->out.safe <= c->log_end ||
	      (config->checkpoint_mib && since >= config->checkpoint_mib << 20) ||
	      (config->checkpoint_seconds &&
	       now_ms() - c->saved >= config->checkpoint_seconds * 1000);
	if (!due || !config->stack.area ||
	    !(config->checkpoint_mib || config->checkpoint_seconds))
		return 0;
	return store_checkpoint(c);
}

int store_check_stop(struct capture *c)
{
	if (!signals_stop())
		return 0;
	report_failure("writing the dump", c->result->device, "stopped by %s",
		       signals_stop_name());
	report_hint("What is on '%s' is not a whole dump.",
		    c->config->stack.target);
	return -EINTR;
}
