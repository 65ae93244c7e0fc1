/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmocka, with what it needs before it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_TESTS_UNIT_H
#define DUMPFLT_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The name in the library's own style is here only */
#define UNIT_TESTS(name)	static const struct CMUnitTest name[]

#endif
