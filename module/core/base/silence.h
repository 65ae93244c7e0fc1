/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long has the target been silent?
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_SILENCE_H
#define _DUMPFLT_SILENCE_H

#include "base/types.h"

void dumpflt_silence_init(struct dumpflt_silence *silence);
void dumpflt_silence_ask(struct dumpflt_stack *stack);
void dumpflt_silence_answer(struct dumpflt_stack *stack);
void dumpflt_silence_call(struct dumpflt_stack *stack);
void dumpflt_silence_return(struct dumpflt_stack *stack);
unsigned int dumpflt_silence_ms(struct dumpflt_stack *stack);
void dumpflt_silence_bound(struct dumpflt_stack *stack, unsigned int ms,
			   unsigned int nr, unsigned int least_ms);
void dumpflt_silence_extend(struct dumpflt_stack *stack, unsigned long spent);
void dumpflt_silence_unbound(struct dumpflt_stack *stack);
unsigned int dumpflt_silence_patience(const struct dumpflt_stack *stack);
long dumpflt_silence_left(const struct dumpflt_stack *stack,
			  unsigned long begin, unsigned int ms);
long dumpflt_silence_left_all(const struct dumpflt_stack *stack,
			      unsigned long begin, unsigned int ms);
void dumpflt_silence_report(struct dumpflt_stack *stack);

#endif /* _DUMPFLT_SILENCE_H */
