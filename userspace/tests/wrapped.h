/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dumpflt authors */
#ifndef DUMPFLT_TESTS_WRAPPED_H
#define DUMPFLT_TESTS_WRAPPED_H

#include <pthread.h>
#include <stddef.h>

#include "hibernate/aio.h"

typedef void *(*thread_run)(void *arg);

/* The linker puts __wrap_X() in place of X(), which is __real_X() */
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, thread_run run,
			  void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, thread_run run,
			  void *arg);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
int __wrap_aio_open(aio_context_t *aio, unsigned int depth);
int __wrap_aio_begin(aio_context_t aio, struct iocb *iocb);
int __wrap_aio_answer(aio_context_t aio, struct io_event *event);
void __wrap_aio_close(aio_context_t *aio);

#endif
