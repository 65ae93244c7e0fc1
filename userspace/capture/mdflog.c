// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What makedumpfile says: its progress, and the last of its messages. Pure.
 *
 * With -F everything comes on its standard error. Progress is a line that it
 * writes again and again, each time after a carriage return:
 *
 *	Copying data                  : [ 45.2 %] |            eta: 1m2s
 *
 * Everything else is a message and ends with a newline.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdbool.h>
#include <string.h>

#include "capture/mdflog.h"

void mdflog_init(struct mdflog *log)
{
	memset(log, 0, sizeof(*log));
	log->permille = -1;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads "123.4 %]". Returns: the promilles, or -1 if it is something else */
static int parse_percent(const char *text)
{
	int permille = 0;

	while (*text == ' ')
		text++;
	if (!is_digit(*text))
		return -1;
	for (; is_digit(*text); text++) {
		permille = permille * 10 + (*text - '0');
		if (permille > 100)
			return -1;
	}
	if (text[0] != '.' || !is_digit(text[1]) || strncmp(text + 2, " %]", 3))
		return -1;
	permille = permille * 10 + (text[1] - '0');
	return permille > 1000 ? -1 : permille;
}

/* Returns: whether the line is progress */
static bool parse_progress(struct mdflog *log)
{
	const char *mark = strstr(log->line, ": [");
	int permille = mark ? parse_percent(mark + 3) : -1;
	size_t len;

	if (permille < 0)
		return false;
	len = (size_t)(mark - log->line);
	while (len && log->line[len - 1] == ' ')
		len--;
	if (len >= sizeof(log->phase))
		len = sizeof(log->phase) - 1;
	memcpy(log->phase, log->line, len);
	log->phase[len] = '\0';
	log->permille = permille;
	return true;
}

static void end_line(struct mdflog *log)
{
	log->line[log->have] = '\0';
	log->have = 0;
	if (!log->line[0] || parse_progress(log))
		return;
	memcpy(log->tail[log->nr % MDFLOG_LINES], log->line, MDFLOG_WIDTH);
	log->nr++;
}

/* @data may be cut anywhere. Lines that are too long lose their end */
void mdflog_feed(struct mdflog *log, const char *data, size_t len)
{
	for (; len; data++, len--) {
		if (*data == '\r' || *data == '\n')
			end_line(log);
		else if (log->have < MDFLOG_WIDTH - 1)
			/* It is printed on a console: no control characters */
			log->line[log->have++] =
				(char)(*data < ' ' || *data > '~' ? '?' : *data);
	}
	/* The current progress has no line end yet */
	log->line[log->have] = '\0';
	parse_progress(log);
}

/* There is no more: the last line may have no end */
void mdflog_end(struct mdflog *log)
{
	end_line(log);
}

size_t mdflog_count(const struct mdflog *log)
{
	return log->nr < MDFLOG_LINES ? log->nr : MDFLOG_LINES;
}

/* @index: 0 is the oldest that is kept */
const char *mdflog_message(const struct mdflog *log, size_t index)
{
	return log->tail[(log->nr - mdflog_count(log) + index) % MDFLOG_LINES];
}
