/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The filters of a stack as the policy of a dump area, and back.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SPEC_POLICY_H
#define DUMPFLT_SPEC_POLICY_H

#include "../../module/format/format.h"
#include "kernel/spec.h"

bool spec_from_policy(struct stack_spec *spec,
		      const struct dumpflt_disk_header *header);
void spec_critical_by_policy(struct stack_spec *spec,
			     const struct dumpflt_disk_header *header);
const char *spec_differs(const struct stack_spec *spec,
			 const struct dumpflt_disk_header *header,
			 const char **filter);
bool spec_order_wrong(const struct stack_spec *spec, char error[SPEC_ERROR_MAX]);
const char *spec_to_policy(const struct stack_spec *spec,
			   struct dumpflt_disk_header *header);

#endif
