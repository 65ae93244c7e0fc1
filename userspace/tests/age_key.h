/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A key pair, for tests that seal and open.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_TESTS_AGE_KEY_H
#define DUMPFLT_TESTS_AGE_KEY_H

#include "age/identity.h"

extern const char *const age_key_recipient;

int age_key_get(struct age_identities *ids);

#endif
