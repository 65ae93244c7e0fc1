/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dumpflt authors */
#ifndef DUMPFLT_TESTS_FAKE_THREAD_H
#define DUMPFLT_TESTS_FAKE_THREAD_H

#include <pthread.h>

typedef void *(*thread_run)(void *arg);

/* The linker puts the second in place of pthread_create(), which is the first */
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, thread_run run,
			  void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, thread_run run,
			  void *arg);

#endif
