/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the last rehearsal has measured, kept for arm and status.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_REHEARSED_H
#define DUMPFLT_REHEARSED_H

#include <json-c/json.h>

#include "deploy/plan.h"

#define REHEARSED_FILE		"/var/lib/dumpflt/rehearsal.json"
#define REHEARSED_PROBLEMS_MAX	8
#define REHEARSED_WORDS_MAX	240

/**
 * struct rehearsed_problem - why the next dump is not likely to be whole
 * @words: what is wrong
 * @hint: what to do
 */
struct rehearsed_problem {
	char	words[REHEARSED_WORDS_MAX];
	char	hint[REHEARSED_WORDS_MAX];
};

struct json_object *rehearsed_read(void);
int rehearsed_write(struct json_object *record);
size_t rehearsed_judge(struct plan *plan, struct json_object *record,
		       struct rehearsed_problem problem[REHEARSED_PROBLEMS_MAX]);

/* rehearsed_check.c */
int rehearsed_check(struct plan *plan);

#endif
