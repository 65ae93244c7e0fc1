/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asking the kernel whether it would take a stack.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_TRIAL_H
#define DUMPFLT_TRIAL_H

#include "kernel/kernel.h"
#include "kernel/spec.h"

#define TRIAL_STACK	"dry-run"

/**
 * enum trial - what came of it
 * @TRIAL_GOOD: it takes the target, and the filters with their options
 * @TRIAL_NOT_ASKED: here and now that cannot be known
 * @TRIAL_REFUSED: it does not
 */
enum trial {
	TRIAL_GOOD,
	TRIAL_NOT_ASKED,
	TRIAL_REFUSED,
};

enum trial stack_try(const struct stack_spec *spec, char words[KERNEL_VALUE_MAX]);

#endif
