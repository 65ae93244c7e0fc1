/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option --identity: a file of secret keys.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_IDENTITY_H
#define DUMPFLT_IDENTITY_H

#include "age/identity.h"

int identities_read(struct age_identities *ids, const char *path);

#endif
