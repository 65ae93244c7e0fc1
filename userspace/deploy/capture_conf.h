/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration of the capture kernel.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_DEPLOY_CAPTURE_CONF_H
#define DUMPFLT_DEPLOY_CAPTURE_CONF_H

#include "deploy/plan.h"

/* Bytes: a policy, with a blank here and there, and the settings */
#define CAPTURE_CONF_MAX	65536

int capture_conf(const struct plan *plan, char text[CAPTURE_CONF_MAX]);

#endif
